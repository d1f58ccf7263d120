"""The HubSpot simulator answers as HubSpot does where it once did not."""

from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from hubspot.marketing.events.models import MarketingEventPublicReadResponseV2
from hubspot.marketing.forms.models import FormStyle

from connectors.hubspot import paths
from connectors.sandbox.hubspot import Options
from tests.connectors.hubspot.conftest import *  # noqa: F403
from tests.connectors.hubspot.portals import LONG_AGO, Portal, company, contact, crm, iso

FORM = {"id": "f1", "name": "Newsletter", "createdAt": iso(LONG_AGO), "updatedAt": iso(LONG_AGO)}
EVENT = {"objectId": "5001", "eventName": "Breakfast", "eventUrl": None, "startDateTime": None}


@pytest.fixture
def portal(open_portal: Any) -> Portal:
    portal: Portal = open_portal(
        {
            "contacts": [contact(1), {**contact(2), "archived": True, "archivedAt": iso(LONG_AGO)}],
            "companies": [company(7)],
            "forms": [FORM],
            "marketing_events": [EVENT],
            "campaigns": [crm(31, {"hs_name": "Spring"})],
        }
    )
    return portal


def ask(portal: Portal, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": "Bearer sandbox-token"}
    answer = requests.request(method, f"{portal.url}{path}", json=body, headers=headers, timeout=10)
    assert answer.ok, answer.text
    return answer.json()


def test_every_record_carries_its_address_in_the_portal(portal: Portal) -> None:
    records = ask(portal, "GET", "/crm/v3/objects/contacts?limit=10")["results"]
    records += ask(portal, "POST", "/crm/v3/objects/companies/search", {"limit": 10})["results"]
    records += ask(portal, "POST", "/crm/v3/objects/contacts/batch/read", {"inputs": [{"id": "1"}]})["results"]
    assert {record["url"] for record in records} == {
        "https://app.hubspot.com/contacts/62515/record/0-1/1",
        "https://app.hubspot.com/contacts/62515/record/0-2/7",
    }


def test_a_marketing_event_leaves_out_what_it_does_not_have(portal: Portal) -> None:
    for path in ("/marketing/v3/marketing-events/5001", "/marketing/marketing-events/v3/5001"):
        event = ask(portal, "GET", path)
        assert "eventUrl" not in event
        assert None not in event.values()
        assert event.keys() <= set(MarketingEventPublicReadResponseV2.attribute_map.values())


def test_marketing_events_answer_where_they_are_documented(portal: Portal) -> None:
    assert paths.EVENTS.at("numbered").url == "/marketing/marketing-events/v3"
    documented = ask(portal, "GET", "/marketing/marketing-events/v3?limit=10")
    assert documented == ask(portal, "GET", "/marketing/v3/marketing-events?limit=10")
    counted = ask(portal, "GET", "/marketing/marketing-events/v3/participations/5001/breakdown")
    assert counted == ask(portal, "GET", "/marketing/v3/marketing-events/participations/5001/breakdown")


def test_a_form_s_style_has_every_field_that_is_required(portal: Portal) -> None:
    style = ask(portal, "GET", "/marketing/v3/forms/f1")["displayOptions"]["style"]
    assert style.keys() == set(FormStyle.attribute_map.values())
    assert all(isinstance(value, str) and value for value in style.values())


def test_one_campaign_has_assets_and_a_list_of_them_has_none(portal: Portal) -> None:
    (listed,) = ask(portal, "GET", "/marketing/v3/campaigns?properties=hs_name")["results"]
    assert "assets" not in listed
    assert ask(portal, "GET", f"/marketing/v3/campaigns/{listed['id']}")["assets"] == {}


@pytest.mark.parametrize("version", ["2026-03", "2026-09"])
def test_tokens_are_fetched_described_and_taken_back_without_a_token_in_a_path(portal: Portal, version: str) -> None:
    def post(path: str, **form: str) -> Any:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{portal.url}/oauth/{version}/{path}"
        return requests.post(url, data=urlencode(form), headers=headers, timeout=10)

    client = {"client_id": "sandbox-client", "client_secret": "sandbox-secret"}
    refresh = {"grant_type": "refresh_token", "refresh_token": "sandbox-refresh"}
    access = post("token", **client, **refresh).json()["access_token"]
    assert post("token/introspect", **client, token=access).json()["active"] is True
    wrong = post("token", client_id="sandbox-client", client_secret="no", **refresh)
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_client")
    assert post("token/revoke", **client, token="sandbox-refresh").ok
    refused = post("token", **client, **refresh)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("installed", [True, False])
def test_ids_of_salesforce_exist_only_with_hubspot_s_own_integration(open_portal: Any, installed: bool) -> None:
    linked = crm(1, {"email": "ann@bank.example", "salesforcecontactid": "003000000000001AAA"})
    options = Options(tier="unlimited", search_limit=None, salesforce_integration=installed)
    portal = open_portal({"contacts": [linked]}, options)
    for kind, name in (("contacts", "salesforcecontactid"), ("contacts", "salesforceleadid")):
        names = {one["name"] for one in ask(portal, "GET", f"/crm/v3/properties/{kind}")["results"]}
        assert (name in names) is installed
    (record,) = ask(portal, "GET", "/crm/v3/objects/contacts?properties=salesforcecontactid")["results"]
    assert ("salesforcecontactid" in record["properties"]) is installed
    problems = portal.connect().check({"contacts": ("email",), "companies": ("name",)})
    assert not [problem for problem in problems if "salesforce" in problem.what]


def test_the_connector_reads_marketing_events_by_the_documented_path(portal: Portal) -> None:
    for api in ("numbered", "dated"):
        before = portal.calls("/marketing/marketing-events/")
        list(portal.connect(api=api).pull("marketing_events", (), None))
        assert portal.calls("/marketing/marketing-events/") > before
    assert portal.calls("/marketing/v3/marketing-events") == 0
