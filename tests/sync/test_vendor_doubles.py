"""Doubles and loops: what users of other integrations report, on whole cycles. The numbers are their issues.

Timeout, then create again: test_trust.test_a_lost_receipt_makes_no_double. A key that matches two records:
tests/connectors/salesforce/test_writing.py.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import count_pending, find, retry_wishes, unaccepted
from tests.sync.conftest import AFTER_A_CYCLE, Place, judge


def served(place: Place) -> dict[str, Any]:
    """A Salesforce account in the served market with a website."""
    return next(one for one in place.rows("Account", Syncd_Standing__c="in") if one["Website"])


def hire(place: Place, account: dict[str, Any], **fields: Any) -> str:
    """Add a contact with a phone to an account."""
    fields = {"Title": "Chief Financial Officer", "Phone": "+1 555 010 0000", **fields}
    return place.add("Contact", AccountId=account["Id"], **fields)


def roles(place: Place, opportunity: dict[str, Any]) -> Counter[str]:
    return Counter(row["ContactId"] for row in place.rows("OpportunityContactRole", OpportunityId=opportunity["Id"]))


@AFTER_A_CYCLE
@pytest.mark.parametrize("address", ["kept", "changed at once"])
def test_a_converted_lead_makes_no_second_contact(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, address: str
) -> None:
    """grouparoo#1043: the lead was qualified, converted by a person, and is qualified still."""
    account = served(place)
    email = f"quentin.ashby@{account['Website'].removeprefix('https://www.').strip('/')}"
    person = {"FirstName": "Quentin", "LastName": "Ashby", "Email": email, "Title": "Chief Financial Officer"}
    where = {"Company": account["Name"], "Website": account["Website"], "Phone": "+1 555 010 0001"}
    lead = place.add("Lead", **person, **where, Status="Open - Not Contacted")
    place.portal_add("contacts", email=email, firstname="Quentin", lastname="Ashby", jobtitle=person["Title"])
    place.submit(email, "ready to buy: digital lending")
    run()
    (golden_id,) = find(sqlite_store, "contact", email)
    assert [row for row in place.ours() if row["AccountId"] == account["Id"]] == [], "it would stand on a lead alone"
    assert place.rows("Contact", Email=email) == []
    converted = place.org("convert", lead=lead, account=account["Id"], opportunity=False)
    (contact,) = place.rows("Contact", Email=email)
    assert contact["Id"] in str(converted)
    if address == "changed at once":
        place.edit("Contact", contact["Id"], Email="q.ashby@ashby-lead.example")
    summary = run()
    (contact,) = place.rows("Contact", LastName="Ashby")
    assert contact["Syncd_MQL__c"] == "yes"
    golden_ids = [find(sqlite_store, "contact", name) for name in (email, contact["Id"], lead, golden_id)]
    assert len(golden_ids[0]) == 1 and all(one == golden_ids[0] for one in golden_ids), golden_ids
    ours = [row for row in place.rows("Task") if row.get("Syncd_Key__c") and row["WhoId"] in (lead, contact["Id"])]
    assert len(ours) == 1, "one task for one person, whatever they are called by now"
    assert summary.counts.of(WriteOutcome.CREATED, "contact") == 0
    opened = [row for row in place.ours() if row["AccountId"] == account["Id"]]
    assert opened, "the contact counts in the caucus as the lead did"
    assert all(roles(place, row)[contact["Id"]] == 1 for row in opened)
    assert run().written == 0


@AFTER_A_CYCLE
def test_our_own_writes_come_back_and_cause_nothing(place: Place, run: Callable[..., Summary]) -> None:
    """mautic#9926: what was written is pulled again, and nobody is judged again because of it."""
    opportunity = place.ours()[0]
    for contact in place.rows("Contact", AccountId=opportunity["AccountId"]):
        place.edit("Contact", contact["Id"], Title="Retired")
    assert run().written > 0
    after = run()
    assert after.counts.pulled["salesforce", "Opportunity"] > 0, "our writes must come back for this to mean anything"
    assert (len(after.counts.judged), after.written) == (0, 0)


