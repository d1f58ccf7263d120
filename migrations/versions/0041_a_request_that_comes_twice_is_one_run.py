"""a request that comes twice is one run: under which key it was asked for

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.add_column("run", sa.Column("asked_as", sa.String()))
    op.create_index("ix_run_asked_as", "run", ["asked_as"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_run_asked_as", "run")
    op.drop_column("run", "asked_as")
