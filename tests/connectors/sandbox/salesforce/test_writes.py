"""Writing single records: what is stored, what follows from it, and what is refused."""

from __future__ import annotations

import pytest

from tests.connectors.sandbox.salesforce.orgs import (
    ACME,
    ANN,
    BANK,
    BOB,
    CY,
    DEAL,
    ME,
    WEBINAR,
    Api,
)

STAMP = "2026-11-10T12:00:00.000+0000"


LATER = "2026-11-10T13:00:00.000+0000"


def test_a_created_record_is_stamped_by_the_clock_and_the_sessions_user(api: Api) -> None:
    answer = api("POST", "sobjects/Account", {"Name": " New ", "NumberOfEmployees": "12"})
    assert answer.status == 201
    row = api.ok("GET", f"sobjects/Account/{answer.content['id']}")
    assert (row["Name"], row["NumberOfEmployees"], row["OwnerId"]) == ("New", 12, ME)
    stamps = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
    assert [row[name] for name in stamps] == [STAMP] * 3
    assert (row["CreatedById"], row["LastModifiedById"], row["IsDeleted"]) == (ME, ME, False)


def test_ids_have_the_objects_prefix_and_a_checksum(api: Api) -> None:
    made = [api.create("Contact", LastName="X") for _ in range(3)]
    assert len(set(made)) == 3
    assert all(found.startswith("003") and len(found) == 18 for found in made)
    assert api.ok("GET", f"sobjects/Contact/{made[0][:15]}")["Id"] == made[0]


def test_an_update_moves_the_stamps_even_where_nothing_changes(api: Api) -> None:
    api.clock.advance(3600)
    answer = api("PATCH", f"sobjects/Account/{ACME}", {"Name": "Acme"})
    assert (answer.status, answer.body, "sforce-limit-info" in answer.headers) == (204, b"", False)
    row = api.stored(ACME)
    assert (row["SystemModstamp"], row["LastModifiedById"], row["CreatedDate"]) == (LATER, ME, STAMP)


def test_fields_may_be_asked_for_by_name(api: Api) -> None:
    row = api.ok("GET", f"sobjects/Contact/{ANN}", fields="LastName,Account.Name")
    assert (row["LastName"], row["Account"]["Name"], "FirstName" in row) == ("Abel", "Acme", False)
    assert api.refused("GET", f"sobjects/Contact/{ANN}", fields="Foo")[1] == "INVALID_FIELD"


DEAL_BODY = {"Name": "D", "StageName": "Prospecting", "CloseDate": "2026-12-01"}


def test_times_are_stored_in_utc_and_numbers_rounded_to_their_scale(api: Api) -> None:
    event = api.stored(api.create("Event", StartDateTime="2026-12-01T10:00:00+02:00", DurationInMinutes=90, WhoId=ANN))
    assert (event["StartDateTime"], event["EndDateTime"]) == (
        "2026-12-01T08:00:00.000+0000",
        "2026-12-01T09:30:00.000+0000",
    )
    assert (event["ActivityDate"], event["AccountId"]) == ("2026-12-01", ACME)
    api.ok("PATCH", f"sobjects/Event/{event['Id']}", {"EndDateTime": "2026-12-01T08:15:00Z"})
    assert api.stored(event["Id"])["DurationInMinutes"] == 15
    assert api.stored(api.create("Opportunity", **DEAL_BODY, Amount="10.004"))["Amount"] == 10.0


def test_a_stage_resets_probability_and_forecast_category(api: Api) -> None:
    path = f"sobjects/Opportunity/{DEAL}"
    assert api.stored(DEAL)["Probability"] == 10.0
    api.ok("PATCH", path, {"Probability": 15})
    assert api.stored(DEAL)["ExpectedRevenue"] == 150.0
    api.ok("PATCH", path, {"NextStep": "Call", "StageName": "Prospecting"})
    assert api.stored(DEAL)["Probability"] == 15.0, "an unchanged stage resets nothing"
    api.ok("PATCH", path, {"StageName": "Negotiation/Review"})
    row = api.stored(DEAL)
    assert (row["Probability"], row["ForecastCategoryName"], row["LastStageChangeDate"]) == (90.0, "Pipeline", STAMP)
    api.ok("PATCH", path, {"StageName": "Qualification", "Probability": 90})
    assert api.stored(DEAL)["Probability"] == 90.0, "a probability in the same call stands"
    api.ok("PATCH", path, {"StageName": "Closed Won"})
    row = api.stored(DEAL)
    assert (row["IsClosed"], row["IsWon"], row["Probability"], row["ForecastCategory"]) == (True, True, 100.0, "Closed")


