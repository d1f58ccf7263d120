"""Replay: what other terms would have made of the stored past, before anybody signs them. Pure.

Account by account two trials are held against each other, by the terms in force and by the new ones, on the same
facts. So whatever differs comes of the terms:

    enters, leaves   market and opportunity as of today; an MQL on any day of the period
    not sent         rejected and accepted ones whom the terms in force make an MQL on the day of their milestone,
                     and the new ones do not
    missed           won opportunities whose group meets the bar on the day on which it did, by the terms in force, and
                     does not by the new ones; where neither say so, those with an MQL on them by the day they were won

Before all that stands how far the terms in force reproduce the MQLs that are kept: where they do not, facts or terms
have changed since, and the rest is to be read with that in mind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from syncd.model import GateName, Ruling, Standing
from syncd.model.milestones import BEFORE, Milestone, Source, Stage
from syncd.planning.milestones import Ledger
from syncd.planning.trial import GONE, Trial
from syncd.rules.days import local_day

MARKET, MQL, OPPORTUNITY = "market", "mql", "opportunity"
STAGES = (MARKET, MQL, OPPORTUNITY)
REPLAYED = (Stage.MQL, Stage.REJECTED, Stage.ACCEPTED, Stage.WON)  # milestones that are held against both terms
ENTERS, LEAVES, NOT_SENT, MISSED, NOT_REPRODUCED = "enters", "leaves", "not sent", "missed", "not reproduced"
FEW = "too few stand for it"
UNTOLD = "neither terms tell of it"
OTHERS = ", kept by the terms of {}"  # of a milestone whose terms were others than those in force


class Line(NamedTuple):
    """One account or person behind a figure, and why. stage: of STAGES, or a milestone's."""

    stage: str
    change: str
    account: str
    contact: str
    what: str  # the offer, or the opportunity
    why: str


@dataclass(slots=True)
class StageMove:
    """One stage under both terms: how many stand there, and who enters and leaves for which reason."""

    before: int = 0
    after: int = 0
    entered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Reached:
    """Milestones of one stage in the period: how many the terms in force reproduce, and which the new ones do not.

    missed: the reasons of those that only the new terms leave out. untold: why the terms in force do not say so.
    """

    kept: int = 0
    reproduced: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    untold: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Replay:
    """What differs, over all accounts that were taken. names: whether people and accounts are listed as well."""

    names: bool = False
    accounts: int = 0
    moves: dict[str, StageMove] = field(default_factory=lambda: {stage: StageMove() for stage in STAGES})
    reached: dict[Stage, Reached] = field(default_factory=lambda: {stage: Reached() for stage in REPLAYED})
    of_before: int = 0  # MQLs of the systems' own histories: their terms were others, and nobody replays them
    unkept: int = 0  # who is an MQL today by the terms in force, and never became one in the store
    listed: list[Line] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether the new terms change nothing."""
        moves = any(move.entered or move.left or move.before != move.after for move in self.moves.values())
        return not moves and not any(reached.missed for reached in self.reached.values())

    def take(self, old: Trial, new: Trial, kept: Sequence[Milestone]) -> None:
        """Hold one account's trials against each other. kept: what the account and its people reached, ever."""
        self.accounts += 1
        ledger = Ledger(kept)
        self._market(old, new)
        self._mqls(old, new, ledger)
        self._opportunities(old, new)
        for milestone in kept:
            if milestone.stage in self.reached and _counts_here(milestone, old):
                self._milestone(milestone, old, new, ledger)

    def gone(self, number: Mapping[Stage, int]) -> None:
        """Count what reached stages in the period, by the whole store: of accounts that are gone nothing can be said.

        number: without what the systems' own histories tell of people.
        """
        for stage, reached in self.reached.items():
            if (missing := number.get(stage, 0) - reached.kept) > 0:
                reached.kept += missing
                reached.untold[GONE] += missing

    # ---- stages --------------------------------------------------------------------------------------------------

    def _market(self, old: Trial, new: Trial) -> None:
        before, after = (trial.judgement.standing is Standing.IN for trial in (old, new))
        if self._moves(MARKET, before, after):
            self._tell(MARKET, old, after, _market_gates(old if after else new))

    def _mqls(self, old: Trial, new: Trial, ledger: Ledger) -> None:
        for contact_id, judged in old.contacts.items():
            closed, reopened = old.hindrance_in_period(contact_id), new.hindrance_in_period(contact_id)
            if self._moves(MQL, not closed, not reopened):
                self._tell(MQL, old, not reopened, closed or reopened, judged.name)
            is_kept = any(past.stage is Stage.MQL for past in ledger.contacts.get(contact_id, ()))
            self.unkept += not is_kept and judged.mql is Ruling.YES

    def _opportunities(self, old: Trial, new: Trial) -> None:
        before, after = ({(call.offer, call.key): call for call in trial.judgement.calls} for trial in (old, new))
        for offer, key in sorted({*before, *after}, key=str):
            was, will = ((offer, key) in calls and calls[offer, key].qualified for calls in (before, after))
            if self._moves(OPPORTUNITY, was, will):
                call, against = (before if will else after).get((offer, key)), old if will else new
                outside = _market_gates(against) if against.judgement.standing is not Standing.IN else FEW
                self._tell(OPPORTUNITY, old, will, call.reasons[0] if call else outside, what=offer)

    def _moves(self, stage: str, before: bool, after: bool) -> bool:
        """Count somebody or something at a stage; whether they enter or leave it."""
        self.moves[stage].before += before
        self.moves[stage].after += after
        return before is not after

    def _tell(self, stage: str, trial: Trial, enters: bool, why: str, contact: str = "", what: str = "") -> None:
        move = self.moves[stage]
        (move.entered if enters else move.left)[why] += 1
        self._list(Line(stage, ENTERS if enters else LEAVES, _account(trial), contact, what, why))

    # ---- milestones ----------------------------------------------------------------------------------------------

    def _milestone(self, milestone: Milestone, old: Trial, new: Trial, ledger: Ledger) -> None:
        reached = self.reached[milestone.stage]
        if milestone.stage is not Stage.WON and milestone.round == BEFORE:
            self.of_before += milestone.stage is Stage.MQL
            return
        reached.kept += 1
        if milestone.stage is Stage.WON:
            closed, reopened = _won(milestone, old, new, ledger)
        else:
            contact_id, day = milestone.contact_id or "", local_day(_sent_for(milestone, ledger), old.book.scale.where)
            closed, reopened = (trial.hindrance(contact_id, day) for trial in (old, new))
        if closed:
            others = "" if milestone.terms in ("", old.book.terms) else OTHERS.format(milestone.agreement)
            reached.untold[f"{closed}{others}"] += 1
            if milestone.stage is Stage.MQL:
                self._list_milestone(milestone, NOT_REPRODUCED, old, f"{closed}{others}")
            return
        reached.reproduced += 1
        if reopened:
            reached.missed[reopened] += 1
            self._list_milestone(milestone, MISSED if milestone.stage is Stage.WON else NOT_SENT, old, reopened)

    def _list_milestone(self, milestone: Milestone, change: str, trial: Trial, why: str) -> None:
        judged = trial.contacts.get(milestone.contact_id or "")
        what = (milestone.opportunity_id or milestone.opportunity_key or "") if milestone.stage is Stage.WON else ""
        name = judged.name if judged else milestone.contact_id or ""
        self._list(Line(milestone.stage, change, _account(trial), name, what or milestone.offer or "", why))

    def _list(self, name: Line) -> None:
        if self.names:
            self.listed.append(name)


