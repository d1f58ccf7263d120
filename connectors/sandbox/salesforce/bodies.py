"""Reading the body of a create or update: which fields it may name, and what their values mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import values
from .access import View
from .call import Call, living
from .parsing import type_of
from .refusal import Refusal, no_column
from .schema import Field, SObject


def read_body(call: Call, sobject: SObject, body: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
    """Return the stored forms of a JSON body's fields; raises Refusal for fields that may not be written."""
    view = call.view(sobject)
    written: dict[str, Any] = {}
    refused: list[str] = []
    for name, value in body.items():
        if name == "attributes":
            continue
        field = view.find(name)
        if field is None:
            field = _by_relationship(view, name)
            if field is None or not isinstance(value, dict):
                raise no_column(name, sobject.name)
            stored: Any = _by_external_id(call, field, value)
        else:
            stored = values.coerce(field, value)
        if field["createable" if creating else "updateable"] and field.name not in view.locked:
            written[field.name] = stored
        else:
            refused.append(field.name)
    if refused:
        message = (
            f"Unable to create/update fields: {', '.join(refused)}. Please check the security settings of this field "
            "and verify that it is read/write for your profile or permission set."
        )
        raise Refusal("INVALID_FIELD_FOR_INSERT_UPDATE", message, refused)
    return written


def _by_relationship(view: View, name: str) -> Field | None:
    wanted = name.lower()
    return next((found for found in view.fields.values() if (found.relationship or "").lower() == wanted), None)


def _by_external_id(call: Call, reference: Field, value: dict[str, Any]) -> str:
    """Resolve `{"Account": {"Key__c": "x"}}` to the parent's id."""
    kind = type_of(value) or next(iter(reference.targets), "")
    parent = call.org.schema.find(kind)
    keys = [(name, record_ids) for name, record_ids in value.items() if name != "attributes"]
    if parent is None or len(keys) != 1:
        raise Refusal("INVALID_FIELD", f"Multiple or no external ids given for {reference.relationship}", [])
    name, wanted = keys[0]
    field = call.view(parent).find(name)
    if field is None or not (field["externalId"] or field["idLookup"] or field.name == "Id"):
        raise Refusal("INVALID_FIELD", f"{name} is not an external ID or indexed field for {parent.name}", [])
    record_ids = living(call.org, parent, field.name, values.coerce(field, wanted))
    if len(record_ids) == 1:
        return record_ids[0]
    if record_ids:
        raise Refusal("DUPLICATE_EXTERNAL_ID", f"{name}: more than one record found for external id field", [name])
    message = f"Foreign key external ID: {wanted} not found for field {name} in entity {parent.name}"
    raise Refusal("INVALID_FIELD", message, [])
