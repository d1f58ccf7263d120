"""What the portal tells of itself: pipelines with their stages, types beyond those that syncd uses, its own address."""

from __future__ import annotations

from typing import Any

import pytest
import urllib3

from connectors.sandbox.server import Sandbox

PIPELINES = "/crm/v3/pipelines"
TYPES = [
    "users", "orders", "carts", "invoices", "discounts", "fees", "taxes", "subscriptions", "commerce_payments", "0-162",
    "0-410", "0-420", "0-421", "projects", "leads", "quotes", "goal_targets", "feedback_submissions",
]  # fmt: skip


@pytest.mark.parametrize("type", TYPES)
def test_types_without_records_are_empty(call: Any, type: str) -> None:
    assert call.ok("GET", f"/crm/objects/2026-03/{type}") == {"results": []}
    assert call.ok("POST", f"/crm/objects/2026-03/{type}/search", {})["total"] == 0


def test_pipelines_and_stages_one_by_one(call: Any) -> None:
    whole = call.ok("GET", f"{PIPELINES}/deals")["results"][0]
    assert call.ok("GET", f"{PIPELINES}/deals/default") == whole
    assert call.ok("GET", f"{PIPELINES}/deals/default/stages")["results"] == whole["stages"]
    assert call.ok("GET", f"{PIPELINES}/deals/default/stages/closedwon")["metadata"]["isClosed"] == "true"
    assert call("GET", f"{PIPELINES}/deals/default/stages/nowhere")[0] == 404
    assert call("GET", f"{PIPELINES}/deals/nowhere")[0] == 404
    assert call("GET", "/crm/v3/schemas/p_car")[0] == 400


def test_behavioural_events_must_be_of_something(call: Any) -> None:
    assert call.ok("GET", "/events/v3/events", objectType="contact", objectId="1") == {"results": []}
    status, body = call("GET", "/events/v3/events")
    assert (status, body["message"]) == (400, "Must specify an eventType or objectType")


def test_links_of_associations_lead_there_too(make: Any) -> None:
    with Sandbox(hubspot=make(association_page=1).simulator) as sandbox:
        headers = {"Authorization": "Bearer sandbox-token"}
        answer = urllib3.request(
            "GET", f"{sandbox.hubspot_url}/crm/v3/objects/contacts/1?associations=companies", headers=headers
        ).json()
        link = answer["associations"]["companies"]["paging"]["next"]["link"]
        assert link.startswith(sandbox.hubspot_url)
        assert [to["id"] for to in urllib3.request("GET", link, headers=headers).json()["results"]] == ["102"]


def test_links_lead_to_where_the_portal_was_called(sandbox: Sandbox) -> None:
    url = f"{sandbox.hubspot_url}/crm/v3/objects/contacts?limit=1"
    page = urllib3.request("GET", url, headers={"Authorization": "Bearer sandbox-token"}).json()
    assert page["paging"]["next"]["link"] == f"{url}&after=2"
