"""how many links the mail of an activity has

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("activity", sa.Column("links", sa.Integer()))


def downgrade() -> None:
    op.drop_column("activity", "links")
