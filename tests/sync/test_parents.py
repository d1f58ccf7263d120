"""Who owns a company is read from both systems, followed to the top, and whoever is owned is judged with its owner."""

from __future__ import annotations

from connectors.base import Page, Record
from syncd.mapping import load_all
from syncd.model import Account
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.ledger import save

MAPPINGS = load_all()


def bring(store: Store, system: str, stream: str, **companies: dict[str, str]) -> None:
    """Records by their ids, matched."""
    records = [
        Record(id, None, False, {"id": id, "properties": raw} if system == "hubspot" else {"Id": id, **raw})
        for id, raw in companies.items()
    ]
    save(store, system, stream, Page(records, "x"))
    match(store, Readers(MAPPINGS, load_customs(MAPPINGS.values())), Run())


def accounts(store: Store) -> dict[str | None, Account]:
    with store.reading() as unit:
        return {account.name: account for account in unit.groups.accounts(unit.groups.page(99))}


def owners_of(store: Store, name: str) -> list[str | None]:
    return [parent.name for parent in accounts(store)[name].parents]


def stale(store: Store) -> set[str | None]:
    with store.writing() as unit:
        ids = unit.golden.connection.exec_driver_sql("SELECT name FROM account WHERE stale").scalars().all()
        unit.golden.connection.exec_driver_sql("UPDATE account SET stale = false")
    return set(ids)


BANK, GROUP, HOLDING = ({"Name": f"Invented {what}"} for what in ("Bank", "Group", "Holding"))


def test_the_owners_are_followed_to_the_top_whoever_comes_first(sqlite_store: Store) -> None:
    bring(sqlite_store, "salesforce", "Account", **{"001B": {**BANK, "ParentId": "001G"}})
    assert owners_of(sqlite_store, "Invented Bank") == []
    bring(sqlite_store, "salesforce", "Account", **{"001G": {**GROUP, "ParentId": "001H"}, "001H": HOLDING})
    assert owners_of(sqlite_store, "Invented Bank") == ["Invented Group", "Invented Holding"]
    assert owners_of(sqlite_store, "Invented Holding") == []


def test_hubspot_tells_of_owners_too(sqlite_store: Store) -> None:
    companies = {"1": {"name": "Invented Bank", "hs_parent_company_id": "2"}, "2": {"name": "Invented Holding"}}
    bring(sqlite_store, "hubspot", "companies", **companies)
    assert owners_of(sqlite_store, "Invented Bank") == ["Invented Holding"]


def test_who_is_owned_is_judged_again_with_the_owner(sqlite_store: Store) -> None:
    chain = {"001B": {**BANK, "ParentId": "001G"}, "001G": {**GROUP, "ParentId": "001H"}, "001H": HOLDING}
    bring(sqlite_store, "salesforce", "Account", **chain, **{"001O": {"Name": "Invented Other"}})
    stale(sqlite_store)
    bring(sqlite_store, "salesforce", "Account", **{"001H": {**HOLDING, "NumberOfEmployees": "900"}})
    assert stale(sqlite_store) == {"Invented Bank", "Invented Group", "Invented Holding"}


def test_whoever_owns_itself_in_the_end_is_followed_once_around(sqlite_store: Store) -> None:
    ring = {"001B": {**BANK, "ParentId": "001G"}, "001G": {**GROUP, "ParentId": "001B"}}
    bring(sqlite_store, "salesforce", "Account", **ring)
    assert owners_of(sqlite_store, "Invented Bank") == ["Invented Group"]


def test_an_owner_that_is_merged_into_another_one_is_followed_there(sqlite_store: Store) -> None:
    bring(
        sqlite_store, "salesforce", "Account", **{"001B": {**BANK, "ParentId": "001G"}, "001G": GROUP, "001H": HOLDING}
    )
    merged = Record("001G", None, True, {"Id": "001G", **GROUP, "MasterRecordId": "001H"})
    save(sqlite_store, "salesforce", "Account", Page([merged], "y"))
    match(sqlite_store, Readers(MAPPINGS, load_customs(MAPPINGS.values())), Run())
    assert owners_of(sqlite_store, "Invented Bank") == ["Invented Holding"]
