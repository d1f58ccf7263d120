"""Names of records: a remote one by its system, stream and id; another record that a wish points at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class RemoteRef(NamedTuple):
    """A remote record's name, written `system.stream/id`: `hubspot.contacts/101`.

    >>> str(RemoteRef.read("hubspot.contacts/101"))
    'hubspot.contacts/101'
    """

    system: str
    stream: str
    id: str

    def __str__(self) -> str:
        return f"{self.system}.{self.stream}/{self.id}"

    @property
    def qualified_stream(self) -> str:
        """The stream with its system: `hubspot.contacts`."""
        return f"{self.system}.{self.stream}"

    @classmethod
    def read(cls, text: str) -> RemoteRef:
        """The name that a text spells; raises ValueError where it spells none."""
        if (ref := cls.spelled(text)) is None:
            raise ValueError(f"{text!r} names no record; write system.stream/id, e.g. hubspot.companies/123")
        return ref

    @classmethod
    def spelled(cls, text: str) -> RemoteRef | None:
        """The name that a text spells, or None."""
        place, _, remote_id = text.partition("/")
        system, _, stream = place.partition(".")
        return cls(system, stream, remote_id) if system and stream and remote_id else None


@dataclass(frozen=True, slots=True)
class Ref:
    """A pointer at another record, resolved to its remote id on writing: an account, contact, opportunity or user."""

    kind: str
    id: str
