"""The words of the house as frozen values: what a rule may look at, and what it answers.

Stamps are aware UTC; `today` and close dates are calendar days in the agreement's time zone; money is Decimal with its
currency beside it. Ids are golden ids (text, stable for ever, e.g. `salesforce:Account:001…`).
"""

from syncd.model.answers import (
    Answer,
    Ask,
    Call,
    ContactJudgement,
    Coverage,
    Gate,
    Interest,
    Judgement,
    Move,
    Ref,
    RoleCoverage,
    Rung,
    Scalar,
    Standing,
    Tally,
    TitleReading,
    Unknown,
    Wish,
)
from syncd.model.facts import Account, Band, Campaign, Contact, ContactRole, Deal, Engagement, Group, IndustryCode, User

__all__ = [
    "Account",
    "Answer",
    "Ask",
    "Band",
    "Call",
    "Campaign",
    "Contact",
    "ContactJudgement",
    "ContactRole",
    "Coverage",
    "Deal",
    "Engagement",
    "Gate",
    "Group",
    "IndustryCode",
    "Interest",
    "Judgement",
    "Move",
    "Ref",
    "RoleCoverage",
    "Rung",
    "Scalar",
    "Standing",
    "Tally",
    "TitleReading",
    "Unknown",
    "User",
    "Wish",
]
