"""The partner SOAP API over records, as clients of old call it."""

from __future__ import annotations

from typing import Any

from lxml import etree

from tests.connectors.sandbox.salesforce.orgs import ACME, ANN, BANK, CY, Api

PARTNER = "{urn:partner.soap.sforce.com}"
RECORD = "{urn:sobject.partner.soap.sforce.com}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


def call(api: Api, operation: str, inner: str) -> list[Any]:
    """Return the results of a call."""
    namespaces = 'xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:o="urn:sobject.partner.soap.sforce.com"'
    partner = 'xmlns="urn:partner.soap.sforce.com"'
    header = f"<SessionHeader {partner}><sessionId>{api.session}</sessionId></SessionHeader>"
    asked = f"<{operation} {partner}>{inner}</{operation}>"
    body = f"<e:Envelope {namespaces}><e:Header>{header}</e:Header><e:Body>{asked}</e:Body></e:Envelope>"
    answer = api("POST", "/services/Soap/u/59.0", body.encode(), headers={"content-type": "text/xml"})
    return list(etree.fromstring(answer.body).iter(f"{PARTNER}result", "{*}Fault"))


def test_a_query_is_paged_and_shows_parents_and_children() -> None:
    api = Api(page_size=2)
    soql = "SELECT Id, LastName, Title, Account.Name, CreatedDate FROM Contact ORDER BY LastName"
    (first,) = call(api, "query", f"<queryString>{soql}</queryString>")
    assert (first.findtext(f"{PARTNER}done"), first.findtext(f"{PARTNER}size")) == ("false", "3")
    ann = first.find(f"{PARTNER}records")
    assert [found.text for found in ann.findall(f"{RECORD}Id")] == [ANN, ANN]
    assert (ann.findtext(f"{RECORD}type"), ann.findtext(f"{RECORD}LastName")) == ("Contact", "Abel")
    assert (ann.find(f"{RECORD}Title").get(NIL), ann.findtext(f"{RECORD}Account/{RECORD}Name")) == ("true", "Acme")
    assert ann.findtext(f"{RECORD}CreatedDate") == "2026-11-10T12:00:00.000Z"
    locator = first.findtext(f"{PARTNER}queryLocator")
    (second,) = call(api, "queryMore", f"<queryLocator>{locator}</queryLocator>")
    assert (second.findtext(f"{PARTNER}done"), second.find(f"{PARTNER}queryLocator").get(NIL)) == ("true", "true")
    assert second.findtext(f"{PARTNER}records/{RECORD}LastName") == "Cole"
    (nested,) = call(api, "query", "<queryString>SELECT Name, (SELECT Id FROM Contacts) FROM Account</queryString>")
    assert nested.findtext(f"{PARTNER}records/{RECORD}Contacts/{PARTNER}size") == "2"


def test_deleted_records_are_seen_by_query_all_alone() -> None:
    api = Api()
    (gone, _) = call(api, "delete", f"<ids>{CY}</ids><ids>nonsense</ids>")
    assert gone.findtext(f"{PARTNER}success") == "true"
    soql = f"<queryString>SELECT Id FROM Contact WHERE Id = '{CY}'</queryString>"
    assert [call(api, verb, soql)[0].findtext(f"{PARTNER}size") for verb in ("query", "queryAll")] == ["0", "1"]


def test_records_are_created_changed_and_upserted_each_with_its_result() -> None:
    api = Api()
    good, bad, odd = call(
        api,
        "create",
        "<sObjects><o:type>Contact</o:type><o:LastName>New</o:LastName><o:Account><o:type>Account</o:type>"
        f"<o:Id>{ACME}</o:Id></o:Account></sObjects><sObjects><o:type>Contact</o:type></sObjects>"
        "<sObjects><o:type>Nothing</o:type></sObjects>",
    )
    made = good.findtext(f"{PARTNER}id")
    assert (api.stored(made)["LastName"], api.stored(made)["AccountId"]) == ("New", ACME)
    assert [found.findtext(f"{PARTNER}errors/{PARTNER}statusCode") for found in (bad, odd)] == [
        "REQUIRED_FIELD_MISSING",
        "INVALID_TYPE",
    ]
    fields = "<o:LastName>Changed</o:LastName><o:fieldsToNull>AccountId</o:fieldsToNull>"
    changed, without = call(
        api,
        "update",
        f"<sObjects><o:type>Contact</o:type><o:Id>{made}</o:Id>{fields}</sObjects><sObjects><o:type>Contact</o:type></sObjects>",
    )
    assert (changed.findtext(f"{PARTNER}success"), api.stored(made)["AccountId"]) == ("true", None)
    assert without.findtext(f"{PARTNER}errors/{PARTNER}statusCode") == "MISSING_ARGUMENT"
    row = "<sObjects><o:type>Contact</o:type><o:Email>{}</o:Email><o:LastName>U</o:LastName></sObjects>"
    rows = row.format("ann@acme.example") + row.format("new@acme.example")
    results = call(api, "upsert", f"<externalIDFieldName>Email</externalIDFieldName>{rows}")
    assert [found.findtext(f"{PARTNER}created") for found in results] == ["false", "true"]


def test_records_are_retrieved_in_the_order_of_their_ids() -> None:
    inner = f"<fieldList>Id, Name</fieldList><sObjectType>Account</sObjectType><ids>{BANK}</ids><ids>{ANN}</ids>"
    bank, nobody = call(Api(), "retrieve", inner)
    assert (bank.findtext(f"{RECORD}Name"), nobody.get(NIL)) == ("First Bank", "true")


def test_what_the_whole_call_gets_wrong_is_a_fault() -> None:
    api = Api()
    for operation, inner, code in (
        ("query", "<queryString>SELECT</queryString>", "MALFORMED_QUERY"),
        ("query", "<queryString>SELECT Foo FROM Account</queryString>", "INVALID_FIELD"),
        ("queryMore", "<queryLocator>x</queryLocator>", "INVALID_QUERY_LOCATOR"),
        ("create", "<sObjects><o:type>Contact</o:type></sObjects>" * 201, "EXCEEDED_ID_LIMIT"),
        ("retrieve", "<fieldList>Foo</fieldList><sObjectType>Account</sObjectType>", "INVALID_FIELD"),
    ):
        (fault,) = call(api, operation, inner)
        assert fault.findtext("faultcode") == f"sf:{code}"
