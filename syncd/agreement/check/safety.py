"""The valve that stops a run which changes too much."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.draft import Draft, Finding


def check_safety(draft: Draft) -> Iterator[Finding]:
    """Whether the valve can let anything through."""
    if draft.agreement.safety.opportunities.never_below < 0:
        yield Finding(("safety", "opportunities", "never_below"), "a number below zero", "give zero or more")
