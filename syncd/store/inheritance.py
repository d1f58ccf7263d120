"""What was written for one contact stands for the one that they turn out to be: its wishes take the survivor's name.

Keys of wishes end with the contact's golden id. Under the survivor's name a task, a contact role or a contact that was
written already would be wanted once more, and made twice.
"""

from __future__ import annotations

from sqlalchemy import Connection, and_, delete, select, update

from syncd.store.database import table_of
from syncd.tables import ContactRow, WishRow

wish = table_of(WishRow)
contact = table_of(ContactRow)


def inherit(connection: Connection, loser: str, survivor: str) -> None:
    """Rename what was sent for a contact, unless the survivor has the same already.

    A creation that is still in doubt keeps its name: it is looked up by it.
    """
    home = connection.scalar(select(contact.c.account_id).where(contact.c.id == loser))
    if home is None:
        return
    sent = select(wish.c.system, wish.c.object, wish.c.key).where(
        wish.c.account_id == home, wish.c.sent_digest != "", wish.c.uncertain.is_(False)
    )
    for system, object_, key in connection.execute(sent).all():
        if key != loser and not key.endswith(f"/{loser}"):
            continue
        named = key.removesuffix(loser) + survivor
        theirs = and_(wish.c.system == system, wish.c.object == object_, wish.c.key == named)
        connection.execute(delete(wish).where(theirs, wish.c.sent_digest == "", wish.c.uncertain.is_(False)))
        if connection.execute(select(wish.c.key).where(theirs)).first() is None:
            this = and_(wish.c.system == system, wish.c.object == object_, wish.c.key == key)
            connection.execute(update(wish).where(this).values(key=named))
