"""The bands in which strength is told."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.partial import Mistake, PartialAgreement


def check_group(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether the bands rise, so that each can be reached."""
    bands = partial.agreement.group.strength
    if not bands.weak < bands.fair < bands.strong:
        what = f"the bands of strength do not rise: weak {bands.weak:g}, fair {bands.fair:g}, strong {bands.strong:g}"
        yield Mistake(("group", "strength"), what, "such as weak 1, fair 4, strong 12")
