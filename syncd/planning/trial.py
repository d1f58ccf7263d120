"""One account by one agreement: what it says today, and what it would have said on days of the past.

Pure. Dated activities are replayed; all other facts (titles, sizes, relations, addresses, who belongs to the account)
are today's. What a rep's word or silence made of somebody since is left out: it came of having been sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from syncd import rules
from syncd.model import Activity, Contact, ContactJudgement, Gate, GateName, Group, Interest, Judgement, Ruling
from syncd.rules import Rulebook
from syncd.rules.days import local_day, plus, stamp
from syncd.rules.engagement import Scale, Weighing, weigh
from syncd.rules.handover import Falls, Place, falls_to
from syncd.rules.mql import points
from syncd.rules.outcomes import kind_of

ALWAYS = 36_500  # days: of a window that nothing ever leaves
GONE = "gone"  # of a person who does not stand at the account any more
LATER = frozenset({GateName.VERDICT})  # gates that say what became of somebody after they were sent
DATED = frozenset({GateName.RESPONDED, GateName.POINTS}) | LATER  # gates that depend on the day


@dataclass(frozen=True)
class Trial:
    """One account by one rulebook. judgement: of today. since: the first day of the period that is replayed."""

    group: Group
    book: Rulebook
    judgement: Judgement
    since: date

    @property
    def today(self) -> date:
        """The day of the judgement."""
        return self.judgement.today

    @cached_property
    def contacts(self) -> dict[str, ContactJudgement]:
        """What is said of each contact, by their ids."""
        return {judged.contact_id: judged for judged in self.judgement.contacts}

    def falls(self, contact: Contact, offer: str | None) -> Falls:
        """To whom one of the account's contacts falls, who engages most with that offer."""
        handover, stream = self._own.agreement.handover, self.book.destinations["user"].stream
        return falls_to(self.group, handover, stream, Place(self.group.account, self.judgement.segment, offer), contact)

    def hindrance(self, contact_id: str, day: date | None = None) -> str:
        """The first gate that kept somebody from being an MQL on that day, today by default; empty: none did."""
        judged = self.contacts.get(contact_id)
        if judged is None:
            return GONE
        if lasting := _first_closed(gate for gate in judged.gates if gate.name not in DATED):
            return lasting
        interest = judged.interest if day in (None, self.today) else self._interest(contact_id, self._scale, day)
        return self._dated_hindrance(judged, interest)

    def hindrance_in_period(self, contact_id: str) -> str:
        """The same, where one day of the period without it is enough."""
        judged = self.contacts[contact_id]
        hindrance = self.hindrance(contact_id)
        if hindrance != GateName.RESPONDED or not self._may_have_responded(contact_id):
            return hindrance
        reach = self._scale.window + (self.today - self.since).days
        return self._dated_hindrance(judged, self._interest(contact_id, self._scale._replace(window=reach), self.today))

    def arrival(self, contact_id: str) -> tuple[datetime, Interest] | None:
        """When somebody became an MQL for the first time, and the interest that they have shown by today; None: never.

        Every response that is known is looked at, however short the window: it ends what a response began, and brings
        nobody a second time.
        """
        if _first_closed(gate for gate in self.contacts[contact_id].gates if gate.name not in DATED):
            return None
        weighing = self._weighing(contact_id, self._scale._replace(window=ALWAYS), self.today)
        for activity in weighing.counted:
            if activity.kind.response and not self.hindrance(contact_id, activity.day):
                return activity.at, weighing.interest
        return None

    def opens(self, offer: str | None, at: datetime) -> bool:
        """Whether the account's group met the bar on the day of that moment, for that offer or for any (None)."""
        day = local_day(at, self.book.scale.where)
        then = replace(
            self.group,
            activities=tuple(one for one in self.group.activities if stamp(one.at) <= at),
            opportunities=(),
            doubles=(),
            opened=frozenset(),
            sent={key: sent for key, sent in self.group.sent.items() if sent <= at},
            deleted={},
            releases={},
            verdicts=(),
            returned={},
        )
        calls = rules.judge(then, self.book, day).calls
        return any(call.qualified and offer in (None, call.offer) for call in calls)

    # ---- one contact's activities --------------------------------------------------------------------------------

    @cached_property
    def _own(self) -> Rulebook:
        return self.book.in_segment(self.judgement.segment)

    @property
    def _scale(self) -> Scale:
        return self._own.scale

    @cached_property
    def _activities(self) -> dict[str, list[Activity]]:
        activities: dict[str, list[Activity]] = {}
        for activity in self.group.activities:
            activities.setdefault(activity.contact_id, []).append(activity)
        return activities

    def _may_have_responded(self, contact_id: str) -> bool:
        """Whether there is anything of theirs that could have been a response in the period and is none today."""
        scale = self._scale
        begin = plus(self.since, -scale.window - 1)
        kinds = (
            scale.kinds.get(kind_of(activity, scale.answered))
            for activity in self._activities.get(contact_id, ())
            if stamp(activity.at).date() >= begin
        )
        return any(kind is not None and kind.response for kind in kinds)

    def _interest(self, contact_id: str, scale: Scale, day: date | None) -> Interest:
        """Their interest as of that day."""
        return self._weighing(contact_id, scale, day).interest

    def _weighing(self, contact_id: str, scale: Scale, day: date | None) -> Weighing:
        """What they did, as it weighs on that day."""
        theirs: Sequence[Activity] = self._activities.get(contact_id, ())
        sent = [at for key, at in self.group.sent.items() if key.partition("/")[2] == contact_id]
        return weigh(theirs, scale, day or self.today, self.group.campaigns, min(sent, default=None))

    def _dated_hindrance(self, judged: ContactJudgement, interest: Interest) -> str:
        if not interest.responded:
            return GateName.RESPONDED
        scored = self._own.gates.scored
        if scored and points(scored, judged.reading, judged.role, interest)["total"] < scored.threshold:
            return GateName.POINTS
        return ""


def _first_closed(gates: Iterable[Gate]) -> str:
    return next((_named(gate) for gate in gates if gate.ruling is not Ruling.YES), "")


def _named(gate: Gate) -> str:
    return f"{gate.name}, unknown" if gate.ruling is Ruling.UNKNOWN else gate.name.value
