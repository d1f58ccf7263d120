"""no digest of records: the database compares what it keeps with what comes

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # Two words stood where digests stand, for records that went without being shown as deleted.
    op.alter_column("source_record", "digest", new_column_name="gone")
    op.execute(sa.text("UPDATE source_record SET gone = '' WHERE gone NOT IN ('vanished', 'merged')"))


def downgrade() -> None:
    # A digest that fits nothing has each record matched again when it next comes.
    op.alter_column("source_record", "gone", new_column_name="digest")
