"""what tells a machine's activity: the link, the vendor's verdict, and what only a person does

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("activity") as activity:
        activity.add_column(sa.Column("link", sa.Text()))
        activity.add_column(sa.Column("filtered", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        activity.add_column(sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    with op.batch_alter_table("activity") as activity:
        for column in ("by_hand", "filtered", "link"):
            activity.drop_column(column)
