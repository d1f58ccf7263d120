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
from syncd.model.facts import (
    Account,
    Activity,
    Band,
    Campaign,
    Contact,
    ContactRole,
    Group,
    IndustryCode,
    Opportunity,
    User,
)

__all__ = [
    "Account",
    "Activity",
    "Answer",
    "Ask",
    "Band",
    "Call",
    "Campaign",
    "Contact",
    "ContactJudgement",
    "ContactRole",
    "Coverage",
    "Gate",
    "Group",
    "IndustryCode",
    "Interest",
    "Judgement",
    "Move",
    "Opportunity",
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
