"""How far a contact has come and how strongly they engage: messaging, then mobilization, then money.

The rung rises in order, one rung an activity: a first webinar lifts an unknown person to messaging, the next
mobilization to mobilization. A hand-raise counts whatever came before. It never falls: it says how far somebody came.
Strength decays by half in `half_life_days` calendar days. Each repetition of a kind counts `repeat` of the one before,
the most recent in full, so a kind is worth less than weight / (1 - repeat) for ever and breadth beats repetition.
All strengths decay alike, so time alone never changes which offer a contact engages with most.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from syncd.agreement.lead_terms import Bots
from syncd.agreement.terms import Agreement
from syncd.model import Activity, Campaign, Interest, Rung
from syncd.rules.bots import machine_made
from syncd.rules.days import local_day, plus, stamp, zone
from syncd.rules.mirrors import once
from syncd.rules.offers import Recognise, recogniser
from syncd.rules.outcomes import Answered, answers, booked_from, counts_from, is_a_rep_s, is_ours, is_unmarked, kind_of
from syncd.rules.topics import topic_in_words

RUNGS = (Rung.NONE, Rung.MESSAGING, Rung.MOBILIZATION, Rung.MONEY)
EXPLORE, MESSAGING, MOBILIZATION, MONEY = 0, 1, 2, 3
TOPICS_SHOWN = 8
MAIL = frozenset({"email_delivered", "email_opened", "email_clicked"})


class Kind(NamedTuple):
    """What the agreement says of one kind of activity: its weight, its rung as an index, whether it is a response."""

    weight: float
    rung: int
    response: bool


class Scale(NamedTuple):
    """The agreement's engagement terms as one table, to weigh many contacts by."""

    kinds: Mapping[str, Kind]
    recognise: Recognise
    where: tzinfo
    half_life: float
    repeat: float
    window: int  # days in which an activity is a response
    bots: Bots
    same_within: timedelta  # how far the stamps of one activity in two systems differ
    raising: int  # days in which a hand-raise makes a task
    exploring: int  # days after which a demo or a trial is no exploration any more
    unmarked: bool  # whether a meeting counts that is over and that nobody marked
    answered: Answered  # when a call was answered


class CountedActivity(NamedTuple):
    """One activity that counts, with all that weighing asks of it."""

    at: datetime
    rung: int
    id: str
    day: date
    name: str
    kind: Kind
    topic: str
    offers: tuple[str, ...]
    assumed: bool  # that it was held


@dataclass(frozen=True, slots=True)
class Weighing:
    """A contact's interest today, the next day on which time alone changes it (None: never), and what counted."""

    interest: Interest
    review_on: date | None
    counted: Sequence[CountedActivity] = ()  # the earliest first


SILENCE = Weighing(Interest(Rung.NONE, 0.0, {}, None, {}, {}, 0, False, False, False, ()), None)


def scale_of(agreement: Agreement) -> Scale:
    """Read the agreement's engagement terms; a kind that is named as explore is on no rung."""
    terms = agreement.engagement
    rungs = ((MESSAGING, terms.rungs.messaging), (MOBILIZATION, terms.rungs.mobilization), (MONEY, terms.rungs.money))
    silent = frozenset(terms.not_a_response)
    kinds = {
        name: Kind(weight, rung, name not in silent and rung != EXPLORE)
        for rung, weights in (*rungs, (EXPLORE, terms.explore))
        for name, weight in weights.items()
    }
    return Scale(
        kinds=kinds,
        recognise=recogniser(agreement.offers),
        where=zone(agreement.time_zone),
        half_life=terms.half_life_days,
        repeat=terms.repeat,
        window=terms.response_days,
        bots=terms.bots,
        same_within=timedelta(minutes=terms.same_within_minutes),
        raising=terms.hand_raise_days,
        exploring=terms.explore_days,
        unmarked=terms.unmarked_meetings == "held",
        answered=Answered(frozenset(terms.answered_calls), terms.answered_call_seconds),
    )


