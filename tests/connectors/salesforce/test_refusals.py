"""What each error code means: for the whole call, and for one row."""

from datetime import UTC, datetime

import pytest
from simple_salesforce.exceptions import SalesforceGeneralError

from connectors.base import BudgetExhausted, Misconfigured, Payload, TryLater, Uncertain
from connectors.salesforce.refusals import Declined, SessionExpired, duplicates, failure, row_error
from connectors.salesforce.shapes import OrgField, Shape
from connectors.transport import Fault

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SHAPE = Shape(
    "Contact",
    True,
    True,
    {
        "LastName": OrgField("LastName", "string"),
        "Email": OrgField("Email", "email"),
        "Syncd_Role__c": OrgField("Syncd_Role__c", "picklist"),
    },
)
PAYLOAD = Payload("k1", None, {"LastName": "Ottilie Quandt", "Email": "o@quandt.example", "Syncd_Role__c": "Champion"})


def call_error(status, content):
    return SalesforceGeneralError("https://x.example", status, "", content)


def body(code, message=""):
    return [{"errorCode": code, "message": message}]


CALLS = [
    (401, body("INVALID_SESSION_ID"), SessionExpired, SessionExpired),
    (401, "<html>", SessionExpired, SessionExpired),
    (500, "<sf:fault><sf:exceptionCode>INVALID_SESSION_ID</sf:exceptionCode>", SessionExpired, SessionExpired),
    (403, body("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), BudgetExhausted, BudgetExhausted),
    (403, body("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded."), Fault, Fault),
    (403, body("API_DISABLED_FOR_ORG"), Misconfigured, Misconfigured),
    (503, body("SERVER_UNAVAILABLE"), Fault, Fault),
    (503, "<html>down</html>", Fault, Uncertain),
    (502, "", Fault, Uncertain),
    (500, body("UNKNOWN_EXCEPTION"), Fault, Uncertain),
    (429, "", Fault, Fault),
    (400, body("QUERY_TIMEOUT"), Fault, Uncertain),
    (400, body("MALFORMED_QUERY"), Declined, Declined),
    (404, body("NOT_FOUND"), Declined, Declined),
    (302, "", Declined, Declined),
]


@pytest.mark.parametrize(("status", "content", "read", "write"), CALLS)
def test_a_refused_call_says_what_the_caller_should_do(status, content, read, write):
    assert type(failure(call_error(status, content), write=False, now=NOW)) is read
    assert type(failure(call_error(status, content), write=True, now=NOW)) is write


def test_a_spent_budget_says_when_to_look_again():
    error = failure(call_error(403, body("REQUEST_LIMIT_EXCEEDED")), write=False, now=NOW)
    assert error.retry_at > NOW


def test_what_a_fault_leaves_behind_is_to_be_tried_later():
    error = failure(call_error(503, body("SERVER_UNAVAILABLE")), write=False, now=NOW)
    assert isinstance(error.error, TryLater)


ROWS = [
    # code, fields, remote id known, kind
    ("UNABLE_TO_LOCK_ROW", [], True, "retry"),
    ("SERVER_UNAVAILABLE", [], False, "retry"),
    ("ENTITY_IS_DELETED", [], True, "gone"),
    ("ENTITY_IS_DELETED", [], False, "refused"),  # what it points at was deleted
    ("INVALID_CROSS_REFERENCE_KEY", [], True, "gone"),
    ("INVALID_CROSS_REFERENCE_KEY", ["AccountId"], True, "refused"),
    ("DUPLICATES_DETECTED", [], False, "refused"),
    ("DUPLICATE_EXTERNAL_ID", [], False, "refused"),
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", [], True, "refused"),
    ("INACTIVE_OWNER_OR_USER", ["OwnerId"], True, "refused"),
    ("SOMETHING_NEW", [], True, "refused"),
]


@pytest.mark.parametrize(("code", "fields", "known", "kind"), ROWS)
def test_a_refused_row_says_what_the_caller_should_do(code, fields, known, kind):
    error = row_error({"statusCode": code, "message": "m", "fields": fields}, PAYLOAD, "003x" if known else None, SHAPE)
    assert (error.kind, error.code, list(error.fields)) == (kind, code, fields)


def test_losing_a_race_for_our_key_is_no_refusal():
    message = "duplicate value found: Syncd_Key__c duplicates value on record with id: 003x"
    error = row_error({"statusCode": "DUPLICATE_VALUE", "message": message}, PAYLOAD, None, SHAPE)
    assert error.kind == "retry"
    other = row_error(
        {"statusCode": "DUPLICATE_VALUE", "message": "duplicate value found: Tax__c"}, PAYLOAD, None, SHAPE
    )
    assert other.kind == "refused"


def test_messages_carry_no_personal_values_but_say_what_to_mend():
    message = "Ottilie Quandt: invalid address o@quandt.example or x@y.example; bad value Champion"
    error = row_error(
        {"statusCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "message": message}, PAYLOAD, None, SHAPE
    )
    for word in ("Ottilie", "quandt", "x@y"):
        assert word not in error.message
    assert "Champion" in error.message
    assert "picklist" in error.message


def test_duplicate_matches_are_named_by_id_under_either_spelling():
    result = {"matchResults": [{"matchRecords": [{"record": {"Id": "003A"}}, {"record": {"Id": "003B"}}]}]}
    assert duplicates({"duplicateResut": result}) == duplicates({"duplicateResult": result}) == ["003A", "003B"]
    error = row_error({"statusCode": "DUPLICATES_DETECTED", "duplicateResut": result}, PAYLOAD, None, SHAPE)
    assert "003A, 003B" in error.message
