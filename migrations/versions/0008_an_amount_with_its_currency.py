"""an amount is kept with its currency, and what no record says is marked as assumed

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

AMOUNTS = ("annual_revenue", "total_assets")


def upgrade() -> None:
    op.add_column("account", sa.Column("assumed", sa.Text(), nullable=False, server_default="[]"))
    for amount in AMOUNTS:
        known = f"{amount} IS NOT NULL AND currency IS NOT NULL"
        op.execute(f"UPDATE account SET {amount} = {amount} || ' ' || currency WHERE {known}")
    op.drop_column("account", "currency")


def downgrade() -> None:
    op.add_column("account", sa.Column("currency", sa.String(), nullable=True))
    for amount in AMOUNTS:
        priced = f"WHERE {amount} LIKE '% ___'"
        op.execute(f"UPDATE account SET currency = substr({amount}, length({amount}) - 2) {priced}")
        op.execute(f"UPDATE account SET {amount} = substr({amount}, 1, length({amount}) - 4) {priced}")
    op.drop_column("account", "assumed")
