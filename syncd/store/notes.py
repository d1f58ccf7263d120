"""Notes: small facts that the store keeps of itself, each declared here once: its name, and what is kept under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

import orjson
from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from connectors.scrubber import scrub
from syncd.model.health import Finding
from syncd.model.queue import QueueState
from syncd.sign_of_life import NOTE
from syncd.store.statements import upsert
from syncd.tables import Note
from syncd.tables.core import note

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class NoteKind(Generic[T]):
    """One note: the name that it has in the table, and how its fact is written there and read."""

    name: str
    encode: Callable[[T], str]
    decode: Callable[[str], T]


@dataclass(frozen=True, slots=True)
class NoteFamily(Generic[T]):
    """Notes of the same fact about many things: their names begin alike, and end with what each is about."""

    beginning: str
    encode: Callable[[T], str]
    decode: Callable[[str], T]

    def of(self, about: str) -> NoteKind[T]:
        """The note about one of them."""
        return NoteKind(f"{self.beginning}{about}", self.encode, self.decode)

    def holds(self) -> ColumnElement[bool]:
        """The condition of the rows that are these notes."""
        return note.c.name.startswith(self.beginning, autoescape=True)

    def about(self, name: str) -> str:
        """What a note of this name is about."""
        return name.removeprefix(self.beginning)


class Shut(NamedTuple):
    """The safety valve held a plan back. key: of what it weighed; at: when; excess: what was too much, in words."""

    key: str
    at: datetime
    excess: str


def text_note(name: str) -> NoteKind[str]:
    """A note of plain text."""
    return NoteKind(name, str, str)


def _texts(beginning: str) -> NoteFamily[str]:
    return NoteFamily(beginning, str, str)


def _flag(name: str) -> NoteKind[bool]:
    return NoteKind(name, lambda is_so: "yes" if is_so else "no", "yes".__eq__)


def _moment(name: str) -> NoteKind[datetime]:
    return NoteKind(name, datetime.isoformat, datetime.fromisoformat)


def _to_json(fact: Any) -> str:
    return orjson.dumps(fact).decode()


def _write_shut(shut: Shut) -> str:
    return f"{shut.key} {shut.at.isoformat()} {shut.excess}"


def _read_shut(written: str) -> Shut:
    key, at, excess = written.split(" ", 2)
    return Shut(key, datetime.fromisoformat(at), excess)


def _read_refusal(written: str) -> tuple[datetime, str]:
    at, why = orjson.loads(written)
    return datetime.fromisoformat(at), why


def _read_queue(written: str) -> QueueState:
    plain = orjson.loads(written)
    due = datetime.fromisoformat(plain["due"]) if plain.get("due") else None
    return QueueState(due, plain.get("waiting", 0), plain.get("nobody", 0), tuple(plain.get("dry", ())))


# of the house
HOLDER: Final = text_note("held by")  # who works on the store
LIFE: Final[NoteKind[dict[str, Any]]] = NoteKind(NOTE, _to_json, orjson.loads)  # of the daemon
PROBE: Final = text_note("doctor")  # written and taken back: whether anything can be
PAUSED: Final = _flag("paused")
EVERYBODY_IS_ASKED: Final = _flag("everybody is asked who they are")  # from the first token or administrator on
RESTORED: Final = _moment("restored from")  # when the backup was made, until everything was read again
SALT: Final = NoteKind("erasure salt", bytes.hex, bytes.fromhex)
FINDINGS: Final = NoteFamily(
    "finding ", lambda finding: scrub(_to_json(finding.plain())), lambda written: Finding.read(orjson.loads(written))
)  # by key
DROPPED: Final[NoteFamily[dict[str, Any]]] = NoteFamily("alerts dropped ", _to_json, orjson.loads)  # by channel
WEBHOOKS_TAKEN: Final = NoteFamily("webhook taken ", datetime.isoformat, datetime.fromisoformat)  # by system: the last
WEBHOOKS_FOREIGN: Final = NoteFamily("webhook foreign ", datetime.isoformat, datetime.fromisoformat)  # the same
WEBHOOKS_REFUSED: Final[NoteFamily[tuple[datetime, str]]] = NoteFamily("webhook refused ", _to_json, _read_refusal)
PACKS: Final[NoteFamily[dict[str, Any]]] = NoteFamily("pack ", _to_json, orjson.loads)  # by week and receiver
# of what is read
TENANTS: Final = _texts("tenant ")  # by system: whose records the store holds
NOT_OURS: Final = _texts("not ours: ")  # by stream that a portal or an org does not have: what it said
FULL_READS: Final = NoteFamily("full read ", datetime.isoformat, datetime.fromisoformat)  # by stream, under way since
FORGOTTEN_BEFORE: Final = _moment("activities are kept since")  # what a full read need not bring back
MAPPINGS: Final = _texts("mapping ")  # by system: the digest of what its records were matched by
# of what it means
AGREEMENT: Final = text_note("agreement")  # the digest of the one in force
MILESTONES_SINCE: Final = _moment("milestones since")  # when the first was kept
QUEUE_CHANGED: Final = _flag("queue changed")  # it must be looked at
QUEUE: Final = NoteKind("queue", lambda state: _to_json(asdict(state)), _read_queue)  # what it said last
# of what we want to stand
FIRST_PLAN: Final = text_note("first_plan")  # when it was applied, and by whom
ASKED_PLANS: Final = _texts("plan/")  # each a `Plan` that waits until the daemon has carried it out
VALVE: Final = NoteKind("the valve is shut", _write_shut, _read_shut)
DOUBTS: Final = _texts("premise does not hold in ")  # by system: what did not hold when a run looked last

_SETTINGS = "setting "


def settings_of(system: str) -> NoteFamily[str]:
    """What a system says of itself, by the setting's name."""
    return _texts(f"{_SETTINGS}{system} ")


