"""what somebody was told of, and the messages that say so

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"

STANDING = sa.text("over_at IS NULL")
UNSENT = sa.text("sent_at IS NULL")
STAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("key", "kind", "grade")),
        sa.Column("places", sa.Text(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("mend", sa.Text(), nullable=False),
        sa.Column("look", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("since", STAMP),
        sa.Column("first_at", STAMP, nullable=False),
        sa.Column("told_at", STAMP),
        sa.Column("told_grade", sa.String()),
        sa.Column("times", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("gone_at", STAMP),
        sa.Column("over_at", STAMP),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    op.create_index(
        "ix_alert_standing", "alert", ["key"], unique=True, sqlite_where=STANDING, postgresql_where=STANDING
    )
    op.create_table(
        "alert_message",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("at", STAMP, nullable=False),
        sa.Column("entries", sa.Text(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("retry_at", STAMP),
        sa.Column("sent_at", STAMP),
        sa.Column("error", sa.Text()),
        sa.Column("mend", sa.Text()),
        sa.PrimaryKeyConstraint("id", "channel", name="pk_alert_message"),
    )
    op.create_index(
        "ix_alert_message_unsent", "alert_message", ["channel"], sqlite_where=UNSENT, postgresql_where=UNSENT
    )


def downgrade() -> None:
    op.drop_table("alert_message")
    op.drop_table("alert")
