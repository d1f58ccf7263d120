"""Reading again by hand: everything, one stream, one account, one record."""

from typing import Any

import pytest

from tests.cli.conftest import Syncd


def contact_of(syncd: Syncd, account_name: str) -> dict[str, Any]:
    (account,) = syncd.place.rows("Account", Name=account_name)
    return syncd.place.rows("Contact", AccountId=account["Id"])[0]


def reads(answer: Any) -> dict[str, int]:
    """Streams and how many records of them were read."""
    return {name: stream["pulled"] for name, stream in answer.json["counts"]["streams"].items() if "pulled" in stream}


def test_one_record_is_read_again_whatever_the_cursor_says(synced: Syncd) -> None:
    contact = next(one for one in synced.place.portal("contacts") if not one["archived"])
    before = reads(synced.done("cycle", "--json"))
    again = reads(synced.done("resync", "--record", f"hubspot.contacts/{contact['id']}", "--json"))
    others = again["hubspot.contacts"] - 1  # what lies within the overlap, as before, or no longer
    assert others in {0, before.get("hubspot.contacts", 0)}


def test_an_account_brings_the_records_of_all_its_contacts(synced: Syncd) -> None:
    before = reads(synced.done("cycle", "--json"))
    again = reads(synced.done("resync", "--account", "Endeavor Bank", "--json"))
    assert again["fdic.institutions"] > before.get("fdic.institutions", 0)
    assert again["salesforce.Contact"] - before.get("salesforce.Contact", 0) >= 2


@pytest.mark.parametrize("arguments", [("--stream", "contacts"), ("--system", "hubspot", "--stream", "contacts")])
def test_a_stream_is_read_from_its_beginning(synced: Syncd, arguments: tuple[str, ...]) -> None:
    answer = synced.done("resync", *arguments, "--json")
    assert reads(answer)["hubspot.contacts"] >= len(synced.place.portal("contacts")) - 1  # one is merged away
    assert answer.json["written"] == 0


def test_a_full_read_finds_what_was_deleted_without_a_trace(synced: Syncd) -> None:
    contact = next(one for one in synced.place.portal("contacts") if not one["archived"])
    synced.place.hubspot("POST", "/crm/v3/objects/contacts/gdpr-delete", {"objectId": contact["id"]})
    quick = synced.done("resync", "--system", "hubspot", "--json").json["counts"]["streams"]["hubspot.contacts"]
    whole = synced.done("resync", "--system", "hubspot", "--full", "--json").json["counts"]["streams"]
    assert (quick.get("swept", 0), whole["hubspot.contacts"]["swept"]) == (0, 1)


def test_a_full_read_by_hand_reads_also_what_the_vendor_lets_age_out(synced: Syncd) -> None:
    """As help says, everything is read again; what such a stream does not show any more is not gone."""
    events = ("--system", "hubspot", "--stream", "email_events")
    by_stream = reads(synced.done("resync", *events, "--json"))["hubspot.email_events"]
    full = synced.done("resync", *events, "--full", "--json").json["counts"]["streams"]["hubspot.email_events"]
    assert full["pulled"] >= by_stream > 20
    assert full.get("swept", 0) == 0


@pytest.mark.parametrize("option", ["--account", "--record", "--stream", "--system"])
@pytest.mark.parametrize("words", ["", " "])
def test_a_variable_that_is_not_set_does_not_read_everything(shared: Syncd, option: str, words: str) -> None:
    answer = shared("resync", option, words)
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    "record",
    [
        "hubspot.contacts/9999999",
        "hubspot.contacts/nobody",
        "salesforce.Contact/003000000000009AAA",
        "fdic.institutions/0",
    ],
)
def test_a_record_that_nobody_has_is_no_record(synced: Syncd, record: str) -> None:
    answer = synced("resync", "--record", record)
    assert answer.code == 6
    assert answer.err.strip().startswith(f"{record}: its system has nothing of that name")


@pytest.mark.parametrize("name", ["no such bank", "nobody.example"])
def test_an_account_that_nobody_knows_is_no_account(shared: Syncd, name: str) -> None:
    answer = shared("resync", "--account", name)
    assert answer.code == 6
    assert name in answer.err
