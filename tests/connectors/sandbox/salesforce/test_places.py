"""State and Country/Territory Picklists: codes and names in step, and what is refused in the vendor's words."""

from __future__ import annotations

from base64 import b64decode
from typing import Any

import pytest

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, BANK, Api

WORLD: dict[str, list[dict[str, Any]]] = {
    "Account": [
        {"Id": ACME, "Name": "Acme", "BillingState": "TX", "BillingCountry": "USA"},
        {"Id": BANK, "Name": "First Bank", "BillingState": "Lazio", "BillingCountry": "Atlantis"},
    ],
    "Contact": [{"Id": ANN, "LastName": "Abel", "AccountId": ACME}],
}
PARTS = ("BillingCountryCode", "BillingCountry", "BillingStateCode", "BillingState")
UNITED_STATES = ("US", "United States")


@pytest.fixture
def api() -> Api:
    return Api(WORLD, state_and_country_picklists=True)


def stands(api: Api, record_id: str) -> tuple[Any, ...]:
    row = api.org.tables["Account"].rows[record_id]
    return tuple(row.get(part) for part in PARTS)


AGREED: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "codes": ({"BillingCountryCode": "US", "BillingStateCode": "CA"}, (*UNITED_STATES, "CA", "California")),
    "names": ({"BillingCountry": "Canada", "BillingState": "Ontario"}, ("CA", "Canada", "ON", "Ontario")),
    "a state's code of a named country": (
        {"BillingCountry": "United States", "BillingStateCode": "NY"},
        (*UNITED_STATES, "NY", "New York"),
    ),
    "a country without states": ({"BillingCountryCode": "DE"}, ("DE", "Germany", None, None)),
    "no place": ({"BillingCity": "Rome"}, (None, None, None, None)),
    "on create the code wins": ({"BillingCountryCode": "US", "BillingCountry": "Canada"}, (*UNITED_STATES, None, None)),
}


@pytest.mark.parametrize("name", AGREED)
def test_codes_and_names_are_kept_in_step(api: Api, name: str) -> None:
    body, expected = AGREED[name]
    made = api.ok("POST", "sobjects/Account", {"Name": "A", **body})
    assert stands(api, made["id"]) == expected


COUNTRY = (
    "There's a problem with this country, even though it may appear correct. Please select a country/territory from "
    "the list of valid countries.: Billing Country"
)
STATE = (
    "There's a problem with this state, even though it may appear correct. Please select a state from the list of "
    "valid states.: Billing State/Province"
)
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a country's code for its name": ({"BillingCountry": "US"}, COUNTRY),
    "a country that is not listed": ({"BillingCountry": "Atlantis"}, COUNTRY),
    "a state's code for its name": ({"BillingCountryCode": "US", "BillingState": "CA"}, STATE),
    "a state of a country without states": ({"BillingCountryCode": "DE", "BillingState": "Bavaria"}, STATE),
    "a state without a country": (
        {"BillingState": "California"},
        "A country/territory must be specified before specifying a state value for field: Billing State/Province",
    ),
    "a state's code of another country": (
        {"BillingCountryCode": "US", "BillingStateCode": "ON"},
        "The existing country/territory doesn't recognize the state value for field: Billing State/Province Code",
    ),
    "a state's code of no country": (
        {"BillingCountryCode": "US", "BillingStateCode": "FD"},
        "The BillingStateCode field contains FD, which isn't an available state. "
        "Your administrator can add it for you.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_lists_lack_is_refused(api: Api, name: str) -> None:
    body, message = REFUSED[name]
    refused = api.refused("POST", "sobjects/Account", {"Name": "A", **body})
    assert refused == (400, "FIELD_INTEGRITY_EXCEPTION", message)


def test_a_country_s_code_that_is_not_listed_is_no_value_of_the_picklist(api: Api) -> None:
    body = {"Name": "A", "BillingCountryCode": "XX", "BillingStateCode": "CA"}
    message = "Billing Country Code: bad value for restricted picklist field: XX"
    refused = api.refused("POST", "sobjects/Account", body)
    assert refused == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message)


CHANGED: dict[str, tuple[dict[str, Any], tuple[Any, ...]]] = {
    "another state": ({"BillingStateCode": "OH"}, (*UNITED_STATES, "OH", "Ohio")),
    "something else": ({"Name": "Acme Inc."}, (*UNITED_STATES, "TX", "Texas")),
    "the country goes, and its state with it": ({"BillingCountryCode": None}, (None, None, None, None)),
    "the state goes": ({"BillingState": None}, (*UNITED_STATES, None, None)),
}


@pytest.mark.parametrize("name", CHANGED)
def test_an_address_is_changed(api: Api, name: str) -> None:
    body, expected = CHANGED[name]
    api.ok("PATCH", f"sobjects/Account/{ACME}", body)
    assert stands(api, ACME) == expected


@pytest.mark.parametrize(
    "body",
    [{"BillingCountryCode": "CA"}, {"BillingCountryCode": "US", "BillingCountry": "Canada"}],
    ids=["the state is of another country", "code and name differ"],
)
def test_a_change_that_contradicts_itself_is_refused(api: Api, body: dict[str, Any]) -> None:
    assert api.refused("PATCH", f"sobjects/Account/{ACME}", body)[1] == "FIELD_INTEGRITY_EXCEPTION"
    assert stands(api, ACME) == (*UNITED_STATES, "TX", "Texas")


def test_what_stood_there_before_is_converted_where_the_lists_know_it(api: Api) -> None:
    assert stands(api, ACME) == (*UNITED_STATES, "TX", "Texas")
    assert stands(api, BANK) == (None, "Atlantis", None, "Lazio")
    (row,) = api.query(f"SELECT BillingAddress, BillingStateCode FROM Account WHERE Id = '{ACME}'")
    assert (row["BillingAddress"]["countryCode"], row["BillingAddress"]["stateCode"]) == ("US", "TX")


@pytest.mark.parametrize(("sobject", "prefix"), [("Account", "Billing"), ("Contact", "Mailing"), ("Lead", "")])
def test_describe_shows_which_states_a_country_has(api: Api, sobject: str, prefix: str) -> None:
    fields = {field["name"]: field for field in api.ok("GET", f"sobjects/{sobject}/describe")["fields"]}
    countries, states = fields[f"{prefix}CountryCode"], fields[f"{prefix}StateCode"]
    assert countries["restrictedPicklist"]
    assert (states["dependentPicklist"], states["controllerName"]) == (True, f"{prefix}CountryCode")
    offered = [country["value"] for country in countries["picklistValues"]]
    (ohio,) = (state for state in states["picklistValues"] if state["label"] == "Ohio")
    bits = "".join(f"{byte:08b}" for byte in b64decode(ohio["validFor"]))
    assert [country for country, bit in zip(offered, bits, strict=False) if bit == "1"] == ["US"]


def test_without_them_any_text_is_taken() -> None:
    api = Api(WORLD)
    api.ok("PATCH", f"sobjects/Account/{ACME}", {"BillingCountry": "US", "BillingState": "CA"})
    assert stands(api, ACME) == (None, "US", None, "CA")
    assert "BillingStateCode" not in api.org.schema.objects["Account"].fields
