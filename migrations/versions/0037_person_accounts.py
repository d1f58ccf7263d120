"""person accounts, and what the last versions show in the CRM

Revision: 0037, after 0036. What a store has read of Salesforce's accounts and contacts does not say whose account is a
person's. Its bookmarks are marked as lacking that field: an org that has it is read once more, of any other org nothing
is. All accounts are judged anew, so that fields which earlier versions added stand everywhere without a change.
"""

import sqlalchemy as sa
from alembic import op
from orjson import JSONDecodeError, dumps, loads

revision = "0037"
down_revision = "0036"

FIELD = "IsPersonAccount"
STREAMS = ("Account", "Contact")


def upgrade() -> None:
    op.add_column("account", sa.Column("person", sa.Boolean(), nullable=True))
    op.add_column("contact", sa.Column("person_records", sa.Text(), nullable=False, server_default=sa.text("'[]'")))
    theirs = sa.text("person")
    op.create_index("ix_account_person", "account", ["id"], sqlite_where=theirs, postgresql_where=theirs)
    cursors = sa.table("cursor", *(sa.column(name, sa.Text()) for name in ("system", "stream", "value")))
    of_people = sa.and_(cursors.c.system == "salesforce", cursors.c.stream.in_(STREAMS))
    connection = op.get_bind()
    for stream, value in connection.execute(sa.select(cursors.c.stream, cursors.c.value).where(of_people)).all():
        marked = _lacking(value)
        connection.execute(sa.update(cursors).where(of_people, cursors.c.stream == stream).values(value=marked))
    op.execute("UPDATE account SET stale = true")


def downgrade() -> None:
    op.drop_index("ix_account_person", "account")
    op.drop_column("contact", "person_records")
    op.drop_column("account", "person")


def _lacking(value: str) -> str:
    """The bookmark of a stream of which nothing was read with the field; another's bookmark as it is."""
    try:
        bookmark = loads(value)
        bookmark["lacking"] = sorted({*bookmark.get("lacking", ()), FIELD})
    except (JSONDecodeError, TypeError, AttributeError):
        return value
    bookmark.pop("lacking_since", None)
    return dumps(bookmark).decode()
