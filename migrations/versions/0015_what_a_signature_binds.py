"""what a signature binds: the terms of each version, and the day on which it was signed

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("agreement_version", sa.Column("terms", sa.String(), nullable=True))
    op.add_column("agreement_version", sa.Column("signed_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("agreement_version", "signed_on")
    op.drop_column("agreement_version", "terms")
