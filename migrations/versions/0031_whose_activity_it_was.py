"""whose activity it was, and who converted a lead

Revision: 0031, after 0030. Nothing is told of what was read before, until its records are read again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.add_column("activity", sa.Column("owner", sa.String()))
    op.add_column("contact", sa.Column("converted_by", sa.String()))


def downgrade() -> None:
    op.drop_column("contact", "converted_by")
    op.drop_column("activity", "owner")
