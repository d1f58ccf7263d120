"""A person overrules the matching: by link, unlink and erase."""

import sqlite3
from contextlib import closing

import pytest

from syncd.cli.actor import actor
from tests.cli.conftest import Syncd


def belongs_to(syncd: Syncd, record: str) -> str:
    system, _, rest = record.partition(".")
    stream, _, remote_id = rest.partition("/")
    with closing(sqlite3.connect(syncd.database)) as database:
        statement = "SELECT golden_id FROM link WHERE system = ? AND stream = ? AND remote_id = ?"
        return str(database.execute(statement, [system, stream, remote_id]).fetchone()[0])


def test_a_link_by_hand_wins_for_ever(synced: Syncd) -> None:
    company = next(one for one in synced.place.portal("companies") if one["properties"]["name"] == "Endeavor Bank")
    record, other = f"hubspot.companies/{company['id']}", "fdic.institutions/34618"
    assert belongs_to(synced, record) != other
    assert synced.done("link", record, other, "--json").json == {"record": record, "belongs_to": other}
    for _ in range(2):  # its name, its website and its cross-id say otherwise, again and again
        synced.place.portal_edit("companies", company["id"], phone="+1 916 555 0101")
        synced.done("cycle", "--full")
        assert belongs_to(synced, record) == other


def test_an_unlinked_record_stands_alone_for_ever(synced: Syncd) -> None:
    company = next(one for one in synced.place.portal("companies") if one["properties"]["name"] == "Endeavor Bank")
    record = f"hubspot.companies/{company['id']}"
    assert belongs_to(synced, record) != record
    answer = synced.done("unlink", record)
    assert answer.out == f"{record} stands alone; the next cycle applies it\n"
    synced.done("cycle", "--full")
    assert belongs_to(synced, record) == record


def test_what_is_done_by_hand_is_written_down(synced: Syncd) -> None:
    company = synced.place.portal("companies")[0]
    synced.done("unlink", f"hubspot.companies/{company['id']}")
    line, *_ = synced.done("audit-log", "--json").json
    assert (line["actor"], line["action"], line["detail"]) == (actor(), "unlink", f"hubspot.companies/{company['id']}")


def test_a_person_is_erased_and_stays_gone(synced: Syncd) -> None:
    contact = next(
        row for row in synced.place.portal("contacts") if row["properties"].get("email") and not row["archived"]
    )
    email = contact["properties"]["email"]
    synced.done("explain", email)
    assert synced.done("erase", email, "--yes", "--json").json["records"] > 0
    assert synced("explain", email).code == 6
    synced.place.portal_edit("contacts", contact["id"], jobtitle="Treasurer")
    synced.done("cycle", "--full")
    assert synced("explain", email).code == 6


def test_without_yes_a_person_is_asked(synced: Syncd) -> None:
    contact = next(
        row for row in synced.place.portal("contacts") if row["properties"].get("email") and not row["archived"]
    )
    answer = synced("erase", contact["properties"]["email"])  # nobody is there to say yes
    assert answer.code == 1
    assert "for ever?" in answer.out
    synced.done("explain", contact["properties"]["email"])


def test_wrong_names_are_answered(shared: Syncd) -> None:
    assert shared("link", "contacts/1", "somebody").code == 2
    assert shared("unlink", "hubspot.contacts").code == 2
    assert shared("link", "hubspot.contacts/1", "nobody@nowhere.example").code == 6
    assert shared("erase", "nobody@nowhere.example", "--yes").code == 6


@pytest.mark.parametrize("record", ["hubspot.contacts/9999999", "salesforce.Account/001", "fdic.institutions/0"])
def test_a_record_that_nobody_has_seen_is_refused(shared: Syncd, record: str) -> None:
    for command in (("link", record, "Endeavor Bank"), ("unlink", record)):
        answer = shared(*command)
        assert answer.code == 6
        assert f"nothing of the name {record} was pulled yet" in answer.err
    with closing(sqlite3.connect(shared.database)) as database:
        assert database.execute("SELECT count(*) FROM link WHERE evidence = 'by hand'").fetchone() == (0,)


@pytest.mark.parametrize(
    "record",
    [
        "salesfroce.Account/123",  # no such system
        "salesforce.Acount/123",  # no such stream
        "salesforce.Opportunity/006000000000001AAA",
        "salesforce.User/005000000000001AAA",
        "hubspot.form_submissions/1",
    ],
)
def test_a_record_that_is_neither_account_nor_person_is_refused(shared: Syncd, record: str) -> None:
    for command in (("link", record, "Endeavor Bank"), ("unlink", record)):
        answer = shared(*command)
        assert answer.code == 2
        assert "holds neither accounts nor people" in answer.err
        for stream in ("salesforce.Account", "salesforce.Lead", "hubspot.contacts", "fdic.institutions"):
            assert stream in answer.err
    with closing(sqlite3.connect(shared.database)) as database:
        assert database.execute("SELECT count(*) FROM link WHERE evidence = 'by hand'").fetchone() == (0,)
