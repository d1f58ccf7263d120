"""What Salesforce's refusals mean: of a whole call, of a call without an answer, and of one row among many.

Each error code and status is turned into what the caller should do. Codes:
https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
(StatusCode, ExceptionCode) and https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from requests import exceptions
from simple_salesforce.exceptions import SalesforceError
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from connectors.base import (
    BudgetExhausted,
    ConnectorError,
    Misconfigured,
    Payload,
    Refused,
    TryLater,
    Uncertain,
    WriteError,
    WriteKind,
)
from connectors.salesforce.shapes import Shape
from connectors.transport import Fault

# Salesforce counts calls in a rolling window of 24 hours, so capacity trickles back: worth a look now and then.
BUDGET_PAUSE = timedelta(minutes=15)

SOAP = re.compile(r"<(?:\w+:)?exceptionCode>(\w{1,100})</")
REDIRECTED = "UNEXPECTED_REDIRECT"
SPOILT = frozenset({"400", "413"})  # statuses that speak of a call's body, even without a code
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

LACKING: Mapping[str, str] = {  # what users are told who lack a permission
    "API_DISABLED_FOR_ORG": "; it lacks API Enabled (ApiEnabled): assign the permission set that grants it"
}


class Declined(Refused):
    """Salesforce declined this call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code

    @property
    def of_rows(self) -> bool:
        """False where no row can be the reason: a status without a code of Salesforce's own, such as a proxy's 403."""
        return (not self.code.isdigit() and self.code != REDIRECTED) or self.code in SPOILT


class SessionExpired(TryLater):
    """The session is no longer valid."""


def failure(error: SalesforceError, *, write: bool, now: datetime) -> ConnectorError:
    """Say what simple-salesforce's error for a refused call means."""
    code, message = _first(error.content)
    return meaning(int(error.status), code, message, write=write, now=now)


# What an answer without a word of the org's own is like: a proxy or a firewall between answers so, or a login's limits.
WORDLESS: Mapping[int, str] = {
    403: "refused without a word: a proxy or firewall between, or the org's IP ranges or login hours of this user",
}


def meaning(status: int, code: str, message: str, *, write: bool, now: datetime) -> ConnectorError:
    """Say what a refusal means: Fault (it passes), SessionExpired, or another ConnectorError."""
    if status == 401 or code == "INVALID_SESSION_ID":
        return SessionExpired()
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _limit(message, now)
    if code in ORG:
        return Misconfigured(f"Salesforce refuses the integration user: {code}: {message}{LACKING.get(code, '')}")
    if status == 410:  # "REST API returns 410: GONE": Salesforce Help, API Versions 21.0 through 30.0 Retirement
        return Misconfigured(
            "Salesforce has retired the API version that is spoken here: leave SYNCD_SALESFORCE_VERSION out, or set a "
            "newer one."
        )
    if code in UNPROCESSED or status == 429:
        return Fault("busy", TryLater(f"Salesforce is not available: {code or status}."))
    if status >= 500 or status == 408 or code in PASSING:
        # A gateway's page or a crash says nothing about whether a write took effect.
        if write:
            return Uncertain(f"Salesforce answers {status} {code}: the write may or may not have taken effect.")
        return Fault("server", TryLater(f"Salesforce answers {status} {code}".rstrip() + "."))
    if not code and 200 < status < 400:
        return Declined(REDIRECTED, f"status {status}: check the instance address")
    return Declined(code or str(status), message or WORDLESS.get(status, "without a reason"))


def _limit(message: str, now: datetime) -> ConnectorError:
    # One code for two limits: 25 long calls at once (passes in seconds) and calls in 24 hours.
    if "concurrent" in message.lower():
        return Fault("concurrent", TryLater("Too many long calls run in the org at once."))
    return BudgetExhausted("The org's API calls of 24 hours are used up.", retry_at=now + BUDGET_PAUSE)


