"""The proof that fit outweighs behaviour: done on the agreement's own numbers, caps included."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

from syncd.agreement.lead_terms import Scoring
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.document import Path

HERE: Path = ("mql", "scored")


def largest_behaviour(scored: Scoring) -> int:
    """The most points that behaviour can ever give: the cap, or without one each kind once."""
    once = sum(points for points in scored.behaviour.points.values() if points > 0)
    return once if scored.behaviour.cap is None or once == 0 else scored.behaviour.cap


def fit_totals(scored: Scoring) -> list[int]:
    """Every total that fit can give, in rising order: the points of a role, a level and the best function, or none."""
    totals = {0}
    for table in (scored.fit.role, scored.fit.level, scored.fit.function):
        totals = {total + points for total, points in product(totals, {0, *table.values()})}
    return sorted(totals)


def check_scoring(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether the smallest step of fit exceeds all that behaviour can give, and behaviour alone never makes an MQL."""
    terms = partial.agreement.mql
    if terms.mode != "scored":
        return
    if terms.scored is None:
        yield Mistake(("mql", "mode"), "mode: scored without its table", "add mql.scored, or use mode: stacked_deck")
        return
    scored = terms.scored
    yield from _signs(scored)
    steps = [(higher - lower, lower, higher) for lower, higher in pairwise(fit_totals(scored))]
    most = largest_behaviour(scored)
    if not steps:
        yield Mistake((*HERE, "fit"), "fit gives no points, so behaviour alone decides", "give points for roles")
    elif min(steps)[0] <= most:
        step, lower, higher = min(steps)
        what = (
            f"fit does not outweigh behaviour: from {lower} to {higher} points of fit is a step of {step}, "
            f"and behaviour can give {most}"
        )
        yield Mistake((*HERE, "behaviour"), what, f"set behaviour.cap below {step}, or part the points of fit further")
    if scored.threshold <= most:
        what = f"behaviour alone reaches the threshold: {most} of {scored.threshold} points"
        yield Mistake((*HERE, "threshold"), what, f"set the threshold above {most}")
    elif steps and scored.threshold > fit_totals(scored)[-1] + most:
        what = (
            f"nobody reaches the threshold of {scored.threshold}: {fit_totals(scored)[-1] + most} points are the most"
        )
        yield Mistake((*HERE, "threshold"), what, "lower the threshold")


def _signs(scored: Scoring) -> Iterator[Mistake]:
    tables = (
        (("fit", "role"), scored.fit.role),
        (("fit", "level"), scored.fit.level),
        (("fit", "function"), scored.fit.function),
        (("behaviour", "points"), scored.behaviour.points),
    )
    for path, table in tables:
        for name, points in table.items():
            if points < 0:
                yield Mistake(
                    (*HERE, *path, name), f"{name} takes points away", "give no points where there is no merit"
                )
    if scored.behaviour.cap is not None and scored.behaviour.cap < 0:
        yield Mistake((*HERE, "behaviour", "cap"), "the cap is below zero", "give a cap of zero or more")
