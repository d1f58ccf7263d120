"""The target of a waterfall, backwards from bookings: how many must win, and what must come by which day for that.

needed = bookings × the share that marketing sources ÷ the amount of one opportunity, rounded up. Of what comes at an
even pace over the days of the target only a part can still win within them: of each day the share of the winners who
take no longer than the days that are left. Goal, pace and days may be given by hand or come from this store's history
(`planning.lag`: F(H), and F(days) ÷ F(H) of those who win).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from syncd.model.milestones import Stage
from syncd.planning.curves import CurveBand
from syncd.planning.journeys import Journey, Journeys
from syncd.planning.lag import HORIZON, MINIMUM, SHARES, exits, lag
from syncd.planning.outlook import outlook
from syncd.planning.passages import Book, Traverse, stretches

STAGES = (Stage.INQUIRY, Stage.MQL, Stage.RELEASED, Stage.ACCEPTED, Stage.SQO)
WON = str(Stage.WON)
OTHERS = (Stage.LOST, Stage.REJECTED, Stage.RECYCLED)


@dataclass(frozen=True, slots=True)
class Goal:
    """What is to be booked from the first to the last day, both inclusive.

    amount: of one won opportunity. sourced: the share of the bookings that marketing sources, in 0..1.
    source: who says so.
    """

    bookings: Decimal
    first: date
    last: date
    amount: Decimal
    sourced: Decimal = Decimal(1)
    source: str = "given by hand"

    @property
    def needed(self) -> int:
        """How many opportunities must be won out of marketing's."""
        return int((self.bookings * self.sourced / self.amount).to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True)
class WayToWin:
    """The way from one stage to a won opportunity.

    share: of those who enter, that stand behind a won one in the end, in 0..1; None where only the pace is known.
    crowd: how many of them stand behind one won opportunity. within: days → the share of the winners who need no more.
    days: q → the day by which that share of the winners has won. source: where that comes from.
    """

    share: float | None
    crowd: float
    within: Callable[[int], float]
    days: Mapping[float, int]
    source: str


@dataclass(frozen=True, slots=True)
class Need:
    """What one stage must bring. wanted: how many must reach it. by: q → the day by which, so that q of the winners
    have won in time. actual: how many reached it since the target's first day. refusal: why nothing is said."""

    stage: Stage
    actual: int
    wanted: int | None = None
    by: Mapping[float, date] | None = None
    source: str = ""
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class InHand:
    """How many opportunities those who are under way will still win by the last day, with the band; or why not told."""

    said: float = 0.0
    band: CurveBand | None = None
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Backwards:
    """needed: opportunities to be won. in_time: how many of them can still close when they begin at an even pace.

    pace: by which way that is counted. short, short_worth: what is missing then. early: how many must begin at that
    pace so that all close in time.
    """

    target: Goal
    needed: int
    won: int
    in_hand: InHand
    pace: Stage | None
    in_time: int | None
    early: int | None
    needs: tuple[Need, ...]

    @property
    def missing(self) -> int | None:
        """How many must still be won beyond those who are under way; None where that is not told."""
        return None if self.in_hand.refusal else max(0, math.ceil(self.needed - self.won - self.in_hand.said - 1e-9))

    @property
    def short(self) -> int | None:
        """How many opportunities are missing at an even pace."""
        return None if self.in_time is None else self.needed - self.in_time

    @property
    def short_worth(self) -> Decimal | None:
        """What they are worth."""
        return None if self.short is None else self.short * self.target.amount


def by_hand(days: int, share: float | None = None, crowd: float = 1.0) -> WayToWin:
    """A way that takes so many days, and that this share of them goes, as somebody says."""
    return WayToWin(share, crowd, lambda left: float(left >= days), dict.fromkeys(SHARES, days), "given by hand")


def backwards(
    target: Goal,
    ways: Mapping[Stage, WayToWin | str],
    actual: Mapping[Stage, int],
    won: int = 0,
    in_hand: InHand | None = None,
) -> Backwards:
    """What must come by when. ways: of each stage, or why nothing is known of it. won: already, of marketing's."""
    pace = next((stage for stage in (Stage.MQL, *STAGES) if isinstance(ways.get(stage), WayToWin)), None)
    share = _in_time(target, ways[pace]) if pace else None
    return Backwards(
        target,
        target.needed,
        won,
        in_hand or InHand(refusal="nothing is under way"),
        pace,
        in_time=None if share is None else math.floor(target.needed * share + 1e-9),
        early=None if not share else math.ceil(target.needed / share - 1e-9),
        needs=tuple(_need(target, stage, ways.get(stage, "nothing is known of it"), actual) for stage in STAGES),
    )


