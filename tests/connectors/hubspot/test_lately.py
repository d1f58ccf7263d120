"""What a contact did a moment ago: the form that they sent in, by the contact's own word, in a handful of calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.announcing import Recalling
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import NOON, Portal, contact, iso, ms, pull, submission

FORMS = [{"id": f"f-{number}", "name": f"Form number {number}!"} for number in range(20)]


def converted(id: int, on: str, **more: str) -> dict[str, Any]:
    person = contact(id)
    person["properties"] |= {"recent_conversion_date": iso(NOON), "recent_conversion_event_name": on} | more
    return person


def opened(open_portal: Callable[..., Portal], *contacts: dict[str, Any], forms: Any = FORMS, sent: Any = ()) -> Portal:
    return open_portal({"contacts": contacts, "forms": forms, "form_submissions": sent})


def test_a_submission_is_the_same_record_as_the_stream_has(open_portal: Callable[..., Portal]) -> None:
    sent = [submission("f-3", 1, ms()), submission("f-3", 2, ms()), submission("f-4", 1, ms())]
    portal = opened(open_portal, converted(1, "Pricing: Form number 3!"), sent=sent)
    connector = portal.connect()
    assert isinstance(connector, Recalling)
    recent = connector.lately(["1"])
    (record,) = recent.records["form_submissions"]
    assert record.id == "f-3:c1"
    assert record in records(pull(portal, "form_submissions"))
    assert not recent.awaited


def test_it_costs_a_call_for_the_contact_one_for_the_forms_names_and_one_for_the_form(
    open_portal: Callable[..., Portal],
) -> None:
    portal = opened(open_portal, converted(1, "Pricing: Form number 3!"), sent=[submission("f-3", 1, ms())])
    connector = portal.connect()
    connector.lately(["1"])
    assert connector.budget.calls == 3
    connector.lately(["1"])
    assert connector.budget.calls == 5, "the names are kept"


def test_a_form_that_came_later_has_the_names_asked_for_again(open_portal: Callable[..., Portal]) -> None:
    portal = opened(open_portal, converted(1, "Home: Talk to sales"), converted(2, "Home: Form number 3!"))
    connector = portal.connect()
    connector.lately(["2"])
    portal.rows("forms").append({"id": "new", "name": "Talk to sales"})
    portal.rows("form_submissions").append(submission("new", 1, ms()))
    assert [record.id for record in connector.lately(["1"]).records["form_submissions"]] == ["new:c1"]


def test_further_addresses_count_and_so_does_another_case(open_portal: Callable[..., Portal]) -> None:
    person = converted(1, "Home: Form number 3!", hs_additional_emails="other@example.com;P9@example.com")
    sent = [submission("f-3", 9, ms(), email="p9@EXAMPLE.com")]
    assert len(opened(open_portal, person, sent=sent).connect().lately(["1"]).records["form_submissions"]) == 1


def test_what_the_contact_tells_and_no_form_shows_yet_is_awaited(open_portal: Callable[..., Portal]) -> None:
    old = [submission("f-3", 1, ms(days=1))]
    portal = opened(open_portal, converted(1, "Home: Form number 3!"), sent=old)
    assert portal.connect().lately(["1"]).awaited
    portal.rows("form_submissions").append(submission("f-3", 1, ms(seconds=30)) | {"conversionId": "now"})
    assert not portal.connect().lately(["1"]).awaited


@pytest.mark.parametrize(("number", "calls"), [(5, 2 + 5), (6, 2)])
def test_where_no_name_fits_few_forms_are_all_asked_and_many_wait_for_the_cycle(
    open_portal: Callable[..., Portal], number: int, calls: int
) -> None:
    connector = opened(open_portal, converted(1, "Meeting booked"), forms=FORMS[:number]).connect()
    recent = connector.lately(["1"])
    assert connector.budget.calls == calls
    assert recent.awaited is (number == 5)


def test_many_contacts_cost_no_more_than_ten_forms(open_portal: Callable[..., Portal]) -> None:
    people = [converted(id, f"Home: Form number {id % 20}!") for id in range(1, 90)]
    connector = opened(open_portal, *people).connect()
    connector.lately([str(id) for id in range(1, 90)])
    assert connector.budget.calls == 1 + 1 + 10


def test_who_never_converted_costs_one_call(open_portal: Callable[..., Portal]) -> None:
    connector = opened(open_portal, contact(1)).connect()
    recent = connector.lately(["1", "2"])
    assert (connector.budget.calls, [*recent.records["form_submissions"]], recent.awaited) == (1, [], False)
