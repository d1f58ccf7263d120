"""which company owns a company

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("account", sa.Column("parent", sa.String()))
    op.create_index("ix_account_parent", "account", ["parent"])


def downgrade() -> None:
    op.drop_index("ix_account_parent", "account")
    op.drop_column("account", "parent")
