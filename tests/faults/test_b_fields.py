"""What cannot be read of a record costs that field, and is told; a record that is nothing without it is set aside."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from connectors.base import Page
from connectors.hubspot.reading import record
from connectors.transport import parsed
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import account_of, find, quarantined, save
from tests.matching.test_golden import READERS, bring, company, person
from tests.sync.conftest import Place


def values(store: Store, kind: str, name: str) -> dict[str, Any]:
    (golden_id,) = find(store, kind, name)
    with store.reading() as unit:
        return unit.golden.rows(kind, [golden_id])[golden_id]


def matched(store: Store) -> list[tuple[str, str]]:
    """Match; gives step and reason of what is told."""
    match(store, READERS, Run())
    return [(fault["step"], fault["reason"]) for fault in quarantined(store)]


def test_a_title_of_1_224_characters_is_left_out_and_told_and_the_person_stays(store: Store) -> None:
    bring(store, "hubspot", "contacts", [person("1", "susi@a.example", jobtitle="x" * 1_224)], "id")
    long = "contacts.jobtitle is 1,224 characters long; at most 1,000 can be read; left out, the rest is read"
    assert matched(store) == [("field", long)]
    assert values(store, "contact", "susi@a.example")["title"] is None
    bring(store, "hubspot", "contacts", [person("1", "susi@a.example", jobtitle="CFO")], "id")
    assert matched(store) == []
    assert values(store, "contact", "susi@a.example")["title"] == "CFO"


def test_a_company_with_a_domain_and_no_name_is_taken_by_its_domain_and_employs_its_people(store: Store) -> None:
    """HubSpot wants a name or a domain."""
    nameless = {"id": "9", "properties": {"domain": "tinybank.example", "name": None}}
    bring(store, "hubspot", "companies", [nameless], "id")
    bring(store, "hubspot", "contacts", [person("1", "susi@tinybank.example")], "id")
    assert matched(store) == []
    (contact,) = find(store, "contact", "susi@tinybank.example")
    assert account_of(store, contact) == "hubspot.companies/9"
    bring(
        store,
        "salesforce",
        "Account",
        [{"Id": "001000000000001AAA", "Name": "Tiny Bank", "Website": "tinybank.example"}],
    )
    match(store, READERS, Run())
    assert find(store, "account", "Tiny Bank") == find(store, "account", "hubspot.companies/9")


def test_a_company_with_neither_name_nor_domain_is_set_aside(sqlite_store: Store) -> None:
    bring(sqlite_store, "hubspot", "companies", [{"id": "9", "properties": {"city": "Lyon"}}], "id")
    assert matched(sqlite_store) == [("match", "companies has none of name, domain: nobody can be recognised by it")]


@pytest.mark.parametrize("amount", ["1e400", "NaN", "9" * 32, "Infinity", "-1e999"])
def test_an_amount_that_is_no_number_we_can_keep_leaves_the_company_its_size_unknown(store: Store, amount: str) -> None:
    bring(store, "hubspot", "companies", [company("9", "Tiny Bank", annualrevenue=amount)], "id")
    ((step, reason),) = matched(store)
    assert (step, reason.endswith("left out, the rest is read")) == ("field", True), reason
    assert values(store, "account", "hubspot.companies/9")["annual_revenue"] is None


def test_a_name_with_a_character_that_no_text_may_hold_costs_that_character(store: Store) -> None:
    """PostgreSQL keeps no U+0000: https://github.com/brianc/node-postgres/issues/2080"""
    people = [person(str(number), f"{number}@a.example") for number in range(100)]
    people[7]["properties"]["lastname"] = "Me\u0000ier"
    bring(store, "hubspot", "contacts", people, "id")
    reason = "contacts.lastname holds characters that no text may hold; left out, the rest is read"
    assert matched(store) == [("field", reason)]
    assert values(store, "contact", "7@a.example")["last_name"] == "Meier"
    with store.database.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM contact")) == 100


