"""Journeys: milestones put together, so that steps can be counted.

A contact's round is one journey, an opportunity is one; whoever was merged since keeps the journeys that both had, so
that no count moves. A contact's journey goes on in the first opportunity that names
them among its evidence and was qualified on or after the day on which the journey began.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from syncd.model.milestones import OF_OPPORTUNITIES, OUTCOMES, Milestone, Stage


@dataclass(slots=True)
class Journey:
    """What one contact in one round, or one opportunity, reached; of each stage the milestone.

    opportunity: of a contact, the subject of the opportunity in which they go on.
    """

    subject: str
    reached: dict[Stage, Milestone] = field(default_factory=dict)
    opportunity: str | None = None


@dataclass(frozen=True, slots=True)
class Journeys:
    """All journeys: of contacts, and of opportunities by their subject."""

    contacts: Sequence[Journey]
    opportunities: Mapping[str, Journey]

    def supporters(self) -> Mapping[str, Sequence[Journey]]:
        """The contacts' journeys that go on in each opportunity."""
        supporters: dict[str, list[Journey]] = defaultdict(list)
        for journey in self.contacts:
            if journey.opportunity:
                supporters[journey.opportunity].append(journey)
        return supporters


def journeys(milestones: Iterable[Milestone]) -> Journeys:
    """Put milestones together, whatever their order."""
    contacts: dict[tuple[str, int], Journey] = {}
    opportunities: dict[str, Journey] = {}
    for milestone in sorted(milestones, key=lambda one: (one.at, one.round, one.key)):
        if milestone.stage in OF_OPPORTUNITIES:
            journey = opportunities.setdefault(milestone.subject, Journey(milestone.subject))
            _reach(journey, milestone)
        elif milestone.contact_id:
            name = (milestone.kept_as, milestone.round)
            contacts.setdefault(name, Journey(milestone.kept_as)).reached.setdefault(milestone.stage, milestone)
    _go_on(contacts.values(), opportunities)
    return Journeys(tuple(contacts.values()), opportunities)


def _reach(journey: Journey, milestone: Milestone) -> None:
    """Take a stage of an opportunity: of several outcomes the last one counts, it was reopened before."""
    if milestone.stage in OUTCOMES:
        others = [journey.reached[stage] for stage in OUTCOMES if stage in journey.reached]
        if any(other.round > milestone.round for other in others):
            return
        for stage in OUTCOMES:
            journey.reached.pop(stage, None)
    journey.reached[milestone.stage] = milestone


def _go_on(contacts: Iterable[Journey], opportunities: Mapping[str, Journey]) -> None:
    """Let the contacts' journeys go on in the opportunities that name them."""
    naming: dict[str, list[Milestone]] = defaultdict(list)
    for journey in opportunities.values():
        if qualified := journey.reached.get(Stage.SQO):
            for name in qualified.evidence:
                naming[name].append(qualified)
    for journey in contacts:
        begin = min(milestone.at for milestone in journey.reached.values()).date()
        theirs = [qualified for qualified in naming.get(journey.subject, ()) if qualified.at.date() >= begin]
        if theirs:
            first = min(theirs, key=lambda one: (one.at, one.key))
            journey.opportunity = first.subject
            journey.reached |= opportunities[first.subject].reached
