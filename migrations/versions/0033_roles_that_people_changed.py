"""whether a person has changed the role that syncd gave

Revision: 0033, after 0032. Nothing is told of what was read before, until its records are read again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    op.add_column("contact_role", sa.Column("said", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("contact_role", "said")
