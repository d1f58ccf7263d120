"""What was newly reached: the milestones that follow from a judgement and the facts, and are not kept yet.

Pure. A contact's stages belong to a round: the first one begins with their first response, each later one behind a
rejection or a recycling. Within a round a stage is reached once, whatever the agreement, a merge or an edit makes of
somebody afterwards. Round 0 is what a system's own dates tell of the time before syncd: its terms were others, so that
it stands beside the rounds of the agreement and takes nothing from them.

An opportunity is qualified when its group meets the agreement's bar and it is opened or adopted; of the time before,
on the day on which it was made. It is won or lost on the day on which it entered the stage in which it is closed; one
of ours that a person deleted is lost.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from functools import cached_property

from syncd.model import (
    Activity,
    Call,
    Contact,
    ContactJudgement,
    Decision,
    Group,
    Judgement,
    Opportunity,
    Ruling,
)
from syncd.model.milestones import BEFORE, ENDINGS, OF_OPPORTUNITIES, OUTCOMES, Milestone, Source, Stage
from syncd.rules import Rulebook
from syncd.rules.days import stamp
from syncd.rules.handover import Place, falls_to
from syncd.rules.opportunities import offer_of


@dataclass(frozen=True, slots=True)
class Keeping:
    """When milestones are noted: now, and since when this store has kept them. Both aware UTC."""

    now: datetime
    since: datetime

    def source(self, at: datetime) -> Source:
        """Whether syncd was there when it came."""
        return Source.HISTORY if at < self.since else Source.SEEN


class Ledger:
    """The milestones of one account as they are kept, by whom they are about."""

    def __init__(self, kept: Iterable[Milestone]) -> None:
        self.contacts: dict[str, list[Milestone]] = defaultdict(list)
        self.opportunities: dict[str, list[Milestone]] = defaultdict(list)
        self.words: dict[str, list[Milestone]] = defaultdict(list)
        for milestone in sorted(kept, key=lambda one: (one.at, one.key)):
            if milestone.stage in OF_OPPORTUNITIES:
                for name in {milestone.subject, milestone.opportunity_id} - {None}:
                    self.opportunities[str(name)].append(milestone)
            elif milestone.contact_id:
                self.contacts[milestone.contact_id].append(milestone)
            elif milestone.opportunity_id:
                self.words[milestone.opportunity_id].append(milestone)

    def round_of(self, contact_id: str) -> int:
        """The round that a contact is in: one more than the endings before."""
        return 1 + sum(past.stage in ENDINGS and past.round > BEFORE for past in self.contacts[contact_id])

    def reached(self, contact_id: str, stage: Stage, of_round: int | None = None) -> Milestone | None:
        """The milestone of a stage in the contact's present round, or in that one."""
        wanted = self.round_of(contact_id) if of_round is None else of_round
        return next((past for past in self.contacts[contact_id] if (past.stage, past.round) == (stage, wanted)), None)

    def ended_at(self, contact_id: str) -> datetime | None:
        """When the contact's last round came to its end."""
        ends = [past.at for past in self.contacts[contact_id] if past.stage in ENDINGS and past.round > BEFORE]
        return max(ends, default=None)

    def of_opportunity(self, key: str | None, opportunity_id: str | None) -> list[Milestone]:
        """What an opportunity reached, by our key or its id, the oldest first."""
        names = [name for name in (key, opportunity_id) if name]
        milestones = {past.key: past for name in names for past in self.opportunities.get(name, ())}
        return sorted(milestones.values(), key=lambda past: (past.at, past.key))

    def outcome(self, opportunity: Opportunity) -> Stage | None:
        """What an opportunity came to, as far as it is kept."""
        outcomes = [past for past in self.of_opportunity(opportunity.key, opportunity.id) if past.stage in OUTCOMES]
        return max(outcomes, key=lambda past: past.round).stage if outcomes else None


@dataclass(frozen=True)
class Scene:
    """One account at the moment of its judgement: all that its milestones follow from.

    closed: when opportunities entered the stage in which they are closed, by their ids.
    """

    group: Group
    judgement: Judgement
    ledger: Ledger
    keeping: Keeping
    book: Rulebook
    closed: Mapping[str, datetime] = field(default_factory=dict)

    @cached_property
    def rep(self) -> str | None:
        """The golden id of the account's rep."""
        book = self.book.in_segment(self.judgement.segment)
        handover, stream = book.agreement.handover, book.destinations["user"].stream
        place = Place(self.group.account, self.judgement.segment)
        return falls_to(self.group, handover, stream, place).rep

    def milestone(self, stage: Stage, at: datetime, contact_id: str | None = None) -> Milestone:
        """A milestone of this account under the terms in force."""
        return Milestone(
            stage,
            at,
            self.group.account.id,
            contact_id,
            agreement=self.judgement.agreement,
            terms=self.judgement.terms,
            source=self.keeping.source(at),
            segment=self.judgement.segment,
            rep=self.rep,
        )


