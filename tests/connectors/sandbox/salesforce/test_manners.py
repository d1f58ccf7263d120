"""How the REST API takes and gives requests: content types, compression, identity, conditional describes, ids."""

from __future__ import annotations

import gzip
import zlib
from email.utils import format_datetime
from typing import Any

import orjson
import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, ME, REP, Api, grants, key_field, object_file

CLIENT = "client_id=sandbox-client&client_secret=sandbox-secret"


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain; charset=UTF-8"])
def test_a_body_of_another_kind_is_refused(kind: str) -> None:
    answer = Api()("POST", "sobjects/Account", {"Name": "A"}, headers={"content-type": kind})
    assert (answer.status, answer.content) == (
        415,
        [
            {
                "message": f"Content-Type header specified in HTTP request is not supported: {kind.partition(';')[0]}",
                "errorCode": "UNSUPPORTED_MEDIA_TYPE",
            }
        ],
    )


@pytest.mark.parametrize(
    ("encoding", "squeeze", "status"), [("gzip", gzip.compress, 201), ("deflate", zlib.compress, 201),
                                        ("gzip", lambda body: body, 201), ("gzip", lambda body: b"\x1f\x8b", 400)],
)  # fmt: skip
def test_bodies_may_be_compressed(encoding: str, squeeze: Any, status: int) -> None:
    body = squeeze(orjson.dumps({"Name": "Small"}))
    answer = Api()("POST", "sobjects/Account", body, headers={"content-encoding": encoding})
    assert answer.status == status


def test_the_identity_url_is_whole_and_takes_the_token_as_a_parameter() -> None:
    api = Api()
    url = api.ok("GET", "")["identity"]
    assert url.startswith("https://acme.my.salesforce.com/id/")
    path = url.removeprefix("https://acme.my.salesforce.com")
    shown = api("GET", path, headers={"authorization": ""}, oauth_token=api.session).content
    assert (shown["id"], shown["user_id"], shown["asserted_user"]) == (url, ME, True)
    assert shown["urls"]["query"] == "https://acme.my.salesforce.com/services/data/v{version}/query/"
    assert api.ok("GET", "/services/oauth2/userinfo")["sub"] == url


def test_the_urls_of_soap_name_the_org() -> None:
    api = Api()
    shown = api.ok("GET", "/services/oauth2/userinfo")
    assert shown["urls"]["partner"].endswith("/services/Soap/u/{version}/" + shown["organization_id"][:15])
    assert (shown["urls"]["custom_domain"], shown["utcOffset"]) == ("https://acme.my.salesforce.com", 0)
    assert shown["updated_at"] == "2026-11-10T12:00:00Z"


def test_what_one_wrote_last_is_recent() -> None:
    api = Api()
    first, second = api.create("Account", Name="A"), api.create("Account", Name="B")
    contact = api.create("Contact", LastName="C")
    assert api("PATCH", f"sobjects/Account/{first}", {"Phone": "1"}).status == 204
    assert [row["Id"] for row in api.ok("GET", "recent")] == [first, contact, second]
    assert [row["Name"] for row in api.ok("GET", "recent", limit="1")] == ["A"]
    assert api.ok("GET", "sobjects/Contact")["recentItems"] == [
        {"attributes": {"type": "Contact", "url": f"/services/data/v59.0/sobjects/Contact/{contact}"}, "Id": contact,
         "Name": "C"},
    ]  # fmt: skip
    api.ok("DELETE", f"sobjects/Contact/{contact}")
    assert api.ok("GET", "sobjects/Contact")["recentItems"] == []


def test_limits_name_every_allowance() -> None:
    api = Api()
    shown = api.ok("GET", "limits")
    assert len(shown) > 60 and list(shown) == sorted(shown)
    assert shown["PermissionSets"]["CreateCustom"]["Max"] == 1000
    api.version = "48.0"
    assert "DailyBulkApiRequests" in api.ok("GET", "limits")


def test_an_upsert_says_where_the_record_is_and_may_only_update() -> None:
    api = Api()
    only = api.refused("PATCH", "sobjects/Contact/Email/new@x.example", {"LastName": "N"}, updateOnly="true")
    assert only[:2] == (404, "NOT_FOUND")
    made = api("PATCH", "sobjects/Contact/Email/new@x.example", {"LastName": "N"})
    where = f"/services/data/v59.0/sobjects/Contact/{made.content['id']}"
    assert (made.status, made.headers["location"]) == (201, where)
    again = api("PATCH", "sobjects/Contact/Email/new@x.example", {"LastName": "O"}, updateOnly="true")
    assert (again.status, again.headers["location"]) == (200, where)


@pytest.mark.parametrize(("method", "path", "more"), [
    ("POST", "composite/sobjects", {}), ("PATCH", "composite/sobjects/Account/Id", {"created": False}),
])  # fmt: skip
def test_a_record_of_a_collection_without_attributes(method: str, path: str, more: dict[str, Any]) -> None:
    answer = Api()(method, path, {"records": [{"Name": "A"}]})
    message = "Nested object for polymorphic foreign key must have an attributes field before any other fields."
    error = {"statusCode": "JSON_PARSER_ERROR", "message": message, "fields": []}
    assert (answer.status, answer.content) == (200, [{"success": False, "errors": [error]} | more])


