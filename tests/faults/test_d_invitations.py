"""Who was invited to an event and declined was not there; who never answered did nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from connectors.sandbox.salesforce.writes import Call, create
from syncd.mapping import load_all
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.model import Activity
from syncd.rules.engagement import scale_of, weigh
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.ledger import find
from tests.rules.builders import NOON, TODAY, an_agreement, did
from tests.sync.conftest import Place

MAPPING = load_all()["salesforce"]
SCALE = scale_of(an_agreement())
START = NOON - timedelta(days=2)
EVENT, STAMPS = "00U000000000001AAA", {"StartDateTime": START.isoformat(), "EndDateTime": START.isoformat()}


def record(stream: str, raw: Mapping[str, Any], id: str) -> Activity | None:
    """What Ann did by one record, if anything."""
    row = reader(MAPPING, stream, tables(MAPPING))(raw)
    if not (row.get("kind") and row.get("at")):
        return None
    fields = {name: row.get(name) for name in ("ends", "outcome", "message")}
    return did(
        "ann", row["kind"], at=row["at"], source=f"salesforce {stream}", **fields, id=f"salesforce.{stream}/{id}"
    )


def answered(status: str, subject: str = "Meeting about fraud", start: str | None = STAMPS["StartDateTime"]) -> Any:
    """The answer to an invitation."""
    event = {"StartDateTime": start, "EndDateTime": start, "Subject": subject}
    return record("EventRelation", {"EventId": EVENT, "Status": status, "Event": event}, "0RE000000000001AAA")


def held(*activities: Activity | None) -> int:
    """How many meetings count."""
    return weigh([one for one in activities if one], SCALE, TODAY).interest.kinds.get("meeting_held", 0)


def the_event(subject: str = "Meeting about fraud") -> Activity | None:
    return record("Event", {"Id": EVENT, "Subject": subject, **STAMPS}, EVENT)


def in_hubspot(**fields: Any) -> Activity:
    return did("ann", "meeting_held", at=START, source="hubspot meetings", id="hubspot.meetings/1", **fields)


MEETINGS: dict[str, tuple[Sequence[Activity | None], int]] = {
    "about somebody, without an invitation": ([the_event()], 1),
    "who declined was not there": ([the_event(), answered("Declined")], 0),
    "who accepted was there once": ([the_event(), answered("Accepted")], 1),
    "who did not answer, and whom it is about": ([the_event(), answered("New")], 1),
    "invited beside somebody else, accepted": ([answered("Accepted")], 1),
    "invited beside somebody else, declined": ([answered("Declined")], 0),
    "invited beside somebody else, no answer": ([answered("New")], 0),
    "accepted, and called off": ([answered("Accepted", "Canceled: Meeting about fraud")], 0),
    "of an event that we may not see": ([answered("Accepted", start=None)], 0),
    "declined, and HubSpot has a copy": ([the_event(), answered("Declined"), in_hubspot(ends=START)], 0),
    "declined, and HubSpot says it was held": ([the_event(), answered("Declined"), in_hubspot(outcome="done")], 0),
    "accepted, and HubSpot has a copy": ([the_event(), answered("Accepted"), in_hubspot(ends=START)], 1),
}


@pytest.mark.parametrize(("records", "number"), MEETINGS.values(), ids=MEETINGS.keys())
def test_who_declined_an_invitation_was_not_there(records: Sequence[Activity | None], number: int) -> None:
    assert held(*records) == number


def test_invitations_are_read_from_the_org(place: Place, sqlite_store: Store, wiring: Wiring) -> None:
    org = place.sandbox.salesforce.org
    call = Call(org, org.settings.administrator)
    first, second, third = [row["Id"] for _, row in zip(range(3), org.tables["Contact"].live(), strict=False)]
    stamps = {"StartDateTime": "2026-10-20T10:00:00Z", "DurationInMinutes": 30}
    event = create(call, org.schema.objects["Event"], {"Subject": "Fraud", "WhoId": first, **stamps})
    for contact, status in ((first, "Declined"), (second, "Accepted"), (third, "New")):
        relation = {"EventId": event, "RelationId": contact, "Status": status, "IsInvitee": True}
        create(call, org.schema.objects["EventRelation"], relation)
    run, mapping = Run(), wiring.mappings["salesforce"]
    streams = ("Account", "Contact", "Event", "EventRelation")
    assert not pull(wiring.sources["salesforce"], mapping, sqlite_store, run, streams=streams).failures
    match(sqlite_store, Readers(wiring.mappings, load_customs(wiring.mappings.values())), run)
    outcomes = {}
    with sqlite_store.reading() as unit:
        for contact in (first, second, third):
            (id,) = find(sqlite_store, "contact", contact)
            group = unit.groups.stray(id)
            assert group
            of_event = [one for one in group.activities if one.message == event]
            outcomes[contact] = sorted((one.source, one.outcome) for one in of_event)
    assert outcomes == {
        first: [("salesforce Event", None), ("salesforce EventRelation", "missed")],
        second: [("salesforce EventRelation", "open")],
        third: [],
    }
