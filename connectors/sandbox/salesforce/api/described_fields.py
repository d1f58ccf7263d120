"""Fields as a describe tells them to one user.

Source: Salesforce, REST API Developer Guide, "sObject Describe"; shapes as recorded by CumulusCI.
"""

from __future__ import annotations

from typing import Any

from ..access import View
from ..schema import Field

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
    "address": "urn:address",
    "anyType": "xsd:anyType",
    "base64": "xsd:base64Binary",
}
_FIELD_NULLS = (
    *("calculatedFormula", "controllerName", "defaultValueFormula", "filteredLookupInfo", "inlineHelpText", "mask"),
    *("maskType", "referenceTargetField", "relationshipOrder"),
)
_FIELD_FALSE = (
    *("aiPredictionField", "dependentPicklist", "deprecatedAndHidden", "encrypted", "formulaTreatNullNumberAsZero"),
    *("highScaleNumber",),
)


def described_field(view: View, field: Field) -> dict[str, Any]:
    """Return a field as describe tells it to the user of this view."""
    attributes = {key: value for key, value in field.attributes.items() if key != "soapType"}
    length = int(field["length"] or 0)
    shown = {
        **dict.fromkeys(_FIELD_NULLS),
        **dict.fromkeys(_FIELD_FALSE, False),
        **attributes,
        "byteLength": field.attributes.get("byteLength", 18 if field.type in ("id", "reference") else length * 3),
        "compoundFieldName": field.attributes.get("compoundFieldName"),
        "name": field.name,
        "picklistValues": [
            _picked(field, value, active)
            for active, values in ((True, field.values), (False, field.inactive))
            for value in values
        ],
        "referenceTo": list(field.targets),
        "relationshipName": field.relationship,
        "soapType": soap_type(field),
    }
    if field.name in view.locked:
        shown |= {"createable": False, "updateable": False}
    return shown


def soap_type(field: Field) -> str:
    """Return the field's type as the SOAP API names it."""
    return _SOAP.get(field.type, "xsd:string")


def _picked(field: Field, value: str, active: bool) -> dict[str, Any]:
    label = field.labels.get(value, value)
    picked = {"active": active, "defaultValue": value == field.default, "label": label}
    return picked | {"validFor": field.valid_for.get(value), "value": value}