def _first(content: Any) -> tuple[str, str]:
    """Return code and message of the first error in a body of any form; empty strings where it has none."""
    if isinstance(content, str) and (fault := SOAP.search(content)):  # of the API that speaks XML
        return told_by(fault[1], "")
    error = content[0] if isinstance(content, list) and content else content
    if not isinstance(error, Mapping):
        return "", ""
    if isinstance(inner := error.get("errors"), list) and inner and isinstance(inner[0], Mapping):  # an action's result
        error = inner[0]
    code = error.get("errorCode") or error.get("statusCode") or error.get("error") or ""
    return told_by(str(code), str(error.get("message") or error.get("error_description") or ""))


def told_by(code: str, message: str) -> tuple[str, str]:
    """Return an error's code and words; neither, where the code is none: whoever answered, it was not Salesforce."""
    return (code, in_words(message)) if CODE.fullmatch(code) else ("", "")


def in_words(message: str) -> str:
    """What Salesforce says, as it may be told: without addresses, telephones, the query that it quotes, or a book."""
    message = message[-MOST:]
    _, quoted, behind = message.partition("ERROR at Row:")  # before it stands the query, with the values asked for
    return shortened(NUMBER.sub("…", EMAIL.sub("…", f"{quoted}{behind}" if quoted else message)))


def shortened(message: str) -> str:
    """The message, or its beginning where it is too long to be one."""
    return message if len(message) <= LONGEST else message[:LONGEST] + "…"


# ---- calls without an answer -----------------------------------------------------------------------------------------


SETTINGS = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema, exceptions.InvalidHeader)
UNSENT = (NewConnectionError, ConnectTimeoutError, ProxyError)


def broken(error: exceptions.RequestException, *, write: bool) -> ConnectorError:
    """Say what a call without an answer means: Fault: send it again. Uncertain: it was a write and it went out."""
    name = type(error).__name__
    if isinstance(error, SETTINGS):
        return Misconfigured(f"The address of Salesforce cannot be used ({name}).")
    if untrusted(error):
        return Misconfigured("The certificate of Salesforce's address is not trusted: set the CA file.")
    if write and not _unsent(error):
        return Uncertain(f"No answer came to a write ({name}): it may or may not have taken effect.")
    cause = "timeout" if isinstance(error, exceptions.Timeout) else "connection"
    where = f" at {host}" if error.request is not None and (host := urlsplit(error.request.url or "").netloc) else ""
    mend = "check SYNCD_SALESFORCE_LOGIN_URL, the network and the proxy"
    return Fault(cause, TryLater(f"Salesforce cannot be reached{where} ({name}): {mend}."))


