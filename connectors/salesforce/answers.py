"""What Salesforce's answers mean: each error code and status is turned into what the caller should do.

Codes: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
(StatusCode, ExceptionCode) and https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from simple_salesforce.exceptions import SalesforceError

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, Refused, TryLater, Uncertain
from connectors.transport import Fault

# Salesforce counts calls in a rolling window of 24 hours, so capacity trickles back: worth a look now and then.
BUDGET_PAUSE = timedelta(minutes=15)

LOCATOR_EXPIRED = frozenset({"INVALID_QUERY_LOCATOR", "INVALID_LOCATOR"})
# Nothing was processed: the same call, even a write, may be sent again.
UNPROCESSED = frozenset({"SERVER_UNAVAILABLE", "API_CURRENTLY_DISABLED", "LOGIN_DURING_RESTRICTED_TIME"})
PASSING = UNPROCESSED | {"QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "UNKNOWN_EXCEPTION", "UNABLE_TO_LOCK_ROW"}
ORG = frozenset(
    {
        "API_DISABLED_FOR_ORG",
        "FUNCTIONALITY_NOT_ENABLED",
        "INSUFFICIENT_ACCESS",
        "INVALID_LOGIN",
        "LOGIN_CHALLENGE_ISSUED",
        "ORG_LOCKED",
        "TRIAL_EXPIRED",
        "UNSUPPORTED_API_VERSION",
    }
)


class Declined(Refused):
    """Salesforce declined this call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SessionExpired(TryLater):
    """The session is no longer valid."""


def failure(error: SalesforceError, *, write: bool, now: datetime) -> ConnectorError:
    """Say what simple-salesforce's error for a refused call means."""
    code, message = _first(error.content)
    return meaning(int(error.status), code, message, write=write, now=now)


def meaning(status: int, code: str, message: str, *, write: bool, now: datetime) -> ConnectorError:
    """Say what a refusal means: Fault (it passes), SessionExpired, or another ConnectorError."""
    if status == 401 or code == "INVALID_SESSION_ID":
        return SessionExpired()
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(message, now)
    if code in ORG:
        return Misconfigured(f"Salesforce refuses the integration user: {code}: {message}")
    if code in UNPROCESSED or status == 429:
        return Fault("busy", TryLater(f"Salesforce is not available: {code or status}."))
    if status >= 500 or status == 408 or code in PASSING:
        # A gateway's page or a crash says nothing about whether a write took effect.
        if write:
            return Uncertain(f"Salesforce answers {status} {code}: the write may or may not have taken effect.")
        return Fault("server", TryLater(f"Salesforce answers {status} {code}".rstrip() + "."))
    if not code and 200 < status < 400:
        return Declined("UNEXPECTED_REDIRECT", f"status {status}: check the instance address")
    return Declined(code or str(status), message or "without a reason")


def _limit(message: str, now: datetime) -> ConnectorError:
    # One code for two limits: 25 long calls at once (passes in seconds) and calls in 24 hours.
    if "concurrent" in message.lower():
        return Fault("concurrent", TryLater("Too many long calls run in the org at once."))
    return BudgetExhausted("The org's API calls of 24 hours are used up.", retry_at=now + BUDGET_PAUSE)


def _first(content: Any) -> tuple[str, str]:
    """Return code and message of the first error in a body of any form; empty strings where it has none."""
    found = content[0] if isinstance(content, list) and content else content
    if not isinstance(found, Mapping):
        return "", ""
    code = found.get("errorCode") or found.get("statusCode") or found.get("error") or ""
    return str(code), str(found.get("message") or found.get("error_description") or "")