def weigh(
    activities: Sequence[Activity],
    scale: Scale,
    today: date,
    campaigns: Mapping[str, Campaign] | None = None,
    released: datetime | None = None,
) -> Weighing:
    """Weigh one contact's activities as they stand on `today`; later ones and our own touches do not count.

    released: when a rep was first asked to call them. What a rep brings about after that adds strength and is no
    response: it makes nobody a qualified lead who is none.

    An activity points at the offers whose words stand in its topic or in its campaign's name: at each in full.
    """
    if not activities:
        return SILENCE
    known = campaigns or {}
    activities = seen_once(activities, scale, known)
    stood_on = [(activity, local_day(stamp(activity.at), scale.where)) for activity in activities]
    past = [activity for activity, day in stood_on if day <= today]
    days = [(activity, day, start) for activity, day in stood_on if (start := _counts_from(activity, day, scale))]
    machines = machine_made(past, scale.bots)
    counted = sorted(
        _read(activity, kind, day, scale, known, released)
        for activity, day, start in days
        if start <= today
        and activity.id not in machines
        and (kind := kind_of(activity, scale.answered)) in scale.kinds
        and not is_ours(activity, scale.answered)
    )
    reviews = [start for _, _, start in days if start > today]
    reviews += [day for day in _ageing(counted, scale) if day > today]
    signs = Counter(machines[activity.id] for activity in past if activity.id in machines and not activity.by_us)
    interest = _interest(counted, scale, today, signs)
    if interest.raised_at:
        raised_at = interest.raised_at
        answered = any(
            answers(activity, raised_at, scale.answered, scale.unmarked, scale.where) for activity in activities
        )
        interest = replace(interest, answered=answered)
    if interest.explored_at:
        interest = replace(interest, marketed_at=_marketed_at(past))
    return Weighing(interest, min(reviews, default=None), counted)


def seen_once(activities: Sequence[Activity], scale: Scale, campaigns: Mapping[str, Campaign]) -> Sequence[Activity]:
    """One contact's activities, without the copies of them that another system has."""
    return once(
        activities, scale.same_within, scale.answered, lambda activity: _words(activity, campaigns), scale.recognise
    )


def mobilized(interest: Interest) -> bool:
    """Whether the contact stands at mobilization or beyond."""
    return interest.rung in (Rung.MOBILIZATION, Rung.MONEY)


def _counts_from(activity: Activity, day: date, scale: Scale) -> date | None:
    """The first day on which it counts; of a demo that is the one on which it was booked. day: its own."""
    if activity.outcome is None and activity.kind in MAIL:  # nearly all there are
        return day
    if _explores(activity, scale):
        return booked[1] if (booked := booked_from(activity, scale.where)) else None
    return counts_from(activity, scale.answered, scale.unmarked, scale.where)


def _explores(activity: Activity, scale: Scale) -> bool:
    kind = scale.kinds.get(activity.kind)
    return kind is not None and kind.rung == EXPLORE


def _words(activity: Activity, campaigns: Mapping[str, Campaign]) -> str:
    """What an activity was about: its topic and its campaign's name."""
    campaign = campaigns.get(activity.campaign_id) if activity.campaign_id else None
    return f"{activity.topic} {campaign.name}" if campaign and campaign.name else activity.topic


def _read(
    activity: Activity, name: str, day: date, scale: Scale, campaigns: Mapping[str, Campaign], released: datetime | None
) -> CountedActivity:
    """The activity as it counts, which was done on that day; what explores counts from its booking."""
    kind, at = scale.kinds[name], stamp(activity.at)
    if released and kind.response and is_a_rep_s(name) and at >= released:
        kind = kind._replace(response=False)
    offers = scale.recognise(_words(activity, campaigns))
    if kind.rung == EXPLORE:
        at, day = booked_from(activity, scale.where) or (at, day)
        return CountedActivity(
            at, kind.rung, activity.id, day, name, kind, topic_in_words(activity.topic), offers, assumed=False
        )
    assumed = activity.ends is not None and is_unmarked(activity)
    return CountedActivity(at, kind.rung, activity.id, day, name, kind, topic_in_words(activity.topic), offers, assumed)


