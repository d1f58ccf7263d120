"""The vendor's own client reads every family of answers into its own models (hubspot-api-client 12.0.0, unmodified)."""

from __future__ import annotations

import pytest
from hubspot import HubSpot
from hubspot.crm import associations, companies, contacts, lists, properties
from hubspot.crm.associations import v4
from hubspot.crm.objects import calls

FORM = "5b7cc8ba-41fa-42fb-a5f5-8c47806a2206"


def test_list_pages_with_associations(client: HubSpot) -> None:
    page = client.crm.contacts.basic_api.get_page(limit=2, properties=["email"], associations=["companies"])
    first = page.results[0]
    assert (first.id, first.properties["email"], first.archived) == ("1", "c1@bank.example", False)
    assert [(one.id, one.type) for one in first.associations["companies"].results] == [
        ("101", "contact_to_company"),
        ("101", "contact_to_company_unlabeled"),
        ("102", "contact_to_company_unlabeled"),
    ]
    assert page.paging.next.after == "3"
    assert [one.id for one in client.crm.contacts.get_all()] == [str(id) for id in range(1, 12)]


def test_archived_contacts(client: HubSpot) -> None:
    page = client.crm.contacts.basic_api.get_page(archived=True)
    assert [(one.id, one.archived_at.isoformat()) for one in page.results] == [("12", "2026-10-05T00:00:00+00:00")]


def test_one_contact_with_history(client: HubSpot) -> None:
    api = client.crm.contacts.basic_api
    api.update("1", contacts.SimplePublicObjectInput(properties={"jobtitle": "CFO"}))
    read = api.get_by_id("c1@bank.example", id_property="email", properties_with_history=["jobtitle"])
    assert [one.value for one in read.properties_with_history["jobtitle"]] == ["CFO"]


def test_create_update_archive(client: HubSpot) -> None:
    api = client.crm.companies.basic_api
    link = companies.PublicAssociationsForObject(
        to=companies.PublicObjectId(id="3"),
        types=[companies.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=2)],
    )
    made = api.create(
        companies.SimplePublicObjectInputForCreate(properties={"name": "Third Bank"}, associations=[link])
    )
    assert made.properties["name"] == "Third Bank"
    changed = api.update(made.id, companies.SimplePublicObjectInput(properties={"city": "Salem"}))
    assert changed.properties["city"] == "Salem"
    read = client.crm.contacts.basic_api.get_by_id("3", associations=["companies"])
    assert [one.type for one in read.associations["companies"].results] == [
        "contact_to_company",
        "contact_to_company_unlabeled",
    ]
    api.archive(made.id)
    with pytest.raises(companies.ApiException) as refused:
        api.get_by_id(made.id)
    assert refused.value.status == 404


def test_the_client_searches_by_stamp(client: HubSpot) -> None:
    asked = contacts.PublicObjectSearchRequest(
        filter_groups=[
            {"filters": [{"propertyName": "lastmodifieddate", "operator": "GTE", "value": "1790000000000"}]}
        ],
        sorts=["hs_object_id"],
        properties=["email"],
        limit=5,
        after="0",
    )
    page = client.crm.contacts.search_api.do_search(asked)
    assert (page.total, [one.id for one in page.results]) == (11, ["1", "2", "3", "4", "5"])
    assert page.paging.next.after == "5"


def test_the_client_reads_and_upserts_in_batches(client: HubSpot) -> None:
    api = client.crm.contacts.batch_api
    read = api.read(contacts.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": "1"}, {"id": "2"}], properties=["email"], properties_with_history=["email"]
    ))  # fmt: skip
    assert {one.id for one in read.results} == {"1", "2"}
    lost = api.read(contacts.BatchReadInputSimplePublicObjectId(
        inputs=[{"id": "1"}, {"id": "999"}], properties=[], properties_with_history=[]
    ))  # fmt: skip
    assert (lost.num_errors, lost.errors[0].context["ids"]) == (1, ["999"])
    made = api.create(contacts.BatchInputSimplePublicObjectBatchInputForCreate(
        inputs=[{"properties": {"email": "new@bank.example"}, "associations": []}]
    ))  # fmt: skip
    upserted = api.upsert(contacts.BatchInputSimplePublicObjectBatchInputUpsert(
        inputs=[
            {"id": "new@bank.example", "idProperty": "email", "properties": {"city": "Salem"}},
            {"id": "newer@bank.example", "idProperty": "email", "properties": {"city": "Macon"}},
        ]
    ))  # fmt: skip
    assert [(one.new, one.properties["city"]) for one in upserted.results] == [(False, "Salem"), (True, "Macon")]
    updated = api.update(contacts.BatchInputSimplePublicObjectBatchInput(
        inputs=[{"id": made.results[0].id, "properties": {"city": "Dayton"}}]
    ))  # fmt: skip
    assert updated.results[0].properties["city"] == "Dayton"
    api.archive(contacts.BatchInputSimplePublicObjectId(inputs=[{"id": made.results[0].id}]))
    assert client.crm.contacts.basic_api.get_page(archived=True, limit=10).results[-1].id == made.results[0].id


