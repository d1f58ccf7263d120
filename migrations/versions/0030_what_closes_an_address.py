"""what closes an address or a telephone number belongs to it, and not to the person

Revision: 0030, after 0029
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"

GONE = {"opted_out": sa.Boolean, "unsubscribed": sa.Text, "do_not_call": sa.Boolean, "bounced": sa.Text}
LISTED = ("unsubscribed", "bounced")


def upgrade() -> None:
    """Until the next match reads whose it is, an objection closes every address, as it did."""
    for name in ("phones", "closures"):
        op.add_column("contact", sa.Column(name, sa.Text(), nullable=False, server_default="[]"))
    contact = sa.table("contact", *map(sa.column, ("id", "phone", "phones", "closures", *GONE)))
    known = sa.or_(
        contact.c.opted_out.is_(sa.true()),
        contact.c.do_not_call.is_(sa.true()),
        contact.c.unsubscribed != "[]",
        contact.c.bounced != "[]",
        contact.c.phone.is_not(None),
    )
    connection = op.get_bind()
    changed = [
        {"one": row.id, "numbers": json.dumps([row.phone] if row.phone else []), "closed": json.dumps(_closures(row))}
        for row in connection.execute(sa.select(contact).where(known))
    ]
    if changed:
        put = sa.update(contact).where(contact.c.id == sa.bindparam("one"))
        put = put.values(phones=sa.bindparam("numbers"), closures=sa.bindparam("closed"))
        connection.execute(put, changed)
    for name in GONE:
        op.drop_column("contact", name)
    op.execute("DELETE FROM note WHERE name LIKE 'mapping %'")  # whose it is is read again, by the next match


def _closures(row: sa.Row) -> list[list[str]]:
    return [
        *([["", "opted_out", "", ""]] if row.opted_out else []),
        *([["", "do_not_call", "", ""]] if row.do_not_call else []),
        *(["", "unsubscribed", kind, ""] for kind in json.loads(row.unsubscribed)),
        *([address, "bounced", "", ""] for address in json.loads(row.bounced)),
    ]


def downgrade() -> None:
    for name, kind in GONE.items():
        listed = name in LISTED
        op.add_column("contact", sa.Column(name, kind(), nullable=not listed, server_default="[]" if listed else None))
    for name in ("closures", "phones"):
        op.drop_column("contact", name)
    op.execute("DELETE FROM note WHERE name LIKE 'mapping %'")
