"""Person accounts: an account and a contact in one, of somebody who buys for themselves.

Such an account is nobody's company: by nothing that it says is it recognised as one, and what is called the same is
another. Its contact's account tells where nobody works.
"""

from __future__ import annotations

from collections.abc import Sequence

from syncd.matching.sightings import Row, Sighting
from syncd.model import RemoteRef


def is_person(row: Row) -> bool:
    """Whether a record, or what is known of a golden one, is a person account or the contact in one."""
    return bool(row.get("person"))


def person_records(sightings: Sequence[Sighting]) -> list[RemoteRef]:
    """Which of somebody's records are a person account's: its contact, and the lead that was converted into it."""
    contacts = {sighting.ref for sighting in sightings if is_person(sighting.row)}
    if not contacts:
        return []
    leads = {one.ref for one in sightings if not contacts.isdisjoint(one.row.get("converted_contact", ()))}
    return sorted(contacts | leads)
