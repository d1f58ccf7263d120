"""a record's faults stand side by side, one for each step

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

RECORD = ["system", "stream", "remote_id"]


def upgrade() -> None:
    _key([*RECORD, "step"])


def downgrade() -> None:
    op.execute(
        sa.text(
            "DELETE FROM quarantine WHERE EXISTS (SELECT 1 FROM quarantine AS other WHERE other.system ="
            " quarantine.system AND other.stream = quarantine.stream AND other.remote_id = quarantine.remote_id"
            " AND other.step < quarantine.step)"
        )
    )
    _key(RECORD)


def _key(columns: list[str]) -> None:
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_constraint("pk_quarantine", type_="primary")
        batch_op.create_primary_key("pk_quarantine", columns)
