"""The campaign calendar: which MQLs come of what is planned to be sent, for whom and in which week; and in which waves.

Of each person who is sent something a share becomes an MQL, by so many days after it: response × conversion × lag, as
this store's history tells (`response_of`), or as somebody says (`by_hand`). A week of a rep is above capacity where
more are expected than the rep has places that the queue has not taken (`planning.reservations`). Waves level it: from
the day on, each week as many as leave no later week of any rep above its places; who is left after the last wave finds
no place at all.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from syncd.model.milestones import Stage
from syncd.planning.lag import MINIMUM, Passage, exits, lag, sort

MQL = str(Stage.MQL)
HORIZON = 91  # days after a send in which it still brings somebody
WAVES = 26  # weekly, at most
WEEK = timedelta(days=7)
NOBODY: Mapping[tuple[str, date], float] = {}

Places = Callable[[str, date], int]  # rep, Monday → places of that week
Free = Callable[[str, date], float]  # the same, of those that nobody has taken; below 0 where more are


@dataclass(frozen=True, slots=True)
class Response:
    """within: days after a send → the share of those reached who are MQLs by then. source: where that comes from."""

    within: Callable[[int], float]
    source: str


@dataclass(frozen=True, slots=True)
class Send:
    """So many people who are to be sent something on a day. reps: whose they are → their share; together 1."""

    campaign: str
    day: date
    people: int
    reps: Mapping[str, float]
    response: Response

    def expected(self, rep: str, monday: date) -> float:
        """The MQLs that come of it for a rep in the week that begins on that Monday."""
        return self.people * self.reps.get(rep, 0.0) * self.share(monday)

    def share(self, monday: date) -> float:
        """The share of those reached who become MQLs in that week."""
        last = (monday + WEEK - self.day).days - 1
        return self._by(last) - self._by(last - 7)

    def _by(self, days: int) -> float:
        return self.response.within(min(days, HORIZON)) if days >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Load:
    """One week of one rep: the MQLs expected, and the places. over: above capacity; below it is negative.

    queued: who has a place in it by the queue: handed over, owed, or waiting for this week.
    """

    rep: str
    week: date
    expected: float
    places: int
    queued: float = 0

    @property
    def over(self) -> float:
        """How many more come than there are places."""
        return self.expected + self.queued - self.places


@dataclass(frozen=True, slots=True)
class Levelled:
    """One send in waves that leave no week above capacity. left: who finds no place in the weeks looked at."""

    send: Send
    waves: tuple[tuple[date, int], ...]
    left: int

    @property
    def changed(self) -> bool:
        """Whether it cannot go out at once as planned."""
        return self.waves != ((self.send.day, self.send.people),)


def by_hand(response: float, conversion: float, days: int) -> Response:
    """So many respond, so many of those become MQLs, all of them so many days after; shares in 0..1."""
    share = response * conversion
    return Response(lambda after: share if after >= days else 0.0, "given by hand")


def response_of(sent: Iterable[Passage], today: date, minimum: int = MINIMUM) -> Response | str:
    """What history teaches: passages from a send to an MQL. A refusal where too few became one."""
    stays = sort(sent, today).passages
    known = lag(stays, MQL, today, HORIZON, minimum)
    if known.refusal or not known.reached:
        return known.refusal or "nobody became an MQL"
    curve = exits(stays, today).by_exit[MQL]
    source = f"{known.exits} of {known.entered} within {HORIZON} days, in this store's history"
    return Response(curve.at, source)


@dataclass(frozen=True, slots=True)
class Responses:
    """What earlier campaigns brought: of each kind, and of all kinds together. A refusal where too few became an MQL.

    by_kind: the kind, folded → its response. A kind without enough history goes by that of all, and says so.
    """

    of_all: Response | str
    by_kind: Mapping[str, Response | str] = field(default_factory=dict)

    def of(self, kind: str | None) -> Response | str:
        """What a campaign of that kind brings."""
        if not self.by_kind or isinstance(self.of_all, str):
            return self.of_all
        own = self.by_kind.get((kind or "").casefold(), "none began yet") if kind else "no kind is named"
        if isinstance(own, Response):
            return Response(own.within, f"{kind}: {own.source}")
        return Response(self.of_all.within, f"all kinds: {self.of_all.source}; of {kind or 'this one'}: {own}")


def responses_of(sent: Mapping[str | None, Sequence[Passage]], today: date, minimum: int = MINIMUM) -> Responses:
    """What history teaches. sent: kind of campaign → the passages from its sends to an MQL; None: without a kind."""
    by_kind: dict[str, list[Passage]] = defaultdict(list)
    for kind, passages in sent.items():
        if kind:
            by_kind[kind.casefold()] += passages
    everything = [passage for passages in sent.values() for passage in passages]
    known = {kind: response_of(passages, today, minimum) for kind, passages in by_kind.items()}
    return Responses(response_of(everything, today, minimum), known)


def loads(
    sends: Sequence[Send],
    reps: Iterable[str],
    weeks: Sequence[date],
    places: Places,
    reserved: Mapping[tuple[str, date], float] = NOBODY,
) -> list[Load]:
    """Every rep's weeks, in the order of reps and weeks. reserved: rep and week → who has a place by the queue."""
    return [
        Load(
            rep,
            week,
            math.fsum(send.expected(rep, week) for send in sends),
            places(rep, week),
            reserved.get((rep, week), 0),
        )
        for rep in reps
        for week in weeks
    ]


def mondays(first: date, count: int) -> list[date]:
    """The Mondays of so many weeks, from the one that holds that day."""
    monday = first - timedelta(days=first.weekday())
    return [monday + number * WEEK for number in range(count)]


def level(sends: Sequence[Send], free: Free) -> list[Levelled]:
    """Wave sizes that leave no week of any rep above capacity; who is planned first takes the places first."""
    taken: dict[tuple[str, date], float] = defaultdict(float)
    return [_in_waves(send, free, taken) for send in sorted(sends, key=lambda send: (send.day, send.campaign))]


def _in_waves(send: Send, free: Free, taken: dict[tuple[str, date], float]) -> Levelled:
    waves, left = [], send.people
    for number in range(WAVES):
        if not left:
            break
        wave = replace(send, day=send.day + number * WEEK)
        size = _largest(wave, left, free, taken)
        if size:
            waves.append((wave.day, size))
            left -= size
            for key, share in _shares(wave):
                taken[key] += size * share
    return Levelled(send, tuple(waves), left)


def _largest(wave: Send, left: int, free: Free, taken: Mapping[tuple[str, date], float]) -> int:
    """How many of those left may go out on the wave's day."""
    rooms = [(free(*key) - taken.get(key, 0.0)) / share for key, share in _shares(wave)]
    return max(0, math.floor(min([left, *rooms]) + 1e-9))


def _shares(wave: Send) -> list[tuple[tuple[str, date], float]]:
    """Rep and week → the MQLs that come there of one person."""
    weeks = [(week, wave.share(week)) for week in mondays(wave.day, HORIZON // 7 + 2)]
    return [
        ((rep, week), share * of_rep)
        for rep, of_rep in sorted(wave.reps.items())
        for week, share in weeks
        if share * of_rep > 0
    ]