def _ageing(counted: Sequence[CountedActivity], scale: Scale) -> list[date]:
    """The days on which the last activity, response, hand-raise and exploration are too old."""
    last: dict[tuple[str, int], date] = {}
    for activity in counted:
        last["activity", scale.window] = activity.day
        if activity.kind.response:
            last["response", scale.window] = activity.day
        if activity.rung == MONEY:
            last["hand-raise", scale.window] = activity.day
            last["its task", scale.raising] = activity.day
        if activity.rung == EXPLORE:
            last["exploration", scale.exploring] = activity.day
    return [plus(day, window + 1) for (_, window), day in last.items()]


def _interest(counted: Sequence[CountedActivity], scale: Scale, today: date, signs: Counter[str]) -> Interest:
    since, explored = plus(today, -scale.window), plus(today, -scale.exploring)
    recent = [activity for activity in counted if activity.day >= since]
    responses = [activity for activity in recent if activity.kind.response]
    exploring = [activity.at for activity in counted if activity.rung == EXPLORE and activity.day >= explored]
    raised_at = max((activity.at for activity in recent if activity.rung == MONEY), default=None)
    shares, kinds, topics = _shares(counted, scale, today)
    # fsum rounds once: activities of equal weight and age give the same sum in whatever order they came
    strengths = {offer: math.fsum(values) for offer, values in shares.items()}
    return Interest(
        rung=_rung(counted),
        strength=strengths.pop(None, 0.0),
        by_offer={offer: strengths[offer] for offer in sorted(filter(None, strengths))},
        last_at=counted[-1].at if counted else None,
        last_by_offer={offer: activity.at for activity in counted for offer in activity.offers},
        kinds=dict(sorted(kinds.items())),
        bots=signs.total(),
        signs=dict(sorted(signs.items())),
        raised_at=raised_at,
        assumed=dict(Counter(activity.name for activity in counted if activity.assumed)),
        hand_raised=raised_at is not None,
        explore=raised_at is None and bool(exploring),
        explored_at=min(exploring, default=None) if raised_at is None else None,
        responded=bool(responses),
        first_response=responses[0].id if responses else None,
        last_response=responses[-1].id if responses else None,
        responses=tuple(sorted({activity.name for activity in responses})),
        responded_at=responses[-1].at if responses else None,
        topics=tuple(sorted(filter(None, topics), key=lambda topic: (-topics[topic], topic))[:TOPICS_SHOWN]),
    )


def _marketed_at(past: Iterable[Activity]) -> datetime | None:
    """When marketing last touched them: by mail of ours that does not sell; a copied task tells of none."""
    ours = (activity for activity in past if activity.by_us and not activity.selling)
    touches = (stamp(activity.at) for activity in ours if activity.kind in MAIL)
    return max(touches, default=None)


def _rung(counted: Iterable[CountedActivity]) -> Rung:
    height = 0
    for activity in counted:
        height = MONEY if activity.rung == MONEY else height + (activity.rung > height)
    return RUNGS[height]


def _shares(
    counted: Sequence[CountedActivity], scale: Scale, today: date
) -> tuple[Mapping[str | None, list[float]], Mapping[str, int], Mapping[str, float]]:
    """What each activity adds to the strength for each offer (None: altogether); counts by kind; weights by topic."""
    shares: dict[str | None, list[float]] = defaultdict(list)
    repeats: dict[str | None, dict[str, int]] = defaultdict(dict)
    topics: dict[str, list[float]] = defaultdict(list)
    newest = counted[-1].day if counted else today
    since = 0.5 ** ((today - newest).days / scale.half_life)
    for activity in reversed(counted):
        weight = activity.kind.weight * 0.5 ** ((newest - activity.day).days / scale.half_life)
        topics[activity.topic].append(weight)  # as of their newest activity: no day's rounding turns two around
        value = weight * since
        for offer in (None, *activity.offers):
            times = repeats[offer].get(activity.name, 0)
            shares[offer].append(value * scale.repeat**times)
            repeats[offer][activity.name] = times + 1
    return shares, repeats[None], {topic: math.fsum(weights) for topic, weights in topics.items()}
