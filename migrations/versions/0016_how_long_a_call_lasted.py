"""how long a call lasted

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("activity", sa.Column("seconds", sa.Numeric(20, 2)))


def downgrade() -> None:
    op.drop_column("activity", "seconds")
