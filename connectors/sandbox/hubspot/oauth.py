"""The OAuth endpoints: a refresh token buys an access token, and a token tells what it is."""

from __future__ import annotations

from urllib.parse import parse_qs

from connectors.sandbox.hubspot.identity import CLIENT, LIFETIME, REFRESH_TOKEN, named_scopes
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Json, Request, reply

GRANTS = {"refresh_token": "refresh_token", "authorization_code": "code"}  # which field carries it


def issue(portal: Portal, request: Request) -> Answer:
    """Answer POST /oauth/v1/token and its dated twins, whose errors are RFC 6749's."""
    form = _form(request)
    dated_path = "/v1/" not in request.path
    carrier = GRANTS.get(form.get("grant_type", ""))
    if carrier is None:
        raise _refused("BAD_GRANT_TYPE", "missing or unknown grant_type", dated_path)
    if (form.get("client_id"), form.get("client_secret")) != CLIENT:
        raise _refused("BAD_CLIENT_ID", "missing or unknown client id", dated_path)
    identity = portal.identity
    scopes = identity.refresh.get(form.get(carrier, ""))
    if scopes is None:
        raise _refused("BAD_REFRESH_TOKEN", "missing or unknown refresh token", dated_path)
    access = f"sandbox-access-{portal.random.getrandbits(64):016x}"
    identity.grant(access, scopes, portal.now() + LIFETIME * 1000)
    refresh = form.get("refresh_token", REFRESH_TOKEN)
    granted = {"token_type": "bearer", "refresh_token": refresh, "access_token": access, "expires_in": LIFETIME}
    dated = {
        "token_use": "access_token",
        "scopes": named_scopes(scopes),
        "hub_id": portal.options.portal_id,
        "user_id": 1,
    }
    return reply(granted | dated)


def describe(portal: Portal, request: Request) -> Answer:
    """Answer GET /oauth/v1/access-tokens/{token}: whose token it is and what it may do."""
    content = _access(portal, request.params["token"])
    if content is None:
        raise Refusal(404, "access token not found", None)
    return reply(content)


def describe_refresh(portal: Portal, request: Request) -> Answer:
    """Answer GET /oauth/v1/refresh-tokens/{token}."""
    content = _refresh(portal, request.params["token"])
    if content is None:
        raise Refusal(404, "refresh token not found", None)
    return reply(content)


def introspect(portal: Portal, request: Request) -> Answer:
    """Answer POST /oauth/{date}/token/introspect: either kind of token, or that it is not active."""
    token = _form(request).get("token", "")
    access, refresh = _access(portal, token), _refresh(portal, token)
    if access is not None:
        return reply(access | {"active": access["expires_in"] > 0, "token_use": "access_token", "client_id": CLIENT[0]})
    if refresh is not None:
        return reply(refresh | {"active": True, "token_use": "refresh_token", "app_id": 1})
    return reply({"active": False})


def revoke(portal: Portal, request: Request) -> Answer:
    """Answer DELETE /oauth/v1/refresh-tokens/{token}: it buys nothing any more."""
    portal.identity.refresh.pop(request.params["token"], None)
    return NO_CONTENT


def revoke_posted(portal: Portal, request: Request) -> Answer:
    """Answer POST /oauth/{date}/token/revoke."""
    portal.identity.refresh.pop(_form(request).get("token", ""), None)
    return NO_CONTENT


def _form(request: Request) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(request.body.decode("utf-8", "replace")).items()}


def _access(portal: Portal, name: str) -> Json | None:
    token = portal.identity.tokens.get(b"Bearer " + name.encode())
    if token is None:
        return None
    left = LIFETIME if token.expires is None else max(0, (token.expires - portal.now()) // 1000)
    return _about(portal, name) | {
        "scopes": named_scopes(token.scopes),
        "app_id": 1,
        "expires_in": left,
        "token_type": "access",
    }


def _refresh(portal: Portal, name: str) -> Json | None:
    scopes = portal.identity.refresh.get(name)
    if scopes is None:
        return None
    return _about(portal, name) | {"scopes": named_scopes(scopes), "client_id": CLIENT[0], "token_type": "refresh"}


def _about(portal: Portal, name: str) -> Json:
    domain = "sandbox.example"
    hub = {"hub_domain": domain, "hub_id": portal.options.portal_id}
    return {"token": name, "user": f"integration@{domain}", "user_id": 1} | hub


# developers.hubspot.com, "Migrate from the OAuth v1 API": the dated endpoints' errors are those of RFC 6749.
STANDARD = {
    "BAD_GRANT_TYPE": "unsupported_grant_type",
    "BAD_CLIENT_ID": "invalid_client",
    "BAD_REFRESH_TOKEN": "invalid_grant",
}


def _refused(status: str, message: str, dated: bool) -> Refusal:
    words = {"error": STANDARD[status], "error_description": message} if dated else {"status": status}
    return Refusal(400, message, None, extra=words)
