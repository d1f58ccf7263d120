"""since when an opportunity stands in its stage, by which segment's terms it was opened, when a person deleted it

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("opportunity", sa.Column("staged_at", sa.DateTime(timezone=True)))
    op.add_column("opportunity", sa.Column("segment", sa.Text()))
    op.add_column("wish", sa.Column("deleted_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("wish", "deleted_at")
    op.drop_column("opportunity", "segment")
    op.drop_column("opportunity", "staged_at")
