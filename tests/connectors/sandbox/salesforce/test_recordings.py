"""The simulator against what others recorded from the real API (tests/data/salesforce, see NOTICE.md there)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import orjson
import pytest
import yaml

from tests.connectors.sandbox.salesforce.orgs import ACME, Api

DATA = Path(__file__).parents[3] / "data" / "salesforce"
_ID = re.compile(r"[A-Za-z0-9]{15,18}")
# what the recorded scratch org says differently from the simulator's org, and why
_OWN_WORLD = {
    "referenceTo",  # the simulator holds fewer objects
    "relationshipName",  # and so fewer relationships
    "filteredLookupInfo",
}


def recorded(name: str) -> Any:
    return orjson.loads((DATA / f"{name}.json").read_bytes())


def interactions(name: str) -> list[tuple[str, str, dict[str, str], Any, int, Any]]:
    """Return method, path, query, body, status and response of every recorded request."""
    content = yaml.safe_load((DATA / "cumulusci" / f"{name}.yaml").read_text())
    answers = []
    for interaction in content["interactions"]:
        if "request" not in interaction:
            continue  # describes, kept in files of their own
        request, response = interaction["request"], interaction["response"]
        parts = urlsplit(unquote(request["uri"].replace("+", " ")) if "?" in request["uri"] else request["uri"])
        body = orjson.loads(request["body"]) if request["body"] else None
        path = re.split(r"/v(?:xx|\d\d)\.0/", parts.path, maxsplit=1)[-1]
        query = dict(parse_qsl(request["uri"].partition("?")[2]))
        answers.append(
            (request["method"], path, query, body, response["status"]["code"], orjson.loads(response["body"]["string"]))
        )
    return answers


class Match:
    """Compares two answers; ids may differ, as long as each recorded one always stands for the same one of ours."""

    def __init__(self) -> None:
        self.ids: dict[str, str] = {}

    def __call__(self, theirs: Any, ours: Any, at: str = "") -> None:
        if isinstance(theirs, dict):
            assert isinstance(ours, dict), at
            assert list(theirs) == list(ours) or set(theirs) == set(ours), at
            for key, value in theirs.items():
                self(value, ours[key], f"{at}.{key}")
        elif isinstance(theirs, list):
            assert len(theirs) == len(ours), at
            for place, value in enumerate(theirs):
                self(value, ours[place], f"{at}[{place}]")
        elif isinstance(theirs, str) and at.endswith((".id", ".url", ".Id")):
            known = self.ids.setdefault(theirs.rpartition("/")[2], ours.rpartition("/")[2])
            assert known == ours.rpartition("/")[2], at
        else:
            assert theirs == ours, at

    def ours(self, body: Any) -> Any:
        """Return a recorded body with our ids in the place of theirs."""
        text = orjson.dumps(body).decode()
        return orjson.loads(_ID.sub(lambda found: self.ids.get(found[0], found[0]), text))


@pytest.mark.parametrize(
    "name",
    [
        "TestCompositeParallelSalesforce.test_composite_parallel_salesforce",
        "TestCompositeParallelSalesforce.test_reference_ids",
        "TestCompositeParallelSalesforce.test_errors",
        "TestUpsert.test_simple_upsert__rest",
        "TestUpsert.test_upsert_complex_external_id_field_rest__duplicate_error",
    ],
)
def test_a_recorded_session_can_be_played_again(name: str) -> None:
    api, match = Api({}), Match()
    for method, path, query, body, status, response in interactions(name):
        if path.startswith("limits/recordCount"):
            continue  # an approximate count: the recording itself shows stale numbers
        asked = orjson.loads(orjson.dumps(match.ours(body)).replace(b"/vxx.0/", b"/v59.0/")) if body else None
        answer = api(method, path, asked, **query)
        assert answer.status == status, answer.content
        match(response, orjson.loads(answer.body.replace(b"/v59.0/", b"/vxx.0/")))


def test_an_unknown_object_is_refused_in_the_recorded_words() -> None:
    ((_, path, _, body, _, response),) = interactions("TestCountSObjects.test_count_sobjects__errors")
    answer = Api({})("POST", path, orjson.loads(orjson.dumps(body).replace(b"/vxx.0/", b"/v59.0/")))
    ours, theirs = answer.content["compositeResponse"], response["compositeResponse"]
    assert ours[1] == theirs[1]
    assert ours[0] == theirs[0] | {"body": theirs[0]["body"] | {"totalSize": 0}}


@pytest.mark.parametrize("name", ["Opportunity", "OpportunityContactRole"])
def test_describe_says_of_standard_fields_what_was_recorded(name: str) -> None:
    theirs = recorded(f"cumulusci/{name}")
    ours = Api(added_values={}).ok("GET", f"sobjects/{name}/describe")  # nobody had added a role there
    shown = {field["name"]: field for field in ours["fields"]}
    wanted = {field["name"]: field for field in theirs["fields"] if field["name"] != "Pricebook2Id"}
    assert set(shown) == set(wanted)
    for field, attributes in wanted.items():
        differ = {key for key, value in attributes.items() if key not in _OWN_WORLD and shown[field].get(key) != value}
        assert not differ, f"{field}: { ({key: (attributes[key], shown[field].get(key)) for key in differ}) }"
    assert set(theirs) - set(ours) <= {"associateEntityType"}
    flags = ("keyPrefix", "label", "labelPlural", "createable", "updateable", "deletable", "queryable", "replicateable")
    assert {key: ours[key] for key in flags} == {key: theirs[key] for key in flags}


def test_a_records_fields_come_as_recorded() -> None:
    content = yaml.safe_load((DATA / "cumulusci" / "GET_sobjects_Organization.yaml").read_text())
    theirs = orjson.loads(content["response"]["body"]["string"])
    ours = Api().ok("GET", f"sobjects/Organization/{'00D000000000001'}")
    assert ours["attributes"] == {
        "type": "Organization",
        "url": "/services/data/v59.0/sobjects/Organization/00D000000000001EAA",
    }
    assert set(ours) <= set(theirs)
    assert ours["OrganizationType"] == theirs["OrganizationType"]


def shape(value: Any) -> Any:
    """Return what a fixture says without its values."""
    if isinstance(value, dict):
        return {key: shape(found) for key, found in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


ERRORS = {
    "expired_session_response": ("GET", "/services/data/v59.0/limits", {"authorization": "Bearer nobody"}, 401),
    "sobject_describe_error_response": ("GET", "sobjects/Whizbang/describe", {}, 404),
    "upsert_error_response": ("PATCH", "sobjects/Account/Namez/1", {}, 404),
    "delete_error_response": ("DELETE", "sobjects/Account/rid", {}, 404),
    "sobject_find_error_response": ("GET", "sobjects/Account/23foo", {}, 404),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_are_those_of_the_fixtures(name: str) -> None:
    method, path, headers, status = ERRORS[name]
    answer = Api()(method, path, {"Name": "x"} if method == "PATCH" else None, headers=headers)
    assert answer.status == status
    assert [error | {} for error in answer.content] == recorded(f"restforce/{name}")


def test_an_unknown_column_is_refused_in_the_fixtures_words() -> None:
    (theirs,) = recorded("restforce/write_error_response")
    assert Api().refused("POST", "sobjects/Account", {"foo": 1}) == (
        400,
        theirs["errorCode"],
        theirs["message"].replace("Bar", "Account"),
    )


def test_a_wrong_password_is_refused_as_in_the_fixture() -> None:
    form = b"grant_type=password&client_id=sandbox-client&client_secret=sandbox-secret&username=x&password=y"
    answer = Api()("POST", "/services/oauth2/token", form)
    theirs = recorded("restforce/auth_error_response")
    assert answer.status == 400
    assert answer.content["error"] == theirs["error"]
    assert answer.content["error_description"] == theirs["error_description"].partition(" - ")[0]


def test_good_answers_have_the_fixtures_shape() -> None:
    api = Api()
    token = api(
        "POST",
        "/services/oauth2/token",
        b"grant_type=client_credentials&client_id=sandbox-client&client_secret=sandbox-secret",
    )
    assert recorded("restforce/auth_success_response").keys() <= token.content.keys()
    versions = api.ok("GET", "/services/data/")
    assert shape(versions) == shape(recorded("restforce/services_data_success_response"))
    created = api.ok("POST", "sobjects/Account", {"Name": "New"})
    assert shape(created) == shape(recorded("restforce/create_success_response"))
    assert api.ok("GET", "query", q="SELECT Id FROM Account WHERE Name = 'none'") == recorded(
        "restforce/query_empty_response"
    )
    api.ok("DELETE", f"sobjects/Account/{created['id']}")
    span = {"start": "2026-11-10T00:00:00+00:00", "end": "2026-11-11T00:00:00+00:00"}
    assert shape(api.ok("GET", "sobjects/Account/deleted", **span)) == shape(
        recorded("restforce/get_deleted_success_response")
    )
    assert shape(api.ok("GET", "sobjects/Contact/updated", **span)) == shape(
        recorded("restforce/get_updated_success_response")
    )


def test_aggregates_have_the_fixtures_shape() -> None:
    api = Api()
    api.create(
        "Opportunity", Name="x", StageName="Prospecting", CloseDate="2026-12-01", Amount=5, CampaignId="701000000000001"
    )
    theirs = recorded("restforce/query_aggregate_success_response")
    text = "SELECT CampaignId, SUM(Amount) FROM Opportunity WHERE CampaignId != null GROUP BY CampaignId"
    ours = api.ok("GET", "query", q=text)
    assert list(ours) == list(theirs)
    assert shape(ours["records"][0]) == shape(theirs["records"][0])


def test_several_records_under_one_key_answer_300_with_their_urls() -> None:
    api = Api(
        {
            "Account": [
                {"Id": ACME, "Name": "A", "Old__c": "1"},
                {"Id": "001000000000009AAA", "Name": "B", "Old__c": "1"},
            ]
        }
    )
    api.deploy_key()
    for record_id in (ACME, "001000000000009AAA"):
        row = api.stored(record_id)
        api.org.tables["Account"].put({**row, "Key__c": "same"})
    answer = api("PATCH", "sobjects/Account/Key__c/same", {"Name": "C"})
    assert answer.status == 300
    assert shape(answer.content) == shape(recorded("restforce/upsert_multiple_error_response"))
    assert answer.content[0] == f"/services/data/v59.0/sobjects/Account/{ACME}"


def test_subrequests_have_headers_of_their_own_as_recorded() -> None:
    ((method, path, _, body, status, response),) = interactions(
        "ManualEditTestCompositeParallelSalesforce.test_http_headers"
    )
    api = Api()
    answer = api(method, path, body)
    assert answer.status == status
    ours, theirs = answer.content["compositeResponse"], response["compositeResponse"]
    assert [set(found["httpHeaders"]) for found in ours] == [set(found["httpHeaders"]) for found in theirs]
    assert [found["httpStatusCode"] for found in ours] == [200, 200, 200]  # the org is younger than the recording
    later = orjson.loads(orjson.dumps(body).replace(b"03 Sep 2020", b"03 Sep 2030"))
    again = api(method, path, later).content["compositeResponse"]
    assert [(found["httpStatusCode"], found["body"]) for found in again] == [
        (part["httpStatusCode"], part["body"]) for part in theirs
    ]


@pytest.mark.parametrize("name", ["Opportunity", "OpportunityContactRole"])
def test_describe_leads_to_the_pages_that_were_recorded(name: str) -> None:
    theirs, ours = recorded(f"cumulusci/{name}"), Api().ok("GET", f"sobjects/{name}/describe")
    assert set(theirs["urls"]) - {"defaultValues"} <= set(ours["urls"])
    assert ours["deepCloneable"] == theirs["deepCloneable"]
    if theirs["recordTypeInfos"]:
        assert [set(found) for found in ours["recordTypeInfos"]] == [set(found) for found in theirs["recordTypeInfos"]]
        assert set(ours["recordTypeInfos"][0]["urls"]) == {"layout"}
        assert ours["supportedScopes"] == theirs["supportedScopes"]
