"""What HubSpot's error answers mean for the caller.

Bodies are {"status", "message", "category", "errors", "context", "correlationId"}, every field optional; a 429 names
its policy. Sources: developers.hubspot.com/docs/api-reference/error-handling and …/usage-details. A vendor's message
may quote a person's data, so that only codes, property names and a scrubbed rest are handed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Refused, TryLater
from connectors.transport import Fault

# Seconds to wait at least where the answer does not say: a rolling limit frees a little all the time.
WAITS = {423: 2.0, 429: 1.0, 477: 10.0}
PASSING = {408, 423, 425, 477, 500, 502, 503, 504, 520, 521, 522, 523, 524}
_EMAIL = re.compile(r"[^\s\"'<>,;:=]+@[^\s\"'<>,;:=]+")
MOST = 4_000  # characters of a message that are looked at: patterns take their time for a book
_CODE = re.compile(r"[\w.:/-]{1,100}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|\d{5,}")


class Expired(ConnectorError):
    """HubSpot does not accept the access token."""


class Forbidden(Misconfigured):
    """The key or app was not granted a scope."""


class TooLong(Misconfigured):
    """HubSpot finds an address too long."""


class Rejection(Refused):
    """HubSpot refuses this request.

    code: HubSpot's category or code. fields: the property names that it points at.
    """

    def __init__(self, message: str, content: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code, _, self.fields = read(content)


class Absent(Rejection):
    """HubSpot has no such record."""


def document(body: str | bytes | None) -> Mapping[str, Any]:
    """Return an error body as JSON; empty where it is none (HTML, cut off, missing)."""
    try:
        content = orjson.loads(body or b"")
    except orjson.JSONDecodeError:
        return {}
    return content if isinstance(content, dict) else {}


def translate(
    status: int, headers: Mapping[str, str], body: str | None, what: str, at: datetime, zone: ZoneInfo | None
) -> ConnectorError:
    """Return what the caller should make of an answer that is no success. `what` names the call."""
    content = document(body)
    if status == 429 and content.get("policyName") == "DAILY":
        message = "HubSpot's daily allowance is used up"
        return BudgetExhausted(message, retry_at=midnight(at, zone))
    if status == 429 or status in PASSING or status > 524:
        later = TryLater(f"HubSpot answers {status} to {what}")
        return Fault(code_of(content.get("policyName")) or str(status), later, _wait(status, headers))
    detail = explain(content)
    if 300 <= status < 400:
        return Misconfigured(f"HubSpot answers {what} by pointing elsewhere ({status}), where no token is sent")
    match status:
        case 401:
            return Expired(f"HubSpot does not accept the access token ({detail}): issue a new one")
        case 403:
            scopes = ", ".join(sorted(set(_scopes(content)))) or detail
            return Forbidden(f"HubSpot refuses {what}: the key or app lacks one of the scopes {scopes}")
        case 404:
            return Absent(f"HubSpot has nothing at {what} ({detail})", content)
        case 414:
            return TooLong(f"HubSpot finds the address of {what} too long: map fewer properties")
    return Rejection(f"HubSpot answers {status} to {what}: {detail}", content)


def require_answers(answer: Mapping[str, Any], what: str) -> None:
    """Raise TryLater where a multi-status answer holds errors other than that something is not there."""
    for error in answer.get("errors") or ():
        if error.get("category") != "OBJECT_NOT_FOUND":
            raise TryLater(f"HubSpot answers {what} only in part: {explain(error)}")


def midnight(at: datetime, zone: ZoneInfo | None) -> datetime:
    """Return when the portal's next day begins; the next full hour where its time zone is not known."""
    if zone is None:
        return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    local = at.astimezone(zone)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(at.tzinfo)


def explain(content: Mapping[str, Any]) -> str:
    """Return an error body's category, codes and property names, or else its message without anybody's data."""
    errors = list(_errors(content))
    words = [code_of(content.get("category")) or code_of(content.get("status")) or "no reason given"]
    words += [code for error in errors for key in ("subCategory", "code", "error") if (code := code_of(error.get(key)))]
    words += [name for part in (content, *errors) for name in _properties(part)]
    if len(words) == 1 and content.get("message"):
        words.append(scrub(str(content["message"])))
    if correlation := code_of(content.get("correlationId")):
        words.append(f"correlation {correlation}")
    return ", ".join(dict.fromkeys(words))


def read(content: Mapping[str, Any]) -> tuple[str, str, tuple[str, ...]]:
    """Return an error's code, its message without anybody's data, and the property names that it points at."""
    errors = list(_errors(content))
    codes = [code for error in errors for key in ("code", "error") if (code := code_of(error.get(key)))]
    names = [name for part in (content, *errors) for name in _properties(part)]
    return codes[0] if codes else code_of(content.get("category")) or "UNKNOWN", explain(content), tuple(names)


def _properties(error: Mapping[str, Any]) -> list[str]:
    context = error.get("context")
    names = context.get("propertyName") if isinstance(context, dict) else None
    named = names if isinstance(names, list) else [error["name"]] if "name" in error else []
    return [name for name in map(code_of, named) if name]


def scrub(message: str) -> str:
    """Cut what may be a person's out of a vendor's message: e-mail addresses, quoted values, long numbers.

    >>> scrub('Email address "ann@example.com" is invalid for ann@example.com')
    'Email address … is invalid for …'
    """
    return _EMAIL.sub("…", _QUOTED.sub("…", message[:MOST]))[:300]


def code_of(value: Any) -> str:
    """A code, a property's name, an id: one word. What is none, somebody else has put in its place: empty."""
    return str(value) if value and _CODE.fullmatch(str(value)) else ""


def _errors(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an error's parts: its `errors`, or the JSON list that some messages carry behind «were not valid: »."""
    errors = content.get("errors")
    if not errors:
        _, opening, rest = str(content.get("message") or "").partition(": [")
        errors = _list("[" + rest) if opening else None
    yield from (error for error in errors if isinstance(error, dict)) if isinstance(errors, list) else ()


def _list(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _scopes(content: Mapping[str, Any]) -> Iterator[str]:
    for part in (content, *_errors(content)):
        context = part.get("context")
        if isinstance(context, dict):
            for key in ("requiredGranularScopes", "requiredScopes", "missingScopes"):
                yield from filter(None, map(code_of, context.get(key) or ()))


def _wait(status: int, headers: Mapping[str, str]) -> float:
    asked = headers.get("Retry-After") or ""
    return float(asked) if asked.replace(".", "", 1).isdigit() else WAITS.get(status, 0.0)
