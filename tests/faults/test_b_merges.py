"""Merges: chains are followed to their end, in any order; what cannot be followed costs itself alone."""

from collections.abc import Callable, Iterable
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import text

from syncd.store import Store
from syncd.sync.match import BATCH, match
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import account_of, find, links_of, quarantined
from tests.matching.test_golden import READERS, bring, company, person
from tests.sync.conftest import AFTER_A_CYCLE, Place

ACCOUNTS = [f"00100000000000{number}AAA" for number in range(1, 6)]
PEOPLE = [f"00300000000000{number}AAA" for number in range(1, 6)]
LEADS = [f"00Q00000000000{number}AAA" for number in range(1, 6)]


def account(id: str, master: str | None = None, **more: Any) -> dict[str, Any]:
    return {"Id": id, "Name": f"Bank {id[-4]}", "IsDeleted": master is not None, "MasterRecordId": master, **more}


def contact(id: str, account_id: str | None = None, master: str | None = None, **more: Any) -> dict[str, Any]:
    gone = {"IsDeleted": master is not None, "MasterRecordId": master}
    return {"Id": id, "LastName": f"Roth {id[-4]}", "AccountId": account_id, **gone, **more}


def lead(id: str, master: str | None = None) -> dict[str, Any]:
    return contact(id, None, master) | {"Company": "Bank"}


def matched(store: Store, batch: int = BATCH) -> list[dict[str, Any]]:
    """Match; gives what stands in quarantine."""
    match(store, READERS, Run(), batch=batch)
    return quarantined(store)


def golden(store: Store, kind: str) -> set[str]:
    with store.database.reading() as connection:
        return set(connection.execute(text(f"SELECT id FROM {kind}")).scalars())


def single(store: Store, kind: str, ids: Iterable[str]) -> str:
    """The golden record that all of these are."""
    (only,) = {found for id in ids for found in find(store, kind, id)}
    return only


# ---- chains of merges ------------------------------------------------------------------------------------------------


