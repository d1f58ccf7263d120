"""Tokens: unknown, expired, refreshed, without the scope."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from connectors.sandbox.hubspot import identity
from connectors.sandbox.hubspot.paths import PATHS

CONTACTS = "/crm/v3/objects/contacts"
FORM = {
    "grant_type": "refresh_token",
    "client_id": "sandbox-client",
    "client_secret": "sandbox-secret",
    "refresh_token": "sandbox-refresh",
}


def test_no_token(call: Any) -> None:
    call.token = "wrong"
    status, body = call("GET", CONTACTS)
    assert (status, body["category"]) == (401, "INVALID_AUTHENTICATION")
    assert body["message"].startswith("Authentication credentials not found.")


SCOPES = {
    "contacts": ("GET", CONTACTS, "crm.objects.contacts.read"),
    "writing": ("POST", CONTACTS, "crm.objects.contacts.write"),
    "companies": ("GET", "/crm/v3/objects/companies", "crm.objects.companies.read"),
    "activities go with contacts": ("GET", "/crm/v3/objects/calls", "crm.objects.contacts.read"),
    "owners": ("GET", "/crm/v3/owners", "crm.objects.owners.read"),
    "properties": ("GET", "/crm/v3/properties/companies", "crm.schemas.companies.read"),
    "lists": ("PUT", "/crm/v3/lists/1/memberships/add", "crm.lists.write"),
    "forms": ("GET", "/marketing/v3/forms", "forms"),
    "e-mail events": ("GET", "/email/public/v1/events", "content"),
    "marketing events": ("GET", "/marketing/v3/marketing-events", "crm.objects.marketing_events.read"),
    "associations": ("POST", "/crm/v4/associations/contacts/companies/batch/read", "crm.objects.contacts.read"),
}


@pytest.mark.parametrize(("method", "path", "scope"), SCOPES.values(), ids=SCOPES)
def test_missing_scopes_are_named(call: Any, method: str, path: str, scope: str) -> None:
    call.simulator.portal.identity.grant("poor", ["oauth"])
    call.token = "poor"
    status, body = call(method, path, {})
    assert (status, body["category"]) == (403, "MISSING_SCOPES")
    assert body["errors"][0]["context"]["requiredGranularScopes"] == [scope]
    call.simulator.portal.identity.grant("poor", [scope])
    assert call(method, path, {})[0] != 403


def test_any_token_may_read_the_account(call: Any) -> None:
    call.simulator.portal.identity.grant("poor", ["oauth"])
    call.token = "poor"
    assert call.ok("GET", "/account-info/v3/details")["portalId"] == 62515


def test_access_tokens_run_out_and_are_refreshed(call: Any, clock: Any) -> None:
    call.token = call.ok("POST", "/oauth/v1/token", urlencode(FORM).encode())["access_token"]
    clock.advance(1799)
    assert call("GET", CONTACTS)[0] == 200
    clock.advance(2)
    status, body = call("GET", CONTACTS)
    assert (status, body["category"]) == (401, "EXPIRED_AUTHENTICATION")
    assert body["message"] == "The OAuth token used to make this call expired 1 second(s) ago."
    assert body["context"] == {"expire time": ["2026-11-02T12:30:00Z"]}
    call.token = call.ok("POST", "/oauth/v1/token", urlencode(FORM).encode())["access_token"]
    assert call("GET", CONTACTS)[0] == 200


@pytest.mark.parametrize(("change", "status"), [
    ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
    ({"client_secret": "wrong"}, "BAD_CLIENT_ID"),
    ({"refresh_token": "wrong"}, "BAD_REFRESH_TOKEN"),
])  # fmt: skip
def test_refused_refreshes(call: Any, change: dict[str, str], status: str) -> None:
    answer = call("POST", "/oauth/v1/token", urlencode(FORM | change).encode())
    assert (answer[0], answer[1]["status"]) == (400, status)


def test_tokens_tell_what_they_are(call: Any) -> None:
    assert call.ok("GET", "/oauth/v1/access-tokens/sandbox-token")["scopes"] == sorted(identity.SCOPES)
    assert call.ok("GET", "/oauth/v1/refresh-tokens/sandbox-refresh")["client_id"] == "sandbox-client"
    info = call.ok("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "sandbox-token"})
    assert info["hubId"] == 62515
    assert call("GET", "/oauth/v1/access-tokens/nobody")[0] == 404
    assert call("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "nobody"})[0] == 404


def test_a_revoked_refresh_token_buys_nothing(call: Any) -> None:
    call.ok("DELETE", "/oauth/v1/refresh-tokens/sandbox-refresh")
    assert call("GET", "/oauth/v1/refresh-tokens/sandbox-refresh")[0] == 404
    assert call("POST", "/oauth/v1/token", urlencode(FORM).encode())[0] == 400


def test_the_dated_versions_ask_and_revoke_by_post(call: Any) -> None:
    access = call.ok("POST", "/oauth/2026-09/token", urlencode(FORM).encode())["access_token"]
    token = call.ok("POST", "/oauth/2026-09/token/introspect", urlencode({"token": access}).encode())
    assert (token["active"], token["token_use"], token["expires_in"]) == (True, "access_token", 1800)
    token = call.ok("POST", "/oauth/2026-09/token/introspect", urlencode({"token": "sandbox-refresh"}).encode())
    assert (token["active"], token["token_use"]) == (True, "refresh_token")
    call.ok("POST", "/oauth/2026-09/token/revoke", urlencode({"token": "sandbox-refresh"}).encode())
    token = call.ok("POST", "/oauth/2026-09/token/introspect", urlencode({"token": "sandbox-refresh"}).encode())
    assert token == {"active": False}


def test_tokens_tell_every_scope_that_a_path_asks_for(call: Any) -> None:
    asked = {path.scope.format(scope=kind) for path in PATHS for kind in ("contacts", "companies")}
    scopes = call.ok("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": "sandbox-token"})["scopes"]
    assert asked - {""} <= set(scopes)
    assert scopes == sorted(identity.SCOPES)
