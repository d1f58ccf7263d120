"""from where contacts came

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column("contact", sa.Column("origin", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("contact", "origin")
