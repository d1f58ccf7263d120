"""What is written to must stand in the portal, and be ours to write."""

from __future__ import annotations

from connectors.base import Portal, Problem
from syncd.mapping import SystemMapping


def examine(portal: Portal, mapping: SystemMapping) -> list[Problem]:
    """Find what would make writes to the portal be refused."""
    return list(portal.check_writes(mapping.written()))
