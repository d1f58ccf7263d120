"""what a system says by itself: announcements wait in the store until they are followed

Revision: 0043, after 0042.
"""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"


def upgrade() -> None:
    stamp = sa.DateTime(timezone=True)
    op.create_table(
        "announcement",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("at", stamp, nullable=False),
        sa.Column("heard_at", stamp, nullable=False),
        sa.Column("due_at", stamp, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("ended_at", stamp, nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
    )
    waits = sa.text("ended_at IS NULL")
    columns = ["due_at"]
    op.create_index("ix_announcement_waiting", "announcement", columns, sqlite_where=waits, postgresql_where=waits)
    op.create_index("ix_announcement_ended", "announcement", ["ended_at"])


def downgrade() -> None:
    op.drop_table("announcement")
