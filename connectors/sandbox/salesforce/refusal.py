"""What Salesforce answers when it refuses: a whole call (status and error list) or one row of a call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refusal(Exception):
    """Salesforce refuses this call or this row."""

    def __init__(
        self, code: str, message: str, fields: Sequence[str] | None = None, *, status: int = 400, **extra: Any
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fields = None if fields is None else list(fields)
        self.status = status
        self.extra = extra  # further keys of the error, e.g. duplicateResut

    def as_call(self) -> list[dict[str, Any]]:
        """Return the body of a refused call: a list, with the key `errorCode`."""
        error: dict[str, Any] = {**self.extra, "message": self.message, "errorCode": self.code}
        if self.fields is not None:
            error["fields"] = self.fields
        return [error]

    def as_row(self) -> dict[str, Any]:
        """Return the error of one row in a collection: the key is `statusCode`, and fields are always there."""
        return {**self.extra, "statusCode": self.code, "message": self.message, "fields": self.fields or []}


def not_found(message: str = "The requested resource does not exist") -> Refusal:
    """Return the refusal of a path or record that does not exist."""
    return Refusal("NOT_FOUND", message, status=404)


def retired(code: str, status: int) -> Refusal:
    """Return the refusal of an API version that is no longer served: 410 of REST, in other words of SOAP and Bulk.

    Source: Salesforce Help 000354473, "Salesforce Platform API Versions 21.0 through 30.0 Retirement".
    """
    return Refusal(code, "the requested API version has been retired and is unavailable", status=status)


def no_column(field: str, sobject: str) -> Refusal:
    """Return the refusal of a field that does not exist, or that field-level security hides."""
    return Refusal("INVALID_FIELD", f"No such column '{field}' on sobject of type {sobject}")


def in_row(error: Refusal) -> Refusal:
    """Return a call's refusal as a row of several records gets it: an id that nothing answers to has its own code."""
    if error.code == "NOT_FOUND":
        return Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    return error
