"""Which opportunity stands for which offer: ours by its key, one that sales opened by its offer field, its products or
its words.

On what sales opened we write the offer field, never the key: an adopted opportunity is known by the one without the
other. Whoever is asked for the offer answers in that field, by its name or label, or by NONE.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from syncd.agreement.terms import Offer
from syncd.model import Account, Group, Opportunity
from syncd.rules.days import stamp_or_never
from syncd.rules.offers import Recognise, recogniser

NONE = "none"  # in the offer field: it is for none of the agreement's offers


@dataclass(slots=True)
class Place:
    """What stands in Salesforce for one offer of one account, the oldest first."""

    ours: list[Opportunity] = field(default_factory=list)  # open, ours; several only after accounts were merged
    adopted: list[Opportunity] = field(default_factory=list)  # open, of sales, its offer field names this offer
    adoptable: list[Opportunity] = field(default_factory=list)  # open, of sales, speaks of this offer, no offer field
    covered: list[Opportunity] = field(default_factory=list)  # open, of sales, speaks of it, another offer's field
    closed: list[Opportunity] = field(default_factory=list)  # ours or adopted, closed since
    deleted: dict[str, datetime] = field(default_factory=dict)  # keys of ours → when a person deleted them

    @property
    def taken(self) -> bool:
        """Whether an open one stands for it, or speaks of it."""
        return bool(self.ours or self.adopted or self.adoptable or self.covered)


def key_of(account_id: str, offer: str, round: int = 1) -> str:
    """The stable key of the one opportunity that an account can have for an offer at a time; each round has its own."""
    return f"{account_id}/{offer}" if round == 1 else f"{account_id}/{offer}/{round}"


def round_of(key: str, offer: str) -> int:
    """Which round of its offer the opportunity of that key is."""
    last = key.rpartition("/")[2]
    return int(last) if last != offer and last.isdecimal() else 1


def on_open_opportunities(opportunities: Iterable[Opportunity]) -> Mapping[str, Opportunity]:
    """Contact → the open opportunity on which they have a role; of several the oldest."""
    standing = sorted(
        (opportunity for opportunity in opportunities if not opportunity.is_closed),
        key=lambda opportunity: (stamp_or_never(opportunity.created_at), opportunity.id),
        reverse=True,
    )
    return {role.contact_id: one for one in standing for role in one.roles if role.contact_id}


def sort_by_offer(group: Group, offers: Sequence[Offer]) -> tuple[Mapping[str, Place], tuple[Opportunity, ...]]:
    """What stands for each offer, and the open opportunities of sales that name none; the oldest first.

    One speaks of the offers whose words stand in its products or in its name, type and description. The account's own
    name is no word: "Home Loan Savings Bank" asks for nothing.
    """
    account = group.account
    by_offer = {offer.name: Place() for offer in offers}
    if not group.opportunities and not group.deleted:
        return by_offer, ()
    names = {spelling.casefold(): offer.name for offer in offers for spelling in (offer.label, offer.name)}
    recognise = recogniser(offers)
    without: list[Opportunity] = []
    standing = {opportunity.key for opportunity in group.opportunities}
    for key, at in group.deleted.items():
        if key not in standing and (offer := _in_key(key, names)):
            by_offer[offer].deleted[key] = at
    for opportunity in sorted(group.opportunities, key=lambda opportunity: _age(account, opportunity)):
        named = _named(opportunity, names)
        if named and opportunity.is_closed:
            by_offer[named].closed.append(opportunity)
        elif named:
            (by_offer[named].ours if opportunity.key else by_offer[named].adopted).append(opportunity)
        if opportunity.key or opportunity.is_closed or _spelled(opportunity.offer) == NONE:
            continue
        spoken_of = _spoken_of(account, opportunity, recognise)
        for offer in spoken_of:
            if offer != named:
                (by_offer[offer].covered if named else by_offer[offer].adoptable).append(opportunity)
        if not (named or spoken_of):
            without.append(opportunity)
    return by_offer, tuple(without)


def offer_of(account: Account, opportunity: Opportunity, recognise: Recognise) -> str | None:
    """The offer that an opportunity is for, open or closed: by its offer field, else its products, else its words."""
    return opportunity.offer or next(iter(_spoken_of(account, opportunity, recognise)), None)


def _age(account: Account, opportunity: Opportunity) -> tuple[bool, datetime, str]:
    exact = opportunity.key is not None and opportunity.key.startswith(f"{account.id}/")
    return not exact, stamp_or_never(opportunity.created_at), opportunity.id


def _named(opportunity: Opportunity, names: Mapping[str, str]) -> str | None:
    """The offer that the key or the offer field names."""
    return (_in_key(opportunity.key, names) if opportunity.key else None) or names.get(_spelled(opportunity.offer))


def _in_key(key: str, names: Mapping[str, str]) -> str | None:
    """The offer of a key, which survives a merge of accounts in its last part, but for the round."""
    before, _, last = key.rpartition("/")
    spellings = (last, before.rpartition("/")[2]) if last.isdecimal() else (last,)
    return next((names[_spelled(one)] for one in spellings if _spelled(one) in names), None)


def _spelled(name: str | None) -> str:
    return (name or "").strip().casefold()


def _spoken_of(account: Account, opportunity: Opportunity, recognise: Recognise) -> tuple[str, ...]:
    """The offers that its products and its words name; those of the products first, for they are what is sold.

    Each product is read by itself: the end of one name and the beginning of the next are no words of an offer.
    """
    texts = (*opportunity.products, _words(account, opportunity))
    return tuple(dict.fromkeys(offer for text in texts for offer in recognise(text)))


def _words(account: Account, opportunity: Opportunity) -> str:
    text = " ".join(filter(None, (opportunity.name, opportunity.text)))
    return re.sub(re.escape(account.name), " ", text, flags=re.IGNORECASE) if account.name else text
