"""what reps say of those who were handed over

Revision: 0025, after 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    stamp, no = sa.DateTime(timezone=True), sa.text("false")
    op.create_table(
        "verdict",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("remote_id", sa.String(), nullable=False),
        sa.Column("task", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("word", sa.String()),
        sa.Column("reason", sa.Text()),
        sa.Column("at", stamp, nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=no, nullable=False),
        sa.Column("touched", sa.Boolean(), server_default=no, nullable=False),
        sa.PrimaryKeyConstraint("ref", name="pk_verdict"),
    )
    op.create_index("ix_verdict_remote_id", "verdict", ["remote_id"])
    op.add_column("released", sa.Column("outcome", sa.String(), server_default=sa.text("'open'"), nullable=False))
    op.add_column("released", sa.Column("outcome_at", stamp))
    op.add_column("released", sa.Column("why", sa.Text(), server_default=sa.text("''"), nullable=False))


def downgrade() -> None:
    for column in ("why", "outcome_at", "outcome"):
        op.drop_column("released", column)
    op.drop_table("verdict")
