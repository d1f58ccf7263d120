"""Whose an account is: its owner, else the rep of the first territory line that fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syncd.agreement.terms import Handover, Territory
from syncd.model import Account, User

SALESFORCE_USER = "salesforce.User"


def rep_of(account: Account, users: Mapping[str, User], handover: Handover) -> str | None:
    """The golden id of the account's rep; None where neither owner nor territory names an active Salesforce user.

    A record that is created without an owner belongs to the user that syncd signs in as.
    """
    owner = users.get(account.owner or "")
    if owner and takes_records(owner):
        return owner.id
    line = next((line for line in handover.territories if _fits(line, account)), None)
    return _by_email(users.values(), line.rep) if line else None


def takes_records(user: User) -> bool:
    """Whether Salesforce lets that user own a record: an active user there, not only a HubSpot owner."""
    return user.active and bool(user.remote_ids.get(SALESFORCE_USER))


def _fits(line: Territory, account: Account) -> bool:
    """A line without states and countries takes every account; one with both wants both to fit."""
    return all(
        not served or (value is not None and value.casefold() in map(str.casefold, served))
        for served, value in ((line.states, account.state), (line.countries, account.country))
    )


def _by_email(users: Iterable[User], email: str) -> str | None:
    named = email.casefold()
    return min((u.id for u in users if u.email and u.email.casefold() == named and takes_records(u)), default=None)
