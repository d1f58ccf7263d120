"""How the vendor says no: status, category, message, errors and context, as its error bodies have them.

Shapes after HubSpot's «Error handling» page and the bodies its users report; every field but `status` and `message`
is optional on the wire.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class Refusal(Exception):
    """The request is refused."""

    def __init__(
        self,
        status: int,
        message: str,
        category: str | None = "VALIDATION_ERROR",
        *,
        errors: Sequence[Mapping[str, Any] | str] = (),
        context: Mapping[str, Sequence[str]] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.category = category
        self.errors = errors
        self.context = context
        self.extra = extra
        self.headers = headers

    def content(self, correlation: str) -> dict[str, Any]:
        """Return the error body."""
        body: dict[str, Any] = {"status": "error", "message": self.message, "correlationId": correlation}
        if self.errors:
            body["errors"] = list(self.errors)
        if self.context:
            body["context"] = dict(self.context)
        if self.category:
            body["category"] = self.category
        return body | dict(self.extra or {})


def malformed(detail: str, line: int = 1, column: int = 1) -> Refusal:
    """Return the refusal of a body that cannot be read; it has no category."""
    return Refusal(400, f"Invalid input JSON on line {line}, column {column}: {detail}", None)


def unset(names: str, line: int = 1, column: int = 2) -> Refusal:
    """Return the refusal of a body that lacks fields; `names` is their list in brackets."""
    return Refusal(
        400, f"Invalid input JSON on line {line}, column {column}. Some required fields were not set: {names}"
    )


def unparsed(parameter: str, where: str = "query") -> Refusal:
    """Return the refusal of a query or path parameter of the wrong type, which has no category either."""
    return Refusal(400, f"Unable to parse value for {where} parameter: {parameter}", None)


def unknown_type(name: str) -> Refusal:
    """Return the refusal of an object type that does not exist."""
    return Refusal(400, f"Unable to infer object type from: {name}")


def not_found(what: str = "", **context: str) -> Refusal:
    """Return the 404 of something that is not there. What the vendor has no words for is «resource not found»."""
    if not what:
        return Refusal(404, "resource not found", None)
    return Refusal(404, what, "OBJECT_NOT_FOUND", context={name: [value] for name, value in context.items()})


def no_record(id: str) -> Refusal:
    """Return the 404 of a record by its id: the words depend on whether it could be one."""
    if not (id.isascii() and id.isdigit()):
        return not_found("Object not found.  objectId are usually numeric.", id=id)
    return not_found() if int(id[:18]) else not_found("Object not found. objectId is usually positive.", id=id)


def conflict(existing: str) -> Refusal:
    """Return the refusal of a second contact under one e-mail address."""
    return Refusal(409, f"Contact already exists. Existing ID: {existing}", "CONFLICT")


def standard(category: str, message: str, context: Mapping[str, Sequence[str]], **more: Any) -> dict[str, Any]:
    """Return one entry of a batch answer's `errors`, with the fields that the vendor's clients insist on."""
    entry = {"status": "error", "category": category, "message": message, "context": dict(context)}
    return entry | {"links": {}, "errors": []} | more


def missing_scopes(scopes: Sequence[str]) -> Refusal:
    """Return the 403 that names what the app was not granted."""
    return Refusal(
        403,
        "This app hasn't been granted all required scopes to make this call. "
        "Read more about required scopes here: https://developers.hubspot.com/scopes.",
        "MISSING_SCOPES",
        errors=[
            {
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": list(scopes)},
            }
        ],
        extra={"links": {"scopes": "https://developers.hubspot.com/scopes"}},
    )


def unauthenticated() -> Refusal:
    """Return the 401 of a call without a token that the portal knows."""
    return Refusal(
        401,
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more "
        "details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        "INVALID_AUTHENTICATION",
    )


def expired(seconds: int, at: str) -> Refusal:
    """Return the 401 of an access token that has run out `seconds` ago, at the ISO stamp `at`."""
    size, unit = next((size, unit) for size, unit in _AGES if seconds >= size or size == 1)
    return Refusal(
        401,
        f"The OAuth token used to make this call expired {seconds // size} {unit}(s) ago.",
        "EXPIRED_AUTHENTICATION",
        context={"expire time": [at]},
    )


_AGES = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))

POLICIES = {
    "SECONDLY": "You have reached your secondly limit.",
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "DAILY": "You have reached your daily limit.",
}


def limited(policy: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Refusal:
    """Return the 429 of one of the three policies."""
    extra = {"errorType": "RATE_LIMIT", "policyName": policy}
    return Refusal(429, POLICIES[policy], "RATE_LIMITS", extra=extra, headers=headers)