@dataclass(frozen=True, slots=True)
class Notes:
    """What is kept, note by note."""

    connection: Connection

    def read(self, kind: NoteKind[T]) -> T | None:
        """The fact of a note; None where none was kept."""
        written = self.connection.scalar(select(note.c.value).where(note.c.name == kind.name))
        return None if written is None else kind.decode(written)

    def read_both(self, first: NoteKind[T], second: NoteKind[U]) -> tuple[T | None, U | None]:
        """The facts of two notes, in one statement."""
        named = select(note.c.name, note.c.value).where(note.c.name.in_((first.name, second.name)))
        written = {row.name: row.value for row in self.connection.execute(named)}
        return (
            first.decode(written[first.name]) if first.name in written else None,
            second.decode(written[second.name]) if second.name in written else None,
        )

    def says(self, kind: NoteKind[bool]) -> bool:
        """Whether a note says that it is so; where none was kept it is not."""
        return self.read(kind) or False

    def read_all(self, family: NoteFamily[T]) -> dict[str, T]:
        """The facts of a family by what they are about, in the order of its names."""
        rows = self.connection.execute(select(note.c.name, note.c.value).where(family.holds()).order_by(note.c.name))
        return {family.about(row.name): family.decode(row.value) for row in rows}

    def keep(self, kind: NoteKind[T], fact: T) -> None:
        """Keep a fact in the place of the one before."""
        upsert(self.connection, Note, [{"name": kind.name, "value": kind.encode(fact)}])

    def turn(self, kind: NoteKind[T], before: T | None, after: T) -> bool:
        """Keep a fact where still the one before stands (None: none); returns whether it did. One of several does."""
        written = kind.encode(after)
        if before is not None:
            this = (note.c.name == kind.name, note.c.value == kind.encode(before))
            return self.connection.execute(update(note).where(*this).values(value=written)).rowcount == 1
        insert = sqlite_insert if self.connection.dialect.name == "sqlite" else postgresql_insert
        new = insert(note).values(name=kind.name, value=written).on_conflict_do_nothing()
        return self.connection.scalar(new.returning(note.c.name)) is not None

    def settings(self, name: str) -> dict[str, str]:
        """What each system says under the name of a setting."""
        every = _texts(_SETTINGS)
        named = select(note.c.name, note.c.value).where(every.holds(), note.c.name.endswith(f" {name}"))
        return {every.about(row.name).partition(" ")[0]: row.value for row in self.connection.execute(named)}

    def drop(self, kind: NoteKind[Any]) -> None:
        """Forget a fact."""
        self.connection.execute(delete(note).where(note.c.name == kind.name))

    def drop_all(self, family: NoteFamily[Any]) -> None:
        """Forget a whole family."""
        self.connection.execute(delete(note).where(family.holds()))