def test_half_of_an_emoji_costs_no_page_and_no_person(store: Store) -> None:
    """A title that was cut within one: UTF-8 cannot hold the half, https://github.com/ultrajson/ultrajson/issues/447"""
    page = parsed(b'{"results":[{"id":"1","properties":{"email":"susi@a.example","jobtitle":"CFO \\ud83d"}}]}')
    bring(store, "hubspot", "contacts", page["results"], "id")
    assert [step for step, _ in matched(store)] == ["field"]
    assert values(store, "contact", "susi@a.example")["title"] == "CFO"


@pytest.mark.parametrize("whole", [b'{"a": "\\ud83d\\ude00 \\u00e9", "b": 1.5}', b"[]", b"null"])
def test_json_that_is_whole_is_read_as_it_is(whole: bytes) -> None:
    assert parsed(whole) == parsed(b" " + whole)


@pytest.mark.parametrize("broken", [b"", b"<html>", b'{"a": "\\ud83d', b'{"a": NaN}'])
def test_what_is_no_json_is_none(broken: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(broken)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-08:00"])
def test_a_meeting_at_the_end_of_time_costs_itself_alone(store: Store, at: str) -> None:
    bring(store, "hubspot", "contacts", [person("1", "susi@a.example")], "id")
    about = {"associations": {"contacts": ["1"]}}
    bring(store, "hubspot", "meetings", [{"id": "5", "properties": {"hs_timestamp": at}, **about}], "id")
    bring(store, "hubspot", "notes", [{"id": "6", "properties": {"hs_timestamp": "2026-11-02"}, **about}], "id")
    ((step, reason),) = matched(store)
    assert step == "match" and reason.startswith("meetings.hs_meeting_start_time/hs_timestamp is ")
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT remote_id FROM activity")).scalars().all() == ["6"]


def test_a_close_date_at_the_end_of_salesforce_s_time_is_shown_as_it_is(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """It takes 1700-01-01 to 4000-12-31: https://salesforce.stackexchange.com/questions/223974"""
    account = place.rows("Account")[0]["Id"]
    place.add("Opportunity", Name="Far", StageName="Prospecting", CloseDate="4000-12-31", AccountId=account)
    assert run().outcome == "done"
    with sqlite_store.database.reading() as connection:
        statement = text("SELECT CAST(close_date AS VARCHAR) FROM opportunity WHERE name = 'Far'")
        assert connection.scalar(statement) == "4000-12-31"


def test_a_record_without_any_properties_is_set_aside_and_its_page_is_read(sqlite_store: Store) -> None:
    bare = record({"id": "512", "properties": None, "updatedAt": "2026-11-01T00:00:00Z"}, {})
    whole = record(person("2", "otto@b.example"), {})
    save(sqlite_store, "hubspot", "contacts", Page([bare, whole], "x"))
    assert matched(sqlite_store) == [("match", "contacts has no properties")]
    assert find(sqlite_store, "contact", "otto@b.example")


@pytest.mark.parametrize(
    ("stream", "row"),
    [
        ("Contact", {"LastName": "Roth", "HasOptedOutOfEmail": "perhaps"}),
        ("User", {"Name": "Roth", "IsActive": "perhaps"}),
        ("Opportunity", {"Name": "Deal", "IsWon": "perhaps"}),
    ],
    ids=["whether they may be mailed", "whether they still work here", "whether it is won"],
)
def test_a_record_that_would_say_something_else_without_a_field_is_set_aside_whole(
    sqlite_store: Store, stream: str, row: dict[str, Any]
) -> None:
    bring(sqlite_store, "salesforce", stream, [{"Id": "00X000000000001AAA", **row}])
    ((step, reason),) = matched(sqlite_store)
    assert step == "match" and "is neither true nor false" in reason


def test_a_mail_s_text_is_not_even_asked_for() -> None:
    """An incoming mail of 12 MB, pictures inside, counts by its subject."""
    assert not {"hs_email_html", "hs_email_text"} & set(READERS.mappings["hubspot"].asked("emails"))
