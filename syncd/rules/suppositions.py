"""What an account's country is supposed to be where no record says it, and what of the record speaks against it."""

from __future__ import annotations

import re
from typing import NamedTuple

from syncd.agreement.standards import COUNTRIES, POSTAL_CODES, STATES
from syncd.model import Account
from syncd.model.phones import countries_named

# Top-level domains of two letters that anybody takes, wherever they sit
ANYBODY_S = frozenset(("ac", "ai", "cc", "co", "fm", "gg", "im", "io", "is", "la", "ly", "me", "nu", "sh", "so", "st"))
ANYBODY_S |= {"to", "tv", "vc", "ws"}
CODES = {"UK": "GB"}  # of a country's domain, where it is another one than its own


class Homeland(NamedTuple):
    """An account's country with the source that says so. supposed: no record does. against: what contradicts it."""

    code: str | None
    source: str
    supposed: bool = False
    against: str = ""


def country_of(account: Account, supposed: str | None) -> Homeland:
    """The country that a record names; else the one supplied by a mapping, else that of the agreement."""
    source = account.sources.get("country", "")
    if account.country and "country" not in account.assumed:
        return Homeland(account.country, source)
    code = account.country or supposed
    if code is None:
        return Homeland(None, source)
    source = source if account.country else f"assumed: {code}, by served_market.assume"
    return Homeland(code, source, True, _against(account, code))


def _against(account: Account, country: str) -> str:
    """What of the account's own facts does not go with that country; empty where nothing does not."""
    if country == "US" and account.state and account.state not in STATES:
        return f"the state is {account.state}"
    pattern, postal_code = POSTAL_CODES.get(country), (account.postal_code or "").strip().upper()
    if pattern and postal_code and not re.fullmatch(pattern, postal_code):
        return f"the postal code is {postal_code}"
    named = countries_named(account.phone) if account.phone else ()
    if named and country not in named:
        return f"the telephone number is one of {named[0]}"
    ending = (account.domain or "").rpartition(".")[2]
    code = CODES.get(ending.upper(), ending.upper())
    if code in COUNTRIES and ending not in ANYBODY_S and code != country:
        return f"the domain is one of {code}"
    return ""
