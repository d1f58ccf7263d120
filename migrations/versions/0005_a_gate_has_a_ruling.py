"""a gate has a ruling: what is kept of judgements calls it so; an answer is what somebody finds out about an unknown

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _rename("answer", "ruling")


def downgrade() -> None:
    _rename("ruling", "answer")


def _rename(before: str, after: str) -> None:
    # A quotation mark inside a text is escaped in JSON, so that this is found as a key only.
    rename = sa.text("UPDATE judgement SET body = replace(body, :before, :after)")
    op.get_bind().execute(rename, {"before": f'"{before}":', "after": f'"{after}":'})
