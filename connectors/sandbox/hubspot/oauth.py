"""The OAuth endpoints: a refresh token buys an access token, and a token tells what it is."""

from __future__ import annotations

from urllib.parse import parse_qs

from connectors.sandbox.hubspot.identity import CLIENT, LIFETIME, REFRESH_TOKEN
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Request, reply

GRANTS = {"refresh_token": "refresh_token", "authorization_code": "code"}  # which field carries it


def issue(portal: Portal, request: Request) -> Answer:
    """Answer POST /oauth/v1/token."""
    form = {name: values[-1] for name, values in parse_qs(request.body.decode()).items()}
    carrier = GRANTS.get(form.get("grant_type", ""))
    if carrier is None:
        raise _refused("BAD_GRANT_TYPE", "missing or unknown grant_type")
    if (form.get("client_id"), form.get("client_secret")) != CLIENT:
        raise _refused("BAD_CLIENT_ID", "missing or unknown client id")
    identity = portal.identity
    scopes = identity.refresh.get(form.get(carrier, ""))
    if scopes is None:
        raise _refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token")
    access = f"sandbox-access-{portal.random.getrandbits(64):016x}"
    identity.grant(access, scopes, portal.now() + LIFETIME * 1000)
    refresh = form.get("refresh_token", REFRESH_TOKEN)
    return reply({"token_type": "bearer", "refresh_token": refresh, "access_token": access, "expires_in": LIFETIME})


def describe(portal: Portal, request: Request) -> Answer:
    """Answer GET /oauth/v1/access-tokens/{token}: whose token it is and what it may do."""
    name = request.params["token"]
    token = portal.identity.tokens.get(b"Bearer " + name.encode())
    if token is None:
        raise Refusal(404, "access token not found", None)
    left = LIFETIME if token.expires is None else max(0, (token.expires - portal.now()) // 1000)
    return reply(
        {
            "token": name, "user": "integration@sandbox.example", "hub_domain": "sandbox.example",
            "scopes": sorted(token.scopes), "hub_id": portal.options.portal_id, "app_id": 1, "expires_in": left,
            "user_id": 1, "token_type": "access",
        }
    )  # fmt: skip


def describe_refresh(portal: Portal, request: Request) -> Answer:
    """Answer GET /oauth/v1/refresh-tokens/{token}."""
    name = request.params["token"]
    if name not in portal.identity.refresh:
        raise Refusal(404, "refresh token not found", None)
    return reply(
        {
            "token": name, "user": "integration@sandbox.example", "hub_domain": "sandbox.example",
            "scopes": sorted(portal.identity.refresh[name]), "hub_id": portal.options.portal_id, "client_id": CLIENT[0],
            "user_id": 1, "token_type": "refresh",
        }
    )  # fmt: skip


def revoke(portal: Portal, request: Request) -> Answer:
    """Answer DELETE /oauth/v1/refresh-tokens/{token}: it buys nothing any more."""
    portal.identity.refresh.pop(request.params["token"], None)
    return NO_CONTENT


def _refused(status: str, message: str) -> Refusal:
    return Refusal(400, message, None, extra={"status": status})
