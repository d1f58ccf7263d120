"""Signing in, sessions, locators, the day's allowance, and faults at the door."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.sandbox.faults import Rule
from tests.connectors.sandbox.salesforce.orgs import ANN, ME, NOW, REP, Api

FORM = "grant_type=client_credentials&client_id={}&client_secret={}"
PASSWORD = (
    "grant_type=password&client_id=sandbox-client&client_secret=sandbox-secret&username=rep@acme.example&password={}"
)


def sign_in(api: Api, form: str, **headers: str) -> Any:
    return api("POST", "/services/oauth2/token", form.encode(), headers=headers)


def test_client_credentials_in_the_form_or_as_basic_authentication(api: Api) -> None:
    answer = sign_in(api, FORM.format("sandbox-client", "sandbox-secret"))
    assert (answer.status, answer.content["instance_url"]) == (200, "https://acme.my.salesforce.com")
    basic = "Basic c2FuZGJveC1jbGllbnQ6c2FuZGJveC1zZWNyZXQ="
    token = sign_in(api, "grant_type=client_credentials", authorization=basic).content
    api.session = token["access_token"]
    who = api.ok("GET", "/services/oauth2/userinfo")
    assert (who["user_id"], token["id"]) == (ME, "https://acme.my.salesforce.com/id/00D000000000001EAA/" + ME)
    assert api.ok("GET", f"/id/00D000000000001EAA/{ME}")["organization_id"] == "00D000000000001EAA"


WRONG = {
    FORM.format("nobody", "x"): "invalid_client_id",
    FORM.format("sandbox-client", "x"): "invalid_client",
    "grant_type=magic": "unsupported_grant_type",
    "grant_type=password&client_id=nobody": "invalid_client_id",
    PASSWORD.format("no"): "invalid_grant",
}


@pytest.mark.parametrize("form", WRONG)
def test_wrong_credentials(api: Api, form: str) -> None:
    answer = sign_in(api, form)
    assert (answer.status, answer.content["error"]) == (400, WRONG[form])


def test_broken_basic_authentication(api: Api) -> None:
    answer = sign_in(api, "grant_type=client_credentials", authorization="Basic ====x")
    assert answer.content["error"] == "invalid_client_id"


def test_username_and_password() -> None:
    api = Api(passwords={"rep@acme.example": "secret"})
    api.session = sign_in(api, PASSWORD.format("secret")).content["access_token"]
    assert api.stored(api.create("Account", Name="By the rep"))["CreatedById"] == REP


@pytest.fixture(scope="module")
def keys() -> tuple[str, str]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    secret = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return secret.decode(), public.decode()


CLAIMS = {
    "iss": "app",
    "sub": "rep@acme.example",
    "aud": "https://login.salesforce.com",
    "exp": int(NOW.timestamp()) + 180,
}
ASSERTIONS: dict[str, tuple[dict[str, Any], str | None]] = {
    "good": ({}, None),
    "of an unknown app": ({"iss": "other"}, "invalid_client_id"),
    "for an unknown user": ({"sub": "nobody"}, "invalid_grant"),
    "without an audience": ({"aud": ""}, "invalid_grant"),
    "expired": ({"exp": int(NOW.timestamp()) - 1}, "invalid_grant"),
    "valid for too long": ({"exp": int(NOW.timestamp()) + 3600}, "invalid_grant"),
}


@pytest.mark.parametrize("name", ASSERTIONS)
def test_jwt_bearer(keys: tuple[str, str], name: str) -> None:
    changes, error = ASSERTIONS[name]
    api = Api(jwt_keys={"app": keys[1]})
    assertion = jwt.encode(CLAIMS | changes, keys[0], algorithm="RS256")
    answer = sign_in(api, f"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={assertion}")
    assert answer.content.get("error") == error
    if error is None:
        api.session = answer.content["access_token"]
        assert api.ok("GET", "/services/oauth2/userinfo")["user_id"] == REP


def test_jwt_bearer_with_a_foreign_signature(keys: tuple[str, str]) -> None:
    api = Api(jwt_keys={"app": keys[1]})
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for assertion in (jwt.encode(CLAIMS, other, algorithm="RS256"), "nonsense"):
        answer = sign_in(api, f"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion={assertion}")
        assert answer.content == {"error": "invalid_grant", "error_description": "invalid assertion"}


def test_a_session_lives_while_it_is_used(api: Api) -> None:
    for _ in range(3):
        api.clock.advance(7000)
        api.ok("GET", "limits")
    api.clock.advance(7201)
    assert api.refused("GET", "limits") == (401, "INVALID_SESSION_ID", "Session expired or invalid")


def test_a_revoked_session_ends(api: Api) -> None:
    api.ok("GET", "limits")
    assert api("POST", "/services/oauth2/revoke", f"token={api.session}".encode()).status == 200
    assert api.refused("GET", "limits")[0] == 401


def test_without_a_session_only_the_versions_are_told(api: Api) -> None:
    api.session = ""
    versions = api.ok("GET", "/services/data/")
    assert versions[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}
    assert versions[-8] == {"label": "Summer '24", "url": "/services/data/v61.0", "version": "61.0"}
    assert api("GET", "limits").status == 401


def test_versions_that_are_not_in_service(api: Api) -> None:
    for version, answer in (("9.0", (410, "GONE")), ("30.0", (410, "GONE")), ("69.0", (404, "NOT_FOUND"))):
        api.version = version
        assert api.refused("GET", "limits")[:2] == answer
    assert api.refused("GET", "/services/other")[:2] == (404, "NOT_FOUND")
    api.version = "68.0"
    assert "query" in api.ok("GET", "")


def test_every_answer_with_a_body_tells_the_usage(api: Api) -> None:
    assert api("GET", "limits").headers["sforce-limit-info"] == "api-usage=1/15000"
    assert api("GET", "foo").headers["sforce-limit-info"] == "api-usage=2/15000"
    assert "sforce-limit-info" not in api("PATCH", f"sobjects/Contact/{ANN}", {"Title": "x"}).headers
    assert api.ok("GET", "limits")["DailyApiRequests"] == {"Max": 15000, "Remaining": 14996}


def test_the_days_allowance_returns_after_a_day() -> None:
    api = Api(daily_limit=3, session_seconds=10**6)
    for _ in range(3):
        api.ok("GET", "limits")
    assert api.refused("GET", "limits") == (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
    api.clock.advance(12 * 3600)
    assert api("GET", "limits").status == 403
    api.clock.advance(13 * 3600)
    assert api("GET", "limits").status == 200


def many(count: int = 450, **options: Any) -> Api:
    return Api({"Account": [{"Name": f"A{number:04d}"} for number in range(count)]}, page_size=200, **options)


def test_pages_go_on_behind_a_locator() -> None:
    api = many()
    first = api.ok("GET", "query", q="SELECT Name FROM Account ORDER BY Name")
    assert (first["totalSize"], first["done"], len(first["records"])) == (450, False, 200)
    assert first["nextRecordsUrl"].endswith("-200")
    second = api.ok("GET", first["nextRecordsUrl"])
    third = api.ok("GET", second["nextRecordsUrl"])
    assert (third["done"], len(third["records"]), "nextRecordsUrl" in third) == (True, 50, False)
    assert second["records"][0]["Name"] == "A0200"
    assert api.ok("GET", first["nextRecordsUrl"]) == second, "a page may be read again"


def test_a_batch_size_is_kept_between_200_and_2000() -> None:
    api = many(2100)
    for wanted, size in (("batchSize=250", 250), ("batchSize=1", 200), ("batchSize=5000", 2000), ("other=1", 200)):
        answer = api("GET", "query", headers={"sforce-query-options": wanted}, q="SELECT Id FROM Account")
        assert len(answer.content["records"]) == size


def test_rows_are_shown_as_they_were_when_the_query_ran() -> None:
    api = many()
    first = api.ok("GET", "query", q="SELECT Id, Name FROM Account ORDER BY Name DESC")
    (last,) = api.column("SELECT Id FROM Account WHERE Name = 'A0000'")
    api.ok("PATCH", f"sobjects/Account/{last}", {"Name": "Z"})
    third = api.ok("GET", api.ok("GET", first["nextRecordsUrl"])["nextRecordsUrl"])
    assert third["records"][-1]["Name"] == "A0000"


def test_locators_expire_and_belong_to_their_user() -> None:
    api = many(session_seconds=10**6, passwords={})
    url = api.ok("GET", "query", q="SELECT Id FROM Account")["nextRecordsUrl"]
    own, api.session = api.session, api.simulator.sessions.open("005000000000099AAA")
    assert api.refused("GET", url) == (400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    api.session = own
    assert api("GET", url).status == 200
    assert api.refused("GET", url.replace("-200", "-9999"))[1] == "INVALID_QUERY_LOCATOR"
    assert api.refused("GET", url.replace("-200", "-x"))[1] == "INVALID_QUERY_LOCATOR"
    api.clock.advance(2 * 86400)
    assert api.refused("GET", url)[1] == "INVALID_QUERY_LOCATOR"


def test_the_eleventh_open_query_closes_the_oldest() -> None:
    api = many()
    urls = [api.ok("GET", "query", q="SELECT Id FROM Account")["nextRecordsUrl"] for _ in range(11)]
    assert api.refused("GET", urls[0])[1] == "INVALID_QUERY_LOCATOR"
    assert api("GET", urls[1]).status == 200


def test_a_query_that_was_read_to_its_end_does_not_count_as_open() -> None:
    api = many(250)
    kept = api.ok("GET", "query", q="SELECT Id FROM Account")["nextRecordsUrl"]
    for _ in range(20):
        api.ok("GET", api.ok("GET", "query", q="SELECT Id FROM Account")["nextRecordsUrl"])
    assert api("GET", kept).status == 200


def test_no_query_at_all() -> None:
    assert Api().refused("GET", "query")[1] == "MALFORMED_QUERY"


FAULTS = {
    "limited": (403, "REQUEST_LIMIT_EXCEEDED"),
    "exhausted": (403, "REQUEST_LIMIT_EXCEEDED"),
    "unavailable": (503, "SERVER_UNAVAILABLE"),
    "expired": (401, "INVALID_SESSION_ID"),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_faults_speak_salesforces_words(api: Api, kind: str) -> None:
    api.simulator.faults.add(Rule(kind, count=1))
    assert api.refused("GET", "limits")[:2] == FAULTS[kind]
    assert api("GET", "limits").status == (401 if kind == "expired" else 200), "an expired session stays expired"


def test_a_disturbed_call_finds_a_changed_record(api: Api) -> None:
    before = {record_id: row["SystemModstamp"] for record_id, row in api.org.tables["Contact"].rows.items()}
    api.clock.advance(5)
    api.simulator.faults.add(Rule("disturb", count=1))
    api.ok("GET", "limits")
    changed = [found for found, row in api.org.tables["Contact"].rows.items() if row["SystemModstamp"] != before[found]]
    assert len(changed) == 1
    assert api.stored(changed[0])["LastModifiedById"] == REP


def test_a_page_of_2000_rows_of_35000_is_quick() -> None:
    """A bound ten times above what is usual on a slow core, so that only a lost index breaks it."""
    rows = [
        {
            "LastName": f"L{n}",
            "Email": f"e{n}@x.example",
            "SystemModstamp": f"2026-10-{n % 28 + 1:02d}T00:00:00.000+0000",
        }
        for n in range(35000)
    ]
    api = Api({"Contact": rows})
    text = "SELECT Id, Name, Email, AccountId FROM Contact WHERE SystemModstamp >= {} ORDER BY SystemModstamp, Id"
    api.query(text.format("2026-11-01T00:00:00Z"))
    began = time.process_time()
    assert api.query(text.format("2026-11-01T00:00:00Z")) == []
    assert time.process_time() - began < 0.05
    began = time.process_time()
    first = api.ok("GET", "query", q=text.format("2026-10-01T00:00:00Z"))
    api.ok("GET", first["nextRecordsUrl"])
    assert time.process_time() - began < 1.0
    assert first["totalSize"] == 35000


def test_signing_in_with_a_refresh_token(api: Api) -> None:
    client = "grant_type=refresh_token&client_id=sandbox-client&client_secret={}&refresh_token={}"
    token = sign_in(api, client.format("sandbox-secret", "sandbox-refresh")).content
    assert api("GET", "limits", headers={"authorization": f"Bearer {token['access_token']}"}).status == 200
    assert sign_in(api, client.format("sandbox-secret", "other")).content["error"] == "invalid_grant"
    assert sign_in(api, client.format("wrong", "sandbox-refresh")).content["error"] == "invalid_client"


def test_two_slashes_count_as_one(api: Api) -> None:
    assert api("GET", "//services/data/v59.0/limits").status == 200


def test_limits_have_their_names_of_the_version(api: Api) -> None:
    assert api.ok("GET", "limits")["DailyBulkApiBatches"] == {"Max": 15000, "Remaining": 15000}
    api.version = "48.0"
    assert {"DailyBulkApiRequests"} == {name for name in api.ok("GET", "limits") if name.startswith("DailyBulkApi")}


def test_nothing_was_looked_at_and_tooling_has_no_objects_of_its_own(api: Api) -> None:
    assert api.ok("GET", "recent") == []
    assert api.ok("GET", "tooling/query", q="SELECT Id FROM PermissionSet")["done"]
    assert api.refused("GET", "tooling/query", q="SELECT Id FROM CustomField")[1] == "INVALID_TYPE"
