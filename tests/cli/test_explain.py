"""Why somebody is, or is not, a qualified lead; and who answers to a name."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.rules.people import guidance
from tests.cli.conftest import Syncd
from tests.rules.builders import an_agreement
from tests.sync.test_vendor_doubles import hire

BANK = "Endeavor Bank"


def people(syncd: Syncd) -> list[dict[str, Any]]:
    (account,) = syncd.place.rows("Account", Name=BANK)
    return [row for row in syncd.place.rows("Contact", AccountId=account["Id"]) if row["Email"]]


def golden(syncd: Syncd, remote_id: str) -> str:
    with closing(sqlite3.connect(syncd.database)) as database:
        return str(database.execute("SELECT golden_id FROM link WHERE remote_id = ?", [remote_id]).fetchone()[0])


def test_a_contact_shows_every_gate_with_its_evidence(shared: Syncd) -> None:
    person = people(shared)[1]  # the first one's role was set by sales on their opportunity
    shown = shared.done("explain", person["Email"]).out
    assert BANK in shown.splitlines()[0]
    for gate in ("market", "role", "reachable", "relation", "responded"):
        assert f" {gate} " in shown
    assert "from: salesforce Contact.Title" in shown
    assert "matched from (" in shown
    assert f"salesforce.Contact/{person['Id']}" in shown


def test_somebody_who_is_no_lead_is_told_what_would_make_them_one(shared: Syncd) -> None:
    refused = [
        contact for row in people(shared) for contact in shared.done("explain", row["Id"], "--json").json["contacts"]
        if contact["mql"] != "yes"
    ]  # fmt: skip
    assert refused
    for contact in refused:
        failing = [gate for gate in contact["gates"] if gate["ruling"] != "yes"]
        assert failing
        assert all(gate["mend"] for gate in failing)
    shown = shared.done("explain", refused[0]["contact_id"]).out
    assert "would pass with: " in shown


@pytest.mark.parametrize("how", ["e-mail", "name", "golden id", "remote id", "record"])
def test_a_contact_answers_to(shared: Syncd, how: str) -> None:
    person = people(shared)[0]
    names = {
        "e-mail": person["Email"].upper(),
        "name": f"{person['FirstName']} {person['LastName']}",
        "golden id": golden(shared, person["Id"]),
        "remote id": person["Id"],
        "record": f"salesforce.Contact/{person['Id']}",
    }
    (contact,) = shared.done("explain", names[how], "--json").json["contacts"]
    assert contact["contact_id"] == golden(shared, person["Id"])


@pytest.mark.parametrize("how", ["name", "domain", "remote id", "golden id"])
def test_an_account_answers_to(shared: Syncd, how: str) -> None:
    (account,) = shared.place.rows("Account", Name=BANK)
    golden_id = golden(shared, account["Id"])
    names = {"name": BANK.lower(), "domain": "endeavor.bank", "remote id": account["Id"], "golden id": golden_id}
    account = shared.done("explain", names[how], "--json").json
    assert account["account_id"] == golden_id
    assert len(account["contacts"]) >= 4


def test_an_account_shows_standing_contacts_forecast_and_caucus(shared: Syncd) -> None:
    shown = shared.done("explain", BANK).out
    assert shown.startswith(f"{BANK}: in the served market")
    assert "contacts (4)" in shown
    assert "digital-lending: keep, qualified, 12%, 80,000 USD" in shown
    assert "caucus: 2 present, viable from 1; viable: digital-lending" in shown  # the VP of investment analysis counts


def test_nobody_answers(shared: Syncd) -> None:
    answer = shared("explain", "nobody@nowhere.example")
    assert answer.code == 6
    assert "nobody answers" in answer.err


def test_several_answer_and_are_named_by_their_ids(synced: Syncd) -> None:
    person, other = people(synced)[:2]
    synced.place.edit("Contact", other["Id"], FirstName=person["FirstName"], LastName=person["LastName"])
    synced.done("cycle")
    answer = synced("explain", f"{person['FirstName']} {person['LastName']}")
    assert answer.code == 6
    assert "2 answer to" in answer.err
    assert golden(synced, person["Id"]) in answer.err
    assert golden(synced, other["Id"]) in answer.err


def test_who_explores_alone_is_counted_by_the_run_and_by_status_and_named_here(begun: Syncd) -> None:
    email, yesterday = "wren.calder@calder-alone.example", datetime.now(UTC) - timedelta(days=1)
    (account,) = begun.place.rows("Account", Name=BANK)
    hire(begun.place, account, FirstName="Wren", LastName="Calder", Email=email)
    begun.place.submit(email, "request a demo", yesterday)
    out = begun.done("cycle").out
    assert "without an owner or a marketing touch since: `syncd report explorers` lists them" in out
    assert "alert: " in begun.done("status").out
    for who in (BANK, email):
        shown = begun.done("explain", who).out
        assert "alert: Wren Calder explores since" in shown
        assert "marketing did not touch them since" in shown
    assert all(f"explores: {sentence}" in shown for sentence in guidance(an_agreement()))


def test_every_open_opportunity_carries_the_picture_that_explain_shows(shared: Syncd) -> None:
    standing = [row for row in shared.place.rows("Opportunity") if not row["IsClosed"]]
    assert {bool(row.get("Syncd_Key__c")) for row in standing} == {True, False}, "ours, and some that sales opened"
    for row in standing:
        shown = shared.done("explain", row["Id"], "--json").json
        assert shown["picture"] == json.loads(row["Syncd_Picture_JSON__c"])
        (account,) = shared.place.rows("Account", Id=row["AccountId"])
        assert shown["picture"] in json.loads(account["Syncd_Picture_JSON__c"])["opportunities"]
        assert account["Syncd_Tally__c"] == row["Syncd_Tally__c"]
    assert (
        shared.done("explain", standing[0]["Id"]).out.splitlines()[1:] == standing[0]["Syncd_Picture__c"].splitlines()
    )


FIELDS = {
    "Contact": ("gates", "Syncd_Gates_JSON__c"),
    "Lead": ("gates", "Syncd_Gates_JSON__c"),
    "Account": ("picture", "Syncd_Picture_JSON__c"),
    "Opportunity": ("picture", "Syncd_Picture_JSON__c"),
}


@pytest.mark.parametrize(("object_", "key", "field"), [(name, *pair) for name, pair in FIELDS.items()], ids=FIELDS)
def test_the_json_of_explain_is_what_stands_in_salesforce(shared: Syncd, object_: str, key: str, field: str) -> None:
    standing = {row[field]: row for row in shared.place.rows(object_) if row.get(field)}
    assert standing
    by_kind = {(len(text) // 1_000, json.loads(text).get("ask")): row for text, row in standing.items()}
    for row in by_kind.values():
        shown = shared.done("explain", f"salesforce.{object_}/{row['Id']}", "--json").json
        assert json.dumps(shown[key]) == json.dumps(json.loads(row[field])), "the same keys in the same order as well"


def test_in_words_explain_says_all_that_the_gates_and_the_picture_say(shared: Syncd) -> None:
    (account,) = shared.place.rows("Account", Name=BANK)
    assert account["Syncd_Picture__c"] in shared.done("explain", BANK).out
    for person in people(shared)[:2]:
        gates = shared.done("explain", person["Id"], "--json").json["gates"]
        shown = shared.done("explain", person["Id"]).out
        parts = [gates["contact"], gates["account"], gates["rung"], gates["ask"], *gates["topics"], *gates["guidance"]]
        parts += [
            *gates["would_pass"],
            *(gate[part] for gate in gates["gates"] for part in ("reason", "value", "source")),
        ]
        assert [part for part in parts if part not in shown] == []


def test_whose_gates_are_written_nowhere_has_them_all_the_same(shared: Syncd) -> None:
    (person, *_) = (row for row in shared.place.rows("Contact") if row["Email"] and not row.get("Syncd_Gates_JSON__c"))
    gates = shared.done("explain", person["Id"], "--json").json["gates"]
    assert [gate["name"] for gate in gates["gates"]][:2] == ["market", "role"]


def test_the_whole_tally_is_told(shared: Syncd) -> None:
    told_on_account = shared.place.rows("Account", Name=BANK)[0]["Syncd_Tally__c"].splitlines()
    assert shared.done("caucus", BANK, "--json").json["words"] == told_on_account
    shown = shared.done("caucus", BANK).out.splitlines()
    assert shown[1] == "Present: 2. An offer is viable with 1."
    assert shown[1:] == told_on_account


def test_whoever_was_handed_over_is_told_with_the_rep_and_what_became_of_it(shared: Syncd) -> None:
    task = min(
        (row for row in shared.place.rows("Task") if str(row.get("Syncd_Key__c")).startswith("mql/")),
        key=lambda row: str(row["Syncd_Key__c"]),
    )
    who = str(task["Syncd_Key__c"]).removeprefix("mql/")
    (rep,) = (row["Name"] for row in shared.place.rows("User") if row["Id"] == task["OwnerId"])
    content = shared.done("explain", who, "--json").json
    (handed,) = content["handed_over"]
    assert (handed["rep"], handed["outcome"], handed["rests_until"]) == (rep, "open", None)
    assert content["refused"] == []
    assert f"handed to {rep} on {handed['on']} (mql, " in shared.done("explain", who).out


def test_a_contact_that_a_person_deleted_in_one_system_is_told_as_such(synced: Syncd) -> None:
    for task in synced.place.rows("Task"):
        who = str(task.get("Syncd_Key__c") or "").partition("/")[2]
        records = {link["record"] for link in synced.done("explain", who, "--json").json["links"]} if who else set()
        if {record.partition("/")[0] for record in records} >= {"salesforce.Contact", "hubspot.contacts"}:
            break
    (place,) = (record.partition("/")[2] for record in records if record.startswith("salesforce.Contact/"))
    synced.place.delete("Contact", place)
    synced("cycle")
    out = synced.done("explain", who).out
    assert "deleted: a person deleted their salesforce record on " in out and "it is not made again" in out
    assert ": moot: a person deleted the contact, and the task with it" in out
    assert "not written" not in out, "nothing is written at it any more"
    content = synced.done("explain", who, "--json").json
    assert len(content["deleted"]) == 1 and content["refused"] == []