def in_round(ledger: Ledger, milestone: Milestone) -> Milestone | None:
    """A contact's milestone in their present round, with what the round's MQL says of offer, segment, campaign, rep.

    None where the round has reached that stage already.
    """
    contact_id = milestone.contact_id or ""
    if ledger.reached(contact_id, milestone.stage):
        return None
    mql = ledger.reached(contact_id, Stage.MQL)
    inherited = {
        name: getattr(milestone, name) or getattr(mql, name, None)
        for name in ("offer", "segment", "campaign_id", "rep")
    }
    return _renamed(milestone, round=ledger.round_of(contact_id), **inherited)


def unsettled(group: Group, ledger: Ledger) -> list[str]:
    """The opportunities that are closed, and whose outcome is not kept."""
    return [
        opportunity.id
        for opportunity in group.opportunities
        if opportunity.is_closed and ledger.outcome(opportunity) is not _outcome(opportunity)
    ]


def newly_reached(scene: Scene) -> list[Milestone]:
    """The milestones of one account that are not kept yet, in the order of its contacts and opportunities."""
    activities = {activity.id: activity for activity in scene.group.activities}
    offers = {contact: offer for offer, of in scene.judgement.tally.first.items() for contact in of}
    contacts = {contact.id: contact for contact in scene.group.contacts}
    reached: list[Milestone] = []
    for judged in scene.judgement.contacts:
        reached += _before(scene, contacts[judged.contact_id])
        reached += _of_contact(scene, judged, activities, offers.get(judged.contact_id))
    reached += _opened(scene)
    for opportunity in scene.group.opportunities:
        reached += _of_opportunity(scene, opportunity)
    reached += _deleted(scene)
    return reached


# ---- contacts ----------------------------------------------------------------------------------------------------


def _before(scene: Scene, contact: Contact) -> Iterator[Milestone]:
    """What a system's own dates tell of the time before syncd kept milestones, by the terms of that time."""
    accepted = min(filter(None, (contact.sql_since, contact.converted_at)), default=None)
    dates = {Stage.INQUIRY: contact.lead_since, Stage.MQL: contact.mql_since, Stage.ACCEPTED: accepted}
    for stage, at in dates.items():
        if at is None or stamp(at) >= scene.keeping.since:
            continue
        if scene.ledger.reached(contact.id, stage, BEFORE) is None:
            milestone = scene.milestone(stage, stamp(at), contact.id)
            yield _renamed(milestone, round=BEFORE, agreement="", terms="", source=Source.HISTORY)


def _of_contact(
    scene: Scene, judged: ContactJudgement, activities: Mapping[str, Activity], offer: str | None
) -> Iterator[Milestone]:
    """The inquiry, the MQL and, where its task went out without one, the release of the present round."""
    ledger, contact_id = scene.ledger, judged.contact_id
    here = {"round": ledger.round_of(contact_id), "offer": offer or judged.interest.favourite}
    ended = ledger.ended_at(contact_id)
    if (response := _response(judged, activities, ended)) and not ledger.reached(contact_id, Stage.INQUIRY):
        yield _renamed(scene.milestone(Stage.INQUIRY, stamp(response.at), contact_id), **here, **_by(response))
    kept, sent = ledger.reached(contact_id, Stage.MQL), scene.group.sent.get(f"mql/{contact_id}")
    sent = sent if sent and (ended is None or sent > ended) else None
    if judged.mql is Ruling.YES and kept is None:
        last = activities.get(judged.interest.last_response or "")
        at = min(filter(None, (scene.keeping.now, sent)))
        yield _renamed(scene.milestone(Stage.MQL, at, contact_id), **here, **_by(last))
    if sent and not ledger.reached(contact_id, Stage.RELEASED):
        yield _renamed(scene.milestone(Stage.RELEASED, sent, contact_id), **here, evidence=(f"mql/{contact_id}",))


def _response(judged: ContactJudgement, activities: Mapping[str, Activity], ended: datetime | None) -> Activity | None:
    """The response that begins the round: the first one within the window, or behind the end of the round before."""
    first = activities.get(judged.interest.first_response or "")
    if ended is None or (first and stamp(first.at) > ended):
        return first
    last = activities.get(judged.interest.last_response or "")
    return last if last and stamp(last.at) > ended else None


def _by(activity: Activity | None) -> dict[str, object]:
    """The evidence of an activity, and the campaign that it came from."""
    return {"evidence": (activity.id,), "campaign_id": activity.campaign_id} if activity else {}


