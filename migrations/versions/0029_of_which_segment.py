"""of which segment who waits and who was handed over is

Revision: 0029, after 0028. Nothing is told of those who were there before: they count by the general capacity until
their account is judged anew.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    for table in ("candidate", "released"):
        op.add_column(table, sa.Column("segment", sa.String(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    for table in ("candidate", "released"):
        op.drop_column(table, "segment")
