"""The safety valve: how much one run may create or change before a person must look.

What counts is what would be sent, per system and kind of record: creations, and changes of fields that are not ours;
changes of nothing but our own fields have a share of their own. Those that rest, wait for another record or a premise,
stand already or were deleted by a person count nothing; nor does an act, such as a notification: it follows a record
that is counted itself. Everything is counted before the first write anywhere, and
again before each later push of the same run, with what the run wrote before; a record counts once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from math import floor
from typing import NamedTuple

from syncd.agreement import Agreement
from syncd.agreement.terms import RecordShare
from syncd.errors import UnsafePlan
from syncd.mapping import SystemMapping, WriteRule
from syncd.store import Store
from syncd.store.fields import digest
from syncd.store.notes import VALVE, Shut
from syncd.store.unit import UnitOfWork
from syncd.sync.drafts import SENT, Action
from syncd.sync.holds import Holds
from syncd.sync.plan import Plan, Step, make_plan
from syncd.sync.reader import Readers
from syncd.sync.run import Run
from syncd.sync.whereabouts import Remote

Kind = tuple[str, str]  # system, kind of wish
BELIEVED = timedelta(days=1)  # so long nobody is asked again why it is shut, where nothing has happened
LOOK = "Look at `syncd plan`, then `syncd apply --force`"


class Extent(NamedTuple):
    """How many records of one kind a push would write in one system.

    own: in nothing but our own fields; writes: in others too. standing: how many of them stand there, as we know.
    """

    system: str
    object: str
    writes: int
    own: int
    standing: int


def allowed(agreement: Agreement, extent: Extent, served: int) -> tuple[int, int]:
    """How many such writes one run may make, and how many of those in our own fields alone.

    served: how many accounts stand in the served market. A young org, in which less than these stands, may grow
    by their share: its first growth is what both teams agreed on.
    """
    safety = agreement.safety
    most, own = _share(safety.others, max(extent.standing, served)), _share(safety.own_fields, extent.standing)
    if extent.object == "opportunity":
        terms = safety.opportunities
        most = max(terms.never_below, floor(terms.percent_of_served_accounts * Decimal(served) / 100))
    return most, own


def _share(terms: RecordShare, standing: int) -> int:
    return max(terms.never_below, floor(terms.percent_of_records * Decimal(standing) / 100))


def require_safe(extents: Iterable[Extent], agreement: Agreement, served: int) -> None:
    """Raise UnsafePlan, with all that is too much, when a run does more than the agreement allows."""
    require_nothing(excess_of(extents, agreement, served))


def require_nothing(excess: str) -> None:
    """Raise UnsafePlan where a run does more than the agreement allows; excess: in what, in words."""
    if excess:
        raise UnsafePlan(f"{excess}. {LOOK}")


def excess_of(extents: Iterable[Extent], agreement: Agreement, served: int) -> str:
    """All in which a run does more than the agreement allows, in words; empty where it does not."""
    excesses = (line for extent in extents for line in _excesses(extent, agreement, served))
    return "; ".join(f"the plan {excess}" for excess in excesses)


def note_passed(store: Store, actor: str, verb: str, plan: Plan, excess: str) -> None:
    """Write down what went past the valve because a person forced it: the plan, and what the valve would have said."""
    with store.writing() as unit:
        unit.audit.write(actor, verb, f"--force of plan {plan.digest}: {excess or 'the valve had nothing against it'}")


def _excesses(extent: Extent, agreement: Agreement, served: int) -> Iterator[str]:
    most, own = allowed(agreement, extent, served)
    opportunity = extent.object == "opportunity"
    what = "opportunities" if opportunity else f"records as {extent.object.replace('_', ' ')} in {extent.system}"
    if extent.writes > most:
        term = "opportunities" if opportunity else "others"
        yield f"creates or changes {extent.writes:,} {what}; the agreement allows {most:,} in one run (safety.{term})"
    if extent.own > own:
        yield (
            f"changes our own fields of {extent.own:,} {what}; the agreement allows {own:,} in one run "
            "(safety.own_fields)"
        )


@dataclass(frozen=True)
class Valve:
    """The valve of one store. standing is asked for only where a number makes it matter.

    wrote: what the run has written so far, as its counts say. accounts: what is pending for these alone is pushed.
    """

    store: Store
    agreement: Agreement
    mappings: Mapping[str, SystemMapping]
    wrote: Mapping[Kind, Mapping[str, bool]] = field(default_factory=dict)
    accounts: Sequence[str] | None = None

    def require(self, plan: Plan) -> None:
        """Raise UnsafePlan when a plan does more than the agreement allows."""
        require_safe(self._extents(plan), self.agreement, self._served())

    def excess(self, plan: Plan) -> str:
        """In what a plan does more than the agreement allows, in words; empty where it does not."""
        return excess_of(self._extents(plan), self.agreement, self._served())

    def still_shut(self, now: datetime) -> str:
        """In what a plan did too much when a run looked last and the same was pending; empty where none did.

        Only for a run that saw nothing change: to find out again costs a plan of everything that is pending.
        """
        with self.store.reading() as unit:
            shut = unit.notes.read(VALVE)
            stands = shut is not None and timedelta() <= now - shut.at < BELIEVED and shut.key == self._key(unit, now)
        return shut.excess if shut and stands else ""

    def note(self, excess: str, now: datetime) -> None:
        """Keep what a run found, for those after it that see nothing change. excess: empty where it is open."""
        with self.store.reading() as unit:
            known = unit.notes.read(VALVE) is not None
        if excess or known:
            with self.store.writing() as unit:
                if excess:
                    unit.notes.keep(VALVE, Shut(self._key(unit, now), now, excess))
                else:
                    unit.notes.drop(VALVE)

    def _key(self, unit: UnitOfWork, now: datetime) -> str:
        return digest(
            {"pending": unit.wishes.digest_pending(now), "safety": self.agreement.safety.model_dump(mode="json")}
        )

    def doubtful(
        self, targets: Mapping[str, Remote], readers: Readers, run: Run, holds: Mapping[str, Holds]
    ) -> Plan | None:
        """The plan of a push into those of these systems in which it may do more than the agreement allows, if any.

        No more than what is pending, and rests no more, can be sent: only where that may be too much, drafts are made,
        which asks the system. Raises ConnectorError where it cannot be asked.
        """
        now = run.clock()
        doubtful = {system: remote for system, remote in targets.items() if self._may_be_too_much(system, now)}
        return make_plan(self.store, doubtful, readers, run, holds, self.accounts) if doubtful else None

    def _may_be_too_much(self, system: str, now: datetime) -> bool:
        with self.store.reading() as unit:
            pending = unit.wishes.count_pending(now, self.accounts).get(system, {})
        rules = self.mappings[system].writes
        return any(
            self._exceeds(system, name, rules[name], number + len(self.wrote.get((system, name), ())))
            for name, number in pending.items()
            if name in rules and not rules[name].act
        )

    def _exceeds(self, system: str, name: str, rule: WriteRule, most_of_them: int) -> bool:
        safety = self.agreement.safety
        if most_of_them <= min(
            safety.others.never_below, safety.own_fields.never_below, safety.opportunities.never_below
        ):
            return False
        most, own = allowed(self.agreement, Extent(system, name, 0, 0, self._standing(system, rule)), self._served())
        return most_of_them > (own if rule.own >= rule.fields.keys() else min(most, own))

    def _extents(self, plan: Plan) -> Iterator[Extent]:
        extents = {kind: dict(keys) for kind, keys in self.wrote.items()}
        for step in plan.steps:
            if step.action in SENT and not self._is_act(step.system, step.object):
                keys = extents.setdefault((step.system, step.object), {})
                keys[step.key] = self._own(step) and keys.get(step.key, True)
        for (system, name), keys in sorted(extents.items()):
            if self._is_act(system, name):
                continue
            own = sum(keys.values())
            yield Extent(system, name, len(keys) - own, own, self._standing(system, self.mappings[system].writes[name]))

    def _is_act(self, system: str, name: str) -> bool:
        return self.mappings[system].writes[name].act

    def _own(self, step: Step) -> bool:
        return (
            step.action is Action.CHANGE and self.mappings[step.system].writes[step.object].own >= step.changes.keys()
        )

    def _standing(self, system: str, rule: WriteRule) -> int:
        stream = self.mappings[system].stream_written(rule)
        with self.store.reading() as unit:
            return unit.records.count(system, stream) if stream else 0

    def _served(self) -> int:
        with self.store.reading() as unit:
            return unit.judgements.count_standings().get("in", 0)
