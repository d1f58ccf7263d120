"""since when somebody is a lead, an MQL, accepted, converted

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

DATES = ("lead_since", "mql_since", "sql_since", "converted_at")


def upgrade() -> None:
    for name in DATES:
        op.add_column("contact", sa.Column(name, sa.DateTime(timezone=True)))


def downgrade() -> None:
    for name in DATES:
        op.drop_column("contact", name)
