"""the opportunity that converting a lead made

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("contact") as contact:
        contact.add_column(sa.Column("brought", sa.String()))


def downgrade() -> None:
    with op.batch_alter_table("contact") as contact:
        contact.drop_column("brought")
