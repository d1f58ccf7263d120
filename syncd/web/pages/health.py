"""Health, the first page of who operates syncd: what is wrong, the worst first, and the daemon, to be held."""

from __future__ import annotations

from typing import Any

from syncd.sync import at_once
from syncd.web.api.status import read_status_of_now
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Page
from syncd.web.rights import Right

AT = "/health"
LOOKS = {
    "syncd runs": "/runs",
    "syncd quarantine list": "/quarantine",
    "syncd audit-log": "/audit-log",
    "syncd plan": "/plan",
}  # command → the page that shows the same


def show_health(call: Call) -> Any:
    """As `syncd status` says it, and who holds the daemon."""
    status = read_status_of_now(call)
    findings = [finding | {"address": address_of(finding["look"])} for finding in status["health"]["findings"]]
    with call.house.store.reading() as unit:
        line = unit.audit.last("pause") if status["paused"] else None
    paused = {"at": line.at, "by": line.actor} if line else None
    return {**status, "health": {**status["health"], "findings": findings}, "paused_by": paused}


def address_of(command: str) -> str:
    """Where a page shows what a command shows; empty where none does."""
    for name, address in LOOKS.items():
        rest = command.removeprefix(name).strip()
        if command.startswith(name) and (not rest or rest.isdecimal()):
            return f"{address}/{rest}" if rest else address
    return ""


def pause(call: Call) -> Done:
    """What is asked for by hand is still carried out."""
    at_once.pause(call.house.store, call.principal.actor, paused=True)
    return Done("The daemon starts no further cycles. What is asked for by hand is still carried out.", AT)


def resume(call: Call) -> Done:
    """The next cycle comes when it is due."""
    at_once.pause(call.house.store, call.principal.actor, paused=False)
    return Done("The daemon goes on: the next cycle comes when it is due.", AT)


PAGES = (Page(AT, "Health", "health", show_health, place="Operations"),)
ACTS = (
    Act("pause", "/health/paused", Right.OPERATE, "Have the daemon start no further cycles", pause),
    Act("resume", "/health/resumed", Right.OPERATE, "Have the daemon go on", resume),
)
