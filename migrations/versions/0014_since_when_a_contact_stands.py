"""since when the system that others copy people from has a contact

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("contact", sa.Column("made", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("contact", "made")
