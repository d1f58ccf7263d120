"""What the error of one row means: each statusCode is turned into what the writer's caller should do.

Codes: https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_calls_concepts_core_data_objects.htm
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.base import Payload, WriteError, WriteKind
from connectors.salesforce.shapes import Shape

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

EMAIL = re.compile(r"[^\s@<>()\"',;:]+@[^\s@<>()\"',;:]+")
PERSONAL = frozenset({"string", "email", "phone", "textarea", "url", "encryptedstring"})  # describe types
LONGEST = 400


def row_error(error: Mapping[str, Any], payload: Payload, remote_id: str | None, shape: Shape) -> WriteError:
    """Say what the first error of a row means. The message carries no values of personal fields."""
    code = str(error.get("statusCode") or error.get("errorCode") or "UNKNOWN")
    fields = tuple(str(name) for name in error.get("fields") or ())
    told = clean(str(error.get("message") or ""), payload, shape)
    if matches := duplicates(error):
        told = f"{told} It matches {', '.join(matches)}."
    mend = MEND.get(code)
    return WriteError(_kind(code, told, fields, remote_id), code, f"{told} ({mend})" if mend else told, fields)


def duplicates(error: Mapping[str, Any]) -> list[str]:
    """Return the Ids that a duplicate rule found; Salesforce spells the key `duplicateResut`."""
    result = error.get("duplicateResut") or error.get("duplicateResult") or {}
    records = (
        match["record"] for found in result.get("matchResults") or () for match in found.get("matchRecords") or ()
    )
    return list(dict.fromkeys(str(record["Id"]) for record in records if record.get("Id")))


def clean(message: str, payload: Payload, shape: Shape) -> str:
    """Return the message without e-mail addresses and without the payload's own words about people."""
    for name, value in payload.fields.items():
        known = shape.fields.get(name)
        if isinstance(value, str) and len(value) > 2 and known and known.type in PERSONAL and name != KEY:
            message = message.replace(value, "…")
    message = EMAIL.sub("…", message)
    return message if len(message) <= LONGEST else message[:LONGEST] + "…"


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
