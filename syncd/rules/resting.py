"""Who went back to marketing rests there for the agreed days; whoever raises a hand meanwhile is answered at once."""

from __future__ import annotations

from datetime import date, tzinfo

from syncd.model import Group, Return
from syncd.model.queue import TaskKind
from syncd.rules.days import local_day, plus


def rests_until(back: Return, days: int, where: tzinfo) -> date:
    """The day from which on they may wait for a rep again."""
    return plus(local_day(back.at, where), days)


def rest_of(group: Group, contact_id: str, days: int, where: tzinfo, today: date) -> Return | None:
    """Why and since when somebody rests today; None who does not. Of several the latest."""
    returns = (group.returned.get(f"{kind}/{contact_id}") for kind in (TaskKind.MQL, TaskKind.EXPLORE))
    rests = [back for back in returns if back and today < rests_until(back, days, where)]
    return max(rests, key=lambda back: back.at, default=None)
