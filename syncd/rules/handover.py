"""Whose an account is: its owner, else the rep of the first territory line that fits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from syncd.agreement.terms import Handover, Territory
from syncd.model import Account, User


def rep_of(account: Account, users: Mapping[str, User], handover: Handover, stream: str) -> str | None:
    """The golden id of the account's rep; None where neither owner nor territory names an active user of `stream`.

    A record that is created without an owner belongs to the user that syncd signs in as.
    """
    owner = users.get(account.owner or "")
    if owner and takes_records(owner, stream):
        return owner.id
    line = next((line for line in handover.territories if _fits(line, account)), None)
    return _by_email(users.values(), line.rep, stream) if line else None


def takes_records(user: User, stream: str) -> bool:
    """Whether that user may own a record where `stream` keeps its users: an active one there, not of another system."""
    return user.active and bool(user.remote_ids.get(stream))


def _fits(line: Territory, account: Account) -> bool:
    """A line without states and countries takes every account; one with both wants both to fit."""
    return all(
        not served or (value is not None and value.casefold() in map(str.casefold, served))
        for served, value in ((line.states, account.state), (line.countries, account.country))
    )


def _by_email(users: Iterable[User], email: str, stream: str) -> str | None:
    named = email.casefold()
    theirs = (user for user in users if user.email and user.email.casefold() == named)
    return min((user.id for user in theirs if takes_records(user, stream)), default=None)
