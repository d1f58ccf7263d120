"""HubSpot's marketing events: who registered and who came, read again when the figures change."""

from __future__ import annotations

import pytest

from tests.connectors.contract import records
from tests.connectors.hubspot.portals import LONG_AGO, NOON, Open, Portal, contact, ids, iso, news, pull


@pytest.fixture
def gatherings(open_portal: Open) -> Portal:
    return open_portal(
        {
            "contacts": [contact(id) for id in range(1, 151)],
            "marketing_events": [
                {
                    "objectId": str(id),
                    "externalEventId": f"x{id}",
                    "eventName": f"Breakfast {id}",
                    "eventType": "BREAKFAST SEMINAR",
                    "startDateTime": iso(LONG_AGO),
                }
                for id in (11, 12, 13)
            ],
            "marketing_participations": [
                {
                    "objectId": "11",
                    "email": f"p{id}@example.com",
                    "contactId": str(id),
                    "attended": id % 2 == 0,
                    "occurredAt": iso(LONG_AGO),
                }
                for id in range(1, 151)
            ],
        }
    )


def test_participants_have_their_normal_form(gatherings: Portal) -> None:
    participants = {record.id: record for record in records(pull(gatherings, "marketing_events"))}
    assert len(participants) == 150
    raw = participants["11:2"].raw
    assert raw["eventId"] == "11"
    assert raw["eventName"] == "Breakfast 11"
    assert raw["eventType"] == "BREAKFAST SEMINAR"
    assert raw["email"] == "p2@example.com"
    assert raw["attended"] is True
    assert participants["11:3"].raw["attended"] is False
    assert raw["occurredAt"] == int(LONG_AGO.timestamp() * 1000)
    assert participants["11:2"].modified_at == LONG_AGO


def test_who_is_listed_twice_and_came_once_came(gatherings: Portal) -> None:
    for attended in (False, True, False):
        guest = {"objectId": "13", "email": "guest@example.com", "attended": attended, "occurredAt": iso(NOON)}
        gatherings.rows("marketing_participations").append(guest)
    participants = [record for record in records(pull(gatherings, "marketing_events")) if record.id.startswith("13:")]
    assert [record.raw["attended"] for record in participants] == [True]


def test_only_events_whose_figures_changed_are_read_again(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    before = gatherings.calls()
    assert ids(news(gatherings, "marketing_events", pages)) == []
    assert gatherings.calls() - before == 1
    guest = {"objectId": "13", "email": "guest@example.com", "attended": True, "occurredAt": iso(NOON)}
    gatherings.rows("marketing_participations").append(guest)
    participants = records(news(gatherings, "marketing_events", pages))
    assert [record.raw["email"] for record in participants] == ["guest@example.com"]
    assert participants[0].id.startswith("13:")
    assert "guest" not in participants[0].id, "no e-mail address stands in an id"


def test_participants_go_on_in_the_middle_of_an_event(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    assert [len(page.records) for page in pages] == [100, 50, 0, 0]
    rest = pull(gatherings, "marketing_events", pages[0].cursor)
    assert len(ids(rest)) == 50


def test_an_event_that_is_gone_is_no_obstacle(gatherings: Portal) -> None:
    pages = pull(gatherings, "marketing_events")
    del gatherings.rows("marketing_events")[0]
    assert len(ids(pull(gatherings, "marketing_events", pages[0].cursor))) == 0


def test_single_participants_are_read_from_their_event_alone(gatherings: Portal) -> None:
    participants = gatherings.connect().fetch("marketing_events", (), ["11:5", "12:5"])
    assert [record.id for record in participants] == ["11:5"]
