"""HubSpot's cursors: of one stream and one selection of fields, and of nothing else."""

from __future__ import annotations

import pytest

from connectors.base import Page, Record
from tests.connectors.hubspot.portals import CONTACT, Open, Portal, company, contact, crm, ids, ms


def pull(portal: Portal, stream: str = "contacts", cursor: str | None = None) -> list[Page]:
    return list(portal.connect().pull(stream, CONTACT, cursor))


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    contacts = [contact(id, companies=[id % 3 + 1]) for id in range(100, 450)]
    return open_portal({"contacts": contacts, "companies": [company(id) for id in range(1, 6)]})


def test_a_property_that_is_newly_asked_for_starts_the_stream_over(portal: Portal) -> None:
    pages = pull(portal)
    contacts: list[Record] = []
    for page in portal.connect().pull("contacts", (*CONTACT, "phone"), pages[-1].cursor):
        contacts += page.records
    assert len(contacts) == 350


def test_the_order_of_the_fields_does_not_matter(portal: Portal) -> None:
    pages = pull(portal)
    assert ids(list(portal.connect().pull("contacts", CONTACT[::-1], pages[-1].cursor))) == []


@pytest.mark.parametrize("stream", ["owners", "campaigns", "email_events", "contacts"])
def test_another_stream_s_cursor_starts_over(forms: Portal, open_portal: Open, stream: str) -> None:
    cursor = list(forms.connect().pull("form_submissions", (), None))[-1].cursor
    portal = open_portal(
        {
            "owners": [{"id": "1", "email": "rep1@example.com"}],
            "campaigns": [crm(1, {"hs_name": "Treasury"})],
            "email_events": [{"id": "e1", "type": "OPEN", "created": ms(days=1), "recipient": "p1@example.com"}],
            "contacts": [contact(1)],
        }
    )
    assert len(ids(list(portal.connect().pull(stream, (), cursor)))) == 1
