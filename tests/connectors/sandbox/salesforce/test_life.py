"""What people do in an org: merging, converting, editing behind the API's back; the admin endpoint, SOAP calls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from connectors.sandbox.salesforce import merging
from connectors.sandbox.salesforce.refusal import Refusal
from connectors.sandbox.salesforce.writes import Call
from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    BANK,
    BOB,
    CY,
    DEAL,
    LEAD,
    ME,
    NOW,
    REP,
    WEBINAR,
    Api,
)


def admin(api: Api, method: str, path: str, body: Any = None) -> Any:
    answer = api(method, f"/_sandbox/{path}", body)
    assert answer.status == 200, answer.content
    return answer.content


def test_a_merged_contact_points_at_its_master_and_leaves_it_everything(api: Api) -> None:
    task = api.create("Task", Subject="x", WhoId=BOB)
    role = api.create("OpportunityContactRole", OpportunityId=DEAL, ContactId=BOB)
    api.create("OpportunityContactRole", OpportunityId=DEAL, ContactId=ANN)
    member = api.create("CampaignMember", CampaignId=WEBINAR, ContactId=BOB)
    api.create("CampaignMember", CampaignId=WEBINAR, ContactId=ANN)
    stamp = api.stored(task)["SystemModstamp"]
    api.clock.advance(3600)
    admin(api, "POST", "merge", {"object": "Contact", "master": ANN, "victims": [BOB], "fields": {"Title": "CFO"}})
    (gone,) = api.query("SELECT Id, IsDeleted, MasterRecordId FROM Contact WHERE IsDeleted = true", "queryAll")
    assert gone == {"Id": BOB, "IsDeleted": True, "MasterRecordId": ANN}
    assert (api.stored(ANN)["Title"], api.stored(ANN)["LastModifiedById"]) == ("CFO", REP)
    assert (api.stored(task)["WhoId"], api.stored(task)["SystemModstamp"]) == (ANN, stamp), "moved without a new stamp"
    assert api.stored(role)["ContactId"] == ANN
    assert len(api.query(f"SELECT Id FROM OpportunityContactRole WHERE ContactId = '{ANN}'")) == 2, "roles are doubled"
    assert api.org.row(member) is None, "memberships are not"
    assert api.refused("GET", f"sobjects/Contact/{BOB}")[1] == "ENTITY_IS_DELETED"
    span = {"start": "2026-11-10T12:30:00Z", "end": "2026-11-10T13:30:00Z"}
    assert [found["id"] for found in api.ok("GET", "sobjects/Contact/deleted", **span)["deletedRecords"]] == [BOB]


def test_a_merged_account_hands_over_its_contacts_and_deals(api: Api) -> None:
    merging.merge(Call(api.org, REP), "Account", BANK, [ACME])
    assert api.column(f"SELECT COUNT(Id) FROM Contact WHERE AccountId = '{BANK}'") == [3]
    assert api.stored(DEAL)["AccountId"] == BANK


@pytest.mark.parametrize(
    ("kind", "master", "victims", "code"),
    [
        ("Campaign", WEBINAR, [WEBINAR], "INVALID_TYPE_FOR_OPERATION"),
        ("Contact", ANN, [], "INVALID_NUMBER_FIELD"),
        ("Contact", ANN, [BOB, CY, LEAD], "INVALID_NUMBER_FIELD"),
        ("Contact", ANN, [ANN], "INVALID_CROSS_REFERENCE_KEY"),
        ("Contact", ANN, ["003000000000777AAA"], "NOT_FOUND"),
    ],
)
def test_what_cannot_be_merged(api: Api, kind: str, master: str, victims: list[str], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        merging.merge(Call(api.org, REP), kind, master, victims)
    assert refusal.value.code == code
    assert api("POST", "/_sandbox/merge", {"object": kind, "master": master, "victims": victims}).status >= 400
    assert api.stored(ANN).get("IsDeleted") is not True


def test_a_converted_lead_says_what_became_of_it(api: Api) -> None:
    task = api.create("Task", Subject="x", WhoId=LEAD)
    member = api.create("CampaignMember", CampaignId=WEBINAR, LeadId=LEAD)
    made = admin(api, "POST", "convert", {"lead": LEAD, "name": "Lind core"})
    (lead,) = api.query(
        "SELECT IsConverted, ConvertedDate, ConvertedAccountId, ConvertedContactId, ConvertedOpportunityId, Status "
        "FROM Lead"
    )
    assert lead == {
        "IsConverted": True,
        "ConvertedDate": "2026-11-10",
        "ConvertedAccountId": made["account"],
        "ConvertedContactId": made["contact"],
        "ConvertedOpportunityId": made["opportunity"],
        "Status": "Closed - Converted",
    }
    assert (api.stored(made["account"])["Name"], api.stored(made["contact"])["Name"]) == ("Lind & Co", "Lee Lind")
    deal = api.stored(made["opportunity"])
    assert (deal["Name"], deal["StageName"], deal["CloseDate"]) == ("Lind core", "Prospecting", "2026-12-31")
    assert api.stored(task)["WhoId"] == made["contact"]
    assert (api.stored(member).get("LeadId"), api.stored(member)["ContactId"]) == (None, made["contact"])
    assert api("POST", "/_sandbox/convert", {"lead": LEAD}).content[0]["errorCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_a_lead_may_join_an_account_and_contact_without_a_deal(api: Api) -> None:
    made = admin(api, "POST", "convert", {"lead": LEAD, "account": ACME, "contact": ANN, "opportunity": False})
    assert made == {"account": ACME, "contact": ANN}
    assert api.stored(LEAD).get("ConvertedOpportunityId") is None


def test_the_admin_endpoint_needs_no_session_and_costs_no_call(api: Api) -> None:
    api.session = ""
    state = admin(api, "GET", "state")
    assert state["rows"]["Contact"] == 3
    assert (state["calls"], state["usage"]) == (0, {"used": 0, "limit": 15000})
    assert api("GET", "/_sandbox/nothing").status == 404
    assert api("GET", "/_sandbox/records").status == 404


def test_calls_and_writes_are_listed(api: Api) -> None:
    account = api.create("Account", Name="New")
    api.refused("POST", "sobjects/Account", {})
    assert [call["status"] for call in admin(api, "GET", "calls")] == [201, 400]
    (write,) = admin(api, "GET", "writes")
    assert write == {"verb": "create", "object": "Account", "id": account, "user": ME, "fields": {"Name": "New"}}


def test_a_person_edits_creates_deletes_and_restores(api: Api) -> None:
    row = admin(api, "POST", f"records/Opportunity/{DEAL}", {"user": REP, "fields": {"StageName": "Closed Lost"}})
    assert (row["LastModifiedById"], row["IsClosed"]) == (REP, True)
    made = admin(api, "POST", "records/Account", {"fields": {"Name": "By hand"}})
    assert admin(api, "GET", f"records/Account/{made['id']}")["CreatedById"] == REP, (
        "another person where none is named"
    )
    assert admin(api, "POST", f"records/Account/{made['id']}", {"delete": True})["IsDeleted"] is True
    assert admin(api, "POST", f"records/Account/{made['id']}", {"undelete": True})["IsDeleted"] is False
    assert (
        api("POST", f"/_sandbox/records/Account/{made['id']}", {"undelete": True}).content[0]["errorCode"]
        == "UNDELETE_FAILED"
    )
    assert len(admin(api, "GET", "records/Account")) == 3
    assert api("GET", "/_sandbox/records/Account/001000000000777AAA").status == 404
    assert api("POST", f"/_sandbox/records/Account/{ACME}", {"fields": {"Foo": 1}}).status == 400


def test_sessions_locators_locks_usage_and_assignments(api: Api) -> None:
    assert admin(api, "POST", "expire-sessions") == {"ended": 1}
    assert api("GET", "limits").status == 401
    admin(api, "POST", "expire-locators")
    api.session = api.simulator.sessions.open(ME)
    admin(api, "POST", "lock", {"id": ACME, "times": 2})
    assert api.refused("PATCH", f"sobjects/Account/{ACME}", {"Name": "x"})[1] == "UNABLE_TO_LOCK_ROW"
    assert admin(api, "POST", "usage", {"used": 14999}) == {"used": 14999}
    assert api("GET", "limits").status == 200
    assert api.refused("GET", "limits")[1] == "REQUEST_LIMIT_EXCEEDED"
    admin(api, "POST", "usage", {"used": 0})
    assert api("POST", "/_sandbox/assign", {"permission_set": "None"}).status == 404
    api.deploy_key()
    (made,) = api.column("SELECT Id FROM PermissionSetAssignment")
    api.ok("DELETE", f"sobjects/PermissionSetAssignment/{made}")
    assert admin(api, "POST", "assign", {"permission_set": "All"})["id"]


def test_faults_and_the_clock(api: Api) -> None:
    admin(api, "POST", "faults", {"rules": [{"kind": "unavailable", "count": 1}]})
    assert admin(api, "GET", "faults")["rules"][0]["kind"] == "unavailable"
    assert api("GET", "limits").status == 503
    assert api("POST", "/_sandbox/faults", {"rules": [{"kind": "nonsense"}]}).status == 400
    assert admin(api, "GET", "clock") == {"now": NOW.isoformat()}
    assert admin(api, "POST", "clock", {"advance": 60}) == {"now": (NOW + timedelta(minutes=1)).isoformat()}
    assert admin(api, "POST", "clock", {"set": "2027-01-01T00:00:00+00:00"})["now"].startswith("2027-01-01T00:00:00")


def test_a_clock_that_cannot_be_moved_is_overtaken() -> None:
    from connectors.sandbox.salesforce import SalesforceSimulator

    api = Api()
    api.simulator = SalesforceSimulator({}, clock=lambda: NOW)
    assert admin(api, "POST", "clock", {"advance": 60}) == {"now": (NOW + timedelta(minutes=1)).isoformat()}


PARTNER = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:u="urn:partner.soap.sforce.com"><e:Header>'
    "<u:SessionHeader><u:sessionId>{}</u:sessionId></u:SessionHeader></e:Header><e:Body>{}</e:Body></e:Envelope>"
)


def soap(api: Api, body: str) -> str:
    answer = api("POST", "/services/Soap/u/59.0", PARTNER.format(api.session, body).encode())
    return answer.body.decode()


def test_merging_by_soap(api: Api) -> None:
    master = f"<u:type>Contact</u:type><u:Id>{ANN}</u:Id><u:Title>CEO</u:Title>"
    body = f"<u:merge><u:request><u:masterRecord>{master}</u:masterRecord>"
    text = soap(api, body + f"<u:recordToMergeIds>{BOB}</u:recordToMergeIds></u:request></u:merge>")
    assert f"<mergedRecordIds>{BOB}</mergedRecordIds><success>true</success>" in text
    assert (api.stored(ANN)["Title"], api.stored(BOB)["MasterRecordId"]) == ("CEO", ANN)
    text = soap(api, body + f"<u:recordToMergeIds>{BOB}</u:recordToMergeIds></u:request></u:merge>")
    assert "<statusCode>ENTITY_IS_DELETED</statusCode>" in text


def test_converting_undeleting_and_asking_the_time_by_soap(api: Api) -> None:
    wanted = f"<u:leadId>{LEAD}</u:leadId><u:doNotCreateOpportunity>true</u:doNotCreateOpportunity>"
    body = f"<u:convertLead><u:leadConverts>{wanted}</u:leadConverts></u:convertLead>"
    assert "<success>true</success>" in soap(api, body)
    assert "<success>false</success>" in soap(api, body)
    api.ok("DELETE", f"sobjects/Contact/{CY}")
    assert "<success>true</success>" in soap(api, f"<u:undelete><u:ids>{CY}</u:ids></u:undelete>")
    assert "UNDELETE_FAILED" in soap(api, f"<u:undelete><u:ids>{CY}</u:ids></u:undelete>")
    assert "MALFORMED_ID" in soap(api, "<u:undelete><u:ids>zzz</u:ids></u:undelete>")
    assert "<timestamp>2026-11-10T12:00:00.000+0000</timestamp>" in soap(api, "<u:getServerTimestamp/>")
    assert f"<userId>{ME}</userId>" in soap(api, "<u:getUserInfo/>")
