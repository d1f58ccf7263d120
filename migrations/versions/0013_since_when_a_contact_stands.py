"""since when the system that others copy people from has a contact

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("contact", sa.Column("made", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("contact", "made")
