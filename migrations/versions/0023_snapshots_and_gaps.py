"""the audit's counts of each day, and the gaps behind them

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("agreement", sa.String(), nullable=False),
        sa.Column("terms", sa.String(), nullable=False),
        sa.Column("counts", sa.Text(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("before", sa.Text()),
        sa.PrimaryKeyConstraint("day", name="pk_snapshot"),
    )
    op.create_table(
        "gap",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("missing", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("amount", sa.Numeric(20, 2)),
        sa.Column("rep", sa.String()),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("source", sa.Text()),
        sa.Column("owner", sa.Text()),
        sa.Column("due", sa.Date()),
        sa.PrimaryKeyConstraint("account_id", "role", name="pk_gap"),
    )
    op.create_index("ix_gap_closed_on", "gap", ["closed_on"])


def downgrade() -> None:
    op.drop_index("ix_gap_closed_on", "gap")
    op.drop_table("gap")
    op.drop_table("snapshot")
