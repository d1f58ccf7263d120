"""What a system says by itself: that something happened to one of its records, and what somebody did a moment ago.

The contract stands beside `connectors.base`: a connector may keep it. What the record is now, no announcement says; it
is read anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol, runtime_checkable

from connectors.base import ConnectorError, Record

How = Literal["changed", "gone"]


class Unsigned(ConnectorError):
    """The call does not carry a signature of its system, of now."""


class Unreadable(ConnectorError):
    """The call is signed, and its content is nothing that is known."""


class Announcement(NamedTuple):
    """One thing that a system says has happened.

    id: the same as often as it is said. how: `gone` where the record was deleted, perhaps for good. at: aware UTC.
    """

    id: str
    stream: str
    remote_id: str
    how: How
    at: datetime


class Announced(NamedTuple):
    """What one call says. foreign: events of another portal or app; passed: those that are of no use here."""

    announcements: Sequence[Announcement]
    foreign: int = 0
    passed: int = 0


@runtime_checkable
class Announcer(Protocol):
    """Reads what a system calls us with."""

    @property
    def system(self) -> str:
        """The system's name."""
        ...

    @property
    def address(self) -> str:
        """The public address that it calls, which it signs."""
        ...

    def require_timely(self, headers: Mapping[str, str]) -> None:
        """Raise Unsigned where the headers alone say that the call is none of the system's, or of another time."""
        ...

    def read(self, headers: Mapping[str, str], body: bytes, tenant: str | None) -> Announced:
        """Return what the call says; tenant: whose records we keep, None where nobody knows yet.

        headers: by their names in small letters. Raises Unsigned and Unreadable.
        """
        ...


class Recent(NamedTuple):
    """What somebody did a moment ago. awaited: something must have happened of which nothing is shown yet."""

    records: Mapping[str, Sequence[Record]]  # stream → records
    awaited: bool = False


@runtime_checkable
class Recalling(Protocol):
    """A system that tells what single people did lately, in few calls, where its streams would be read as a whole."""

    def lately(self, ids: Sequence[str]) -> Recent:
        """Return what these people did lately, in the form in which the streams show it. ids: of their records."""
        ...