def untrusted(error: BaseException) -> bool:
    """True where a certificate was refused; other TLS errors are just cut connections."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _unsent(error: BaseException) -> bool:
    return any(isinstance(cause, UNSENT) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and all that it wraps: requests and urllib3 keep causes in args and `reason`."""
    while isinstance(error, BaseException):
        yield error
        wrapped = error.reason if isinstance(error, MaxRetryError) else next(iter(error.args), None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__


# ---- rows ------------------------------------------------------------------------------------------------------------


KEY = "Syncd_Key__c"

RETRY = frozenset(
    {
        "ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "API_CURRENTLY_DISABLED",
        "PROCESSING_HALTED",
        "QUERY_TIMEOUT",
        "REQUEST_RUNNING_TOO_LONG",
        "SERVER_UNAVAILABLE",
        "TOO_MANY_APEX_REQUESTS",
        "UNABLE_TO_LOCK_ROW",
        "UNKNOWN_EXCEPTION",
    }
)
# With an Id of ours these speak of the record itself; without one, of a record that it points at.
GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"})

MEND: Mapping[str, str] = {
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "mend the org's trigger that breaks at this record",
    "DUPLICATES_DETECTED": "link or merge the record by hand, or exempt the integration user from the duplicate rule",
    "DUPLICATE_EXTERNAL_ID": "several records carry this key: clear it on all but one",
    "ENTITY_IS_DELETED": "a record that it refers to was deleted",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "meet the org's validation rule, or exempt the integration user from it",
    "FIELD_INTEGRITY_EXCEPTION": "a value does not fit the record that it refers to, or the org's list of places",
    "INACTIVE_OWNER_OR_USER": "choose an active owner",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "give the integration user access to the record it refers to",
    "INSUFFICIENT_ACCESS_OR_READONLY": "give the integration user edit access to this record",
    "INVALID_CROSS_REFERENCE_KEY": "a record that it refers to does not exist, or is of the wrong kind",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "add the value to the picklist, or map it to one that is there",
    "REQUIRED_FIELD_MISSING": "map the required field",
    "STORAGE_LIMIT_EXCEEDED": "the org's data storage is full",
    "STRING_TOO_LONG": "shorten the value, or lengthen the field",
}

# Triggers and flows run once for all rows of a call, under the limits of one transaction.
# https://developer.salesforce.com/docs/atlas.en-us.apexcode.meta/apexcode/apex_gov_limits.htm; as others met them:
# EloquentSalesForce#70 (future calls), NPSP#1560 (query rows), NPSP#2095 (DML statements), EDA#429 (chunks).
OVERLOAD = re.compile(
    r"\bLimitException\b|\bApex (?:CPU time limit|heap size)|\bmore than \d+ chunks\b|\bnumber of iterations exceeded\b"
    r"|\btoo many (?:SOQL queries|SOSL queries|query rows|DML|future calls|queueable jobs|callouts|e?mail invocations)",
    re.IGNORECASE,
)
EMAIL = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")
PERSONAL = frozenset({"string", "email", "phone", "textarea", "url", "encryptedstring"})  # describe types
NUMBER = re.compile(r"\+?\d[\d ()./-]{6,}\d")  # of a telephone, or long enough to be somebody's
CODE = re.compile(r"[\w.:-]{1,100}")
LONGEST = 400
MOST = 4_000  # characters of a message that are looked at: patterns take their time for a book


def row_error(error: Mapping[str, Any], payload: Payload, remote_id: str | None, shape: Shape) -> WriteError:
    """Say what the first error of a row means. The message carries no values of personal fields."""
    code = str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN")
    fields = tuple(str(name) for name in error.get("fields") or ())
    message = clean(str(error.get("message") or ""), payload, shape)
    if matches := duplicates(error):
        message = f"{message} It matches {', '.join(matches)}."
    mend = MEND.get(code)
    return WriteError(_kind(code, message, fields, remote_id), code, f"{message} ({mend})" if mend else message, fields)


def overload(error: Mapping[str, Any]) -> bool:
    """True where a row was refused because of all the rows beside it: fewer at once may pass."""
    return OVERLOAD.search(str(error.get("message") or "")) is not None


def duplicates(error: Mapping[str, Any]) -> list[str]:
    """Return the Ids that a duplicate rule found; Salesforce spells the key `duplicateResut`."""
    result = error.get("duplicateResut") or error.get("duplicateResult") or {}
    records = (match["record"] for rule in result.get("matchResults") or () for match in rule.get("matchRecords") or ())
    return list(dict.fromkeys(str(record["Id"]) for record in records if record.get("Id")))


def clean(message: str, payload: Payload, shape: Shape) -> str:
    """Return the message without e-mail addresses and without the payload's own words about people."""
    for name, value in payload.fields.items():
        known = shape.fields.get(name)
        if isinstance(value, str) and len(value) > 2 and known and known.type in PERSONAL and name != KEY:
            message = message.replace(value, "…")
    return shortened(EMAIL.sub("…", message[:MOST]))


def _kind(code: str, message: str, fields: Sequence[str], remote_id: str | None) -> WriteKind:
    if code in RETRY or raced(code, message):
        return "retry"
    # An invalid reference names its field; an invalid Id of the record itself names none.
    if code in GONE and remote_id and not fields:
        return "gone"
    return "refused"


def raced(code: str, message: str) -> bool:
    """True where another writer created our key a moment ago: the next upsert finds it."""
    return code == "DUPLICATE_VALUE" and KEY in message
