"""The reps of the queue and their calendars: what the agreement says of each, else what the systems know of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syncd.agreement.handing_over import Capacity, RepTerms
from syncd.agreement.segments import readings, terms_for
from syncd.agreement.term import MOST
from syncd.agreement.terms import Agreement
from syncd.model import User
from syncd.planning.queue import QueueTerms
from syncd.planning.weeks import Calendar, WeeklyPace
from syncd.rules.handover import takes_records


def queue_terms(agreement: Agreement) -> QueueTerms:
    """The agreement's terms of the queue."""
    capacity, own = agreement.capacity, _own(agreement)
    return QueueTerms(
        capacity.waiting_percent,
        capacity.longest_wait_weeks,
        capacity.dry_weeks,
        waiting_of={segment: theirs.waiting_percent for segment, theirs in own.items()},
        longest_of={segment: theirs.longest_wait_weeks for segment, theirs in own.items()},
    )


def crew_of(
    agreement: Agreement, users: Mapping[str, User], stream: str, concerned: Iterable[str]
) -> dict[str, Calendar]:
    """The calendars of those of `concerned` (golden ids), and of whom the agreement names, who take records.

    stream: where records' owners are users.
    """
    terms = {rep.rep.casefold(): rep for rep in agreement.reps}
    lines = [line for reading in readings(agreement) for line in reading.handover.territories]
    named = {email.casefold() for line in lines for email in line.reps} | terms.keys()
    wanted = set(concerned)
    return {
        user.id: _calendar(agreement, user, terms.get((user.email or "").casefold()))
        for user in users.values()
        if (user.id in wanted or (user.email or "").casefold() in named) and takes_records(user, stream)
    }


def _calendar(agreement: Agreement, user: User, terms: RepTerms | None) -> Calendar:
    """The calendar of a rep. Of a segment of its own capacity nobody takes more than that, nor than is theirs."""
    capacity, holidays = agreement.capacity, agreement.capacity.holidays
    own = terms or RepTerms(rep=user.email or user.id)
    most = MOST if own.per_week is None else own.per_week
    place = (own.country, own.subdivision) if own.country else (holidays.country, holidays.subdivision)
    return Calendar(
        cap=capacity.per_rep_per_week if own.per_week is None else own.per_week,
        time_zone=own.time_zone or user.time_zone or agreement.time_zone,
        country=place[0],
        subdivision=place[1],
        started=own.started,
        ramp=capacity.ramp,
        absent=tuple((absence.first, absence.last) for absence in own.absent),
        paces=tuple(
            WeeklyPace(segment, min(theirs.per_rep_per_week, most), theirs.ramp)
            for segment, theirs in _own(agreement).items()
        ),
    )


def _own(agreement: Agreement) -> dict[str, Capacity]:
    """By segment, the capacity of those that have one of their own."""
    segments = (segment for segment in agreement.served_market.segments if segment.terms and segment.terms.capacity)
    return {segment.name: terms_for(agreement, segment.name).capacity for segment in segments}
