"""Whose records may be edited, and by whom: sharing, roles, org-wide defaults, and what UserRecordAccess says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.sandbox.clock import Clock
from connectors.sandbox.salesforce import SalesforceSimulator
from connectors.sandbox.salesforce.access import MINIMUM, Grant
from connectors.sandbox.salesforce.refusal import Refusal
from connectors.sandbox.salesforce.soql.record_access import run
from connectors.sandbox.salesforce.soql.tree import parse
from connectors.sandbox.salesforce.writes import Call, create, update
from connectors.sandbox.world.ids import with_checksum

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
SALES, BOSS = with_checksum("00E000000000002"), with_checksum("00E000000000001")
REP, PEER, CHIEF = (f"0050000000000{number}AAA" for number in (11, 12, 13))
STANDARD = "00e000000000002AAA"
ACME, ANN, DEAL, CALL = (
    "001000000000001AAA",
    "003000000000001AAA",
    "006000000000001AAA",
    with_checksum("00T000000000001"),
)


def user(identifier: str, role: str | None) -> dict[str, Any]:
    return {"Id": identifier, "LastName": identifier, "IsActive": True, "ProfileId": STANDARD, "UserRoleId": role}


@pytest.fixture
def simulator() -> SalesforceSimulator:
    rows = {
        "UserRole": [
            {"Id": BOSS, "Name": "Chief", "DeveloperName": "Chief"},
            {"Id": SALES, "Name": "Sales", "DeveloperName": "Sales", "ParentRoleId": BOSS},
        ],
        "User": [user(REP, SALES), user(PEER, SALES), user(CHIEF, BOSS)],
        "Account": [{"Id": ACME, "Name": "Acme", "OwnerId": REP}],
        "Contact": [{"Id": ANN, "LastName": "Abel", "AccountId": ACME, "OwnerId": REP}],
        "Opportunity": [
            {"Id": DEAL, "Name": "Deal", "AccountId": ACME, "OwnerId": REP, "StageName": "Prospecting",
             "CloseDate": "2026-12-31"}
        ],
        "Task": [{"Id": CALL, "Subject": "Call", "WhoId": ANN, "OwnerId": REP, "Status": "Not Started"}],
    }  # fmt: skip
    return SalesforceSimulator(rows, clock=Clock(NOW, frozen=True))


def edit(simulator: SalesforceSimulator, who: str, name: str, record_id: str) -> None:
    org = simulator.org
    update(Call(org, who), org.schema.objects[name], record_id, {"Description": "seen"})


RECORDS = {"Account": ACME, "Contact": ANN, "Opportunity": DEAL, "Task": CALL}


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("who", [REP, CHIEF])
def test_the_owner_and_the_roles_above_edit_everything(simulator: SalesforceSimulator, who: str, name: str) -> None:
    edit(simulator, who, name, RECORDS[name])


@pytest.mark.parametrize("name", ["Account", "Contact"])
def test_what_is_public_is_edited_by_everybody(simulator: SalesforceSimulator, name: str) -> None:
    edit(simulator, PEER, name, RECORDS[name])


@pytest.mark.parametrize("name", ["Opportunity", "Task"])
def test_opportunities_are_read_only_and_activities_private(simulator: SalesforceSimulator, name: str) -> None:
    with pytest.raises(Refusal, match="insufficient access rights on object id") as refused:
        edit(simulator, PEER, name, RECORDS[name])
    assert refused.value.code == "INSUFFICIENT_ACCESS_OR_READONLY"


def test_a_contact_role_needs_the_right_to_edit_its_opportunity(simulator: SalesforceSimulator) -> None:
    org = simulator.org
    body = {"OpportunityId": DEAL, "ContactId": ANN}
    with pytest.raises(Refusal, match="cross-reference"):
        create(Call(org, PEER), org.schema.objects["OpportunityContactRole"], body)
    assert create(Call(org, CHIEF), org.schema.objects["OpportunityContactRole"], body)


def access(simulator: SalesforceSimulator, who: str, *records: str) -> dict[str, bool]:
    ids = ", ".join(f"'{record}'" for record in records)
    text = f"SELECT RecordId, HasEditAccess FROM UserRecordAccess WHERE UserId = '{who}' AND RecordId IN ({ids})"
    return {row["RecordId"]: row["HasEditAccess"] for row in run(simulator.org, who, parse(text)).page(0, 200)}


def test_user_record_access_says_before_a_write_what_the_write_would_say(simulator: SalesforceSimulator) -> None:
    everything = tuple(RECORDS.values())
    assert access(simulator, REP, *everything) == dict.fromkeys(everything, True)
    assert access(simulator, PEER, *everything) == {ACME: True, ANN: True, DEAL: False, CALL: False}


@pytest.mark.parametrize(("who", "may"), [(REP, True), (CHIEF, True), (PEER, False)])
def test_who_may_edit_what_is_public_may_not_hand_it_on(simulator: SalesforceSimulator, who: str, may: bool) -> None:
    edit(simulator, who, "Account", ACME)
    text = f"SELECT RecordId, HasTransferAccess FROM UserRecordAccess WHERE UserId = '{who}' AND RecordId = '{ACME}'"
    (row,) = run(simulator.org, who, parse(text)).page(0, 200)
    assert row["HasTransferAccess"] is may
    call = Call(simulator.org, who)
    if may:
        update(call, simulator.org.schema.objects["Account"], ACME, {"OwnerId": PEER})
        return
    update(call, simulator.org.schema.objects["Account"], ACME, {"OwnerId": REP})
    with pytest.raises(Refusal, match="insufficient access rights on object id"):
        update(call, simulator.org.schema.objects["Account"], ACME, {"OwnerId": PEER})


def test_no_more_than_200_records_are_asked_for(simulator: SalesforceSimulator) -> None:
    with pytest.raises(Refusal, match="200"):
        access(simulator, REP, *(f"006{number:012d}AAA" for number in range(201)))


SHOWN = {
    "both": (("Opportunity", "Product2"), True),
    "opportunities alone": (("Opportunity",), False),
    "products alone": (("Product2",), False),
}


@pytest.mark.parametrize(("objects", "shown"), SHOWN.values(), ids=SHOWN.keys())
def test_who_may_not_read_products_sees_no_line_items(
    simulator: SalesforceSimulator, objects: tuple[str, ...], shown: bool
) -> None:
    org = simulator.org
    profile = {"Id": "00e000000000009AAA", "Name": MINIMUM}
    org.tables["Profile"].put(profile)
    org.tables["User"].put({**org.tables["User"].rows[PEER], "ProfileId": profile["Id"]})
    org.access.sets["0PS000000000001AAA"] = Grant(objects={name: frozenset({"read"}) for name in objects})
    assignment = {"Id": "0Pa000000000001AAA", "AssigneeId": PEER, "PermissionSetId": "0PS000000000001AAA"}
    org.tables["PermissionSetAssignment"].put(assignment)
    org.access.revision += 1
    assert org.access.view(PEER, org.schema.objects["OpportunityLineItem"]).hidden is not shown
