"""one word for an opportunity: wishes refer to it by that name, and judgements name it so

Revision: 0004, after 0003
"""

from hashlib import blake2b

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

OLD, NEW = '{"ref":["deal",', '{"ref":["opportunity",'


def upgrade() -> None:
    _rename(OLD, NEW)
    op.execute(sa.text("""UPDATE judgement SET body = replace(body, '"deal_id":', '"opportunity_id":')"""))


def downgrade() -> None:
    _rename(NEW, OLD)
    op.execute(sa.text("""UPDATE judgement SET body = replace(body, '"opportunity_id":', '"deal_id":')"""))


def _rename(before: str, after: str) -> None:
    """What stands and what is wanted keep saying the same, in other words: nothing becomes pending by it."""
    connection = op.get_bind()
    where = sa.text("SELECT system, object, key, wanted, sent, wanted_digest, sent_digest FROM wish")
    changed = []
    for row in connection.execute(where).mappings():
        wanted, sent = row["wanted"].replace(before, after), row["sent"].replace(before, after)
        if (wanted, sent) == (row["wanted"], row["sent"]):
            continue
        digest = blake2b(orjson.dumps(orjson.loads(wanted), option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()
        settled = row["sent_digest"] == row["wanted_digest"]
        digests = {"wanted_digest": digest, "sent_digest": digest if settled else row["sent_digest"]}
        changed.append({**row, "wanted": wanted, "sent": sent, **digests})
    if changed:
        connection.execute(
            sa.text(
                "UPDATE wish SET wanted = :wanted, sent = :sent, wanted_digest = :wanted_digest, "
                "sent_digest = :sent_digest WHERE system = :system AND object = :object AND key = :key"
            ),
            changed,
        )