def _counts_here(milestone: Milestone, trial: Trial) -> bool:
    """Whether it falls into the period, and is counted at this account: who moved is found at two.

    What was said of an opportunity is no milestone of anybody.
    """
    if milestone.contact_id is None and milestone.stage is not Stage.WON:
        return False
    if local_day(milestone.at, trial.book.scale.where) < trial.since:
        return False
    return milestone.contact_id in trial.contacts or milestone.account_id == trial.group.account.id


def _sent_for(milestone: Milestone, ledger: Ledger) -> datetime:
    """When they were an MQL in the round of that milestone; where that is not kept, the moment of itself."""
    mql = ledger.reached(milestone.contact_id or "", Stage.MQL, milestone.round)
    return mql.at if mql else milestone.at


def _won(won: Milestone, old: Trial, new: Trial, ledger: Ledger) -> tuple[str, str]:
    """What keeps either terms from telling of a won opportunity; empty: nothing does."""
    of_it = ledger.of_opportunity(won.opportunity_key, won.opportunity_id)
    qualified = next((past for past in of_it if past.stage is Stage.SQO), None)
    if qualified and qualified.source is Source.SEEN and old.opens(won.offer, qualified.at):
        return "", "" if new.opens(won.offer, qualified.at) else _why_not(new, of_it, qualified.at)
    day = local_day(won.at, old.book.scale.where)
    people = sorted({name for past in of_it for name in past.evidence if name in old.contacts})
    if any(not old.hindrance(name, day) for name in people):
        hindrances = [new.hindrance(name, day) for name in people]
        return "", "" if "" in hindrances else hindrances[0]
    return UNTOLD, UNTOLD


def _why_not(trial: Trial, of_it: Iterable[Milestone], at: datetime) -> str:
    """The first gate that is closed to everybody on it; else its group does not meet the bar."""
    day = local_day(at, trial.book.scale.where)
    people = sorted({name for past in of_it for name in past.evidence if name in trial.contacts})
    hindrances = [trial.hindrance(name, day) for name in people]
    return hindrances[0] if hindrances and all(hindrances) else "bar"


def _market_gates(trial: Trial) -> str:
    """What keeps an account out of the market, by the names of its gates."""
    closed = [gate for gate in trial.judgement.market if gate.ruling is not Ruling.YES]
    standing = ", unknown" if trial.judgement.standing is Standing.UNKNOWN else ""
    names = dict.fromkeys(gate.name.value for gate in closed)
    return f"{' and '.join(names) or GateName.MARKET}{standing}"


def _account(trial: Trial) -> str:
    return trial.group.account.name or trial.group.account.id


def reasons(counted: Counter[str]) -> Iterator[tuple[str, int]]:
    """Reasons with their numbers, the most frequent first; ties by name."""
    yield from sorted(counted.items(), key=lambda item: (-item[1], item[0]))
