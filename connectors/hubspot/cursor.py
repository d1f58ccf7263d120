"""The bookmarks of each kind of stream as typed JSON: what a cursor text says, and whether it is one of ours.

Stamps are epoch milliseconds. A text that is not ours (invalid, of another stream, written for other fields) loads as
None, and the stream is read from the start: records stored before lack the fields that are asked for now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError


@dataclass(frozen=True, slots=True)
class Lane:
    """One range of ids being listed: where to go on (empty: its start), and the id at which it ends (None: open)."""

    after: str = ""
    stop: int | None = None


@dataclass(frozen=True, slots=True)
class Full:
    """A CRM object type being listed: live records in one or more lanes, then the archived ones."""

    started: int
    lanes: tuple[Lane, ...] = (Lane(),)
    archived: bool = False
    mode: Literal["full"] = "full"


@dataclass(frozen=True, slots=True)
class ChangeSearch:
    """A CRM object type being searched for changes.

    since: everything stamped before was read. swept: up to when late comers were looked for. An open window is
    [start, stop) inside a run that ends at `horizon`; `after` is the last id read in it.
    """

    since: int
    swept: int
    start: int | None = None
    stop: int | None = None
    horizon: int | None = None
    after: str = "0"
    mode: Literal["changes"] = "changes"


@dataclass(frozen=True, slots=True)
class Roll:
    """A short list that is read whole: a digest of the live records; while it is read first, where to go on."""

    known: str = ""
    after: str = ""
    archived: bool = False
    mode: Literal["roll"] = "roll"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one form was read: the newest stamp, and the ids that stood within the overlap before it."""

    newest: int = 0
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Submissions:
    """Forms' submissions: each form's mark, and the forms still to be read in this run.

    The first pending form goes on at `after`, and its mark becomes `mark` at its end.
    """

    marks: Mapping[str, Mark] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    after: str = ""
    mark: Mark | None = None
    mode: Literal["submissions"] = "submissions"


@dataclass(frozen=True, slots=True)
class Log:
    """An event log read newest first: [start, stop] is still to be read in a run that covers everything to `until`."""

    since: int
    swept: int
    start: int | None = None
    stop: int | None = None
    until: int | None = None
    mode: Literal["log"] = "log"


@dataclass(frozen=True, slots=True)
class Events:
    """Events whose participants are read when the event's own figures change: event id → digest of the figures.

    pending: events still to be read in this run; `after` goes on among the first one's participants.
    """

    seen: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()
    after: str = ""
    mode: Literal["events"] = "events"


State = Full | ChangeSearch | Roll | Submissions | Log | Events


@dataclass(frozen=True, slots=True)
class Bookmark:
    """One cursor text's content."""

    stream: str
    fields: str
    state: Annotated[State, Field(discriminator="mode")]


_BOOKMARKS = TypeAdapter(Bookmark)


class Binder:
    """Writes and reads the cursor texts of one stream and one selection of fields."""

    def __init__(self, stream: str, fields: Sequence[str]) -> None:
        self._stream = stream
        self._fields = digest(sorted(fields))

    def dump(self, state: State) -> str:
        """Return the cursor text for `state`."""
        return _BOOKMARKS.dump_json(Bookmark(self._stream, self._fields, state)).decode()

    def load(self, text: str | None) -> State | None:
        """Return the state that `text` holds; None where it is not ours."""
        if text is None:
            return None
        try:
            bookmark = _BOOKMARKS.validate_json(text)
        except ValidationError:
            return None
        return bookmark.state if (bookmark.stream, bookmark.fields) == (self._stream, self._fields) else None


def digest(parts: Sequence[str]) -> str:
    """Return a short digest of texts in their order."""
    return blake2b("\x00".join(parts).encode(), digest_size=8).hexdigest()
