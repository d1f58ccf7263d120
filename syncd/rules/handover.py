"""Whose somebody is: the account's owner, the contact's, whom they were handed to before, else a territory's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from syncd.agreement.handing_over import Handover, Territory
from syncd.model import Account, Contact, Group, User


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account lies as far as territories ask. offer: of the contact whom it is about; None: of the account."""

    account: Account
    segment: str | None = None
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class Falls:
    """To whom somebody falls, by golden ids: one rep, or a team that takes turns; neither: nobody was found."""

    rep: str | None = None
    team: tuple[str, ...] = ()


def falls_to(group: Group, handover: Handover, stream: str, place: Place, contact: Contact | None = None) -> Falls:
    """To whom an account falls, or one of its contacts.

    The account's owner, else the contact's, else whom they or the account's people were handed to before, else a
    territory's rep or team. stream: where records' owners are users.
    """
    reps = [group.account.owner]
    releases = sorted(group.releases.values(), key=lambda release: (release.at, release.key), reverse=True)
    if contact is not None:
        reps.append(contact.owner)
        releases.sort(key=lambda release: release.contact_id != contact.id)
    if owner := owner_of([*reps, *(release.rep for release in releases)], group.users, stream):
        return Falls(owner)
    return territory_of(place, group.users, handover, stream)


def owner_of(reps: Iterable[str | None], users: Mapping[str, User], stream: str) -> str | None:
    """The first of these users who takes records where `stream` keeps its users."""
    known = (users.get(owner or "") for owner in reps)
    return next((user.id for user in known if user and takes_records(user, stream)), None)


def territory_of(place: Place, users: Mapping[str, User], handover: Handover, stream: str) -> Falls:
    """To whom the first territory line that fits gives it; a line whose reps are no active users gives it to nobody."""
    line = next((line for line in handover.territories if _fits(line, place)), None)
    if line is None:
        return Falls()
    if line.rep is not None:
        return Falls(_by_email(users.values(), line.rep, stream))
    team = [_by_email(users.values(), email, stream) for email in line.team]
    return Falls(team=tuple(dict.fromkeys(rep for rep in team if rep)))


def takes_records(user: User, stream: str) -> bool:
    """Whether that user may own a record where `stream` keeps its users: an active one there, not of another system."""
    return user.active and bool(user.remote_ids.get(stream))


def _fits(line: Territory, place: Place) -> bool:
    """A line that narrows nothing down takes every account; what it names must all fit."""
    account = place.account
    return all(
        not served or any(value.casefold() in map(str.casefold, served) for value in values if value)
        for served, values in (
            (line.accounts, (account.name, account.domain)),
            (line.states, (account.state,)),
            (line.countries, (account.country,)),
            (line.segments, (place.segment,)),
            (line.offers, (place.offer,)),
        )
    )


def _by_email(users: Iterable[User], email: str, stream: str) -> str | None:
    named = email.casefold()
    theirs = (user for user in users if user.email and user.email.casefold() == named)
    return min((user.id for user in theirs if takes_records(user, stream)), default=None)
