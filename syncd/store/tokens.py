"""Tokens: programs that may come in, what they may do, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from syncd.errors import ConfigError, NotFound, Unavailable
from syncd.model.tokens import Token, digest_of
from syncd.store.database import Database
from syncd.store.notes import EVERYBODY_IS_ASKED, Notes
from syncd.tables.core import audit_log, token

REVOKED = "token revoke"  # as the audit log calls it
_LISTED = [token.c[name] for name in Token._fields]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens that live, and those that ran out and that nobody took away; each is known by its digest."""

    connection: Connection

    def keep(self, secret: str, made: Token) -> None:
        """Keep a new token. Raises ConfigError where a living one has its name; one that ran out makes room."""
        past = delete(token).where(token.c.name == made.name, token.c.expires_at <= made.made_at)
        self.connection.execute(past)
        if self.connection.scalar(select(token.c.name).where(token.c.name == made.name)):
            raise ConfigError(
                f"there is a token {made.name!r} already: name this one otherwise, or end that one with "
                f"`syncd token revoke {made.name}`"
            )
        self.connection.execute(insert(token).values({**made._asdict(), "digest": digest_of(secret)}))
        Notes(self.connection).keep(EVERYBODY_IS_ASKED, True)

    def recognise(self, secret: str, now: datetime) -> Token | None:
        """The token that this is, unless it ran out; None where it is nobody's."""
        chosen = select(*_LISTED).where(token.c.digest == digest_of(secret), token.c.expires_at > now)
        row = self.connection.execute(chosen).one_or_none()
        return None if row is None else Token(*row)

    def used(self, name: str, now: datetime) -> None:
        """Note the day on which a token was used; nothing is written the second time."""
        day = now.date()
        earlier = or_(token.c.used_on.is_(None), token.c.used_on < day)
        self.connection.execute(update(token).where(token.c.name == name, earlier).values(used_on=day))

    def all(self) -> list[Token]:
        """Every token by name, those that ran out among them."""
        return [Token(*row) for row in self.connection.execute(select(*_LISTED).order_by(token.c.name))]

    def any(self) -> bool:
        """Whether there is a token. One that ran out is one: what ends by itself opens no door."""
        return self.connection.scalar(select(token.c.name).limit(1)) is not None

    def ending(self, now: datetime, within: timedelta) -> list[Token]:
        """The tokens that end within that time or have ended, the first to end first: whoever uses them must know."""
        chosen = select(*_LISTED).where(token.c.expires_at <= now + within)
        return [Token(*row) for row in self.connection.execute(chosen.order_by(token.c.expires_at, token.c.name))]

    def revoke(self, name: str) -> None:
        """End a token at once; with the last one nothing opens. Raises NotFound where none has that name."""
        if not self.connection.execute(delete(token).where(token.c.name == name)).rowcount:
            raise NotFound(f"there is no token {name!r}; `syncd token list` shows those that there are")
        Notes(self.connection).keep(EVERYBODY_IS_ASKED, True)  # of a store that is older than this note


def revoke_again(connection: Connection, replaced: Database) -> list[str]:
    """End the tokens of a backup that were revoked in the store which it replaces, as far as that can be read."""
    said = select(audit_log.c.detail, audit_log.c.at).where(audit_log.c.action == REVOKED)
    ended = []
    try:
        with replaced.reading() as rows:
            revoked = rows.execute(said).all()
    except (ConfigError, Unavailable, DBAPIError):
        return []
    for name, at in revoked:
        if connection.execute(delete(token).where(token.c.name == name, token.c.made_at <= at)).rowcount:
            ended.append(name)
    if ended:
        Notes(connection).keep(EVERYBODY_IS_ASKED, True)  # of a backup that is older than this note
    return ended
