"""What the lessons suggest to change in the agreement, with the effect to expect; nobody applies it but people. Pure.

A trait is suggested where its band lies below that of all other cases: chance alone seldom does that, though among
many traits it does once in a while. The effect is counted on the cases at hand; `syncd agreement diff` replays terms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from syncd.planning.lessons import (
    CAMPAIGN,
    LEAST,
    MOST_OTHER,
    NO_REASON,
    NOBODY_KNOWS,
    OFFER,
    OTHER,
    ROLE,
    SEGMENT,
    SOURCE,
    Opening,
    Precision,
    Share,
    unclear,
)

# Where in the agreement a trait, or a reason that reps gave, is decided
TERMS: Mapping[str, str] = {
    ROLE: "roles, or the roles that offers require",
    CAMPAIGN: "no term: marketing's own choice of whom it sends to",
    SOURCE: "engagement.rungs and engagement.not_a_response",
    SEGMENT: "served_market",
    OFFER: "offers: its words; forecast.bar",
    "responded": "engagement.rungs and engagement.not_a_response",
    "reachable": "mql.reach",
    "relation": "mql.exclude",
    "market": "served_market",
}
REASONS: Mapping[str, str] = {
    "no need": "served_market, or the offers' words",
    "no budget": "forecast.bar, or the offers' roles",
    "wrong time": "engagement.response_days, or forecast.bar",
    "wrong person": "roles, or the roles that offers require",
    "not reachable": "mql.reach",
    "already with a competitor": "mql.exclude, or served_market",
    "already a customer": "mql.exclude",
    "wrong facts": "no term: the records; `syncd audit` says which are incomplete or stale",
}


class Suggestion(NamedTuple):
    """What speaks for a change, which term decides it, and what it would have spared and cost."""

    about: str
    because: str
    term: str
    effect: str


def suggestions(
    precisions: Sequence[Precision], reasons: Sequence[tuple[str, int]], openings: Iterable[Opening]
) -> tuple[Suggestion, ...]:
    """Everything that the lessons suggest, what spares most first within each kind."""
    return (*_of_traits(precisions), *_of_reasons(reasons), *_of_openings(openings))


def alerts(reasons: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """What somebody must look at: reasons that say nothing."""
    share, total = unclear(reasons), sum(number for _, number in reasons)
    if share <= MOST_OTHER:
        return ()
    what = f"{share:.0%} of {total:,} rejections give the reason {OTHER!r} or none: nobody learns from them"
    return (f"{what}; offer the reasons that reps really have, and ask for one",)


def _of_traits(precisions: Sequence[Precision]) -> list[Suggestion]:
    if not precisions:
        return []
    whole = precisions[0].right
    poor = [
        trait
        for trait in precisions[1:]
        if trait.value != NOBODY_KNOWS and _is_below(trait.right, whole.without(trait.right))
    ]
    poor.sort(key=lambda trait: (trait.right.part - trait.right.whole, trait.dimension, trait.value))
    return [
        Suggestion(
            about=f"{trait.dimension} {trait.value}",
            because=f"{_told(trait.right)} accepted, of all others {_told(whole.without(trait.right))}",
            term=TERMS.get(trait.dimension, f"the gate {trait.dimension}"),
            effect=(
                f"without it: {trait.right.whole - trait.right.part:,} rejections fewer, "
                f"and {trait.right.part:,} accepted and {trait.won.part:,} won fewer as well"
            ),
        )
        for trait in poor
    ]


def _of_reasons(reasons: Sequence[tuple[str, int]]) -> Iterator[Suggestion]:
    total = sum(number for _, number in reasons)
    for reason, number in reasons:
        if reason not in (OTHER, NO_REASON) and number >= LEAST and number / total > MOST_OTHER:
            term = REASONS.get(reason, "the term that decides it")
            because = f"{number:,} of {total:,} rejections give it ({number / total:.0%})"
            yield Suggestion(f"reason {reason!r}", because, term, f"at most {number:,} rejections fewer")


def _of_openings(openings: Iterable[Opening]) -> list[Suggestion]:
    pairs: dict[str, dict[bool, Opening]] = {}
    for opening in openings:
        pairs.setdefault(opening.what, {})[opening.known] = opening
    return [
        Suggestion(
            about=f"{what} known at opening",
            because=f"{_told(pair[True].won)} won where it was, {_told(pair[False].won)} where it was not",
            term="forecast.bar.roles_known" if not what.startswith("answer") else "forecast.bar",
            effect=f"asked for: {pair[False].won.whole - pair[False].won.part:,} lost opportunities fewer, and "
            f"{pair[False].won.part:,} won fewer as well, or later",
        )
        for what, pair in pairs.items()
        if len(pair) == len((True, False)) and _is_below(pair[False].won, pair[True].won)
    ]


def _is_below(share: Share, others: Share) -> bool:
    """Whether the bands of two shares lie apart, and there are enough of both."""
    if min(share.whole, others.whole) < LEAST or share.band is None or others.band is None:
        return False
    return share.band.high < others.band.low


def _told(share: Share) -> str:
    if share.share is None or share.band is None:
        return "none"
    return f"{share.part:,} of {share.whole:,} ({share.share:.0%}; {share.band.low:.0%} – {share.band.high:.0%})"
