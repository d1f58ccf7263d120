"""An org with person accounts on, over whole cycles: they are left out, wherever they come from, and told of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from connectors.sandbox.salesforce import persons
from syncd.cli import app
from syncd.model.runs import RunOutcome
from syncd.rules.alerts import LEFT_OUT
from syncd.store import Store
from syncd.store.judgements import LeftOut
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import account_of, find, pending
from tests.sync.conftest import Place, judge
from tests.sync.test_trust import environment
from tests.sync.test_vendor_doubles import served

CFO = "Chief Financial Officer"


@pytest.fixture
def place(place: Place) -> Place:
    """The tiny world, in whose org person accounts were just turned on."""
    persons.enable(place.sandbox.salesforce.org)
    return place


def host(account: dict[str, Any]) -> str:
    return str(account["Website"]).removeprefix("https://www.").removeprefix("http://www.").strip("/")


def a_person(place: Place, first: str, email: str, **fields: Any) -> str:
    """A person account; gives its id."""
    names = {"FirstName": first, "LastName": "Ostrander", "PersonEmail": email, "PersonTitle": CFO}
    return place.add("Account", **{**names, **fields})


def known_to_marketing(place: Place, first: str, email: str, about: str) -> None:
    place.portal_add("contacts", email=email, firstname=first, lastname="Ostrander", jobtitle=CFO)
    place.submit(email, about)


def asked(env: dict[str, str], *words: str) -> str:
    """What a command says, its lines joined."""
    answer = CliRunner().invoke(app, [*words], env={**env, "COLUMNS": "200"})
    assert answer.exit_code == 0, answer.output
    return " ".join(answer.output.split())


def written_at(place: Place, *accounts: str) -> list[dict[str, Any]]:
    """What syncd wrote at these accounts: their own records, their contacts', or what points at either."""
    org = place.sandbox.salesforce.org
    theirs = {
        row["Id"]
        for name in ("Contact", "Opportunity")
        for row in org.tables[name].rows.values()
        if row.get("AccountId") in accounts
    }
    theirs.update(accounts)
    ours = [one for one in org.writes if one["user"] == org.settings.integration_user]
    return [one for one in ours if one["id"] in theirs or theirs & {str(value) for value in one["fields"].values()}]


