"""The milestones of acceptance: when sales accepted, put off or rejected somebody or an opportunity, or was silent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from syncd.model import About, Outcome, Word
from syncd.model.milestones import Milestone, Stage
from syncd.planning.milestones import Scene, in_round, standing

STAGES = {
    Outcome.ACCEPTED: Stage.ACCEPTED,
    Outcome.NOT_YET: Stage.NOT_YET,
    Outcome.REJECTED: Stage.REJECTED,
    Outcome.RECYCLED: Stage.RECYCLED,
}
SAID = {Word.ACCEPTED: Stage.ACCEPTED, Word.NOT_YET: Stage.NOT_YET, Word.REJECTED: Stage.REJECTED}


def heard_of(scene: Scene) -> Iterator[Milestone]:
    """What newly became of releases, in the round that each contact is in, and what was newly said of opportunities.

    A question is about no person.
    """
    for release in scene.judgement.outcomes:
        if release.outcome not in STAGES or not release.contact_id:
            continue
        milestone = scene.milestone(STAGES[release.outcome], release.outcome_at or release.at, release.contact_id)
        of_release = replace(milestone, key="", offer=release.offer, rep=release.rep, evidence=(release.key,))
        if reached := in_round(scene.ledger, of_release):
            yield reached
    yield from _of_opportunities(scene)


def _of_opportunities(scene: Scene) -> Iterator[Milestone]:
    """A word on an opportunity, where it is another one than the last that is kept of it: each takes the next round."""
    opportunities = {opportunity.id: opportunity for opportunity in scene.group.opportunities}
    for verdict in scene.group.verdicts:
        opportunity = opportunities.get(verdict.subject) if verdict.about is About.OPPORTUNITY else None
        if opportunity is None or verdict.word is None:
            continue
        stage, kept = SAID[verdict.word], scene.ledger.words[opportunity.id]
        if not kept or max(kept, key=lambda past: past.round).stage is not stage:
            yield replace(standing(scene, opportunity, stage, verdict.at), key="", round=len(kept) + 1)