@pytest.mark.parametrize("path", ["/services/oauth2/userinfo", f"/id/00D000000000001AAA/{ME}"])
def test_identity_says_403_and_one_word(path: str) -> None:
    api = Api()
    bad = api("GET", path, headers={"authorization": "Bearer nonsense"})
    assert (bad.status, bad.body) == (403, b"Bad_OAuth_Token")
    none = api("GET", path, headers={"authorization": ""})
    assert (none.status, none.body) == (403, b"Missing_OAuth_Token")


def test_somebody_elses_identity_is_not_shown() -> None:
    api = Api()
    path = api.ok("GET", "")["identity"].removeprefix("https://acme.my.salesforce.com").replace(ME, REP)
    assert (api("GET", path).status, api("GET", path).body) == (403, b"Wrong_Org")


def test_a_token_can_be_introspected() -> None:
    api = Api()
    shown = api("POST", "/services/oauth2/introspect", f"token={api.session}&{CLIENT}".encode()).content
    assert (shown["active"], shown["token_type"], shown["exp"] - shown["iat"]) == (True, "access_token", 7200)
    assert api("POST", "/services/oauth2/introspect", f"token=x&{CLIENT}".encode()).content == {"active": False}
    assert api("POST", "/services/oauth2/introspect", b"token=x&client_id=y").content["error"] == "invalid_client_id"


@pytest.mark.parametrize("path", ["sobjects", "sobjects/Account/describe"])
def test_a_describe_that_did_not_change_is_not_sent_again(path: str) -> None:
    api = Api()
    first = api("GET", path)
    known = {"if-modified-since": first.headers["last-modified"]}
    again = api("GET", path, headers=known)
    assert (again.status, again.body, again.headers["last-modified"]) == (304, b"", first.headers["last-modified"])
    api.clock.advance(60)
    files = {
        "objects/Account.object": object_file(key_field()),
        "permissionsets/P.permissionset": grants("Account.Key__c"),
    }
    assert api.deploy(files).status == "Succeeded"
    changed = api("GET", path, headers=known)
    assert (changed.status, changed.headers["last-modified"]) == (200, format_datetime(api.clock(), usegmt=True))
    assert api("GET", path, headers={"if-modified-since": "yesterday"}).status == 200


IDS = {
    "another object's, read": ("GET", ANN, 404, "NOT_FOUND", "The requested resource does not exist"),
    "another object's, changed": ("PATCH", ANN, 400, "MALFORMED_ID", f"Account ID: id value of incorrect type: {ANN}"),
    "bad checksum, changed": (
        "PATCH", ACME[:15] + "ZZZ", 400, "MALFORMED_ID", f"Account ID: id value of incorrect type: {ACME[:15]}ZZZ",
    ),
    "nobody's, changed": ("PATCH", "001000000000777AAA", 404, "NOT_FOUND", "The requested resource does not exist"),
    "nobody's, deleted": (
        "DELETE", "001000000000777AAA", 404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", IDS)
def test_ids_that_lead_nowhere(name: str) -> None:
    method, record_id, *refusal = IDS[name]
    body = {"Name": "A"} if method == "PATCH" else None
    assert Api().refused(method, f"sobjects/Account/{record_id}", body) == tuple(refusal)


def test_a_record_can_be_created_by_upserting_without_an_id() -> None:
    api = Api()
    made = api("POST", "sobjects/Account/Id", {"Name": "By id"})
    assert (made.status, made.content["created"]) == (201, True)
    assert api.stored(made.content["id"])["Name"] == "By id"
    assert api("POST", "sobjects/Account/Id", {}).content[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert (
        api.refused("PATCH", "sobjects/Account", {})[2] == "HTTP Method 'PATCH' not allowed. Allowed are HEAD,GET,POST"
    )


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("sobjects/Account/describe/layouts", "recordTypeMappings"),
        ("sobjects/Account/describe/layouts/012000000000000AAA", "detailLayoutSections"),
        ("sobjects/Account/describe/compactLayouts", "compactLayouts"),
        ("sobjects/Account/describe/approvalLayouts", "approvalLayouts"),
        ("sobjects/Account/listviews", "listviews"),
        ("theme", "themeItems"),
    ],
)
def test_pages_are_described_as_empty(path: str, key: str) -> None:
    assert key in Api().ok("GET", path)


def test_there_are_no_tabs_and_actions() -> None:
    api = Api()
    assert [api.ok("GET", path) for path in ("tabs", "quickActions", "sobjects/Account/quickActions")] == [[], [], []]
    assert api.refused("GET", "sobjects/Foo/listviews")[0] == 404


@pytest.mark.parametrize(
    ("header", "code", "message"),
    [
        ("Basic eDp5", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
        ("00D000000000001!AQ0AQ", "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
        ("Bearer nonsense", "INVALID_SESSION_ID", "Session expired or invalid"),
        ("", "INVALID_SESSION_ID", "Session expired or invalid"),
    ],
)
def test_a_session_comes_as_a_bearer_token(header: str, code: str, message: str) -> None:
    answer = Api()("GET", "limits", headers={"authorization": header})
    assert (answer.status, answer.content) == (401, [{"message": message, "errorCode": code}])


def test_tokens_are_not_given_to_get() -> None:
    answer = Api()("GET", "/services/oauth2/token")
    assert (answer.status, answer.content) == (
        400,
        {"error": "invalid_request", "error_description": "must use HTTP POST"},
    )
