"""What an e-mail's log tells of Ann, and which of it a machine made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from syncd.agreement.lead_terms import Bots
from syncd.model import Activity
from syncd.rules.bots import machine_made
from tests.rules.builders import NOON, did

SENT = NOON - timedelta(days=3)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


def at(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def delivered(message: str = "m1") -> Activity:
    return did("ann", "email_delivered", at=SENT, message=message)


def click(seconds: float, link: str = "a", agent: str = CHROME, links: int = 0, filtered: bool = False) -> Activity:
    fields = {"link": link, "agent": agent, "links": links, "filtered": filtered}
    return did("ann", "email_clicked", at=at(seconds), message="m1", source="hubspot email_events", **fields)


def form(seconds: float) -> Activity:
    return did("ann", "whitepaper", at=at(seconds), by_hand=True)


def reply(seconds: float, subject: str = "Re: fraud detection") -> Activity:
    return did("ann", "email_replied", at=at(seconds), topic=subject, by_hand=True)


def caught(activities: Sequence[Activity]) -> list[bool]:
    machines = machine_made([delivered(), *activities], Bots(agents=("Mimecast", "Barracuda")))
    return [activity.id in machines for activity in activities]