# ---- opportunities -----------------------------------------------------------------------------------------------


def _opened(scene: Scene) -> Iterator[Milestone]:
    """The opportunities that this judgement opens or adopts."""
    wished = {wish.key for wish in scene.judgement.wishes if wish.object == "opportunity"}
    opportunities = {opportunity.id: opportunity for opportunity in scene.group.opportunities}
    for call in scene.judgement.calls:
        if not call.qualified or call.key not in wished:
            continue
        if call.decision is Decision.OPEN and not scene.ledger.of_opportunity(call.key, None):
            yield opened(scene, call)
        if call.decision is Decision.ADOPT:
            opportunity = opportunities[call.opportunity_id or ""]
            if not _is_old(scene, opportunity) and not scene.ledger.of_opportunity(None, opportunity.id):
                adopted = standing(scene, opportunity, Stage.SQO, scene.keeping.now)
                yield _renamed(adopted, offer=call.offer, evidence=call.delegates)


def opened(scene: Scene, call: Call) -> Milestone:
    """The milestone of an opportunity that is opened now, on its delegates."""
    milestone = scene.milestone(Stage.SQO, scene.keeping.now)
    return _renamed(
        milestone,
        offer=call.offer,
        opportunity_key=call.key,
        evidence=call.delegates,
        rep=call.owner or scene.rep,
        amount=call.amount,
        currency=call.currency if call.amount is not None else None,
    )


def _of_opportunity(scene: Scene, opportunity: Opportunity) -> Iterator[Milestone]:
    """Of one that stands: when it was made, if that was before syncd or by it, and what it came to."""
    ledger, keeping = scene.ledger, scene.keeping
    kept = ledger.of_opportunity(opportunity.key, opportunity.id)
    is_known = any(past.stage is Stage.SQO for past in kept)
    if opportunity.created_at and not is_known and (opportunity.key or _is_old(scene, opportunity)):
        yield standing(scene, opportunity, Stage.SQO, stamp(opportunity.created_at))
    if opportunity.is_closed and ledger.outcome(opportunity) is not _outcome(opportunity):
        number = 1 + sum(past.stage in OUTCOMES for past in kept)
        at = scene.closed.get(opportunity.id) or _close_date(opportunity, keeping.now)
        yield _renamed(standing(scene, opportunity, _outcome(opportunity), at), round=number)


def _deleted(scene: Scene) -> Iterator[Milestone]:
    """What a person deleted counts as lost, where it was qualified and came to nothing before."""
    for key, at in scene.group.deleted.items():
        kept = scene.ledger.of_opportunity(key, None)
        qualified = next((past for past in kept if past.stage is Stage.SQO), None)
        if qualified and not any(past.stage in OUTCOMES for past in kept):
            lost = {"stage": Stage.LOST, "at": stamp(at), "source": scene.keeping.source(stamp(at))}
            terms = {"agreement": scene.judgement.agreement, "terms": scene.judgement.terms}
            yield _renamed(qualified, **lost, **terms, round=1)


def _is_old(scene: Scene, opportunity: Opportunity) -> bool:
    """Whether it was made before milestones were kept: there was no bar then that it could have met."""
    return opportunity.created_at is not None and stamp(opportunity.created_at) < scene.keeping.since


def standing(scene: Scene, opportunity: Opportunity, stage: Stage, at: datetime) -> Milestone:
    """The milestone of an opportunity that stands, with whom it stands on as its evidence."""
    brought = [contact.id for contact in scene.group.contacts if contact.brought == opportunity.id]
    on_it = [role.contact_id for role in opportunity.roles if role.contact_id]
    return _renamed(
        scene.milestone(stage, at),
        offer=opportunity.offer or offer_of(scene.group.account, opportunity, scene.book.recognise),
        opportunity_id=opportunity.id,
        opportunity_key=opportunity.key,
        evidence=tuple(dict.fromkeys([*on_it, *brought])),
        rep=opportunity.owner or scene.rep,
        amount=opportunity.amount,
        currency=opportunity.currency if opportunity.amount is not None else None,
    )


def _outcome(opportunity: Opportunity) -> Stage:
    return Stage.WON if opportunity.is_won else Stage.LOST


def _close_date(opportunity: Opportunity, now: datetime) -> datetime:
    """The day that it says it was closed on, where its history does not tell; never a day to come."""
    if opportunity.close_date is None:
        return now
    return min(datetime.combine(opportunity.close_date, time(12), UTC), now)


def _renamed(milestone: Milestone, **changes: object) -> Milestone:
    """The milestone with other values, kept under the name that follows from them."""
    return replace(milestone, key="", **changes)  # type: ignore[arg-type]
