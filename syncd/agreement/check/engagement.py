"""Kinds of activity, their weights and rungs, and the signs of machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from syncd.agreement.check.likely import undefined
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.term import MOST
from syncd.document import Path


def check_engagement(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether each kind stands on one rung with a weight, and a machine's signs are none of a person's."""
    terms = partial.agreement.engagement
    weighted: list[tuple[Path, Mapping[str, float]]] = [
        (("engagement", "rungs", "messaging"), terms.rungs.messaging),
        (("engagement", "rungs", "mobilization"), terms.rungs.mobilization),
        (("engagement", "rungs", "money"), terms.rungs.money),
        (("engagement", "explore"), terms.explore),
    ]
    kinds = Counter(kind for _, weights in weighted for kind in weights)
    if not kinds:
        yield Mistake(("engagement", "rungs"), "no activity counts", "put the kinds of activity on rungs")
    for path, weights in weighted:
        for kind, weight in weights.items():
            if not 0 <= weight <= MOST:
                mend = f"give a weight of zero or more, {MOST:,} at most"
                yield Mistake((*path, kind), f"{kind} weighs {weight:g}", mend)
            if kinds[kind] > 1 and any(kind in other for _, other in weighted[: weighted.index((path, weights))]):
                yield Mistake((*path, kind), f"{kind!r} stands on two rungs", "leave it on one")
    for index, kind in enumerate(terms.not_a_response):
        if kind not in kinds and partial.sound("engagement", "rungs"):
            yield Mistake(("engagement", "not_a_response", index), *undefined("activity kind", kind, kinds))
    for index, agent in enumerate(terms.bots.agents):
        if not agent.strip():
            path = ("engagement", "bots", "agents", index)
            yield Mistake(path, "an empty word stands in every user agent: nobody would be a person", "leave it out")
    if terms.bots.seconds_after_delivery < 0:
        yield Mistake(
            ("engagement", "bots", "seconds_after_delivery"), "time runs forward", "give zero or more seconds"
        )
    if terms.bots.links_at_once.count < 2:
        mend = "give two or more"
        yield Mistake(("engagement", "bots", "links_at_once", "count"), "a single click would be a scanner's", mend)
