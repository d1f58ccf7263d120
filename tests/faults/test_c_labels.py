"""A portal's options are kept by internal values; tables, word lists and texts go by what people call them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from syncd.doctor.tables import examine
from syncd.mapping import load_all
from syncd.mapping.files import check, tables
from syncd.mapping.labels import wanted
from syncd.mapping.reading import NONE_KNOWN, reader
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.run import Run
from tests.ledger import find
from tests.sync.conftest import Place

HUBSPOT = load_all()["hubspot"]
OWN = {"value": "17", "label": "Customer - Direct", "description": "", "displayOrder": 9, "hidden": False}


def read(stream: str, properties: Mapping[str, Any], text: str | None = None, **labels: Mapping[str, str]) -> Any:
    """A row of a record whose options are called so, by property."""
    mapping = HUBSPOT
    if text:
        own, complaints = check(text, "hubspot.yaml")
        assert own and not complaints
        mapping = own
    settings = {f"labels {stream}.{name}": json.dumps(of) for name, of in labels.items()}
    raw = {"properties": {"name": "Bank", "lastname": "Invented", "hs_timestamp": "2026-03-01T12:00:00Z", **properties}}
    return reader(mapping, stream, tables(mapping), NONE_KNOWN, settings)(raw)


FIELDS = {
    "a table's word, by the value": ("companies", "relation", {"type": "CUSTOMER"}, {}, "customer"),
    "a table's word, by the label": ("companies", "relation", {"type": "17"}, {"type": {"17": "Customer"}}, "customer"),
    "the value comes first": (
        "companies", "relation", {"type": "PARTNER"}, {"type": {"PARTNER": "Customer"}}, "partner",
    ),
    "neither": ("companies", "relation", {"type": "17"}, {"type": {"17": "Friend"}}, "unclear"),
    "an industry in words": (
        "companies", "industry", {"industry": "COMPUTER_SOFTWARE"},
        {"industry": {"COMPUTER_SOFTWARE": "Computer Software"}}, "Computer Software",
    ),
    "an industry of the portal's own, by its name": (
        "companies", "codes", {"industry": "b7"}, {"industry": {"b7": "Arts and Crafts"}},
        [f"SIC 1987 {code}" for code in ("5945", "5947", "8999", "3999", "5999")],
    ),
    "a stage of the portal's own": (
        "contacts", "lifecycle", {"lifecyclestage": "9981"}, {"lifecyclestage": {"9981": "Evangelist"}}, "customer",
    ),
    "an outcome of the portal's own": (
        "meetings", "outcome", {"hs_meeting_outcome": "o3"}, {"hs_meeting_outcome": {"o3": "No show"}}, "missed",
    ),
    "an outcome that nobody knows": (
        "meetings", "outcome", {"hs_meeting_outcome": "o3"}, {"hs_meeting_outcome": {"o3": "Xyz"}}, "unread",
    ),
    "where they came from": (
        "contacts", "origin", {"hs_analytics_source": "OFFLINE"},
        {"hs_analytics_source": {"OFFLINE": "Offline sources"}}, "Offline sources",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("stream", "field", "properties", "labels", "value"), FIELDS.values(), ids=FIELDS.keys())
def test_options_are_read_by_what_they_are_called(
    stream: str, field: str, properties: dict[str, Any], labels: dict[str, Any], value: Any
) -> None:
    assert read(stream, properties, **labels)[field] == value


def test_a_title_may_be_an_option() -> None:
    text = (
        "system: hubspot\npath_prefix: properties\nstreams: {contacts: {into: contact, fields: {last_name: "
        "{from: properties.lastname}, title: {from: [properties.jobtitle, properties.job_function], labels: true}}}}\n"
    )
    labels = {"job_function": {"fin_3": "Head of Finance"}}
    assert read("contacts", {"job_function": "fin_3"}, text, **labels)["title"] == "Head of Finance"
    assert read("contacts", {"jobtitle": "CFO", "job_function": "fin_3"}, text, **labels)["title"] == "CFO"


def test_only_what_the_mapping_asks_for_is_looked_up() -> None:
    assert wanted(HUBSPOT) == {
        "companies": ["industry", "type"],
        "contacts": ["hs_legal_basis", "lifecyclestage", "hs_object_source_detail_1", "hs_analytics_source"],
        "meetings": ["hs_meeting_outcome"],
    }


def test_labels_are_read_once_and_with_every_full_read_and_match_what_stands_anew(
    place: Place, wiring: Wiring, sqlite_store: Store
) -> None:
    portal, source, mapping = place.sandbox.hubspot.portal, wiring.sources["hubspot"], wiring.mappings["hubspot"]
    company = portal.shelves["companies"].items[min(portal.shelves["companies"].items)]
    portal.change(portal.shelves["companies"], company, {"type": "17"})

    def asked() -> int:
        return sum(number for call, number in portal.calls.items() if call[0] == "GET" and "properties" in call[1])

    def cycle(**how: Any) -> tuple[str | None, int]:
        before = asked()
        assert not pull(source, mapping, sqlite_store, Run(), **how).failures
        match(sqlite_store, wiring.readers, Run())
        (id,) = find(sqlite_store, "account", f"hubspot.companies/{company.id}")
        with sqlite_store.reading() as unit:
            return unit.golden.rows("account", [id])[id]["relation"], asked() - before

    assert cycle() == ("unclear", 3)
    portal.schema["companies"]["type"]["options"].append(OWN | {"label": "Customer"})
    assert cycle() == ("unclear", 0), "nothing is asked in between"
    assert cycle(mode="full") == ("customer", 3)


def test_doctor_names_an_option_that_no_table_knows_by_what_it_is_called(place: Place, wiring: Wiring) -> None:
    options = place.sandbox.hubspot.portal.schema["companies"]["type"]["options"]
    options.extend((OWN | {"label": "Customer"}, OWN | {"value": "18", "label": "Godfather"}))
    (problem,) = [one for one in examine(wiring.sources["hubspot"], wiring.mappings["hubspot"]) if "type" in one.where]
    assert "'Godfather'" in problem.what
    assert "17" not in problem.what and "Customer" not in problem.what
