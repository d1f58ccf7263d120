"""What is written to must stand in the portal, and be ours to write."""

from __future__ import annotations

from connectors.base import Portal, Problem
from syncd.mapping import SystemMapping


def look(portal: Portal, mapping: SystemMapping) -> list[Problem]:
    """Find what would make writes to the portal be refused. Raises ConnectorError."""
    return list(portal.check_writes(mapping.written()))
