"""Match on a real store: golden records, links with evidence, merges, and links by hand."""

import csv
import gzip
from collections.abc import Sequence
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from connectors.base import Page, Record
from syncd.mapping import load_all
from syncd.store import Store
from syncd.sync.match import match
from syncd.sync.pull import sweep
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.ledger import account_of, erase, find, link, links_of, save, start_full

READERS = Readers(load_all(), load_customs(load_all().values()))


def bring(store: Store, system: str, stream: str, rows: Sequence[dict[str, Any]], id_field: str = "Id") -> None:
    records = [Record(str(row[id_field]), None, bool(row.get("IsDeleted") or row.get("archived")), row) for row in rows]
    save(store, system, stream, Page(records, "x"))


def accounts(store: Store) -> int:
    with store.database.reading() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM account")) or 0)


def company(id: str, name: str, city: str = "", state: str = "", domain: str = "", **more: Any) -> dict[str, Any]:
    return {"id": id, "properties": {"name": name, "city": city, "state": state, "domain": domain, **more}}


def person(id: str, *emails: str, **properties: Any) -> dict[str, Any]:
    first, *others = emails or [""]
    values = {"email": first, "hs_additional_emails": ";".join(others), "lastname": f"Person {id}", **properties}
    return {"id": id, "properties": values, "associations": {}}


def test_all_banks_of_the_register_stay_apart(store: Store) -> None:
    path = str(files("mappings").joinpath("registers/fdic.csv.gz"))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    bring(store, "fdic", "institutions", rows, "CERT")
    match(store, READERS, Run())
    assert accounts(store) == 4_339
    bring(store, "hubspot", "companies", [company(r["CERT"], r["NAME"], r["CITY"], r["STNAME"]) for r in rows], "id")
    match(store, READERS, Run())
    wrong = [
        cert
        for cert in (row["CERT"] for row in rows)
        if (own := find(store, "account", f"hubspot.companies/{cert}"))
        and own[0].startswith("fdic.")
        and own[0] != f"fdic.institutions/{cert}"
    ]
    assert wrong == []
    assert accounts(store) <= 4_339 + 2, "only the two banks of one name, street and town are left apart"


def test_a_cross_id_wins_over_everything(store: Store) -> None:
    bring(store, "salesforce", "Account", [{"Id": "001000000000001AAA", "Name": "Prairie Trust"}])
    hub = company("9", "A wholly other name", salesforceaccountid="001000000000001")
    bring(store, "hubspot", "companies", [hub], "id")
    match(store, READERS, Run())
    (golden_id,) = find(store, "account", "9")
    assert golden_id == "salesforce.Account/001000000000001AAA"
    evidence = {link.ref.stream: link.evidence for link in links_of(store, "account", golden_id)}
    assert "cross-id" in evidence["companies"]


def test_a_link_by_hand_is_never_moved_by_evidence(store: Store) -> None:
    bring(
        store, "salesforce", "Account", [{"Id": "001000000000001AAA", "Name": "Prairie Trust", "Website": "p.example"}]
    )
    bring(store, "hubspot", "companies", [company("9", "Prairie Trust", domain="p.example")], "id")
    match(store, READERS, Run())
    assert accounts(store) == 1
    link(store, "hubspot.companies/9", "account", "hubspot.companies/9")
    match(store, READERS, Run())
    assert accounts(store) == 2
    bring(store, "hubspot", "companies", [company("9", "Prairie Trust Co", domain="p.example")], "id")
    match(store, READERS, Run())
    assert find(store, "account", "hubspot.companies/9") == ["hubspot.companies/9"]


