"""how many links the mail of an activity has

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("activity", sa.Column("links", sa.Integer()))


def downgrade() -> None:
    op.drop_column("activity", "links")
