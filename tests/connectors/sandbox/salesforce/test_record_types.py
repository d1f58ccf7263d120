"""What a record type offers of a restricted picklist, and what it does not."""

from __future__ import annotations

import pytest

from connectors.sandbox.salesforce.settings import RecordType
from tests.connectors.sandbox.salesforce.orgs import ANN, Api, field, grants, object_file

FEW, ALL = "012000000000001AAA", "012000000000002AAA"
VALUES = "".join(
    f"<value><fullName>{word}</fullName><default>false</default><label>{word}</label></value>"
    for word in ("accepted", "not yet", "rejected")
)


def picklist(name: str, *, restricted: bool) -> str:
    values = (
        f"<valueSet><restricted>{str(restricted).lower()}</restricted><valueSetDefinition><sorted>false</sorted>"
        f"{VALUES}</valueSetDefinition></valueSet>"
    )
    return field(name, "Picklist").replace("<type>Picklist</type>", f"<type>Picklist</type>{values}")


@pytest.fixture(scope="module")
def org() -> Api:
    """Contacts of two types: the default one offers one word of a restricted picklist and of one that is not."""
    offered = {"Word__c": ("accepted",), "Loose__c": ("accepted",)}
    types = (RecordType("Few", FEW, offered=offered), RecordType("All", ALL, default=False))
    api = Api(record_types={"Contact": types})
    fields = picklist("Word__c", restricted=True) + picklist("Loose__c", restricted=False)
    files = {
        "objects/Contact.object": object_file(fields),
        "permissionsets/S.permissionset": grants("Contact.Word__c", "Contact.Loose__c"),
    }
    assert api.deploy(files).failures == []
    api.assign("S")
    return api


@pytest.mark.parametrize(
    "record_type, fields, refused",
    [
        (None, {"Word__c": "accepted"}, False),
        (None, {"Word__c": "rejected"}, True),
        (FEW, {"Word__c": "rejected"}, True),
        (FEW, {"Word__c": None}, False),
        (FEW, {"Loose__c": "rejected"}, False),
        (ALL, {"Word__c": "rejected"}, False),
    ],
)
def test_a_restricted_picklist_takes_what_the_record_s_type_offers(
    org: Api, record_type: str | None, fields: dict[str, str | None], refused: bool
) -> None:
    org.org.tables["Contact"].put(org.stored(ANN) | {"RecordTypeId": record_type})
    answer = org("PATCH", f"sobjects/Contact/{ANN}", fields)
    assert (answer.status == 400) is refused
    if refused:
        assert answer.content[0]["errorCode"] == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
        assert answer.content[0]["fields"] == ["Word__c"]
