"""What matching looks at: one remote record as its mapping reads it, and the golden records that it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from syncd.model import RemoteRef

Row = dict[str, Any]


class Sighting(NamedTuple):
    """One remote record with its mapped row."""

    ref: RemoteRef
    row: Row

    @property
    def system(self) -> str:
        """The system that shows it."""
        return self.ref.system

    @property
    def stream(self) -> str:
        """Its stream in that system."""
        return self.ref.stream

    @property
    def remote_id(self) -> str:
        """Its id in that system."""
        return self.ref.id


@dataclass(frozen=True)
class Candidate:
    """A golden record that may be the one: its identifying fields, and the streams already linked to it."""

    id: str
    row: Row
    streams: frozenset[str]  # "salesforce.Account"