def test_the_client_reads_and_writes_associations(client: HubSpot) -> None:
    api = client.crm.associations.v4.batch_api
    page = api.get_page("contacts", "companies", v4.BatchInputPublicFetchAssociationsBatchRequest(
        inputs=[{"id": "1"}, {"id": "9"}]
    ))  # fmt: skip
    assert [(to.to_object_id, [one.label for one in to.association_types]) for to in page.results[0].to] == [
        ("101", [None, "Primary"]),
        ("102", [None]),
    ]
    assert page.errors[0].context["fromObjectId"] == ["9"]
    basic = client.crm.associations.v4.basic_api
    basic.create_default("contacts", "9", "companies", "101")
    made = basic.create(
        "contacts", "9", "companies", "102",
        [v4.AssociationSpec(association_category="HUBSPOT_DEFINED", association_type_id=1)],
    )  # fmt: skip
    assert made.labels == ["Primary"]
    listed = basic.get_page("contacts", "9", "companies")
    assert [one.to_object_id for one in listed.results] == ["101", "102"]
    basic.archive("contacts", "9", "companies", "101")
    assert [one.to_object_id for one in basic.get_page("contacts", "9", "companies").results] == ["102"]
    created = api.create("calls", "contacts", v4.BatchInputPublicAssociationMultiPost(
        inputs=[{"from": {"id": "501"}, "to": {"id": "3"},
                 "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}]
    ))  # fmt: skip
    assert (created.results[0].from_object_id, created.results[0].to_object_id) == ("501", "3")
    labels = client.crm.associations.v4.schema.definitions_api.get_all("contacts", "companies")
    assert [(one.type_id, one.label) for one in labels.results] == [(279, None), (1, "Primary")]
    old = client.crm.associations.batch_api.read("contacts", "companies", associations.BatchInputPublicObjectId(
        inputs=[{"id": "2"}]
    ))  # fmt: skip
    assert [one.id for one in old.results[0].to] == ["102", "102"]


def test_the_client_reads_and_creates_activities(client: HubSpot) -> None:
    call = client.crm.objects.calls.basic_api.get_page(associations=["contacts", "companies"]).results[0]
    assert [one.id for one in call.associations["contacts"].results] == ["1", "2"]
    made = client.crm.objects.calls.basic_api.create(
        calls.SimplePublicObjectInputForCreate(properties={"hs_timestamp": "1790000000000"}, associations=[])
    )
    assert made.properties["hs_timestamp"] == "2026-09-21T14:13:20Z"


def test_the_client_reads_owners_archived_ones_too(client: HubSpot) -> None:
    owners = client.crm.owners.owners_api
    assert [one.email for one in owners.get_page().results] == ["east@sandbox.example", "west@sandbox.example"]
    assert [one.id for one in owners.get_page(archived=True).results] == ["73"]
    assert owners.get_by_id(958, id_property="userId").id == "71"


def test_properties_and_groups(client: HubSpot) -> None:
    core = client.crm.properties.core_api
    assert "email" in {one.name for one in core.get_all("contacts").results}
    client.crm.properties.groups_api.create(
        "contacts", properties.PropertyGroupCreate(name="syncd", label="syncd", display_order=1)
    )
    made = core.create("contacts", properties.PropertyCreate(
        name="syncd_status", label="Status", type="enumeration", field_type="select", group_name="syncd",
        options=[{"label": "Yes", "value": "yes", "displayOrder": 0, "hidden": False}],
    ))  # fmt: skip
    assert (made.name, made.hubspot_defined, made.options[0].value) == ("syncd_status", False, "yes")
    batch = client.crm.properties.batch_api.create("contacts", properties.BatchInputPropertyCreate(
        inputs=[{"name": "syncd_ask", "label": "Ask", "type": "string", "fieldType": "text", "groupName": "syncd"}]
    ))  # fmt: skip
    assert batch.results[0].name == "syncd_ask"
    assert {one.name for one in client.crm.properties.groups_api.get_all("contacts").results} >= {"syncd"}
    core.archive("contacts", "syncd_ask")
    assert core.get_by_name("contacts", "syncd_status").group_name == "syncd"


def test_the_client_makes_a_list_and_adds_members(client: HubSpot) -> None:
    api = client.crm.lists.lists_api
    made = api.create(lists.ListCreateRequest(name="Potential MQLs", object_type_id="0-1", processing_type="MANUAL"))
    id = made.list.list_id
    members = client.crm.lists.memberships_api
    added = members.add(id, ["1", "2", "999"])
    assert (added.records_ids_added, added.record_ids_missing) == (["1", "2"], ["999"])
    changed = members.add_and_remove(
        id, lists.MembershipChangeRequest(record_ids_to_add=["3"], record_ids_to_remove=["1"])
    )
    assert (changed.records_ids_added, changed.record_ids_removed) == (["3"], ["1"])
    page = members.get_page(id, limit=1)
    assert ([one.record_id for one in page.results], page.paging.next.after) == (["2"], "2")
    assert api.get_by_name("Potential MQLs", "0-1").list.list_id == id
    assert api.get_by_id(id).list.name == "Potential MQLs"
    answer = api.do_search(lists.ListSearchRequest(query="potential", additional_properties=[]))
    assert (answer.total, answer.lists[0].additional_properties["hs_list_size"]) == (1, "2")
    assert members.get_lists("0-1", "2").results[0].list_id == id
    members.remove(id, ["2"])
    members.remove_all(id)
    api.remove(id)
    api.restore(id)


def test_merge_and_gdpr(client: HubSpot) -> None:
    api = client.crm.contacts.basic_api
    merged = api.merge(contacts.PublicMergeInput(primary_object_id="1", object_id_to_merge="2"))
    assert merged.properties["hs_merged_object_ids"] == "1;2"
    api.purge(contacts.PublicGdprDeleteInput(object_id=merged.id))
    with pytest.raises(contacts.ApiException) as refused:
        api.get_by_id(merged.id)
    assert refused.value.status == 404


def test_forms_and_events(client: HubSpot) -> None:
    forms = client.marketing.forms.forms_api.get_page()
    assert [(one.id, one.name) for one in forms.results] == [(FORM, "Contact sales")]
    events = client.marketing.events.basic_api.get_all()
    assert [(one.object_id, one.event_type, one.registrants, one.attendees) for one in events.results] == [
        ("5001", "WEBINAR", 4, 2)
    ]
    api = client.marketing.events.retrieve_participant_state_api
    people = api.get_participations_breakdown_by_marketing_event_id("5001", limit=3)
    assert [(one.associations.contact.email, one.properties.attendance_state) for one in people.results] == [
        ("c1@bank.example", "ATTENDED"),
        ("c2@bank.example", "ATTENDED"),
        ("c3@bank.example", "NO_SHOW"),
    ]
    assert people.total == 4 and people.paging.next.after
    counts = api.get_participations_counters_by_marketing_event_id("5001")
    assert (counts.registered, counts.attended, counts.no_shows) == (4, 2, 2)
    mine = api.get_participations_breakdown_by_contact_id("1")
    assert mine.results[0].associations.marketing_event.name == "Check fraud at the teller line"


def test_pipelines_and_tokens(client: HubSpot) -> None:
    stages = client.crm.pipelines.pipelines_api.get_all("deals").results[0].stages
    assert stages[0].id == "appointmentscheduled"
    tokens = client.oauth.tokens_api.create(
        grant_type="refresh_token", client_id="sandbox-client", client_secret="sandbox-secret",
        refresh_token="sandbox-refresh",
    )  # fmt: skip
    assert tokens.expires_in == 1800
    assert client.oauth.access_tokens_api.get(tokens.access_token).hub_id == 62515


def test_errors_deserialize(client: HubSpot) -> None:
    with pytest.raises(contacts.ApiException) as refused:
        client.crm.contacts.basic_api.create(
            contacts.SimplePublicObjectInputForCreate(properties={"email": "c1@bank.example"}, associations=[])
        )
    assert refused.value.status == 409 and '"category":"CONFLICT"' in refused.value.body
