"""Who went back to marketing rests there for the agreed days; whoever raises a hand meanwhile is answered at once."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import NamedTuple

from syncd.model import About, Group, Return, Word
from syncd.model.queue import OF_THE_ACCOUNT, TaskKind
from syncd.rules.days import local_day, plus


class AccountRest(NamedTuple):
    """Why a whole account rests, and the day from which on it rests no more."""

    why: str
    until: date


def account_rest(group: Group, days: int, where: tzinfo, today: date) -> AccountRest | None:
    """The rest of an account of which a rep rejected an opportunity for a reason that speaks of the account."""
    names = {opportunity.id: opportunity.name or opportunity.id for opportunity in group.opportunities}
    rests = []
    for verdict in group.verdicts:
        of_account = OF_THE_ACCOUNT.get(" ".join(verdict.reason.split()).casefold(), False)
        if verdict.about is About.OPPORTUNITY and verdict.word is Word.REJECTED and of_account:
            why = (
                f"sales rejected {names.get(verdict.subject, 'an opportunity')} for the whole account: {verdict.reason}"
            )
            rests.append(AccountRest(why, plus(local_day(verdict.at, where), days)))
    latest = max(rests, key=lambda rest: (rest.until, rest.why), default=None)
    return latest if latest and today < latest.until else None


def rests_until(back: Return, days: int, where: tzinfo) -> date:
    """The day from which on they may wait for a rep again."""
    return plus(local_day(back.at, where), days)


def rest_of(group: Group, contact_id: str, days: int, where: tzinfo, today: date) -> Return | None:
    """Why and since when somebody rests today; None who does not. Of several the latest."""
    returns = (group.returned.get(f"{kind}/{contact_id}") for kind in (TaskKind.MQL, TaskKind.EXPLORE))
    rests = [back for back in returns if back and today < rests_until(back, days, where)]
    return max(rests, key=lambda back: back.at, default=None)
