"""What of a person's old activities still says something, by the agreement in force: the rest may be forgotten.

Nothing that a rule decides by may change when the rest goes. So of each kind the first and the last that counts stay:
by these somebody's rung stands, and the day on which they first responded. With one stay those of its day and of the
days beside it: by its copies, its delivery and its session it was told apart from a machine's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from syncd.agreement.terms import Agreement
from syncd.model import Activity, Campaign
from syncd.rules import Rulebook
from syncd.rules.days import local_day, stamp
from syncd.rules.engagement import CountedActivity, weigh

BESIDE = timedelta(days=1)


def needed_days(agreement: Agreement, replayed: int) -> int:
    """For how many days activities are looked at: the longest of the agreement's terms, as of any day of the past that
    is replayed."""
    return max(_days(agreement.model_dump()), default=0) + replayed


def _days(terms: Any) -> Iterator[int]:
    """Every term of an agreement that says days or weeks, in days."""
    if isinstance(terms, Mapping):
        for name, term in terms.items():
            if isinstance(term, int | float) and not isinstance(term, bool):
                named = str(name)
                if named.endswith("_days"):
                    yield int(term) + 1
                elif named.endswith("_weeks"):
                    yield 7 * int(term) + 1
            else:
                yield from _days(term)
    elif isinstance(terms, list | tuple | set | frozenset):
        for part in terms:
            yield from _days(part)


def forgettable(
    activities: Sequence[Activity],
    campaigns: Mapping[str, Campaign],
    book: Rulebook,
    today: date,
    since: datetime,
) -> set[str]:
    """The ids of one person's activities that may go: older than `since`, and nothing rests on them.

    What counts is kept as long before the last that counts as anything else is kept before today: whoever fell silent
    goes on having been interested in what they were interested in last.
    """
    old = {one.id for one in activities if stamp(one.at) < since}
    if not old:
        return set()
    span = today - local_day(since, book.scale.where)
    lasting = _touches(activities)
    for of_segment in (book, *book.segments.values()):
        counted = weigh(activities, of_segment.scale, today, campaigns).counted
        lasting.update(_counting(counted, of_segment, span))
    by_id = {one.id: one for one in activities}
    days = {stamp(by_id[name].at).date() + BESIDE * step for name in lasting if name in by_id for step in (-1, 0, 1)}
    return {name for name in old if name not in lasting and stamp(by_id[name].at).date() not in days}


def _counting(counted: Sequence[CountedActivity], book: Rulebook, span: timedelta) -> Iterator[str]:
    """Of what counts, the first and the last of each kind, the last for each offer, and all within the span before the
    last of all; and all that bring points which add up."""
    if not counted:
        return
    begin = counted[-1].day - span
    firsts: dict[str, str] = {}
    lasts: dict[str, str] = {}
    for_offers: dict[str, str] = {}
    for activity in counted:
        firsts.setdefault(activity.name, activity.id)
        lasts[activity.name] = activity.id
        for_offers.update(dict.fromkeys(activity.offers, activity.id))
    yield from firsts.values()
    yield from lasts.values()
    yield from for_offers.values()
    yield from (activity.id for activity in counted if activity.day >= begin)
    scored = book.gates.scored
    if scored and scored.behaviour.cap is not None:
        yield from (activity.id for activity in counted if activity.name in scored.behaviour.points)


def _touches(activities: Iterable[Activity]) -> set[str]:
    """The last of all, of each kind of ours, and in each campaign."""
    last: dict[tuple[str, ...], tuple[datetime, str]] = {}
    for activity in activities:
        named: list[tuple[str, ...]] = [("",)]
        if activity.by_us:
            named.append(("ours", activity.kind, str(activity.selling)))
        if activity.campaign_id:
            named.append(("campaign", activity.campaign_id))
        at = (stamp(activity.at), activity.id)
        for name in named:
            last[name] = max(last.get(name, at), at)
    return {name for _, name in last.values()}
