"""The valve that stops a run which changes too much."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.partial import Finding, PartialAgreement


def check_safety(partial: PartialAgreement) -> Iterator[Finding]:
    """Whether the valve can let anything through."""
    safety = partial.agreement.safety
    for name in ("opportunities", "others", "own_fields"):
        if getattr(safety, name).never_below < 0:
            yield Finding(("safety", name, "never_below"), "a number below zero", "give zero or more")