def test_three_accounts_with_a_contact_each_merged_in_two_steps_between_two_cycles_become_one(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """The youngest into the second, then that into the oldest: every later cycle ended with an IntegrityError."""
    oldest, second, youngest = (place.add("Account", Name=name) for name in ("Alder Bank", "Birch Bank", "Cedar Bank"))
    people = [place.add("Contact", LastName="Roth", AccountId=bank) for bank in (oldest, second, youngest)]
    assert run().outcome == "done"
    place.org("merge", object="Account", master=second, victims=[youngest])
    place.org("merge", object="Account", master=oldest, victims=[second])
    assert run().outcome == "done"
    assert run(mode="full").outcome == "done"
    bank = single(sqlite_store, "account", [oldest, second, youngest])
    assert {account_of(sqlite_store, single(sqlite_store, "contact", [person])) for person in people} == {bank}
    assert quarantined(sqlite_store) == []


@pytest.mark.parametrize("order", list(permutations(range(4))), ids=str)
def test_a_chain_of_four_merges_is_followed_to_its_end_in_whatever_order_its_ids_come(
    sqlite_store: Store, order: tuple[int, ...]
) -> None:
    """Each link of the chain is merged into the next; which of them has the smallest id does not matter."""
    store, banks, people = sqlite_store, [ACCOUNTS[place] for place in order], PEOPLE[:4]
    bring(store, "salesforce", "Account", [account(id) for id in banks])
    bring(store, "salesforce", "Contact", [contact(*pair) for pair in zip(people, banks, strict=True)])
    match(store, READERS, Run())
    bring(
        store, "salesforce", "Account", [account(id, into) for id, into in zip(banks, [*banks[1:], None], strict=True)]
    )
    assert matched(store) == []
    assert {account_of(store, person) for id in people for person in find(store, "contact", id)} == {
        single(store, "account", banks)
    }


@pytest.mark.parametrize(
    ("stream", "kind", "ids", "row"),
    [
        ("Account", "account", ACCOUNTS, account),
        ("Contact", "contact", PEOPLE, lambda id, into=None: contact(id, None, into)),
        ("Lead", "contact", LEADS, lead),
    ],
    ids=["accounts", "contacts", "leads"],
)
def test_a_chain_whose_middle_was_never_seen_alive_is_followed_all_the_same(
    store: Store, stream: str, kind: str, ids: list[str], row: Callable[..., dict[str, Any]]
) -> None:
    """Made and merged away between two pulls; its end is new as well."""
    first, middle, last = ids[0], ids[2], ids[1]
    bring(store, "salesforce", stream, [row(first)])
    match(store, READERS, Run())
    bring(store, "salesforce", stream, [row(first, middle), row(middle, last), row(last)])
    assert matched(store) == []
    assert find(store, kind, f"salesforce.{stream}/{first}") == find(store, kind, f"salesforce.{stream}/{last}")
    assert len(golden(store, kind)) == 1


def test_a_chain_that_is_cut_by_the_size_of_a_batch_is_followed_across_it(sqlite_store: Store) -> None:
    bring(sqlite_store, "salesforce", "Account", [account(id) for id in ACCOUNTS[:3]])
    match(sqlite_store, READERS, Run(), batch=1)
    chain = [account(ACCOUNTS[0], ACCOUNTS[1]), account(ACCOUNTS[1], ACCOUNTS[4]), account(ACCOUNTS[4])]
    bring(sqlite_store, "salesforce", "Account", chain)
    assert matched(sqlite_store, batch=1) == []
    assert single(sqlite_store, "account", [ACCOUNTS[0], ACCOUNTS[1], ACCOUNTS[4]])
    assert len(golden(sqlite_store, "account")) == 2


@pytest.mark.parametrize(
    ("kind", "stream", "row"), [("contact", "contacts", person), ("account", "companies", company)]
)
def test_a_survivor_that_is_merged_again_takes_everybody_along_in_hubspot(
    store: Store, kind: str, stream: str, row: Callable[..., dict[str, Any]]
) -> None:
    """51 and 52 became 60, which became 70 with 53 before anybody looked; or after."""
    bring(store, "hubspot", stream, [row(id, f"{id}@a.example") for id in ("51", "52", "53")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", stream, [row("60", "60@a.example", hs_merged_object_ids="51;52")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", stream, [row("70", "70@a.example", hs_merged_object_ids="60;53")], "id")
    assert matched(store) == []
    assert single(store, kind, ["51", "52", "53", "60", "70"])
    assert len(golden(store, kind)) == 1


@pytest.mark.parametrize("youngest_first", [True, False])
def test_a_survivor_and_the_one_that_took_it_in_may_come_in_one_batch(
    sqlite_store: Store, youngest_first: bool
) -> None:
    bring(sqlite_store, "hubspot", "contacts", [person("51", "51@a.example"), person("52", "52@a.example")], "id")
    match(sqlite_store, READERS, Run())
    middle, last = ("70", "60") if youngest_first else ("60", "70")
    rows = [
        person(middle, "m@a.example", hs_merged_object_ids="51"),
        person(last, "l@a.example", jobtitle="CFO", hs_merged_object_ids=f"{middle};52"),
    ]
    bring(sqlite_store, "hubspot", "contacts", rows, "id")
    assert matched(sqlite_store) == []
    assert single(sqlite_store, "contact", ["51", "52", "60", "70"])
    with sqlite_store.database.reading() as connection:
        assert connection.execute(text("SELECT title, last_name FROM contact")).all() == [("CFO", f"Person {last}")]


def test_a_company_that_takes_another_in_keeps_its_account(store: Store) -> None:
    """The account's other record is no reason to move the survivor away from it."""
    bring(store, "salesforce", "Account", [account(ACCOUNTS[0], Website="alder.example")])
    bring(store, "hubspot", "companies", [company("1", "Bank 1", domain="alder.example"), company("2", "Birch")], "id")
    match(store, READERS, Run())
    bring(
        store, "hubspot", "companies", [company("1", "Bank 1", domain="alder.example", hs_merged_object_ids="2")], "id"
    )
    assert matched(store) == []
    assert single(store, "account", [ACCOUNTS[0], "1", "2"])
    assert len(golden(store, "account")) == 1


# ---- what leads nowhere ----------------------------------------------------------------------------------------------


def test_two_records_that_say_of_one_another_that_they_took_the_other_in_end_as_the_older_one(store: Store) -> None:
    pair = [
        person("11", "susi@a.example", hs_merged_object_ids="12"),
        person("12", "b@a.example", hs_merged_object_ids="11"),
    ]
    bring(store, "hubspot", "contacts", [*pair, person("13", "carl@c.example")], "id")
    for _ in range(2):
        assert matched(store) == []
        assert single(store, "contact", ["11", "12"]) == "hubspot.contacts/11"
        assert find(store, "contact", "carl@c.example") == ["hubspot.contacts/13"]
        assert golden(store, "contact") == {"hubspot.contacts/11", "hubspot.contacts/13"}
        bring(store, "hubspot", "contacts", [*pair], "id")  # a full read meets both again


def test_a_record_that_names_itself_among_those_it_took_in_is_passed_over(store: Store) -> None:
    bring(store, "hubspot", "companies", [company("77", "Alder"), company("78", "Birch")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", "companies", [company("77", "Alder", hs_merged_object_ids="77;78")], "id")
    assert matched(store) == []
    assert single(store, "account", ["77", "78"])


def test_who_was_merged_into_a_record_that_nobody_shows_waits_for_it_and_is_told(store: Store) -> None:
    """Sharing hides it from the integration user."""
    bring(store, "salesforce", "Contact", [contact(PEOPLE[0]), contact(PEOPLE[1])])
    match(store, READERS, Run())
    bring(store, "salesforce", "Contact", [contact(PEOPLE[0], None, PEOPLE[4])])
    for attempts in (1, 2):
        (fault,) = matched(store)
        assert fault["reason"] == f"it was merged into salesforce.Contact/{PEOPLE[4]}, which cannot be read"
        assert fault["attempts"] == attempts
    bring(store, "salesforce", "Contact", [contact(PEOPLE[4])])
    assert matched(store) == []
    assert single(store, "contact", [PEOPLE[0], PEOPLE[4]])


def test_two_deleted_records_that_were_merged_into_each_other_cost_themselves_alone(store: Store) -> None:
    bring(store, "salesforce", "Contact", [contact(PEOPLE[0]), contact(PEOPLE[1])])
    match(store, READERS, Run())
    rows = [contact(PEOPLE[0], None, PEOPLE[1]), contact(PEOPLE[1], None, PEOPLE[0]), contact(PEOPLE[2])]
    bring(store, "salesforce", "Contact", rows)
    assert {"merged into each other" in fault["reason"] for fault in matched(store)} == {True}
    assert find(store, "contact", PEOPLE[2])


def test_a_person_whose_account_nobody_shows_is_known_and_placed_once_it_comes(store: Store) -> None:
    """Sharing hides it: nothing waits for it, and nothing fails."""
    bring(store, "salesforce", "Contact", [contact(PEOPLE[0], ACCOUNTS[0])])
    assert matched(store) == []
    known = single(store, "contact", [PEOPLE[0]])
    assert account_of(store, known) is None
    bring(store, "salesforce", "Account", [account(ACCOUNTS[0])])
    assert matched(store) == []
    assert account_of(store, known) == single(store, "account", [ACCOUNTS[0]])


# ---- back from the bin -----------------------------------------------------------------------------------------------


def test_an_account_that_comes_back_from_a_merge_stands_for_itself_again(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    winner, loser = place.add("Account", Name="Alder Bank"), place.add("Account", Name="Birch Bank")
    moved = place.add("Contact", LastName="Roth", AccountId=loser)
    run()
    place.org("merge", object="Account", master=winner, victims=[loser])
    run()
    assert single(sqlite_store, "account", [winner, loser])
    place.undelete("Account", loser)
    assert run().outcome == "done"
    assert find(sqlite_store, "account", winner) != find(sqlite_store, "account", loser)
    assert [link.ref.id for link in links_of(sqlite_store, "account", single(sqlite_store, "account", [loser]))] == [
        loser
    ]
    run(mode="full")
    assert account_of(sqlite_store, single(sqlite_store, "contact", [moved])) == single(
        sqlite_store, "account", [winner]
    )
    assert quarantined(sqlite_store) == []


def test_a_person_who_comes_back_from_a_merge_is_recognised_anew(store: Store) -> None:
    """By their address they are the same person still; by another one they are not."""
    bring(store, "salesforce", "Contact", [contact(id, Email=f"{id[-4]}@a.example") for id in PEOPLE[:2]])
    match(store, READERS, Run())
    bring(store, "salesforce", "Contact", [contact(PEOPLE[1], None, PEOPLE[0])])
    match(store, READERS, Run())
    assert single(store, "contact", PEOPLE[:2])
    bring(store, "salesforce", "Contact", [contact(PEOPLE[1], Email="2@a.example")])
    assert matched(store) == []
    assert find(store, "contact", PEOPLE[0]) != find(store, "contact", PEOPLE[1])
    bring(store, "salesforce", "Contact", [contact(PEOPLE[1], Email="1@a.example")])
    match(store, READERS, Run())
    assert single(store, "contact", PEOPLE[:2])


@AFTER_A_CYCLE
def test_a_record_that_went_and_came_back_between_two_pulls_was_never_away(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    person = place.rows("Contact")[0]["Id"]
    (before,) = find(sqlite_store, "contact", person)
    place.delete("Contact", person)
    place.undelete("Contact", person)
    assert run().outcome == "done"
    assert find(sqlite_store, "contact", person) == [before]
