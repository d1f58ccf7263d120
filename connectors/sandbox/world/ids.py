"""Record ids as the vendors make them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from connectors.sandbox.world.dice import Dice

# Key prefixes of the standard objects: Salesforce, «Standard Field Record ID Prefix Decoder» (article 000385203).
PREFIXES = {
    "Account": "001",
    "Contact": "003",
    "User": "005",
    "Opportunity": "006",
    "OpportunityHistory": "008",
    "Organization": "00D",
    "OpportunityContactRole": "00K",
    "OpportunityLineItem": "00k",
    "Lead": "00Q",
    "Task": "00T",
    "Event": "00U",
    "EventRelation": "0RE",
    "CampaignMember": "00v",
    "OpportunityStage": "01J",
    "Product2": "01t",
    "Campaign": "701",
}

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_INSTANCE = "Hs00000"


def _check(chunk: str) -> str:
    return _CHECKS[sum(1 << place for place, letter in enumerate(chunk) if letter.isascii() and letter.isupper())]


def with_checksum(short: str) -> str:
    """Make the case-safe 18-character id out of a case-sensitive 15-character one.

    Each suffix letter names the capitals among five characters (Salesforce, «18-character IDs»).
    """
    return short + "".join(_check(short[start : start + 5]) for start in (0, 5, 10))


def salesforce_ids(sobject: str, skip: int = 0) -> Iterator[str]:
    """Yield the object's ids, ascending, behind the first `skip` ones."""
    head = PREFIXES[sobject] + _INSTANCE
    checks = _check(head[:5]) + _check(head[5:])
    for letters in islice(product(_DIGITS, repeat=5), skip, None):
        tail = "".join(letters)
        yield head + tail + checks + _check(tail)


def hubspot_ids(dice: Dice, start: int = 101) -> Iterator[str]:
    """Yield ascending record ids with gaps, as a portal that has deleted records shows them."""
    number = start
    while True:
        yield str(number)
        number += 1 + int(dice.random() * 3)
