"""Premises: what a write rests on outside syncd, and what an admin of the portal or the org may change at any time.

`declared` lists them. Everything is asked through the protocols of `connectors.base`; no vendor is known here. A run
looks before its first push into each system, doctor whenever it is asked; both see the same.
"""

from __future__ import annotations

from connectors.base import ConnectorError, NotThere, Org, Portal, Problem
from syncd.agreement import Agreement
from syncd.mapping import SystemMapping
from syncd.premises import org, portal
from syncd.premises.declared import PREMISES, QUIET, TOLD, Premise

__all__ = ["PREMISES", "QUIET", "TOLD", "Premise", "examine", "look"]


def look(system: object, agreement: Agreement, mapping: SystemMapping) -> list[Problem]:
    """Find the premises that do not hold in a system, in a few calls; reads only. Raises ConnectorError."""
    match system:
        case Org():
            return org.look(system, agreement, mapping)
        case Portal():
            return portal.look(system, mapping)
        case _:
            return []


def examine(system: object, agreement: Agreement, mapping: SystemMapping) -> list[Problem]:
    """Find what would make our writes to a system be refused, or come to nothing: also what holds back no run."""
    try:
        rules = list(system.check_rules(mapping.written())) if isinstance(system, Org) else []
        return [*(p for p in look(system, agreement, mapping) if p.premise not in QUIET), *rules]
    except NotThere as error:
        rights = next(premise for premise in PREMISES if premise.name == "object rights")
        return [Problem("error", f"{mapping.system} objects", str(error), error.mend or rights.mends)]
    except ConnectorError as error:
        page = f", see {system.status_page}" if isinstance(system, Org) else ", look at the vendor's status page"
        return [Problem("error", mapping.system, str(error), f"run it again; if it stays{page}")]
