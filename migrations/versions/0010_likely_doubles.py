"""records that may be one, for people to decide

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "likely_double",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first_id", sa.String(), nullable=False),
        sa.Column("second_id", sa.String(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(), nullable=False, server_default=sa.text("''")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("kind", "first_id", "second_id", name="pk_likely_double"),
    )
    op.create_index("ix_likely_double_second_id", "likely_double", ["kind", "second_id"])


def downgrade() -> None:
    op.drop_table("likely_double")
