"""Runs: what was done, by whom, how it ended, and why it did not end well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

SCHEDULE: Final = "schedule"  # who starts what nobody asked for
WEBHOOK: Final = " webhook"  # what the name of an actor ends with that is a system's own call: `hubspot webhook`


class RunOutcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    INCOMPLETE = "incomplete"  # a stream or a write must be tried again: run it again
    UNSAFE = "unsafe"  # nothing was pushed: a person must look at the plan
    STOPPED = "stopped"  # its process was told to end
    CANCELLED = "cancelled"  # somebody took it back
    FAILED = "failed"  # a person must mend something
    BROKEN_OFF = "broken off"  # its process ended before it did


class CauseKind(StrEnum):
    """Why something was not done, by what the reader should do about it."""

    CONFIGURATION = "configuration"  # mend settings, credentials, scopes, the agreement
    PREMISE = "premise"  # have the portal's or org's administrator mend something
    UNSAFE = "unsafe"  # look at the plan
    REFUSED = "refused"  # mend the records, or what refuses them
    UNREADABLE = "unreadable"  # mend the records: they were set aside
    NOT_FOUND = "not found"
    RUNNING = "already running"
    BUDGET = "budget"  # the vendor's calls of the day are spent: wait for its next day, or use fewer
    UNAVAILABLE = "unavailable"  # wait: it is tried again
    DEFECT = "defect"  # tell those who make syncd


class Cause(NamedTuple):
    """One cause, wherever it struck. number: of records; 0 where whole streams or systems are concerned."""

    kind: CauseKind
    where: tuple[str, ...]
    what: str
    mend: str
    number: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON, without what says nothing."""
        content = {"kind": self.kind.value, "where": list(self.where), "what": self.what, "mend": self.mend}
        return content | ({"number": self.number} if self.number else {})

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Cause:
        """A cause as it was kept."""
        where, number = tuple(content["where"]), int(content.get("number", 0))
        return cls(CauseKind(content["kind"]), where, content["what"], content["mend"], number)

    def __str__(self) -> str:
        places = ", ".join(self.where[:PLACES]) + (
            f" and {len(self.where) - PLACES:,} more" if len(self.where) > PLACES else ""
        )
        many = f"{self.number:,} × " if self.number > 1 else ""
        return f"{places}: {many}{self.what}" if places else f"{many}{self.what}"


PLACES: Final = 4  # that are named in a line


class Ending(NamedTuple):
    """How a run ended, as it is kept."""

    outcome: RunOutcome
    exit_code: int
    causes: tuple[Cause, ...] = ()
    error: str | None = None  # what was raised


OF_OUTCOMES: Final[Mapping[RunOutcome, int]] = {
    RunOutcome.DONE: 0,
    RunOutcome.INCOMPLETE: 3,
    RunOutcome.UNSAFE: 4,
    RunOutcome.STOPPED: 130,
    RunOutcome.CANCELLED: 130,
    RunOutcome.FAILED: 1,
    RunOutcome.BROKEN_OFF: 3,
}
OF_KINDS: Final[Mapping[CauseKind, int]] = {
    CauseKind.CONFIGURATION: 2,
    CauseKind.BUDGET: 3,
    CauseKind.UNAVAILABLE: 3,
    CauseKind.PREMISE: 3,
    CauseKind.REFUSED: 3,
    CauseKind.UNREADABLE: 3,
    CauseKind.UNSAFE: 4,
    CauseKind.RUNNING: 5,
    CauseKind.NOT_FOUND: 6,
    CauseKind.DEFECT: 1,
}


def exit_code(outcome: RunOutcome, causes: Iterable[Cause]) -> int:
    """What a command ends with: by the outcome, and by the kind of what a person must mend first.

    A run that failed has one cause. One that is incomplete did what could be done; where the configuration is among
    the causes, to run it again is no remedy.
    """
    kinds = [cause.kind for cause in causes]
    if outcome is RunOutcome.FAILED and kinds:
        return OF_KINDS[kinds[0]]
    if outcome is RunOutcome.INCOMPLETE and CauseKind.CONFIGURATION in kinds:
        return OF_KINDS[CauseKind.CONFIGURATION]
    return OF_OUTCOMES[outcome]
