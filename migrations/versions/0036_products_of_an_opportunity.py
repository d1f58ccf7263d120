"""the products of opportunities

Revision: 0036, after 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"


def upgrade() -> None:
    op.create_table(
        "line_item",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("opportunity_id", sa.String(), nullable=True),
        sa.Column("product", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_line_item"),
    )
    op.create_index("ix_line_item_opportunity_id", "line_item", ["opportunity_id"])


def downgrade() -> None:
    op.drop_index("ix_line_item_opportunity_id", table_name="line_item")
    op.drop_table("line_item")
