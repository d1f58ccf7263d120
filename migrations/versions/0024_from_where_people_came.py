"""from where contacts came

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.add_column("contact", sa.Column("origin", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "origin")
