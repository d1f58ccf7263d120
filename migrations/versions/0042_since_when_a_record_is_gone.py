"""since when a record is gone: what vanished is kept for a while, and then forgotten

Revision: 0042, after 0041. Of records that are gone already the time begins when they are next looked at.
"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.add_column("source_record", sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True))
    gone = sa.text("deleted")
    columns = ["system", "stream", "remote_id"]
    op.create_index("ix_source_record_deleted", "source_record", columns, sqlite_where=gone, postgresql_where=gone)


def downgrade() -> None:
    op.drop_index("ix_source_record_deleted", "source_record")
    op.drop_column("source_record", "gone_at")
