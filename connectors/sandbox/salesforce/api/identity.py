"""Who a session belongs to: the identity URL, the OpenID user info, and token introspection.

Source: Salesforce Help, "Identity URLs", "UserInfo Endpoint", "OpenID Connect Token Introspection".
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from ..refusal import Refusal
from ..sessions import organization
from ..table import Row
from ..wire import Request, Response, reply
from .oauth import bearer, client_of, origin, refuse_client

_WINTER = datetime(2026, 1, 1, tzinfo=UTC)
_SECRET = "text/html;charset=UTF-8"
_URLS = {
    "enterprise": "/services/Soap/c/{version}/{org}",
    "metadata": "/services/Soap/m/{version}/{org}",
    "partner": "/services/Soap/u/{version}/{org}",
    "rest": "/services/data/v{version}/",
    "sobjects": "/services/data/v{version}/sobjects/",
    "search": "/services/data/v{version}/search/",
    "query": "/services/data/v{version}/query/",
    "recent": "/services/data/v{version}/recent/",
    "tooling_soap": "/services/Soap/T/{version}/{org}",
    "tooling_rest": "/services/data/v{version}/tooling/",
    "feeds": "/services/data/v{version}/chatter/feeds",
    "groups": "/services/data/v{version}/chatter/groups",
    "users": "/services/data/v{version}/chatter/users",
    "feed_items": "/services/data/v{version}/chatter/feed-items",
    "feed_elements": "/services/data/v{version}/chatter/feed-elements",
    "custom_domain": "",
}


def answer(request: Request) -> Response:
    """Answer GET /id/Org/User and /services/oauth2/userinfo; without a good token they say 403 and one word."""
    query = request.query
    token = bearer(request) or query.get("oauth_token") or query.get("access_token") or ""
    if not token:
        return Response(403, b"Missing_OAuth_Token", _SECRET)
    try:
        user = request.simulator.sessions.user(token)
    except Refusal:
        return Response(403, b"Bad_OAuth_Token", _SECRET)
    row = request.org.tables["User"].rows[user]
    if request.path == "/services/oauth2/userinfo":
        return reply(_user_info(request, row))
    if request.path.rstrip("/").split("/")[2:] != [organization(request.org), user]:
        return Response(403, b"Wrong_Org", _SECRET)
    return reply(_identity(request, row))


def introspect(request: Request) -> Response:
    """Answer POST /services/oauth2/introspect: whether a token is in force, and whose it is."""
    form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if refused := refuse_client(request.org, client_of(request, form)):
        return refused
    ends = request.simulator.sessions.ends(form.get("token", ""))
    if ends is None:
        return reply({"active": False})
    user, until = ends
    row = request.org.tables["User"].rows[user]
    return reply(
        {
            "active": True,
            "scope": "api",
            "client_id": request.org.settings.client_id,
            "username": row.get("Username"),
            "sub": f"{origin(request)}/id/{organization(request.org)}/{user}",
            "token_type": "access_token",
            "exp": int(until.timestamp()),
            "iat": int(until.timestamp()) - request.org.settings.session_seconds,
            "nbf": int(until.timestamp()) - request.org.settings.session_seconds,
        }
    )


def _shared(request: Request, row: Row) -> dict[str, Any]:
    home = origin(request)
    picture = f"{home}/profilephoto/005/F"
    org_id = organization(request.org)[:15]
    urls = {name: home + path.replace("{org}", org_id) for name, path in _URLS.items()}
    offset = _WINTER.astimezone(ZoneInfo(row.get("TimeZoneSidKey") or "UTC")).utcoffset()
    return {
        "user_id": row["Id"],
        "organization_id": organization(request.org),
        "email": row.get("Email"),
        "email_verified": True,
        "photos": {"picture": picture, "thumbnail": f"{home}/profilephoto/005/T"},
        "urls": urls | {"profile": f"{home}/{row['Id']}"},
        "active": bool(row.get("IsActive")),
        "user_type": "STANDARD",
        "language": row.get("LanguageLocaleKey"),
        "locale": row.get("LocaleSidKey"),
        "utcOffset": int((offset or timedelta()).total_seconds() * 1000),  # without daylight saving
    }


def _user_info(request: Request, row: Row) -> dict[str, Any]:
    shared = _shared(request, row)
    return shared | {
        "sub": f"{origin(request)}/id/{organization(request.org)}/{row['Id']}",
        "preferred_username": row.get("Username"),
        "nickname": row.get("CommunityNickname"),
        "name": row.get("Name"),
        "given_name": row.get("FirstName"),
        "family_name": row.get("LastName"),
        "zoneinfo": row.get("TimeZoneSidKey"),
        "profile": shared["urls"]["profile"],
        "picture": shared["photos"]["picture"],
        "address": {},
        "is_salesforce_integration_user": False,
        "updated_at": _changed(row),
    }


def _changed(row: Row) -> str | None:
    stamp = row.get("LastModifiedDate")
    return f"{stamp[:19]}Z" if stamp else None


def _identity(request: Request, row: Row) -> dict[str, Any]:
    parts = ("street", "city", "state", "country", "zip")
    return {
        "id": f"{origin(request)}/id/{organization(request.org)}/{row['Id']}",
        "asserted_user": True,
        **_shared(request, row),
        "username": row.get("Username"),
        "nick_name": row.get("CommunityNickname"),
        "display_name": row.get("Name"),
        "first_name": row.get("FirstName"),
        "last_name": row.get("LastName"),
        "timezone": row.get("TimeZoneSidKey"),
        **{f"addr_{part}": None for part in parts},
        "mobile_phone": row.get("MobilePhone"),
        "mobile_phone_verified": False,
        "is_lightning_login_user": False,
        "status": {"created_date": None, "body": None},
        "last_modified_date": _changed(row),
    }
