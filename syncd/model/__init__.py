"""The words of the house as frozen values: what a rule may look at, and what it says of it.

Stamps are aware UTC; `today` and close dates are calendar days in the agreement's time zone; money is Decimal with its
currency beside it. Ids are golden ids (text, stable for ever, e.g. `salesforce.Account/001…`).
"""

from syncd.model.answers import Answer
from syncd.model.destinations import Destination, Destinations
from syncd.model.facts import (
    Account,
    Activity,
    Band,
    Campaign,
    Contact,
    ContactRole,
    Double,
    Group,
    IndustryCode,
    Opportunity,
    User,
)
from syncd.model.judgements import (
    Ask,
    Call,
    ContactJudgement,
    Coverage,
    Decision,
    Gate,
    GateName,
    Interest,
    Judgement,
    Move,
    RoleCoverage,
    Ruling,
    Rung,
    Scalar,
    Standing,
    Tally,
    TitleReading,
    Unknown,
    Wish,
)
from syncd.model.pictures import AccountPicture, Finding, Knowledge, NextAction, Person, Picture, PicturedRole, Strength
from syncd.model.references import Ref, RemoteRef
from syncd.model.titles import TitleCorrection, title_key

__all__ = [
    "Account",
    "AccountPicture",
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
    "Decision",
    "Destination",
    "Destinations",
    "Double",
    "Finding",
    "Gate",
    "GateName",
    "Group",
    "IndustryCode",
    "Interest",
    "Judgement",
    "Knowledge",
    "Move",
    "NextAction",
    "Opportunity",
    "Person",
    "Picture",
    "PicturedRole",
    "Ref",
    "RemoteRef",
    "RoleCoverage",
    "Ruling",
    "Rung",
    "Scalar",
    "Standing",
    "Strength",
    "Tally",
    "TitleCorrection",
    "TitleReading",
    "Unknown",
    "User",
    "Wish",
    "title_key",
]