def test_a_forecast_category_is_written_by_its_label(api: Api) -> None:
    api.ok("PATCH", f"sobjects/Opportunity/{DEAL}", {"ForecastCategoryName": "Commit"})
    assert api.stored(DEAL)["ForecastCategory"] == "Forecast"


def test_an_amount_is_ignored_where_products_make_it(api: Api) -> None:
    api.org.tables["Opportunity"].put(api.stored(DEAL) | {"HasOpportunityLineItem": True})
    api.ok("PATCH", f"sobjects/Opportunity/{DEAL}", {"Amount": 5})
    assert api.stored(DEAL)["Amount"] == 1000.0


def test_history_is_written_beside_an_opportunity(api: Api) -> None:
    deal = api.create("Opportunity", **DEAL_BODY, Amount=100)
    api.clock.advance(60)
    api.ok("PATCH", f"sobjects/Opportunity/{deal}", {"Amount": 200})
    api.ok("PATCH", f"sobjects/Opportunity/{deal}", {"NextStep": "nothing that history watches"})
    text = f"SELECT StageName, Amount FROM OpportunityHistory WHERE OpportunityId = '{deal}' ORDER BY CreatedDate"
    assert [(row["Amount"], row["StageName"]) for row in api.query(text)] == [
        (100.0, "Prospecting"),
        (200.0, "Prospecting"),
    ]
    text = f"SELECT Field, OldValue, NewValue FROM OpportunityFieldHistory WHERE OpportunityId = '{deal}'"
    assert api.query(text) == [{"Field": "Amount", "OldValue": 100.0, "NewValue": 200.0}]


def test_a_contact_on_a_new_opportunity_gets_the_primary_role(api: Api) -> None:
    deal = api.create("Opportunity", **DEAL_BODY, ContactId=ANN)
    text = f"SELECT ContactId, IsPrimary FROM OpportunityContactRole WHERE OpportunityId = '{deal}'"
    assert api.query(text) == [{"ContactId": ANN, "IsPrimary": True}]


