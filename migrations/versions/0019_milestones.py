"""when which stage was reached

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "milestone",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String()),
        sa.Column("offer", sa.String()),
        sa.Column("opportunity_id", sa.String()),
        sa.Column("opportunity_key", sa.String()),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("segment", sa.String()),
        sa.Column("campaign_id", sa.String()),
        sa.Column("rep", sa.String()),
        sa.Column("amount", sa.Numeric(20, 2)),
        sa.Column("currency", sa.String()),
        sa.Column("round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_milestone"),
    )
    for column in ("at", "account_id", "contact_id"):
        op.create_index(f"ix_milestone_{column}", "milestone", [column])
    op.execute(sa.text("UPDATE account SET stale = true"))  # judged anew, what was reached before is filled in


def downgrade() -> None:
    op.drop_table("milestone")
