"""What matching looks at: one remote record as its mapping reads it, and the golden records that it may be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

Row = dict[str, Any]


class Sighting(NamedTuple):
    """One remote record with its mapped row."""

    system: str
    stream: str
    remote_id: str
    row: Row

    @property
    def ref(self) -> str:
        """How other records point at it."""
        return f"{self.system}.{self.stream}/{self.remote_id}"


@dataclass(frozen=True)
class Candidate:
    """A golden record that may be the one: its identifying fields, and the streams already linked to it."""

    id: str
    row: Row
    streams: frozenset[str]  # "salesforce.Account"
