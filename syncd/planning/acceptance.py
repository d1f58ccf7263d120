"""The milestones of acceptance: when sales accepted, put off or rejected somebody, and when silence sent them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syncd.model import Outcome
from syncd.model.milestones import Milestone, Stage
from syncd.planning.milestones import Scene, in_round

STAGES = {
    Outcome.ACCEPTED: Stage.ACCEPTED,
    Outcome.NOT_YET: Stage.NOT_YET,
    Outcome.REJECTED: Stage.REJECTED,
    Outcome.RECYCLED: Stage.RECYCLED,
}


def heard_of(scene: Scene) -> Iterator[Milestone]:
    """What newly became of releases, in the round that each contact is in. A question is about no person."""
    for release in scene.judgement.outcomes:
        if release.outcome not in STAGES or not release.contact_id:
            continue
        milestone = scene.milestone(STAGES[release.outcome], release.outcome_at or release.at, release.contact_id)
        of_release = replace(milestone, key="", offer=release.offer, rep=release.rep, evidence=(release.key,))
        if reached := in_round(scene.ledger, of_release):
            yield reached
