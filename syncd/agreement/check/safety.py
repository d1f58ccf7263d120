"""The valve that stops a run which changes too much."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.partial import Mistake, PartialAgreement


def check_safety(partial: PartialAgreement) -> Iterator[Mistake]:
    """Whether the valve can let anything through."""
    safety = partial.agreement.safety
    for name in ("opportunities", "others", "own_fields"):
        if getattr(safety, name).never_below < 0:
            yield Mistake(("safety", name, "never_below"), "a number below zero", "give zero or more")
