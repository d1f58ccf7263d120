"""The sandbox's own endpoint: what happened, and what people do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
import urllib3

from connectors.sandbox.server import Sandbox

Asked = tuple[int, Any]


@pytest.fixture
def ask(sandbox: Sandbox) -> Callable[..., Asked]:
    """Call the running sandbox over HTTP."""
    pool = urllib3.PoolManager(retries=False)

    def send(method: str, path: str, body: Any = None) -> Asked:
        headers = {"Authorization": "Bearer sandbox-token"}
        content = orjson.dumps(body) if body is not None else None
        answer = pool.request(method, sandbox.hubspot_url + path, body=content, headers=headers)
        return answer.status, orjson.loads(answer.data) if answer.data else None

    return send


def test_state_counts(ask: Any) -> None:
    ask("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": "Salem"}})
    ask("GET", "/crm/v3/objects/contacts")
    state = ask("GET", "/_sandbox/state")[1]
    assert state["records"]["contacts"] == 11 and state["archived"] == {"contacts": 1}
    assert state["records"]["email_events"] == 25
    assert (state["calls"], state["writes"], state["system"]) == (2, 1, "hubspot")


def test_calls_are_counted_by_endpoint(ask: Any) -> None:
    for id in (1, 2):
        ask("GET", f"/crm/v3/objects/contacts/{id}")
    assert ask("GET", "/_sandbox/calls")[1] == {"GET /crm/v3/objects/{type}/{id}": 2}
    ask("DELETE", "/_sandbox/calls")
    assert ask("GET", "/_sandbox/calls")[1] == {}


def test_writes_are_told_newest_first(ask: Any) -> None:
    for city in ("Salem", "Macon"):
        ask("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": city}})
    latest = ask("GET", "/_sandbox/writes?limit=1")[1]
    assert latest["count"] == 2
    assert latest["writes"][0] == {
        "at": "2026-11-02T12:00:00+00:00", "who": "api", "verb": "update", "object": "contacts", "id": "1",
        "fields": {"city": "Macon"},
    }  # fmt: skip


def test_a_person_edits(ask: Any) -> None:
    edited = ask("POST", "/_sandbox/records/contacts/1", {"properties": {"lifecyclestage": "lead"}, "user": "44"})[1]
    assert edited["properties"]["lifecyclestage"] == "lead" and edited["updatedAt"] == "2026-11-02T12:00:00Z"
    history = ask("GET", "/crm/v3/objects/contacts/1?propertiesWithHistory=lifecyclestage")[1]
    assert history["propertiesWithHistory"]["lifecyclestage"][0] | {"timestamp": ""} == {
        "value": "lead", "timestamp": "", "sourceType": "CRM_UI", "sourceId": "userId:44",
    }  # fmt: skip


def test_a_person_creates_archives_restores(ask: Any) -> None:
    made = ask("POST", "/_sandbox/records/companies", {"properties": {"name": "New Bank"}})[1]
    path = f"/crm/v3/objects/companies/{made['id']}"
    assert ask("DELETE", f"/_sandbox/records/companies/{made['id']}")[1]["archived"] is True
    assert ask("GET", path)[0] == 404
    assert ask("POST", f"/_sandbox/restore/companies/{made['id']}")[1]["archived"] is False
    assert ask("GET", path)[0] == 200


def test_a_visitor_submits_a_form(ask: Any) -> None:
    form = "5b7cc8ba-41fa-42fb-a5f5-8c47806a2206"
    row = {"formId": form, "conversionId": "new", "submittedAt": 1_799_000_000_000, "values": []}
    ask("POST", "/_sandbox/records/form_submissions", row)
    page = ask("GET", f"/form-integrations/v1/submissions/forms/{form}")[1]
    assert page["results"][0]["conversionId"] == "new"


def test_records_with_everything(ask: Any) -> None:
    contact = ask("GET", "/_sandbox/records/contacts/1")[1]
    assert contact["properties"]["email"] == "c1@bank.example" and set(contact["associations"]) == {
        "companies",
        "calls",
    }
    assert len(ask("GET", "/_sandbox/records/contacts?offset=2&limit=3")[1]) == 3
    assert ask("GET", "/_sandbox/records/owners")[1][0]["id"] == "71"


def test_the_clock_is_set_frozen_and_advanced(ask: Any) -> None:
    assert ask("GET", "/_sandbox/clock")[1] == {"now": "2026-11-02T12:00:00+00:00"}
    assert ask("POST", "/_sandbox/clock", {"advance": 60})[1] == {"now": "2026-11-02T12:01:00+00:00"}
    ask("POST", "/_sandbox/clock", {"now": "2027-01-01T00:00:00+00:00", "frozen": True})
    made = ask("POST", "/crm/v3/objects/companies", {"properties": {"name": "New Bank"}})[1]
    assert made["createdAt"] == "2027-01-01T00:00:00Z"


def test_faults_are_set_shown_and_ended(ask: Any) -> None:
    assert ask("POST", "/_sandbox/faults", {"rules": [{"kind": "limited", "count": 1}], "seed": 7})[0] == 200
    assert ask("GET", "/crm/v3/owners")[0] == 429
    assert ask("GET", "/crm/v3/owners")[0] == 200
    shown = ask("GET", "/_sandbox/faults")[1]
    assert (shown["seed"], shown["rules"][0]["struck"]) == (7, 1) and "cut_after" in shown["kinds"]
    assert ask("DELETE", "/_sandbox/faults")[1]["rules"] == []


def test_mistakes_are_told(ask: Any) -> None:
    assert ask("POST", "/_sandbox/faults", {"rules": [{"kind": "gremlins"}]})[0] == 400
    assert ask("POST", "/_sandbox/faults", {"rules": [{"kind": "html", "colour": "red"}]})[0] == 400
    assert ask("POST", "/_sandbox/clock", {"now": "soon"})[0] == 400
    assert ask("GET", "/_sandbox/records/contacts/999")[0] == 404
    for method, path in (("GET", "nothing"), ("GET", ""), ("GET", "records"), ("POST", "restore/contacts")):
        status, body = ask(method, f"/_sandbox/{path}")
        assert status == 404 and "GET /_sandbox/state" in body["message"]
