"""Which opportunity stands for which offer: ours by its key, one that sales opened by its offer field or its words.

Only we write the offer field, and on what sales opened never the key: an adopted opportunity is known by the one
without the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from syncd.model import Account, Opportunity
from syncd.rules.days import stamp
from syncd.rules.offers import Recognise

NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Place:
    """What stands in Salesforce for one offer of one account, the oldest first."""

    ours: list[Opportunity] = field(default_factory=list)  # open, ours; several only after accounts were merged
    adopted: list[Opportunity] = field(default_factory=list)  # open, of sales, its offer field names this offer
    adoptable: list[Opportunity] = field(default_factory=list)  # open, of sales, these words, no offer field
    covered: list[Opportunity] = field(default_factory=list)  # open, of sales, these words, another offer's field
    closed: list[Opportunity] = field(default_factory=list)  # ours or adopted, closed since


def key_of(account_id: str, offer: str) -> str:
    """The stable key of the one opportunity that an account can have for an offer."""
    return f"{account_id}/{offer}"


def on_open_opportunities(opportunities: Iterable[Opportunity]) -> Mapping[str, Opportunity]:
    """Contact → the open opportunity on which they have a role; of several the oldest."""
    standing = sorted(
        (opportunity for opportunity in opportunities if not opportunity.is_closed),
        key=lambda opportunity: (stamp(opportunity.created_at) if opportunity.created_at else NEVER, opportunity.id),
        reverse=True,
    )
    return {role.contact_id: one for one in standing for role in one.roles if role.contact_id}


def sort_by_offer(
    account: Account, opportunities: Iterable[Opportunity], offers: Iterable[str], recognise: Recognise
) -> Mapping[str, Place]:
    """What stands for each offer. The account's own name is no word: "Home Loan Savings Bank" asks for nothing."""
    by_offer = {offer: Place() for offer in offers}
    for opportunity in sorted(opportunities, key=lambda opportunity: _age(account, opportunity)):
        named = _named(opportunity, by_offer)
        if named and opportunity.is_closed:
            by_offer[named].closed.append(opportunity)
        elif named:
            (by_offer[named].ours if opportunity.key else by_offer[named].adopted).append(opportunity)
        if opportunity.key or opportunity.is_closed:
            continue
        for offer in recognise(_words(account, opportunity)):
            if offer in by_offer and offer != named:
                (by_offer[offer].covered if named else by_offer[offer].adoptable).append(opportunity)
    return by_offer


def offer_of(account: Account, opportunity: Opportunity, recognise: Recognise) -> str | None:
    """The offer that an opportunity is for, open or closed: by its offer field, else the first one in its words."""
    return opportunity.offer or next(iter(recognise(_words(account, opportunity))), None)


def _age(account: Account, opportunity: Opportunity) -> tuple[bool, datetime, str]:
    exact = opportunity.key is not None and opportunity.key.startswith(f"{account.id}/")
    return not exact, stamp(opportunity.created_at) if opportunity.created_at else NEVER, opportunity.id


def _named(opportunity: Opportunity, offers: Mapping[str, Place]) -> str | None:
    """The offer that the key or the offer field names; the key survives a merge of accounts in its last part."""
    names = (opportunity.key.rpartition("/")[2] if opportunity.key else None, opportunity.offer)
    return next((name for name in names if name in offers), None)


def _words(account: Account, opportunity: Opportunity) -> str:
    text = " ".join(filter(None, (opportunity.name, opportunity.text)))
    return re.sub(re.escape(account.name), " ", text, flags=re.IGNORECASE) if account.name else text
