"""accounts with somebody to look at are counted by an index: every run tells their number

Revision: 0034, after 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
SOME = sa.text("alerts > 0")


def upgrade() -> None:
    op.create_index("ix_judgement_alerts", "judgement", ["alerts"], sqlite_where=SOME, postgresql_where=SOME)


def downgrade() -> None:
    op.drop_index("ix_judgement_alerts", "judgement")
