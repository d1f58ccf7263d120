"""What somebody is to be told of: what health finds, and what the agreement says that a person must look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import Final

from syncd.health import examine
from syncd.model.alerts import WARNING, Matter
from syncd.model.health import FindingKind, Health
from syncd.model.queue import Outcome
from syncd.planning.lessons import ranked
from syncd.planning.suggestions import alerts as unclear_reasons
from syncd.pulse import Pulse
from syncd.rules.alerts import LEFT_OUT, NO_OWNER, UNTOUCHED
from syncd.store import Store, UnitOfWork

AGREEMENT: Final = "agreement"  # the kind of what the agreement's own terms say
OF_REASONS: Final = timedelta(days=364)  # that are looked at, as `syncd lessons` does

# What a contact's alert is about, by the words it begins with, and what mends it.
_MENDS: Final = {
    NO_OWNER: "give the account an owner, or the agreement a territory",
    UNTOUCHED: "put them into a campaign: who explores stays in marketing, and a rep asks about their problem",
    LEFT_OUT: "call them, or tell marketing: no rep gets a task of a person account",
}


def looking(store: Store, pulse: Pulse, today: Callable[[], date]) -> Callable[[], Iterable[Matter]]:
    """How all that somebody is to be told of is looked at; while the store is away, that alone.

    That no daemon runs is what the one before left behind: the one that tells runs.
    """
    of_agreement = OfAgreement(store, today)

    def look() -> Iterable[Matter]:
        health = examine(store, datetime.now(UTC), pulse)
        matters = tuple(matter for matter in of_health(health) if matter.kind != FindingKind.DAEMON.value)
        if any(finding.kind is FindingKind.DATABASE for finding in health.findings):
            return matters
        return (*matters, *of_agreement())

    return look


def of_health(health: Health) -> Iterator[Matter]:
    """What is wrong with the installation; of records how many alone, as a vendor's words may name people."""
    for finding in health.findings:
        by_record = finding.kind is FindingKind.QUARANTINE
        yield Matter(
            key=finding.key,
            kind=finding.kind.value,
            grade=finding.grade.value,
            where=finding.where,
            what=finding.what.partition(": ")[0] if by_record else finding.what,
            mend=finding.mend,
            look=finding.look,
            since=finding.since,
            number=finding.number,
        )


class OfAgreement:
    """What the agreement alerts of: who explores and lacks somebody, reps who run dry, reasons that say nothing.

    It comes of runs alone, so it is looked at again only once another has ended. Names stay in the store: golden ids
    and `syncd explain` lead to them.
    """

    def __init__(self, store: Store, today: Callable[[], date]) -> None:
        self._store, self._today = store, today
        self._state: tuple[int, date] | None = None
        self._matters: tuple[Matter, ...] = ()

    def __call__(self) -> Iterable[Matter]:
        """The matters of now. Raises Unavailable."""
        today = self._today()
        with self._store.reading() as unit:
            state = (unit.runs.last_ended(), today)
            if state != self._state:
                self._matters = tuple(chain(_of_contacts(unit), _of_reps(unit), _of_reasons(unit, today)))
                self._state = state
        return self._matters


def _of_contacts(unit: UnitOfWork) -> Iterator[Matter]:
    for contact_id, alerts in unit.judgements.alerted():
        for alert in alerts:
            about = next((words for words in _MENDS if words in alert), alert)
            yield Matter(
                key=f"{AGREEMENT}:{about}:{contact_id}",
                kind=AGREEMENT,
                grade=WARNING,
                where=(contact_id,),
                what=about,
                mend=_MENDS.get(about, "look at them"),
                look=f"syncd explain {contact_id}",
            )


def _of_reps(unit: UnitOfWork) -> Iterator[Matter]:
    state, _ = unit.queue.state()
    for dry in state.dry:
        rep = str(dry.get("id", ""))  # an older syncd kept the name alone, which is told nobody
        yield Matter(
            key=f"{AGREEMENT}:dry:{rep}:{dry['week']}",
            kind=AGREEMENT,
            grade=WARNING,
            where=(rep,) if rep else (),
            what=f"runs dry in the week of {dry['week']}: fewer people wait than there are places",
            mend="plan a send that fills that week: `syncd calendar`",
            look="syncd queue",
        )


def _of_reasons(unit: UnitOfWork, today: date) -> Iterator[Matter]:
    releases = unit.queue.releases(today - OF_REASONS)
    for alert in unclear_reasons(ranked(one.why for one in releases if one.outcome is Outcome.REJECTED)):
        what, _, mend = alert.partition("; ")
        yield Matter(f"{AGREEMENT}:reasons", AGREEMENT, WARNING, (), what, mend, "syncd lessons")
