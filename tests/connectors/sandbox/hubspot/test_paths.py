"""The path table: dated versions beside numbered ones, and nothing shadowed."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.sandbox.hubspot.paths import PATHS
from connectors.sandbox.hubspot.routes import Routes

GUID = "a9b3259c-9ee2-4324-a168-02aaed8b683f"
DATED = [
    ("GET", "/crm/objects/2026-09/contacts", "/crm/v3/objects/contacts"),
    ("GET", "/crm/objects/2026-03/0-1/3", "/crm/v3/objects/contacts/3"),
    ("POST", "/crm/objects/2026-09/contacts/search", "/crm/v3/objects/contacts/search"),
    ("POST", "/crm/objects/2026-09/contacts/batch/read", "/crm/v3/objects/contacts/batch/read"),
    (
        "GET",
        "/crm/objects/2026-09/contacts/1/associations/companies",
        "/crm/v4/objects/contacts/1/associations/companies",
    ),
    ("GET", "/crm/properties/2026-09/contacts", "/crm/v3/properties/contacts"),
    ("GET", "/crm/owners/2026-09", "/crm/v3/owners"),
    ("GET", "/crm/lists/2026-09/1/memberships", "/crm/v3/lists/1/memberships"),
    ("GET", "/marketing/forms/2026-09-beta", "/marketing/v3/forms"),
    ("GET", f"/marketing/campaigns/2026-09/{GUID}", f"/marketing/v3/campaigns/{GUID}"),
    ("GET", "/marketing/marketing-events/2026-09", "/marketing/v3/marketing-events"),
    ("GET", "/account-info/2026-09/details", "/account-info/v3/details"),
]


@pytest.mark.parametrize(("method", "dated", "numbered"), DATED, ids=[dated for _, dated, _ in DATED])
def test_dated_paths_answer_what_the_numbered_do(call: Any, method: str, dated: str, numbered: str) -> None:
    body = {"inputs": [{"id": "1"}]} if method == "POST" else None
    assert call.ok(method, dated, body, limit=50) == call.ok(method, numbered, body, limit=50)


def test_other_dates_are_no_versions(call: Any) -> None:
    status, page = call("GET", "/crm/objects/2025-01/contacts")
    assert status == 404 and "<title>Error 404 Not Found</title>" in page, "in front of the services stands a proxy"


def test_every_path_leads_to_its_own_handler() -> None:
    routes = Routes(PATHS)
    for path in PATHS:
        parts = [f"<{part[1:-1]}>" if part.startswith("{") else part for part in path.template.split("/")]
        route = routes.find(path.method, "/".join(parts))
        assert route is not None and route.path is path, path.template
        assert all(value == f"<{name}>" for name, value in route.params.items())


def test_slash_at_the_end_changes_nothing(call: Any) -> None:
    assert call.ok("GET", "/crm/v3/owners/") == call.ok("GET", "/crm/v3/owners")


def test_many_different_paths_do_not_pile_up() -> None:
    routes = Routes(PATHS)
    for n in range(10_000):
        assert routes.find("GET", f"/crm/v3/objects/contacts/{n}") is not None
    assert len(routes._seen) <= 4097
