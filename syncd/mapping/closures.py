"""What one record says against its own addresses and numbers: a bounce, a quarantine, an objection.

It belongs to the address or number that stands in that record, and to no other of the same person. HubSpot's statuses
do ("Opt-out status is tied to a contact's email address, not the record", knowledge.hubspot.com/email, resubscribe
contacts; "The subscription status is tied to the email address", developers.hubspot.com/docs/methods/email/
update_status): what a contact's properties say is of the primary one. Salesforce's Consent API, asked for mail, "only
aggregates consent for records that contain the same email address" (REST API, Compile Consent Settings).
A record that objects and names no address or number means the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from syncd.model.facts import BOUNCED, DO_NOT_CALL, NO_CONTACT, OPTED_OUT, QUARANTINED, UNSUBSCRIBED, WHYS

EVERY = ("",)  # every address and number that they have


def closes(fields: Iterable[str]) -> bool:
    """Whether a stream of people tells of numbers, or of what closes an address or one of them."""
    return not {"phone", *WHYS}.isdisjoint(fields)


def close(row: dict[str, Any]) -> None:
    """Tell a mapped person's numbers and closures: a row's flags become `closures`, as (of, why, kind of mail)."""
    if numbers := row.get("phone"):
        row["phones"] = numbers = [numbers] if isinstance(numbers, str) else numbers  # a mapping may read one as text
        row["phone"] = numbers[0]
    said = {why: flag for why in WHYS if (flag := row.pop(why, None))}
    if not said:
        return
    mail, phones = row.get("emails", ())[:1], row.get("phones", ())
    places = {  # where no address is, nothing came back
        BOUNCED: mail,
        QUARANTINED: mail,
        OPTED_OUT: mail or EVERY,
        UNSUBSCRIBED: mail or EVERY,
        DO_NOT_CALL: phones or EVERY,
        NO_CONTACT: EVERY,
    }
    closures = [
        (of, why, kind)
        for why, flag in said.items()
        for kind in (flag if why == UNSUBSCRIBED else ("",))
        for of in places[why]
    ]
    if closures:
        row["closures"] = closures