def test_a_hubspot_merge_moves_everything_to_the_new_id(store: Store) -> None:
    bring(store, "hubspot", "contacts", [person("51", "a@b.example"), person("52", "c@d.example")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", "contacts", [person("60", "a@b.example", hs_merged_object_ids="51;52")], "id")
    match(store, READERS, Run())
    assert find(store, "contact", "51") == find(store, "contact", "52") == find(store, "contact", "60")
    assert find(store, "contact", "c@d.example") == []


def test_the_older_field_of_merged_ids_counts_as_well(store: Store) -> None:
    bring(store, "hubspot", "contacts", [person("51", "a@b.example"), person("52", "c@d.example")], "id")
    match(store, READERS, Run())
    merged = person("51", "a@b.example", hs_calculated_merged_vids="52:1690000000000")
    bring(store, "hubspot", "contacts", [merged], "id")
    match(store, READERS, Run())
    assert find(store, "contact", "52") == find(store, "contact", "51")


def test_a_key_that_we_wrote_before_a_merge_leads_to_the_survivor(store: Store) -> None:
    """A contact that syncd made in Salesforce carries the golden id of that day."""
    bring(store, "hubspot", "contacts", [person("51", "a@b.example"), person("52", "c@d.example")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", "contacts", [person("60", "a@b.example", hs_merged_object_ids="51;52")], "id")
    match(store, READERS, Run())
    ours = [{"Id": f"003{one:012d}AAA", "LastName": "x", "Syncd_Key__c": f"hubspot.contacts/5{one}"} for one in (1, 2)]
    bring(store, "salesforce", "Contact", ours)
    match(store, READERS, Run())
    first, second = (find(store, "contact", row["Id"]) for row in ours)
    assert first == second == find(store, "contact", "60")


def test_an_erased_person_s_former_ids_go_too(store: Store) -> None:
    bring(store, "hubspot", "contacts", [person("51", "a@b.example"), person("52", "c@d.example")], "id")
    match(store, READERS, Run())
    bring(store, "hubspot", "contacts", [person("60", "a@b.example", hs_merged_object_ids="51;52")], "id")
    match(store, READERS, Run())
    (golden_id,) = find(store, "contact", "60")
    assert erase(store, golden_id) > 0
    for table in ("alias", "link", "identifier", "contact", "source_record"):
        with store.database.reading() as connection:
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table


def test_our_own_write_that_is_read_back_changes_no_golden_record(store: Store) -> None:
    """mautic#9926: its stamps and our own fields are others, what we make of it is the same."""
    contact = {"Id": "003000000000001AAA", "LastName": "Person", "Email": "a@b.example"}
    bring(store, "salesforce", "Contact", [contact])
    match(store, READERS, first := Run())
    assert first.counts.golden["contact"] == 1
    bring(store, "salesforce", "Contact", [contact | {"LastModifiedById": "005x", "Syncd_Role__c": "Champion"}])
    match(store, READERS, second := Run())
    assert (second.counts.matched["salesforce", "Contact"], second.counts.golden["contact"]) == (1, 0)


def test_a_converted_lead_works_where_it_was_converted_to(store: Store) -> None:
    """The contact that it became may be hidden from us, or come later."""
    bring(store, "salesforce", "Account", [{"Id": "001000000000001AAA", "Name": "Ergo Bank"}])
    converted = {"IsConverted": True, "ConvertedAccountId": "001000000000001AAA"}
    bring(
        store, "salesforce", "Lead", [{"Id": "00Q000000000001EAA", "LastName": "Person", "Company": "E.", **converted}]
    )
    match(store, READERS, Run())
    (golden_id,) = find(store, "contact", "00Q000000000001EAA")
    assert account_of(store, golden_id) == "salesforce.Account/001000000000001AAA"


@pytest.mark.parametrize(
    ("email", "employed"),
    [
        ("susi@mail.tinybank.example", True),
        ("susi@tinybank.example", True),
        ("susi@my-tinybank.example", False),
        ("susi@eu.gmail.com", False),
        ("susi@tinybank.example.github.io", False),
    ],
)
def test_a_host_below_a_company_s_domain_is_the_company_s(store: Store, email: str, employed: bool) -> None:
    bank = {"Id": "001000000000001AAA", "Name": "Tiny Bank", "Website": "www.tinybank.example"}
    bring(store, "salesforce", "Account", [bank])
    bring(store, "hubspot", "contacts", [{"id": "7", "properties": {"email": email, "lastname": "Roth"}}], "id")
    match(store, READERS, Run())
    (golden_id,) = find(store, "contact", "hubspot.contacts/7")
    assert (account_of(store, golden_id) is not None) is employed


def activities(store: Store) -> set[tuple[str, str]]:
    """Who did what: golden contact, remote id of the activity."""
    with store.database.reading() as connection:
        return {(row[0], row[1]) for row in connection.execute(text("SELECT contact_id, remote_id FROM activity"))}


def call(id: str, *contacts: str) -> dict[str, Any]:
    properties = {"hs_timestamp": "2026-10-01T12:00:00Z", "hs_call_title": "Fraud"}
    return {"id": id, "properties": properties, "associations": {"contacts": list(contacts)}}


def read_in_full(store: Store, stream: str, rows: Sequence[dict[str, Any]]) -> None:
    start_full(store, "hubspot", stream)
    save(store, "hubspot", stream, Page([Record(row["id"], None, False, row) for row in rows], "x"), full=True)
    sweep(store, "hubspot", stream)


def test_a_loser_of_a_merge_that_vanished_waits_for_its_survivor(store: Store) -> None:
    """However many records a full read brings: the losers come first by id, and look like a GDPR deletion."""
    bring(store, "hubspot", "contacts", [person(str(number)) for number in range(1000, 2100)], "id")
    bring(store, "hubspot", "calls", [call("7", "1000"), call("8", "1001")], "id")
    match(store, READERS, Run())
    crowd = [person(str(number), lastname="Moved") for number in range(1002, 2100)]
    read_in_full(store, "contacts", [*crowd, person("9000", hs_merged_object_ids="1000;1001")])
    match(store, READERS, Run())
    (survivor,) = find(store, "contact", "9000")
    assert find(store, "contact", "1000") == find(store, "contact", "1001") == [survivor]
    assert activities(store) == {(survivor, "7"), (survivor, "8")}


def test_who_was_deleted_for_good_in_hubspot_keeps_only_what_salesforce_knows(store: Store) -> None:
    """GDPR: what HubSpot told of them goes; a call with somebody else stays theirs."""
    bring(store, "hubspot", "contacts", [person("51", "a@b.example"), person("52", "c@d.example")], "id")
    bring(store, "salesforce", "Contact", [{"Id": "003000000000001AAA", "LastName": "Person", "Email": "a@b.example"}])
    bring(store, "hubspot", "calls", [call("7", "51"), call("8", "51", "52")], "id")
    task = {"Id": "00T000000000001AAA", "WhoId": "003000000000001AAA", "Subject": "Call", "TaskSubtype": "Task"}
    bring(store, "salesforce", "Task", [{**task, "IsClosed": True, "ActivityDate": "2026-10-01"}])
    match(store, READERS, Run())
    (golden_id,) = find(store, "contact", "003000000000001AAA")
    (other,) = find(store, "contact", "52")
    assert {one for who, one in activities(store) if who == golden_id} == {"7", "8", "00T000000000001AAA"}
    read_in_full(store, "contacts", [person("52", "c@d.example")])
    match(store, READERS, Run())
    assert find(store, "contact", "51") == []
    assert activities(store) == {(golden_id, "00T000000000001AAA"), (other, "8")}
    with store.database.reading() as connection:
        held = connection.execute(text("SELECT remote_id FROM source_record WHERE system = 'hubspot'")).scalars().all()
    assert sorted(held) == ["52", "8"]


def test_a_changed_mapping_is_applied_without_pulling_again(store: Store) -> None:
    bring(store, "hubspot", "contacts", [person("51", "a@b.example", jobtitle="CFO", city="Peoria")], "id")
    match(store, READERS, Run())
    mappings = load_all()
    fields = dict(mappings["hubspot"].streams["contacts"].fields)
    fields["title"] = fields["title"].model_copy(update={"paths": ("properties.city",)})
    stream = mappings["hubspot"].streams["contacts"].model_copy(update={"fields": fields})
    changed = mappings["hubspot"].model_copy(
        update={"streams": {**mappings["hubspot"].streams, "contacts": stream}, "digest": "another"}
    )
    match(store, Readers({**mappings, "hubspot": changed}, load_customs(mappings.values())), Run())
    with store.database.reading() as connection:
        assert connection.scalar(text("SELECT title FROM contact")) == "Peoria"


def test_changed_customs_are_applied_without_pulling_again(store: Store, tmp_path: Path) -> None:
    bank = {"Id": "001000000000001AAA", "Name": "Tiny Bank", "Website": "www.tinybank.example"}
    bring(store, "salesforce", "Account", [bank])
    bring(store, "hubspot", "contacts", [person("7", "susi@tinybank.example")], "id")
    match(store, READERS, Run())
    (golden_id,) = find(store, "contact", "hubspot.contacts/7")
    assert account_of(store, golden_id) is not None
    shipped = files("mappings").joinpath("matching.yaml").read_text(encoding="utf-8")
    own = shipped.replace("free_mail: [", "free_mail: [tinybank.example, ")
    (tmp_path / "matching.yaml").write_text(own, encoding="utf-8")
    match(store, Readers(load_all(), load_customs(load_all().values(), tmp_path)), Run())
    assert account_of(store, golden_id) is None


FAMILY = ("Ada", "Bruno", "Cleo")


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_family_of_one_mailbox_stays_apart_and_each_stays_one(data: st.DataObject, tmp_path_factory: Any) -> None:
    """Whatever the order in which their records come from both systems, and however they are batched."""
    with closing(Store(f"sqlite:///{tmp_path_factory.mktemp('family') / 'syncd.db'}")) as store:
        store.migrate()
        address = "quills@home-office.example"
        people = [(system, name) for name in FAMILY for system in ("hubspot", "salesforce")]
        for system, name in data.draw(st.permutations(people)):
            number = str(FAMILY.index(name))
            if system == "hubspot":
                bring(store, system, "contacts", [person(number, address, firstname=name, lastname="Quill")], "id")
            else:
                row = {"Id": f"00300000000000{number}", "FirstName": name, "LastName": "Quill", "Email": address}
                bring(store, system, "Contact", [row])
            if data.draw(st.booleans()):
                match(store, READERS, Run())
        match(store, READERS, Run())
        golden_ids = [
            {
                find(store, "contact", f"hubspot.contacts/{number}")[0],
                find(store, "contact", f"salesforce.Contact/00300000000000{number}")[0],
            }
            for number in range(len(FAMILY))
        ]
        assert [len(one) for one in golden_ids] == [1, 1, 1], "everybody's two records are one"
        assert len(set.union(*golden_ids)) == len(FAMILY), "nobody is somebody else"


@pytest.mark.parametrize("batched", ["one by one", "at once"])
def test_a_record_without_a_first_name_never_makes_one_of_two(store: Store, batched: str) -> None:
    address = "office@quills.example"
    people = [person("51", address, firstname=None, lastname="Quill")]
    people += [person(str(52 + n), address, firstname=name, lastname="Quill") for n, name in enumerate(FAMILY[:2])]
    for part in [people] if batched == "at once" else [[one] for one in people]:
        bring(store, "hubspot", "contacts", part, "id")
        match(store, READERS, Run())
    assert find(store, "contact", "52") != find(store, "contact", "53")
    bring(store, "hubspot", "contacts", [{**people[0], "updated": "again"}], "id")
    match(store, READERS, Run())
    assert find(store, "contact", "52") != find(store, "contact", "53")


def test_what_was_done_under_a_shared_address_is_of_whom_the_system_knows(store: Store) -> None:
    address = "quills@home-office.example"
    rows = [{"Id": "003000000000001AAA", "FirstName": "Ada", "LastName": "Quill", "Email": address}]
    bring(store, "salesforce", "Contact", rows)
    bring(store, "hubspot", "contacts", [person("9", address, firstname="Bruno", lastname="Quill")], "id")
    event = {"id": "e1", "type": "CLICK", "recipient": address, "created": 1_790_000_000_000}
    bring(store, "hubspot", "email_events", [event], "id")
    match(store, READERS, Run())
    with store.database.reading() as connection:
        (contact_id,) = connection.execute(text("SELECT contact_id FROM activity")).scalars()
    assert [contact_id] == find(store, "contact", "hubspot.contacts/9")


EMAILS = st.lists(st.sampled_from([f"p{n}@bank.example" for n in range(6)]), min_size=1, max_size=3, unique=True)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.lists(EMAILS, min_size=2, max_size=7), data=st.data())
def test_contacts_are_one_exactly_when_a_chain_of_addresses_joins_them(
    people: list[list[str]], data: st.DataObject, tmp_path_factory: Any
) -> None:
    """Whatever the order of arrival, and however the arrivals are batched."""
    with closing(Store(f"sqlite:///{tmp_path_factory.mktemp('chain') / 'syncd.db'}")) as store:
        store.migrate()
        order = data.draw(st.permutations(range(len(people))))
        for index in order:
            bring(
                store,
                "hubspot",
                "contacts",
                [person(str(index), *people[index], lastname="Same", firstname="Name")],
                "id",
            )
            if data.draw(st.booleans()):
                match(store, READERS, Run())
        match(store, READERS, Run())
        golden_ids = {index: find(store, "contact", f"hubspot.contacts/{index}")[0] for index in range(len(people))}
        for index in range(len(people)):
            for other in range(len(people)):
                assert (golden_ids[index] == golden_ids[other]) == joined(people, index, other)


def joined(people: list[list[str]], start: int, other: int) -> bool:
    reached, edge = {start}, [start]
    while edge:
        here = edge.pop()
        near = [i for i in range(len(people)) if i not in reached and set(people[i]) & set(people[here])]
        reached.update(near)
        edge += near
    return other in reached
