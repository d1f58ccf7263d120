"""Names that stand twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.document import Path


def check_names(partial: PartialAgreement) -> Iterator[Mistake]:
    """Segments, offers, functions and levels of one name."""
    agreement = partial.agreement
    segments = [segment.name for segment in agreement.served_market.segments]
    yield from _twice(("served_market", "segments"), segments, "segment", ("name",))
    yield from _twice(("offers",), [offer.name for offer in agreement.offers], "offer", ("name",))
    yield from _twice(("offers",), [offer.label for offer in agreement.offers], "offer's label", ("label",))
    yield from _twice(("functions",), list(agreement.functions), "function")
    yield from _twice(("levels",), list(agreement.levels), "level")


def _twice(base: Path, names: list[str], what: str, tail: Path = ()) -> Iterator[Mistake]:
    """Names that differ in nothing but case or blanks."""
    folded = [" ".join(name.casefold().split()) for name in names]
    counts = Counter(folded)
    for index, (name, fold) in enumerate(zip(names, folded, strict=True)):
        if counts[fold] > 1 and folded.index(fold) != index:
            place: Path = (*base, index, *tail) if tail else (*base, name)
            yield Mistake(place, f"there are two {what}s named {name!r}", "give each its own name")
