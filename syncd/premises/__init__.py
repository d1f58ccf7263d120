"""Premises: what a write rests on outside syncd, and what an admin of the portal or the org may change at any time.

Everything is asked through the protocols of `connectors.base`; no vendor is known here.
"""

from __future__ import annotations

from connectors.base import Org, Portal, Problem
from syncd.agreement import Agreement
from syncd.mapping import SystemMapping
from syncd.premises import org, portal

__all__ = ["examine"]


def examine(system: object, agreement: Agreement, mapping: SystemMapping) -> list[Problem]:
    """Find what would make our writes to a system be refused, or come to nothing; reads only."""
    match system:
        case Org():
            return org.examine(system, agreement, mapping)
        case Portal():
            return portal.examine(system, mapping)
        case _:
            return []
