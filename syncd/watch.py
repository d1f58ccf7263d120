"""The watch: what the daemon alone can tell of itself, kept in the store as it comes, so that a restart loses nothing.

From a thread of its own, by a clock that nobody sets: that it lives; which vendor leaves a call without an answer, and
what is left of its allowance; and when the database goes away and comes back, each of which is told once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from connectors.base import Budget
from syncd.companion import Companion
from syncd.doctor import endpoints
from syncd.errors import SyncdError
from syncd.health.kept import keep
from syncd.health.life import EVERY, Life, this_process
from syncd.health.looked_up import LOOKED_UP, look_up
from syncd.health.validity import of_certificates
from syncd.health.vendors import PATIENCE, Calls, of_budgets, untold
from syncd.model.health import Finding, FindingKind, Grade
from syncd.pulse import Pulse
from syncd.store.unit import UnitOfWork
from syncd.strangers import reason_of
from syncd.sync.cycle import Wiring
from syncd.wall import NOTICED, steady

AWAY = 2.0  # seconds from one look to the next while the database is away
LOCKED = "database is locked"  # SQLite: somebody writes, and will be done

log = structlog.get_logger()


def no_papers() -> Mapping[str, bytes]:
    """No certificate was given to us."""
    return {}


class Watch:
    """One daemon's watch.

    late_after: minutes; papers: the PEM texts that we were given, by their settings' names; every, patience: seconds
    from one beat to the next, and that a call may be on its way.
    """

    def __init__(
        self,
        wiring: Wiring,
        pulse: Pulse,
        interval_minutes: float,
        *,
        late_after: float | None = None,
        papers: Callable[[], Mapping[str, bytes]] = no_papers,
        every: float = EVERY,
        patience: float = PATIENCE,
    ) -> None:
        now = datetime.now(UTC)
        streams = tuple((system, name) for system, mapping in wiring.mappings.items() for name in mapping.streams)
        self._wiring, self._pulse, self._papers, self._every = wiring, pulse, papers, every
        self._life = Life(
            *(now, now, this_process(), interval_minutes, late_after, streams),
            backups_since=now if wiring.backups else None,
            webhooks_since=tuple((system, now) for system in wiring.announcers),
        )
        self._calls = Calls(patience)
        self._set_back = timedelta()  # by which rests of wishes end earlier, with the next beat
        self._pending: list[tuple[FindingKind, list[Finding]]] = []  # what is to be kept with the next beat
        self._companion = Companion("watch", self._beat, self._pause)
        self._lock = self._companion.lock

    def start(self) -> None:
        """Begin; what the daemon before knew of its own calls is forgotten, and how the clock was set is not."""
        ahead = timedelta()
        with suppress(SyncdError, DBAPIError), self._wiring.store.reading() as unit:
            if (before := Life.read(unit)) is not None:
                since = self._life.backups_since and (before.backups_since or self._life.backups_since)
                hooks = {**dict(self._life.webhooks_since), **dict(before.webhooks_since)}
                listening = tuple((system, hooks[system]) for system, _ in self._life.webhooks_since)
                self._life = replace(
                    self._life,
                    set_at=before.set_at,
                    set_by=before.set_by,
                    backups_since=since,
                    webhooks_since=listening,
                )
                ahead = before.beat_at - self._life.started_at
        if ahead > timedelta(seconds=NOTICED):
            self.clock_set(-ahead)  # while no daemon ran, and by more than that
        self._companion.start()

    def end(self) -> None:
        """Note that the daemon ended as it was told to."""
        self._companion.end(2)
        with suppress(SyncdError, DBAPIError), self._wiring.store.writing() as unit:
            now = datetime.now(UTC)
            replace(self._life, beat_at=now, ended_at=now).keep(unit)
            keep(unit, (FindingKind.UNAVAILABLE,), ())

    def clock_set(self, jump: timedelta) -> None:
        """The wall clock was set by so much: stamps from before are read by it from now on."""
        now, seconds = datetime.now(UTC), jump.total_seconds()
        with self._lock:
            self._set_back += max(-jump, timedelta())
            self._life = replace(self._life, set_at=now, set_by=seconds)
        way = "back" if seconds < 0 else "on"
        log.warning("the clock jumped", seconds=round(seconds), mend="synchronise the clock (NTP)")
        what = f"the wall clock was set {way} by {timedelta(seconds=round(abs(seconds)))}; nothing waits for it"
        mend = "synchronise the clock of this machine (NTP); nothing else, where it is right by now"
        self.note(Finding(FindingKind.CLOCK, (), what, mend, Grade.WARNING, now, "syncd runs"))

    def note(self, finding: Finding) -> None:
        """Keep what happened, in the place of what last happened of its kind."""
        with self._lock:
            self._pending.append((finding.kind, [finding]))
        self._companion.poke()

    def look_ahead(self) -> None:
        """Note what ends within months or days: API versions, certificates. Nobody runs doctor for a year."""
        now = datetime.now(UTC)
        ending = [
            Finding(
                FindingKind.API_VERSION, (problem.where,), problem.what, problem.mend, Grade.WARNING, now,
                "syncd endpoints", about=problem.where,
            )
            for problem in endpoints.examine(self._wiring)
        ]  # fmt: skip
        invalid = [*of_certificates(self._papers(), now)]
        for finding in (*ending, *invalid):
            kind, where = finding.kind.value, finding.about
            log.warning("something ends", kind=kind, where=where, what=finding.what, mend=finding.mend)
        with self._lock:
            self._pending += [(FindingKind.API_VERSION, ending), (FindingKind.VALIDITY, invalid)]
        self._companion.poke()

    # ---- the database, whether it answers ------------------------------------------------------------------------

    def unusable(self, error: Exception) -> None:
        """Something could not be read or written: say why, once, until it can be."""
        if LOCKED in str(error):
            return
        try:
            self._wiring.store.database.ping()
        except (SyncdError, DBAPIError):
            self._is_away(error)
        else:
            self._takes_nothing(error)

    def _is_away(self, error: Exception) -> None:
        with self._lock:
            known, self._pulse.away_since = self._pulse.away_since, self._pulse.away_since or datetime.now(UTC)
        if known is None:
            log.warning("the database does not answer", error=reason_of(error), mend="it is tried again until it does")
            self._companion.poke()

    def answers(self) -> None:
        """It answers, and takes what is written: told once where it did not."""
        with self._lock:
            since, self._pulse.away_since = self._pulse.away_since, None
            refused, self._pulse.unwritable = self._pulse.unwritable, None
        begun = since or (refused[1] if refused else None)
        if begun is not None:
            seconds = max(0, round((datetime.now(UTC) - begun).total_seconds()))
            log.info("the database answers again", after_seconds=seconds)

    def _takes_nothing(self, error: Exception) -> None:
        with self._lock:
            known, why = self._pulse.unwritable, reason_of(error)
            self._pulse.unwritable = known or (why, datetime.now(UTC))
            self._pulse.away_since = None
        if known is None:
            log.error("nothing can be written to the database", error=why, mend="free its disk, or let syncd write")

    # ---- the beat -----------------------------------------------------------------------------------------------

    def _pause(self) -> float:
        return AWAY if self._pulse.away_since or self._pulse.unwritable else self._every

    def _beat(self) -> None:
        try:
            self._tell()
        except (SyncdError, DBAPIError) as error:
            self.unusable(error)
        else:
            self.answers()

    def _tell(self) -> None:
        """Tell the store that the daemon lives, and then what it knows: the former whatever becomes of the latter."""
        now = datetime.now(UTC)
        with self._lock:
            self._life = life = replace(self._life, beat_at=now)
            pending, self._pending = self._pending, []
            set_back, self._set_back = self._set_back, timedelta()
        try:
            with self._wiring.store.writing() as unit:
                life.keep(unit)
            with self._wiring.store.writing() as unit:
                self._keep(unit, now, pending)
                if set_back:
                    unit.receipts.bring_forward(set_back)
        except BaseException:
            with self._lock:
                self._pending = [*pending, *self._pending]
                self._set_back += set_back
            raise

    def _keep(self, unit: UnitOfWork, now: datetime, pending: Iterable[tuple[FindingKind, list[Finding]]]) -> None:
        budgets = self._budgets()
        keep(unit, (FindingKind.UNAVAILABLE,), self._calls.unanswered(budgets, steady()))
        met = (finding._replace(since=now) for finding in look_up(self._wiring.store, unit, now))
        keep(unit, LOOKED_UP, met)
        keep(unit, (FindingKind.BUDGET,), of_budgets(budgets, now), untold(budgets))
        for kind, findings in pending:
            keep(unit, (kind,), findings)

    def _budgets(self) -> dict[str, Budget]:
        return {system: source.budget for system, source in self._wiring.sources.items()}