def test_a_role_stays_with_its_opportunity_and_may_be_doubled(api: Api) -> None:
    roles = [api.create("OpportunityContactRole", OpportunityId=DEAL, ContactId=BOB, Role="Other") for _ in range(2)]
    assert len(set(roles)) == 2
    answer = api("PATCH", f"sobjects/OpportunityContactRole/{roles[0]}", {"OpportunityId": DEAL})
    assert answer.content[0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert answer.content[0]["fields"] == ["OpportunityId"]


def test_a_closed_task_knows_when_it_was_completed(api: Api) -> None:
    task = api.create("Task", Subject="Call", WhoId=BOB, Priority="High")
    row = api.stored(task)
    assert (row["Status"], row["IsClosed"], row["AccountId"], row["IsHighPriority"]) == (
        "Not Started",
        False,
        ACME,
        True,
    )
    api.ok("PATCH", f"sobjects/Task/{task}", {"Status": "Completed"})
    assert (api.stored(task)["IsClosed"], api.stored(task)["CompletedDateTime"]) == (True, STAMP)


def test_names_and_bounces_follow(api: Api) -> None:
    api.ok(
        "PATCH", f"sobjects/Contact/{ANN}", {"LastName": "Adler", "EmailBouncedDate": STAMP, "Email": "ANN@New.example"}
    )
    row = api.stored(ANN)
    assert (row["Name"], row["IsEmailBounced"], row["Email"]) == ("Ann Adler", True, "ann@new.example")


def test_a_parent_may_be_named_by_its_external_id(api: Api) -> None:
    api.deploy_key()
    api.ok("PATCH", "sobjects/Account/Key__c/a%2F1", {"Name": "Keyed"})
    contact = api.create("Contact", LastName="X", Account={"Key__c": "a/1"})
    assert api.org.row(api.stored(contact)["AccountId"])["Name"] == "Keyed"  # type: ignore[index]
    refused = api.refused("POST", "sobjects/Contact", {"LastName": "X", "Account": {"Key__c": "none"}})
    assert refused == (
        400,
        "INVALID_FIELD",
        "Foreign key external ID: none not found for field Key__c in entity Account",
    )
    assert api.refused("POST", "sobjects/Contact", {"LastName": "X", "Account": {"Name": "Acme"}})[1] == "INVALID_FIELD"
    assert api.refused("POST", "sobjects/Contact", {"LastName": "X", "Account": {}})[1] == "INVALID_FIELD"


def test_upsert_by_external_id(api: Api) -> None:
    api.deploy_key()
    path = "sobjects/Account/Key__c/k1"
    created = api("PATCH", path, {"Name": "One"})
    assert (created.status, created.content["created"]) == (201, True)
    again = api("PATCH", path, {"Name": "Two"})
    assert (again.status, again.content) == (
        200,
        {"id": created.content["id"], "success": True, "errors": [], "created": False},
    )
    api.version = "45.0"
    assert api("PATCH", path, {"Name": "Three"}).status == 204
    assert api.ok("GET", path)["Name"] == "Three"
    assert api.refused("PATCH", path, {"Key__c": "k1"})[1:] == (
        "INVALID_FIELD",
        "The Key__c field should not be specified in the sobject data.",
    )
    assert api("DELETE", path).status == 204
    assert api.refused("GET", path)[:2] == (404, "NOT_FOUND")
    assert api.refused("DELETE", path)[:2] == (404, "NOT_FOUND")
    assert api.refused("PATCH", "sobjects/Account/Name/x", {"Phone": "1"})[:2] == (404, "NOT_FOUND")


def test_deleting_takes_children_along_and_undeleting_brings_them_back(api: Api) -> None:
    from connectors.sandbox.salesforce.writes import Call, undelete

    api.create("OpportunityContactRole", OpportunityId=DEAL, ContactId=ANN)
    member = api.create("CampaignMember", CampaignId=WEBINAR, ContactId=ANN)
    assert api("DELETE", f"sobjects/Account/{ACME}").status == 204
    assert api.query("SELECT Id FROM Contact") == [{"Id": CY}]
    assert api.query("SELECT Id FROM Opportunity") == []
    assert api.query(f"SELECT Id FROM CampaignMember WHERE Id = '{member}'", "queryAll") == [], "deleted for good"
    assert api.refused("GET", f"sobjects/Account/{ACME}") == (404, "ENTITY_IS_DELETED", "entity is deleted")
    assert api.refused("DELETE", f"sobjects/Account/{ACME}")[1] == "ENTITY_IS_DELETED"
    assert api.refused("POST", "sobjects/Contact", {"LastName": "x", "AccountId": ACME})[1] == "ENTITY_IS_DELETED"
    undelete(Call(api.org, ME), api.org.schema.objects["Account"], ACME)
    assert api.column("SELECT LastName FROM Contact ORDER BY LastName") == ["Abel", "Berg", "Cole"]
    assert len(api.query("SELECT Id FROM OpportunityContactRole")) == 1


def test_a_deleted_parent_without_cascade_is_forgotten_by_its_children(api: Api) -> None:
    deal = api.create("Opportunity", **DEAL_BODY, CampaignId=WEBINAR)
    api.ok("DELETE", f"sobjects/Campaign/{WEBINAR}")
    assert api.stored(deal).get("CampaignId") is None


def test_updated_and_deleted_lists(api: Api) -> None:
    api.clock.advance(3600)
    api.ok("PATCH", f"sobjects/Account/{BANK}", {"Name": "B"})
    api.ok("DELETE", f"sobjects/Account/{ACME}")
    span = {"start": "2026-11-10T12:30:00+00:00", "end": "2026-11-10T13:30:00+00:00"}
    assert api.ok("GET", "sobjects/Account/updated", **span)["ids"] == [BANK]
    assert api.ok("GET", "sobjects/Account/deleted", **span)["deletedRecords"] == [{"id": ACME, "deletedDate": LATER}]
    assert (
        api.ok("GET", "sobjects/Account/deleted", start="2026-11-10T10:00:00Z", end="2026-11-10T11:00:00Z")[
            "deletedRecords"
        ]
        == []
    )
    assert api.refused("GET", "sobjects/Account/updated")[0] == 400
    backwards = {"start": span["end"], "end": span["start"]}
    assert api.refused("GET", "sobjects/Account/updated", **backwards)[1] == "INVALID_REPLICATION_DATE"


def test_the_recycle_bin_is_emptied_after_a_while() -> None:
    from connectors.sandbox.salesforce.refusal import Refusal
    from connectors.sandbox.salesforce.writes import Call, undelete

    api = Api(session_seconds=10**8)
    api.ok("DELETE", f"sobjects/Contact/{CY}")
    api.clock.advance(14 * 86400)
    assert api.column("SELECT Id FROM Contact WHERE IsDeleted = true", "queryAll") == [CY]
    api.clock.advance(2 * 86400)
    assert api.column("SELECT Id FROM Contact WHERE IsDeleted = true", "queryAll") == []
    with pytest.raises(Refusal):
        undelete(Call(api.org, ME), api.org.schema.objects["Contact"], CY)


def test_a_client_that_cannot_patch_may_post_and_say_so(api: Api) -> None:
    assert api("POST", f"sobjects/Account/{ACME}", {"Name": "Patched"}, _HTTP_METHOD="PATCH").status == 204
    assert api.stored(ACME)["Name"] == "Patched"


def test_counts_of_records_leave_empty_objects_out(api: Api) -> None:
    counts = api.ok("GET", "limits/recordCount", sObjects="Contact,Task,Foo")
    assert counts == {"sObjects": [{"count": 3, "name": "Contact"}]}
    assert {"count": 1, "name": "Lead"} in api.ok("GET", "limits/recordCount")["sObjects"]


def test_basic_information_of_an_object(api: Api) -> None:
    said = api.ok("GET", "sobjects/Contact")
    assert (said["objectDescribe"]["keyPrefix"], said["recentItems"]) == ("003", [])
    assert api.refused("PATCH", "sobjects/Account/nonsense", {"Name": "x"})[:2] == (404, "NOT_FOUND")


def test_deleted_world_rows_are_listed_as_deleted() -> None:
    gone = {"Id": ACME, "Name": "A", "IsDeleted": True, "SystemModstamp": "2026-11-09T00:00:00.000+0000"}
    api = Api({"Account": [gone]})
    deleted = api.ok("GET", "sobjects/Account/deleted", start="2026-11-08T00:00:00Z", end="2026-11-10T00:00:00Z")
    assert [row["id"] for row in deleted["deletedRecords"]] == [ACME]


def test_what_changed_is_told_for_thirty_days_and_at_least_a_minute() -> None:
    api = Api()
    for begin, end, problem in (
        ("2026-10-01T00:00:00Z", "2026-11-10T00:00:00Z", "startDate cannot be more than 30 days ago"),
        ("2026-11-10T00:00:00Z", "2026-11-10T00:00:30Z", "endDate must be at least one minute greater than startDate"),
    ):
        for resource in ("updated", "deleted"):
            refused = api.refused("GET", f"sobjects/Account/{resource}", start=begin, end=end)
            assert refused == (400, "INVALID_REPLICATION_DATE", problem)


def test_relationships_lead_to_parents_and_children() -> None:
    api = Api()
    assert api.ok("GET", f"sobjects/Contact/{ANN}/Account", fields="Name")["Name"] == "Acme"
    children = api.ok("GET", f"sobjects/Account/{ACME}/Contacts", fields="LastName")
    assert [row["LastName"] for row in children["records"]] == ["Abel", "Berg"]
    assert len(api.ok("GET", f"sobjects/Account/{BANK}/Contacts")["records"][0]) > 20
    assert api("GET", f"sobjects/Account/{ACME}/Parent").status == 204
    assert api.refused("GET", f"sobjects/Account/{ACME}/Nothing")[:2] == (404, "NOT_FOUND")


def test_a_wrong_method_is_told_the_right_ones_and_head_has_no_body() -> None:
    api = Api()
    status, code, message = api.refused("PUT", f"sobjects/Account/{ACME}")
    assert (status, code) == (405, "METHOD_NOT_ALLOWED")
    assert message == "HTTP Method 'PUT' not allowed. Allowed are HEAD,GET,PATCH,DELETE"
    assert api("HEAD", "limits").status == 200