def _in_time(target: Goal, way: WayToWin | str) -> float:
    """The share of the winners who win by the last day, when they enter at an even pace from the first day on."""
    assert isinstance(way, WayToWin)
    days = (target.last - target.first).days + 1
    return math.fsum(way.within(left) for left in range(days)) / days


def _need(target: Goal, stage: Stage, way: WayToWin | str, actual: Mapping[Stage, int]) -> Need:
    reached = actual.get(stage, 0)
    if isinstance(way, str):
        return Need(stage, reached, refusal=way)
    by = {share: target.last - timedelta(days=days) for share, days in way.days.items()}
    if not way.share:
        return Need(stage, reached, by=by, source=way.source, refusal="which share of them wins is not known")
    return Need(stage, reached, math.ceil(target.needed * way.crowd / way.share - 1e-9), by, way.source)


# ---- from history ------------------------------------------------------------------------------------------------


def learned(whole: Journeys, book: Book, today: date, minimum: int = MINIMUM) -> dict[Stage, WayToWin | str]:
    """The way from each stage to a won opportunity, as this store's history tells it, or why it does not."""
    return {stage: _learned(stage, _under_way(whole, stage), book, today, minimum) for stage in STAGES}


def _under_way(whole: Journeys, stage: Stage) -> Sequence[Journey]:
    of_kind = whole.opportunities.values() if stage is Stage.SQO else whole.contacts
    return [journey for journey in of_kind if stage in journey.reached]


def _learned(stage: Stage, theirs: Sequence[Journey], book: Book, today: date, minimum: int) -> WayToWin | str:
    stays = stretches(book, Traverse(stage, Stage.WON, OTHERS), today).passages
    said = lag(stays, WON, today, HORIZON, minimum)
    if said.refusal or not said.reached or not said.days:
        return said.refusal or "nobody got there"
    curve, reached = exits(stays, today).by_exit[WON], said.reached
    source = f"{said.exits} of {said.entered} within {HORIZON} days, in this store's history"
    crowd = _crowd(theirs)
    return WayToWin(reached, crowd, lambda left: min(1.0, curve.at(min(left, HORIZON)) / reached), said.days, source)


def _crowd(theirs: Sequence[Journey]) -> float:
    """How many of them stand behind one won opportunity."""
    won = [journey.opportunity or journey.subject for journey in theirs if Stage.WON in journey.reached]
    return len(won) / len(set(won)) if won else 1.0


def in_hand(whole: Journeys, book: Book, today: date, last: date, minimum: int = MINIMUM) -> InHand:
    """What the MQLs who are under way today will still win by the last day."""
    if (days := (last - today).days) <= 0:
        return InHand(refusal="the target's last day has come")
    stays = stretches(book, Traverse(Stage.MQL, Stage.WON, OTHERS), today).passages
    ahead = outlook(stays, WON, today, days, to_come=False, minimum=minimum)
    if ahead.refusal or ahead.band is None:
        return InHand(refusal=ahead.refusal)
    crowd = _crowd(_under_way(whole, Stage.MQL))
    return InHand(ahead.said / crowd, CurveBand(ahead.band.low / crowd, ahead.band.high / crowd))


def won_amounts(whole: Journeys) -> Iterator[tuple[str, Decimal]]:
    """Currency and amount of each won opportunity that has one."""
    for journey in whole.opportunities.values():
        milestone = journey.reached.get(Stage.WON)
        if milestone and milestone.amount:
            yield milestone.currency or "", milestone.amount


def sourced_share(whole: Journeys) -> Decimal | None:
    """The share of the won opportunities behind which an MQL stands; None where none was won."""
    supporters = whole.supporters()
    won = [one.subject for one in whole.opportunities.values() if Stage.WON in one.reached]
    ours = sum(any(Stage.MQL in behind.reached for behind in supporters.get(subject, ())) for subject in won)
    return Decimal(ours) / len(won) if won else None
