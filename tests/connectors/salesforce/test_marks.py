"""Where the org takes no key field on an object: tasks are found by their mark, contact roles by what they stand
between; nothing is made twice, whatever people change meanwhile.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Misconfigured, Payload
from connectors.salesforce.assignments import PERMISSION_SET
from connectors.salesforce.components import Name, shipped
from connectors.salesforce.left_out import attempt
from connectors.salesforce.marks import key_of, marked
from connectors.salesforce.metadata import pack
from connectors.salesforce.metadata_api import Failure
from connectors.sandbox.faults import Rule

TASK, ROLE = "Activity.Syncd_Key__c", "OpportunityContactRole.Syncd_Key__c"


@pytest.fixture(scope="module")
def package():
    """The package as deploying has it in the end where an org takes no key on activities and contact roles."""
    tried = attempt(shipped())
    tried = tried.without([Failure("ListView", "Task.Syncd_Waiting_For_My_Verdict", "objects/Task.object", "no key")])
    for name in (TASK, ROLE):
        while Name("CustomField", name) in tried.parts:
            tried = tried.without([Failure("CustomField", name, f"objects/{name.split('.')[0]}.object", "no key")])
    return pack("63.0", parts=[*tried.parts.values()])


@pytest.fixture
def keyless(world, package):
    """Make an org with the package and without these keys; test_keyless deploys into one."""

    def make(rows=None, **options):
        made = world(rows, **options)
        assert made.simulator.deployments.start(package, made.ME, check_only=False, rollback=True).failures == []
        (granted,) = (row for row in made.rows("PermissionSet").values() if row["Name"] == PERMISSION_SET)
        made.make("PermissionSetAssignment", AssigneeId=made.ME, PermissionSetId=granted["Id"])
        made.org.writes.clear()
        return made

    return make


def task(key="mql/salesforce.Contact/1", remote_id=None, **fields):
    defaults = {"Subject": "Call Ann", "OwnerId": "005000000000007AAA", "Description": "Ask what she needs."}
    return Payload(key, remote_id, {"Syncd_Key__c": key} | defaults | fields)


# ---- the mark --------------------------------------------------------------------------------------------------------


@given(st.text(), st.from_regex(r"[a-z-]+/[A-Za-z0-9./]+", fullmatch=True), st.integers(200, 400))
def test_a_mark_is_read_as_it_was_written_within_the_field(text, key, room):
    written = marked(text, key, room)
    assert key_of(written) == key
    assert len(written) <= room


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (None, None),
        ("", None),
        ("syncd: mql/1", "mql/1"),
        ("Asked.\r\n\r\nsyncd: mql/1\r\n", "mql/1"),
        ("syncd: mql/1\nShe called back.", None),
        ("as syncd: says", None),
        ("syncd: old/1\n\nsyncd: new/1", "new/1"),
    ],
)
def test_only_the_last_line_is_a_mark(text, key):
    assert key_of(text) == key


# ---- tasks -----------------------------------------------------------------------------------------------------------


def test_a_task_is_written_once_and_carries_its_key_in_its_last_line(keyless):
    org = keyless()
    with org.connect() as connector:
        receipts = [receipt for _ in range(2) for receipt in connector.push("Task", [task()])]
        assert [receipt.error for receipt in receipts] == [None, None]
        (row,) = org.rows("Task").values()
        assert row["Description"] == "Ask what she needs.\n\nsyncd: mql/salesforce.Contact/1"
        assert row["Subject"] == "Call Ann", "nobody reads a code there"
        assert [receipt.left_out for receipt in receipts] == [(), ()], "nothing stays wanted"
        assert connector.find("Task", [receipts[0].key, "none"]) == {receipts[0].key: row["Id"]}


@pytest.mark.parametrize("fault", ["cut_after", "empty", "truncated"])
def test_a_task_whose_answer_was_lost_is_found_by_the_next_push(keyless, fault):
    org = keyless()
    with org.connect() as connector:
        org.faults.add(Rule(fault, path="*/composite/sobjects", count=1))
        (lost,) = connector.push("Task", [task()])
        (again,) = connector.push("Task", [task()])
    assert (lost.error.kind, again.error) == ("uncertain", None)
    assert [*org.rows("Task")] == [again.remote_id]


@pytest.mark.parametrize(
    "change",
    [
        {"Subject": "Ring her back"},
        {"Description": "No answer so far.\r\nAsk what she needs.\r\n\r\nsyncd: mql/salesforce.Contact/1"},
        {"OwnerId": "005000000000001AAA"},
        {"Status": "Completed"},
        {"ActivityDate": "2027-01-01"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_a_person_changes_before_the_answer_is_looked_for_hides_no_task(keyless, change):
    org = keyless()
    with org.connect() as connector:
        org.faults.add(Rule("cut_after", path="*/composite/sobjects", count=1))
        (lost,) = connector.push("Task", [task()])
        (made,) = org.rows("Task")
        org.edit("Task", made, **change)
        assert connector.find("Task", [lost.key]) == {lost.key: made}


def test_people_s_tasks_are_never_taken_for_ours(keyless):
    """Somebody copies a task of ours with its text: theirs is not ours, though it ends alike."""
    org = keyless()
    with org.connect() as connector:
        org.make("Task", Subject="Call Ann", Description="syncd: mql/salesforce.Contact/1")
        assert connector.find("Task", [task().key]) == {}
        (receipt,) = connector.push("Task", [task()])
    assert receipt.error is None
    assert len(org.rows("Task")) == 2


def test_of_two_people_s_tasks_each_finds_its_own(keyless, accounts):
    org = keyless(accounts(1))
    people = [org.make("Contact", LastName=name, AccountId="001000000000001AAA") for name in ("Abel", "Bell")]
    wishes = [task(f"mql/{who}", WhoId=who) for who in people] + [task("question/x", WhatId="001000000000001AAA")]
    with org.connect() as connector:
        first = [receipt.remote_id for receipt in connector.push("Task", wishes)]
        assert [receipt.remote_id for receipt in connector.push("Task", wishes)] == first
    assert len(org.rows("Task")) == 3


def test_a_change_of_a_task_s_text_keeps_its_mark_and_other_changes_leave_it_alone(keyless):
    org = keyless()
    with org.connect() as connector:
        (made,) = connector.push("Task", [task()])
        connector.push("Task", [Payload(made.key, made.remote_id, {"Status": "Completed"})])
        assert org.rows("Task")[made.remote_id]["Description"].startswith("Ask what she needs.")
        connector.push("Task", [Payload(made.key, made.remote_id, {"Description": "She asked."})])
    assert org.rows("Task")[made.remote_id]["Description"] == "She asked.\n\nsyncd: mql/salesforce.Contact/1"


def test_a_text_that_fills_its_field_gives_way_to_the_mark(keyless):
    org = keyless()
    with org.connect() as connector:
        (receipt,) = connector.push("Task", [task(Description="x" * 32000)])
    assert receipt.error is None
    (row,) = org.rows("Task").values()
    assert key_of(row["Description"]) == receipt.key


def test_our_tasks_are_read_with_their_key_and_nobody_else_s(keyless):
    org = keyless()
    fields = ["Subject", "Syncd_Key__c", "CreatedById"]
    with org.connect() as connector:
        (ours,) = connector.push("Task", [task()])
        theirs = org.make("Task", Subject="x", Description="syncd: mql/2")
        (page,) = connector.pull("Task", fields, None)
        org.clock.advance(3600)
        keys = {record.id: record.raw.get("Syncd_Key__c") for record in page.records}
        assert keys == {ours.remote_id: ours.key, theirs: None}
        assert page.hidden == ()
        (record,) = connector.fetch("Task", fields, [ours.remote_id])
        assert record.raw["Syncd_Key__c"] == ours.key
        glanced = connector.glance({"Task": (fields, page.cursor)})["Task"]
        assert {record.id: record.raw.get("Syncd_Key__c") for record in glanced.records}.items() <= keys.items()


def test_a_key_that_is_only_hidden_from_us_is_no_reason_to_write_without_it(deployed):
    """The field is there: what was written by it before could not be found."""
    org = deployed()
    (granted,) = (row["Id"] for row in org.rows("PermissionSet").values() if row["Name"] == "Syncd_Integration")
    del org.org.access.sets[granted].fields["Task", "Syncd_Key__c"]
    org.org.access.revision += 1
    with org.connect() as connector:
        with pytest.raises(Misconfigured, match="syncd salesforce deploy"):
            connector.push("Task", [task()])
        (problem,) = [one for one in connector.check_writes({"Task": ["Subject"]}) if "Syncd_Key__c" in one.where]
        (page,) = connector.pull("Task", ["Subject", "Syncd_Key__c"], None)
    assert (problem.level, problem.premise) == ("error", "keys")
    assert page.hidden == ("Syncd_Key__c",)


def test_doctor_says_how_tasks_are_found_and_holds_nothing(keyless):
    org = keyless()
    with org.connect() as connector:
        wanted = {"Task": ["Subject", "Syncd_Key__c"], "OpportunityContactRole": ["Role", "Syncd_Key__c"]}
        writes = [one for one in connector.check_writes(wanted) if "Syncd_Key__c" in one.where]
        assert [(one.level, one.rests) for one in writes] == [("warning", ())] * 2
        assert "last line of their description" in writes[0].what
        assert not [one for one in connector.check(wanted) if "Syncd_Key__c" in one.where]
        assert not [one for one in connector.check_rights(wanted, wanted) if "Syncd_Key__c" in one.where]


# ---- contact roles ---------------------------------------------------------------------------------------------------


@pytest.fixture
def between(keyless, accounts):
    """Make an org with an opportunity and a contact, and the wish for a role between them."""
    org = keyless(accounts(1))
    contact = org.make("Contact", LastName="Roe", AccountId="001000000000001AAA")
    fields = {"Name": "Cards", "StageName": "Prospecting", "CloseDate": "2027-01-01", "AccountId": "001000000000001AAA"}
    pair = {"OpportunityId": org.make("Opportunity", **fields), "ContactId": contact}
    return org, pair, Payload("role-1", None, {**pair, "Role": "Decision Maker"})


def test_a_role_whose_answer_was_lost_is_found_by_opportunity_and_contact(between):
    org, _, role = between
    with org.connect() as connector:
        org.faults.add(Rule("cut_after", path="*/composite/sobjects", count=1))
        (lost,) = connector.push("OpportunityContactRole", [role])
        assert connector.find("OpportunityContactRole", [role.key]) == {}
        (again,) = connector.push("OpportunityContactRole", [role])
    assert (lost.error.kind, again.error) == ("uncertain", None)
    assert [*org.rows("OpportunityContactRole")] == [again.remote_id]


def test_a_role_that_a_person_set_meanwhile_stays_and_gets_no_second_one(between):
    org, pair, role = between
    theirs = org.make("OpportunityContactRole", **pair, Role="Influencer")
    with org.connect() as connector:
        (receipt,) = connector.push("OpportunityContactRole", [role])
    assert (receipt.remote_id, receipt.error, receipt.left_out) == (theirs, None, ("Role",))
    assert [row["Role"] for row in org.rows("OpportunityContactRole").values()] == ["Influencer"]


def test_our_roles_are_read_as_ours_and_a_person_s_as_theirs(between):
    org, pair, role = between
    fields = ["Role", "ContactId", "OpportunityId", "Syncd_Key__c", "CreatedById"]
    with org.connect() as connector:
        (ours,) = connector.push("OpportunityContactRole", [role])
        other = org.make("Contact", LastName="Poe", AccountId="001000000000001AAA")
        theirs = org.make("OpportunityContactRole", **{**pair, "ContactId": other}, Role="Influencer")
        (page,) = connector.pull("OpportunityContactRole", fields, None)
    keys = {record.id: record.raw.get("Syncd_Key__c") for record in page.records}
    assert keys == {ours.remote_id: f"{pair['OpportunityId']}/{pair['ContactId']}", theirs: None}


def test_one_push_after_another_makes_one_role_from_whichever_session(between):
    """At once nothing of Salesforce's would keep two from it: that only one pushes is the store's hold."""
    org, _, role = between
    with org.connect() as first, org.connect() as second, ThreadPoolExecutor(1) as one_at_a_time:
        receipts = [*one_at_a_time.map(lambda each: each.push("OpportunityContactRole", [role]), (first, second))]
    assert receipts[0][0].remote_id == receipts[1][0].remote_id
    assert len(org.rows("OpportunityContactRole")) == 1
