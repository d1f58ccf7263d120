"""A CustomField component as describe shows it once it is deployed.

Source: Salesforce, Metadata API Developer Guide, "CustomField"; Object Reference, "Field Types".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ..schema import ACTIVITIES, Field, Schema, custom_field
from .elements import Fault, children, text

# metadata type → describe type, elements that must be there
_KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "AutoNumber": ("string", ("displayFormat",)),
    "Checkbox": ("boolean", ("defaultValue",)),
    "Currency": ("currency", ("precision", "scale")),
    "Date": ("date", ()),
    "DateTime": ("datetime", ()),
    "Email": ("email", ()),
    "EncryptedText": ("encryptedstring", ("length", "maskChar", "maskType")),
    "Html": ("textarea", ("length", "visibleLines")),
    "LongTextArea": ("textarea", ("length", "visibleLines")),
    "Lookup": ("reference", ("referenceTo", "relationshipName")),
    "MasterDetail": ("reference", ("referenceTo", "relationshipName")),
    "MultiselectPicklist": ("multipicklist", ("visibleLines", "valueSet")),
    "Number": ("double", ("precision", "scale")),
    "Percent": ("percent", ("precision", "scale")),
    "Phone": ("phone", ()),
    "Picklist": ("picklist", ("valueSet",)),
    "Text": ("string", ("length",)),
    "TextArea": ("textarea", ()),
    "Time": ("time", ()),
    "Url": ("url", ()),
}
_LENGTHS = {"TextArea": 255, "Email": 80, "Phone": 40, "Url": 255, "AutoNumber": 30}
_LARGEST = {"Text": 255, "LongTextArea": 131072, "Html": 131072, "EncryptedText": 175}
_UNIQUE = ("Text", "Number", "Email", "AutoNumber")
_BAD_NAME = (
    "The Field Name field can only contain underscores and alphanumeric characters. It must be unique, begin with a "
    "letter, not include spaces, not end with an underscore, and not contain two consecutive underscores."
)
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*__c")


def read_field(schema: Schema, sobject: str, element: Any, coming: Collection[str] = ()) -> Field:
    """Return the field that a CustomField element declares on an object; raises Fault with Salesforce's words.

    `coming` names custom objects that the same package brings.
    """
    name, kind = text(element, "fullName") or "", text(element, "type")
    line = element.sourceline or 1
    if sobject not in ("Activity", *coming) and schema.find(sobject) is None:
        raise Fault(f"Entity Enumeration Or ID: bad value for restricted picklist field: {sobject}", line)
    if not name.endswith("__c"):
        return _standard(schema, sobject, name, line)
    if not _NAME.fullmatch(name) or len(name) > 43:
        raise Fault(_BAD_NAME, line)
    if text(element, "label") is None:
        raise Fault("Required field is missing: label", line)
    formula = text(element, "formula") is not None
    if kind is None or kind not in _KINDS:
        raise Fault(f"Must specify a supported type for a CustomField: {kind}", line)
    described, needed = _KINDS[kind]
    for element_name in needed if not formula else ():
        if not children(element, element_name):
            raise Fault(f"Must specify '{element_name}' for a CustomField of type {kind}", line)
    _check(element, kind, line)
    return _described(schema, element, kind, described, formula, coming)


def _standard(schema: Schema, sobject: str, name: str, line: int) -> Field:
    owner = schema.find(ACTIVITIES[0] if sobject == "Activity" else sobject)
    field = owner.find(name) if owner else None
    if field is None:
        raise Fault(f"Could not resolve standard field's name: {name}", line)
    return field


def _check(element: Any, kind: str, line: int) -> None:
    length = int(text(element, "length") or 0)
    if kind in _LARGEST and not 1 <= length <= _LARGEST[kind] and text(element, "formula") is None:
        raise Fault(f"Length must be between 1 and {_LARGEST[kind]}", line)
    if kind in ("LongTextArea", "Html") and length < 256:
        raise Fault("Can not specify a length less than 256 for a long text area", line)
    if kind not in _UNIQUE:
        for flag in ("externalId", "unique"):
            if text(element, flag) == "true":
                raise Fault(f"Can not specify '{flag}' for a CustomField of type {kind}", line)
    if text(element, "required") == "true" and kind in ("LongTextArea", "Html", "Checkbox"):
        raise Fault(f"Can not specify 'required' for a CustomField of type {kind}", line)


def _described(
    schema: Schema, element: Any, kind: str, described: str, formula: bool, coming: Collection[str]
) -> Field:
    def flag(path: str) -> bool:
        return text(element, path) == "true"

    name = text(element, "fullName") or ""
    attributes: dict[str, Any] = {
        "nillable": not flag("required") and kind not in ("Checkbox", "MasterDetail"),
        "externalId": flag("externalId"),
        "idLookup": flag("externalId"),
        "unique": flag("unique"),
        "caseSensitive": flag("caseSensitive"),
        "inlineHelpText": text(element, "inlineHelpText"),
        "createable": not formula and kind != "AutoNumber",
        "updateable": not formula and kind != "AutoNumber",
        "calculated": formula,
        "calculatedFormula": text(element, "formula"),
        "autoNumber": kind == "AutoNumber",
        "defaultedOnCreate": kind == "Checkbox" and not formula,
        "htmlFormatted": kind == "Html",
        "length": int(text(element, "length") or _LENGTHS.get(kind, 0)),
        "precision": int(text(element, "precision") or 0),
        "scale": int(text(element, "scale") or 0),
        "permissionable": not flag("required") and kind != "MasterDetail",
    }
    if formula:
        attributes |= {"groupable": False, "aggregatable": False}
    if kind in ("LongTextArea", "Html"):
        attributes |= {"filterable": False, "sortable": False, "groupable": False, "extraTypeInfo": kind.lower()}
    if described == "boolean":
        attributes["defaultValue"] = flag("defaultValue")
    if described in ("picklist", "multipicklist"):
        attributes |= _picklist(element)
    if described == "reference":
        attributes |= _reference(schema, element, name, kind, coming)
    return custom_field(name, described, text(element, "label") or name, **attributes)


def _picklist(element: Any) -> dict[str, Any]:
    values = children(element, "valueSet/valueSetDefinition/value")
    active = [value for value in values if text(value, "isActive") != "false"]
    return {
        "length": 255,
        "restrictedPicklist": text(element, "valueSet/restricted") == "true",
        "values": tuple(text(value, "fullName") or "" for value in active),
        "inactive": tuple(text(value, "fullName") or "" for value in values if value not in active),
        "default": next((text(value, "fullName") for value in active if text(value, "default") == "true"), None),
    }


def _reference(schema: Schema, element: Any, name: str, kind: str, coming: Collection[str]) -> dict[str, Any]:
    target = text(element, "referenceTo") or ""
    if schema.find(target) is None and target not in coming:
        raise Fault(
            f"referenceTo value of '{target}' does not resolve to a valid sObject type", element.sourceline or 1
        )
    return {
        "length": 18,
        "referenceTo": [target],
        "relationshipName": name.removesuffix("__c") + "__r",
        "children": f"{text(element, 'relationshipName')}__r",
        "cascade": kind == "MasterDetail" or text(element, "deleteConstraint") == "Cascade",
    }