@AFTER_A_CYCLE
def test_two_records_of_one_person_do_not_write_to_each_other(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """Two peers for one record: each keeps its own values, and the second run is quiet."""
    account = served(place)
    email = "tilda.moss@moss-twice.example"
    name = {"FirstName": "Tilda", "LastName": "Moss", "Email": email}
    twins = [hire(place, account, **name, Title=title) for title in ("Chief Financial Officer", "CEO")]
    place.portal_add("contacts", email=email, firstname="Tilda", lastname="Moss", jobtitle="Chief Lending Officer")
    place.submit(email, "ready to buy: fraud detection")
    run()
    assert len(find(sqlite_store, "contact", email)) == 1
    before = {row["Id"]: (row["Title"], row["Phone"]) for row in place.rows("Contact", Email=email)}
    assert {one: before[one][0] for one in twins} == dict(zip(twins, ("Chief Financial Officer", "CEO"), strict=True))
    assert [run().written for _ in range(2)] == [0, 0]
    run(mode="full")
    assert {row["Id"]: (row["Title"], row["Phone"]) for row in place.rows("Contact", Email=email)} == before


class Killed(BaseException):
    """The process ends here."""


class LastBreath:
    """Salesforce to somebody who dies once their opportunities were sent."""

    def __init__(self, remote: Any) -> None:
        self._remote = remote

    def __getattr__(self, name: str) -> Any:
        return getattr(self._remote, name)

    def push(self, object: str, wishes: Any) -> Any:
        receipts = self._remote.push(object, wishes)
        if object == "Opportunity":
            raise Killed
        return receipts


@pytest.mark.parametrize("how", ["no answer", "killed"])
def test_what_sales_changed_before_the_receipt_came_stays(
    place: Place, run: Callable[..., Summary], wiring: Wiring, how: str
) -> None:
    """Timeout, then written again: the key is looked up first, and what stands there is compared."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    wiring.use_agreement()
    judge(wiring.store, wiring.book, wiring.today(), Run())
    remote, mapping = wiring.targets["salesforce"], wiring.mappings["salesforce"]
    if how == "killed":
        with pytest.raises(Killed):
            push(LastBreath(remote), mapping, wiring.store, wiring.readers, Run())
    else:
        lost = {"kind": "cut_after", "system": "salesforce", "method": "PATCH", "path": "*/sobjects/Opportunity/*"}
        place.fault(lost)
        pushed = push(remote, mapping, wiring.store, wiring.readers, Run())
        assert pushed.run.counts.of(WriteOutcome.UNCERTAIN, "opportunity") == 3
        place.fault()
    assert len(place.ours()) == 3
    for row in place.ours():
        place.edit("Opportunity", row["Id"], Amount=777.0)
    retry_wishes(wiring.store)
    push(remote, mapping, wiring.store, wiring.readers, Run())
    assert [row["Amount"] for row in place.ours()] == [777.0] * 3
    run(retry=True)
    assert [row["Amount"] for row in place.ours()] == [777.0] * 3


WRITTEN = (
    "  {0}.BRANDT@Brandt-Bank.Example ",
    "mailto:{0}.brandt@brandt-bank.example",
    "<{0}.brandt@brandt-bank.example>",
    "Olga Brandt <{0}.brandt@brandt-bank.example>",
    "{0}.brandt@brandt-bank.example.",
    "{0}.brandt@brandt-bank.example,",
    "n/a; {0}.brandt@brandt-bank.example",
)


def test_a_badly_written_address_does_not_defeat_matching(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """mautic#7463. Only what systems let in: their own checks differ, and imports pass them by."""
    account = place.rows("Account")[0]
    pairs = {}
    for number, written in enumerate(WRITTEN):
        name = f"olga{number}"
        theirs = hire(place, account, LastName="Brandt", Email=f"{name}.brandt@brandt-bank.example")
        pairs[written] = (theirs, place.portal_add("contacts", email=written.format(name), lastname="Brandt"))
    run()
    people = {written: [find(sqlite_store, "contact", one) for one in pair] for written, pair in pairs.items()}
    assert [written for written, (theirs, ours) in people.items() if theirs != ours] == []
    assert len({str(theirs) for theirs, _ in people.values()}) == len(WRITTEN)


def test_a_placeholder_address_does_not_make_one_person_of_many(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    """mautic#7463"""
    names = (("Ada", "Quill"), ("Bruno", "Quill"), ("Cleo", "Marsh"))
    ids = [
        hire(place, account, FirstName=first, LastName=last, Email=address)
        for account, (first, last) in zip(place.rows("Account"), names, strict=False)
        for address in ("none@none.com", "unknown@example.com")
    ]
    run()
    people = [find(sqlite_store, "contact", one)[0] for one in ids]
    assert len(set(people)) >= len(names)
    for first in range(0, len(ids), 2):
        others = {*people[:first], *people[first + 2 :]}
        assert not {people[first], people[first + 1]} & others, "three people are not one"


@AFTER_A_CYCLE
@pytest.mark.parametrize("delegates", ["both", "the loser alone"])
@pytest.mark.parametrize("system", ["salesforce", "hubspot"])
def test_a_contact_merge_doubles_no_contact_role(
    place: Place, run: Callable[..., Summary], sqlite_store: Store, system: str, delegates: str
) -> None:
    """NPSP#2114: two contacts of one account turn out to be one person; nor does their rep get a second task."""
    account = served(place)
    pair = []
    for number, first in enumerate(("Ines", "Inez")):
        email = f"{first.lower()}.roth@roth-{number}.example"
        remote_id = hire(place, account, FirstName=first, LastName="Roth", Email=email, Phone=f"+1 555 010 100{number}")
        other = place.portal_add("contacts", email=email, firstname=first, lastname="Roth", jobtitle="CFO")
        if number or delegates == "both":
            place.submit(email, "ready to buy: digital lending")
        pair.append({"salesforce": remote_id, "hubspot": other})
    run()
    master, loser = pair
    (opportunity,) = [one for one in place.ours() if roles(place, one)[loser["salesforce"]]]
    assert roles(place, opportunity)[master["salesforce"]] == (delegates == "both")
    before = roles(place, opportunity).total()
    if system == "salesforce":
        place.org("merge", object="Contact", master=master["salesforce"], victims=[loser["salesforce"]])
    else:
        content = {"primaryObjectId": master["hubspot"], "objectIdToMerge": loser["hubspot"]}
        place.hubspot("POST", "/crm/v3/objects/contacts/merge", content)
    runs = [run(**how) for how in ({}, {"mode": "full"})]
    assert [
        again.counts.of(WriteOutcome.CREATED, "contact_role") + again.counts.of(WriteOutcome.CREATED, "task")
        for again in runs
    ] == [0, 0]
    assert roles(place, opportunity).total() <= before
    assert len(find(sqlite_store, "contact", master["salesforce"])) == 1
    assert find(sqlite_store, "contact", master["salesforce"]) == find(sqlite_store, "contact", loser["hubspot"])
    assert run().written == 0


def doubt(place: Place, wiring: Wiring, object_: str) -> None:
    """Push once; the first creations of an object take effect, but their answer is lost, and nobody looks again yet."""
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())
    match(wiring.store, wiring.readers, Run())
    judge(wiring.store, wiring.book, wiring.today(), Run())
    where = {"system": "salesforce", "method": "PATCH", "path": f"*/composite/sobjects/{object_}/*"}
    place.fault({"kind": "cut_after", **where, "count": 1})
    done = push(wiring.targets["salesforce"], wiring.mappings["salesforce"], wiring.store, wiring.readers, Run())
    assert done.run.counts.of(WriteOutcome.UNCERTAIN) > 0
    assert [rule.struck for rule in place.sandbox.faults.rules] == [1]
    place.fault()


@AFTER_A_CYCLE
def test_a_creation_in_doubt_survives_a_merge_of_its_contact_without_a_double(
    place: Place, run: Callable[..., Summary], wiring: Wiring, sqlite_store: Store
) -> None:
    """The task stands under the loser's name, nobody knows it, and then the loser turns out to be somebody else."""
    account = served(place)
    pair = []
    for number, first in enumerate(("Ines", "Inez")):
        email = f"{first.lower()}.roth@roth-{number}.example"
        remote_id = hire(place, account, FirstName=first, LastName="Roth", Email=email, Phone=f"+1 555 010 100{number}")
        place.portal_add("contacts", email=email, firstname=first, lastname="Roth", jobtitle="CFO")
        pair.append((remote_id, email))
    run()
    (master, _), (loser, email) = pair
    place.submit(email, "ready to buy: digital lending")
    (golden_id,) = find(sqlite_store, "contact", loser)
    doubt(place, wiring, "Task")
    assert len(place.rows("Task", Syncd_Key__c=f"mql/{golden_id}")) == 1
    place.org("merge", object="Contact", master=master, victims=[loser])
    run(retry=True)
    run(retry=True)
    ours = [row for row in place.rows("Task", WhoId=master) if row.get("Syncd_Key__c")]
    assert len(ours) == 1, "one person, one task"
    assert run().written == 0


@AFTER_A_CYCLE
@pytest.mark.parametrize("arrived", [True, False], ids=["it stands", "it never came"])
def test_a_creation_in_doubt_that_nobody_wants_any_more_is_looked_up_not_made(
    place: Place, run: Callable[..., Summary], wiring: Wiring, arrived: bool
) -> None:
    account = served(place)
    email = "wim.dahl@dahl-doubt.example"
    contact = hire(place, account, FirstName="Wim", LastName="Dahl", Email=email)
    place.portal_add("contacts", email=email, firstname="Wim", lastname="Dahl", jobtitle="CFO")
    run()
    place.submit(email, "ready to buy: digital lending")
    kind = "cut_after" if arrived else "cut_before"
    where = {"system": "salesforce", "method": "PATCH", "path": "*/composite/sobjects/Task/*", "probability": 1.0}
    place.fault({"kind": kind, **where})
    run()
    place.fault()
    place.edit("Contact", contact, Title="Retired")
    run(retry=True)
    run(retry=True)
    # They asked for sales and cannot be placed any more: that makes a task of its own.
    keys = [row["Syncd_Key__c"].partition("/")[0] for row in place.rows("Task", WhoId=contact) if row["Syncd_Key__c"]]
    assert keys.count("mql") == int(arrived)
    assert unaccepted(wiring.store) == {}
    assert count_pending(wiring.store, "salesforce") == {}
