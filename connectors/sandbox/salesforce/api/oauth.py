"""Signing in: OAuth 2.0 client credentials, refresh token, JWT bearer, username and password.

Source: Salesforce Help, "OAuth 2.0 Client Credentials Flow" and "OAuth 2.0 JWT Bearer Flow"; error bodies as recorded.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt

from ..org import Org
from ..refusal import Refusal
from ..sessions import organization
from ..wire import Request, Response, reply

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def bearer(request: Request) -> str:
    """Return the session id of the Authorization header, or "" where there is none."""
    kind, _, session = request.headers.get("authorization", "").partition(" ")
    return session.strip() if kind.lower() in ("bearer", "oauth") else ""


def check_scheme(request: Request) -> None:
    """Raise Refusal INVALID_AUTH_HEADER where the Authorization header is there, but brings no bearer token."""
    header = request.headers.get("authorization", "")
    if header and header.partition(" ")[0].lower() not in ("bearer", "oauth"):
        raise Refusal("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE", status=401)


def refuse_get(request: Request) -> Response:
    """Answer GET /services/oauth2/token."""
    return _oauth_error("invalid_request", "must use HTTP POST")


def give_token(request: Request) -> Response:
    """Answer POST /services/oauth2/token."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    grant = form.get("grant_type", "")
    flow = _FLOWS.get(grant)
    if flow is None:
        return _oauth_error("unsupported_grant_type", "grant type not supported")
    user = flow(request.org, client_of(request, form), form)
    if isinstance(user, str) and not is_active(request.org, user):
        return _oauth_error("invalid_grant", "inactive user")  # as restforce#303 quotes it
    return user if isinstance(user, Response) else _token(request, user)


def is_active(org: Org, user: str) -> bool:
    """True unless the user was deactivated."""
    return (org.tables["User"].rows.get(user) or {}).get("IsActive") is not False


def revoke(request: Request) -> Response:
    """Answer POST /services/oauth2/revoke: the token's session ends."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) | dict(request.query)
    request.simulator.sessions.close(form.get("token", ""))
    return Response(200, b"", "text/html;charset=UTF-8")


def origin(request: Request) -> str:
    """Return the address under which the caller reached the simulator."""
    scheme = request.headers.get(":scheme", "https")
    return f"{scheme}://{request.headers.get('host', 'sandbox.my.salesforce.com')}"


def sign_in(org: Org, username: str, password: str) -> str:
    """Return the user whose username and password (with security token) these are; raises Refusal INVALID_LOGIN."""
    users = org.tables["User"]
    user_ids = users.matching("Username", username)
    wanted = org.settings.passwords.get(username)
    if not user_ids or wanted is None or wanted != password or not users.rows[user_ids[0]].get("IsActive"):
        message = "Invalid username, password, security token; or user locked out."
        raise Refusal("INVALID_LOGIN", message, status=500)
    return user_ids[0]


def client_of(request: Request, form: dict[str, str]) -> tuple[str, str]:
    """Return the client's id and secret from the form or from basic authentication."""
    kind, _, encoded = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return name, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _by_client_credentials(org: Org, client: tuple[str, str], form: dict[str, str]) -> str | Response:
    if refused := refuse_client(org, client):
        return refused
    return org.settings.apps[client[0]][1]


def _by_password(org: Org, client: tuple[str, str], form: dict[str, str]) -> str | Response:
    if refused := refuse_client(org, client):
        return refused
    try:
        return sign_in(org, form.get("username", ""), form.get("password", ""))
    except Refusal:
        return _oauth_error("invalid_grant", "authentication failure")


def _by_refresh_token(org: Org, client: tuple[str, str], form: dict[str, str]) -> str | Response:
    if refused := refuse_client(org, client):
        return refused
    if form.get("refresh_token") != org.settings.refresh_token:
        return _oauth_error("invalid_grant", "expired access/refresh token")
    return org.settings.apps[client[0]][1]


def _by_jwt(org: Org, client: tuple[str, str], form: dict[str, str]) -> str | Response:
    assertion = form.get("assertion", "")
    try:
        claims: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        key = org.settings.jwt_keys.get(str(claims.get("iss")))
        if key is None:
            return _oauth_error("invalid_client_id", "client identifier invalid")
        options: Any = {"verify_aud": False, "verify_exp": False, "verify_iat": False, "verify_nbf": False}
        jwt.decode(assertion, _public(key), algorithms=["RS256"], options=options)
        expires = float(claims.get("exp", 0))
    except (jwt.PyJWTError, ValueError):
        return _oauth_error("invalid_grant", "invalid assertion")
    audience = urlsplit(str(claims.get("aud", "")))
    if not audience.hostname:
        return _oauth_error("invalid_grant", "audience is invalid")
    if not 0 < expires - org.now().timestamp() <= 300:
        return _oauth_error("invalid_grant", "expired authorization code")
    user_ids = org.tables["User"].matching("Username", str(claims.get("sub")))
    return user_ids[0] if user_ids else _oauth_error("invalid_grant", "user hasn't approved this consumer")


def _public(pem: str) -> Any:
    if "CERTIFICATE" not in pem:
        return pem
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(pem.encode()).public_key()


def refuse_client(org: Org, client: tuple[str, str]) -> Response | None:
    """Return the answer to a client whose id or secret is wrong, None where both are right."""
    if client[0] not in org.settings.apps:
        return _oauth_error("invalid_client_id", "client identifier invalid")
    if client[1] != org.settings.apps[client[0]][0]:
        return _oauth_error("invalid_client", "invalid client credentials")
    return None


def _oauth_error(code: str, description: str) -> Response:
    return reply({"error": code, "error_description": description}, 400)


def _token(request: Request, user: str) -> Response:
    org, home = request.org, origin(request)
    session = request.simulator.sessions.open(user)
    identity = f"{home}/id/{organization(org)}/{user}"
    issued = str(int(org.now().timestamp() * 1000))
    signed = base64.b64encode(hashlib.sha256((identity + issued).encode()).digest()).decode()
    return reply(
        {
            "access_token": session,
            "signature": signed,
            "scope": "api",
            "instance_url": home,
            "id": identity,
            "token_type": "Bearer",
            "issued_at": issued,
        }
    )


_FLOWS = {
    "client_credentials": _by_client_credentials,
    "password": _by_password,
    "refresh_token": _by_refresh_token,
    _JWT_GRANT: _by_jwt,
}