def test_person_accounts_are_left_out_and_their_hand_raises_told_of(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, tmp_path: Path
) -> None:
    assert run().left_out == LeftOut(0, 0)
    bank = served(place)
    customer = a_person(place, "Ida", "ida.ostrander@gmail.com", Type="Customer", BillingCountry="United States")
    namesake = a_person(
        place,
        "",
        "desk@namesake.example",
        LastName=bank["Name"],
        **{name: bank.get(name) for name in ("Website", "BillingCity", "BillingStreet", "BillingCountry")},
    )
    twice = a_person(place, "Wren", f"wren.ostrander@{host(bank)}", Website=bank["Website"])
    lead = place.add("Lead", FirstName="Bo", LastName="Ostrander", Email="bo.ostrander@gmail.com", Title=CFO)
    known_to_marketing(place, "Ida", "ida.ostrander@gmail.com", "contact sales")
    known_to_marketing(place, "Wren", f"wren.ostrander@{host(bank)}", "contact sales")
    known_to_marketing(place, "Bo", "bo.ostrander@gmail.com", "ready to buy: digital lending")
    converted = place.org("convert", lead=lead)["account"]
    place.edit("Account", converted, Type="Prospect", BillingCountry="United States", Sic="6021")
    people = (customer, namesake, twice, converted)

    summary = run()

    assert (summary.outcome, summary.left_out) == (RunOutcome.DONE, LeftOut(4, 2))
    assert written_at(place, *people) == []
    (home,) = find(sqlite_store, "account", bank["Id"])
    assert all(find(sqlite_store, "account", one) == [f"salesforce.Account/{one}"] for one in people)
    (wren,) = find(sqlite_store, "contact", f"wren.ostrander@{host(bank)}")
    assert account_of(sqlite_store, wren) == home, "marketing knows her at the bank"
    hers = [row for row in place.rows("Contact", Email=f"wren.ostrander@{host(bank)}") if not row["IsPersonAccount"]]
    assert [row["AccountId"] for row in hers] == [bank["Id"]]
    assert any("Wren" in row["Subject"] and row["WhoId"] == hers[0]["Id"] for row in place.rows("Task"))
    for email in ("ida.ostrander@gmail.com", "bo.ostrander@gmail.com"):
        (contact,) = [one for one in place.portal("contacts") if one["properties"].get("email") == email]
        assert contact["properties"]["syncd_next_ask"] == "decline"
    second = run()
    assert (second.written, second.left_out) == (0, LeftOut(4, 2))
    env = environment(place, tmp_path / "syncd.db")
    said = asked(env, "explain", "ida.ostrander@gmail.com")
    assert "next ask: decline" in said and "left out: a person account, which is no company" in said
    assert f"alert: Ida Ostrander {LEFT_OUT}" in said and "from: salesforce Account.IsPersonAccount" in said
    assert "is a person account's" in asked(env, "explain", f"wren.ostrander@{host(bank)}")
    left_out = (
        "left out: 4 person accounts are no company and never written; 2 of their people asked for sales or a price"
    )
    assert left_out in asked(env, "status")
    assert "left out: 4 of those out are person accounts" in asked(env, "audit")
    refused = f"salesforce.Account/{customer} and {home} are not linked: one is a person account"
    assert refused in str(CliRunner().invoke(app, ["link", f"salesforce.Account/{customer}", home], env=env).exception)


OWN = {
    "Name": "Ostrander Advisory",
    "Website": "https://www.ostrander-advisory.example",
    "BillingCountry": "United States",
}


@pytest.mark.parametrize("known_elsewhere", [False, True])
def test_who_becomes_a_person_account_is_written_no_more(
    known_elsewhere: bool, place: Place, wiring: Wiring, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """What syncd knows of a company besides, by a register or marketing, goes on without the record."""
    run()
    bank = served(place) if known_elsewhere else {**OWN, "Id": place.add("Account", **OWN)}
    for contact in place.rows("Contact", AccountId=bank["Id"]):
        place.delete("Contact", contact["Id"])
    email = f"wren.ostrander@{host(bank)}"
    place.add("Contact", AccountId=bank["Id"], FirstName="Wren", LastName="Ostrander", Title=CFO, Email=email)
    known_to_marketing(place, "Wren", email, "ready to buy: digital lending")
    read(wiring)
    judge(sqlite_store, wiring.book, wiring.today(), Run())
    (home,) = find(sqlite_store, "account", bank["Id"])
    wishes = {wish.object for wish in pending(sqlite_store, "salesforce") if wish.account_id == home}
    assert wishes >= {"account", "task"}
    place.edit("Account", bank["Id"], RecordTypeId=persons.record_type(place.sandbox.salesforce.org))
    before = len(written_at(place, bank["Id"]))
    read(wiring)
    assert find(sqlite_store, "account", bank["Id"]) != [home] or not known_elsewhere
    pushing = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], sqlite_store, wiring.readers, Run())
    assert pushing.failure is None
    assert len(written_at(place, bank["Id"])) == before, "not even before it is judged anew"
    summary = run()
    assert len(written_at(place, bank["Id"])) == before
    assert (summary.left_out.accounts, summary.outcome) == (1, RunOutcome.DONE)
    assert known_elsewhere or summary.counts.of(WriteOutcome.WITHDRAWN) >= len(wishes)
    (now,) = find(sqlite_store, "account", bank["Id"])
    assert [wish for wish in pending(sqlite_store, "salesforce") if wish.account_id == now] == []


def read(wiring: Wiring) -> None:
    """Pull and match, and nothing else."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
