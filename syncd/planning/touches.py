"""Our touches towards people: which of them happened, and what somebody had shown until then.

A touch is an activity of ours; a selling one is a rep's mail or call. A call that nobody took is a touch all the same:
we tried. What was called off or still lies ahead is none. What two systems tell of counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from syncd.model import Activity, Contact, ContactJudgement, Group, Interest, Judgement
from syncd.model.milestones import Milestone
from syncd.rules import Rulebook
from syncd.rules.days import local_day, stamp
from syncd.rules.engagement import CountedActivity, seen_once, weigh
from syncd.rules.opportunities import on_open_opportunities
from syncd.rules.outcomes import DONE

SENT = "email_delivered"  # a mail of marketing's that arrived


@dataclass(frozen=True)
class TouchScene:
    """One account as reports look at it: its facts, what the rules say of it today, and what it reached.

    since: the first calendar day of the report.
    """

    group: Group
    judgement: Judgement
    book: Rulebook
    since: date
    milestones: Sequence[Milestone] = ()

    @cached_property
    def contacts(self) -> Mapping[str, Contact]:
        """The account's contacts by id."""
        return {contact.id: contact for contact in self.group.contacts}

    @cached_property
    def judged(self) -> Mapping[str, ContactJudgement]:
        """What is said of each, by id."""
        return {contact.contact_id: contact for contact in self.judgement.contacts}

    @property
    def name(self) -> str:
        """What the account is called."""
        account = self.group.account
        return account.name or account.domain or account.id

    def day(self, at: datetime) -> date:
        """The calendar day of a stamp in the agreement's time zone."""
        return local_day(stamp(at), self.book.scale.where)

    @cached_property
    def by_contact(self) -> Mapping[str, Sequence[Activity]]:
        """What was done by and towards each contact, the earliest first, without the copies of another system."""
        activities: dict[str, list[Activity]] = defaultdict(list)
        for activity in self.group.activities:
            activities[activity.contact_id].append(activity)
        return {
            contact_id: sorted(
                seen_once(theirs, self.book.scale, self.group.campaigns), key=lambda one: (stamp(one.at), one.id)
            )
            for contact_id, theirs in activities.items()
        }

    def touches(self) -> Iterator[Activity]:
        """Our touches of the days that the report is about."""
        for activities in self.by_contact.values():
            for activity in activities:
                if is_touch(activity) and self.since <= self.day(activity.at) <= self.judgement.today:
                    yield activity

    def interest_before(self, touch: Activity, activities: Sequence[Activity]) -> Interest:
        """What somebody had shown when they were touched, of all that was done by and towards them."""
        before = [activity for activity in activities if stamp(activity.at) < stamp(touch.at)]
        return weigh(before, self.book.scale, self.day(touch.at), self.group.campaigns).interest

    def listened(self) -> Iterator[tuple[str, CountedActivity]]:
        """Who did what within the report's days, as the rules count it: nothing of a machine's."""
        for contact_id, activities in self.by_contact.items():
            weighing = weigh(activities, self.book.scale, self.judgement.today, self.group.campaigns)
            yield from ((contact_id, activity) for activity in weighing.counted if activity.day >= self.since)

    def was_running(self, touch: Activity) -> bool:
        """Whether they stand on an open opportunity that was there when they were touched."""
        opportunity = on_open_opportunities(self.group.opportunities).get(touch.contact_id)
        if opportunity is None:
            return False
        return opportunity.created_at is None or stamp(opportunity.created_at) <= stamp(touch.at)


def is_touch(activity: Activity) -> bool:
    """Whether it is a touch of ours that happened."""
    return activity.by_us and activity.outcome in (None, DONE)


def is_selling(activity: Activity) -> bool:
    """Whether a rep sells by it."""
    return is_touch(activity) and activity.selling
