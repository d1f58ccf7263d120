"""…/ui-api/records/Id: one record as a page shows and saves it, under the asking user's field and record access.

`fields` fail whole where one is hidden or unknown; `optionalFields` are left out. Both are written with the object's
name in front, and lead through relationships upwards. Layouts are not served.
Source: Salesforce, User Interface API Developer Guide, "Get a Record", "Update a Record", "Record", "Field Value",
"Error with Output", "Record Exception Error"; bodies of refusals as recorded in salesforce/base-components-recipes
(force-app/test/force/wireServiceMocks): a list of errors, but one object where a save is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from .. import ids, sharing, writes
from ..access import View
from ..org import Org
from ..refusal import Refusal, not_found
from ..schema import Field
from ..screens.shown import shown
from ..soql.derived import reader
from ..table import Row
from ..values import Unreadable, read_stamp
from ..wire import Request, Response, Route, reply
from .records import start

_NO_ACCESS = "You don't have access to this record. Ask your administrator for help or to request access."
_FAILED = "An error occurred while trying to update the record. Please try again."
_MASTER = "012000000000000AAA"
_JSON_TYPES = {bool: "Boolean", int: "Integer", float: "Double", str: "String", list: "Array", dict: "Map"}
Tree = dict[str, "Tree"]  # a field or relationship → what is wanted below it


def get(request: Request, record_id: str) -> Response:
    """Answer GET …/ui-api/records/Id?fields=Object.Field,…&optionalFields=Object.Relationship.Field,…"""
    row, view = _readable(request, record_id)
    wanted, optional = _names(request.query.get("fields")), _names(request.query.get("optionalFields"))
    if not wanted and not optional:
        raise Refusal("INVALID_INPUT_COMBINATION", "Must provide either 'fields' or 'layoutTypes'.")
    return reply(_record(request, view, row, _tree(request, view, wanted, optional)))


def update(request: Request, record_id: str) -> Response:
    """Answer PATCH …/ui-api/records/Id with {"fields": {…}, "allowSaveOnDuplicate"?: bool}."""
    _, view = _readable(request, record_id)
    body = request.fields() if request.body.strip() else {}
    written = body.get("fields")
    if not isinstance(written, dict):
        raise Refusal("ILLEGAL_QUERY_PARAMETER_VALUE", "Record input is required for PATCH.")
    for name in written:
        if view.find(name) is None:
            raise Refusal("POST_BODY_PARSE_ERROR", f"No such column '{name}' on sobject of type {view.sobject.name}")
    call = start(request)
    call.allow_duplicates = call.allow_duplicates or body.get("allowSaveOnDuplicate") is True
    try:
        writes.update(call, view.sobject, record_id, written)
    except Unreadable as error:
        call.journal.roll_back()
        raise Refusal("POST_BODY_PARSE_ERROR", _misread(view, error)) from None
    except Refusal as error:
        call.journal.roll_back()
        return _refused(view, error)
    row, view = _readable(request, record_id)
    shown_fields = [name for name in (view.sobject.name_field, *written) if name and view.find(name)]
    return reply(_record(request, view, row, {name: {} for name in shown_fields}))


def _readable(request: Request, record_id: str) -> tuple[Row, View]:
    """Return the record and its object as the user sees it; raises Refusal where either is not for them."""
    org, whole = request.org, ids.read(record_id)
    row = org.row(whole)
    sobject = org.schema.of_id(whole) if whole else None
    if row is None or sobject is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise Refusal("ENTITY_IS_DELETED", "entity is deleted", status=404)
    view = org.access.view(request.user, sobject)
    if view.hidden or not sharing.may_read(org, request.user, row):
        raise Refusal("INSUFFICIENT_ACCESS", _NO_ACCESS, status=403)
    return row, view


def _names(listed: str | None) -> list[str]:
    return [name.strip() for name in (listed or "").split(",") if name.strip()]


def _tree(request: Request, view: View, wanted: Iterable[str], optional: Iterable[str]) -> Tree:
    """Return the fields to show, by relationship; raises Refusal for one of `wanted` that the user does not see."""
    tree: Tree = {}
    for name in wanted:
        path = name.split(".")
        if path[0] != view.sobject.name or (visible := _seen(request.org, request.user, view, path[1:])) is None:
            raise Refusal("INVALID_FIELD", f"No such column '{'.'.join(path[1:])}' on entity '{view.sobject.name}'.")
        _plant(tree, visible)
    for name in optional:
        path = name.split(".")
        if path[0] == view.sobject.name and (visible := _seen(request.org, request.user, view, path[1:])) is not None:
            _plant(tree, visible)
    return tree


def _seen(org: Org, user: str, view: View, path: list[str]) -> list[str] | None:
    """Return a path as the schema writes it, None where the user does not see every step of it."""
    if not path:
        return None
    if len(path) == 1:
        field = view.find(path[0])
        return [field.name] if field else None
    reference = _reference(view, path[0])
    below = org.schema.find(reference.targets[0]) if reference and reference.targets else None
    if reference is None or below is None or (known := org.access.view(user, below)).hidden:
        return None
    rest = _seen(org, user, known, path[1:])
    return [str(reference.relationship), *rest] if rest else None


def _reference(view: View, relationship: str) -> Field | None:
    wanted = relationship.lower()
    return next((found for found in view.fields.values() if (found.relationship or "").lower() == wanted), None)


def _plant(tree: Tree, path: list[str]) -> None:
    for name in path:
        tree = tree.setdefault(name, {})


def _record(request: Request, view: View, row: Row, tree: Tree) -> dict[str, Any]:
    org, fields = request.org, {}
    for name, below in sorted(tree.items()):
        if below:
            reference = _reference(view, name)
            assert reference is not None  # _seen went the same way
            fields[name] = _parent(request, row, reference, below)
            fields[reference.name] = {"displayValue": None, "value": row.get(reference.name)}
        else:
            field = view.fields[name]
            value = reader(org, request.user, view.sobject.name, field)(row)
            fields[name] = shown(org, request.user, field, value)
    changed = row.get("SystemModstamp")
    return {
        "apiName": view.sobject.name,
        "childRelationships": {},
        "eTag": hashlib.md5(orjson.dumps(fields), usedforsecurity=False).hexdigest(),
        "fields": fields,
        "id": row["Id"],
        "lastModifiedById": row.get("LastModifiedById"),
        "lastModifiedDate": _zulu(row.get("LastModifiedDate")),
        "recordTypeId": row.get("RecordTypeId") or _MASTER,
        "recordTypeInfo": None,
        "systemModstamp": _zulu(changed),
        "weakEtag": int(read_stamp(changed).timestamp() * 1000) if changed else 0,
    }


def _parent(request: Request, row: Row, reference: Field, below: Tree) -> dict[str, Any]:
    """Return the record behind a relationship as a value; null where the user may not read it."""
    org = request.org
    parent = org.row(row.get(reference.name))
    target = org.schema.of_id(parent["Id"]) if parent else None
    if parent is None or target is None or not sharing.may_read(org, request.user, parent):
        return {"displayValue": None, "value": None}
    view = org.access.view(request.user, target)
    tree: Tree = {"Id": {}} | {name: rest for name, rest in below.items() if rest or view.find(name)}
    name = parent.get(target.name_field) if target.name_field else None
    return {"displayValue": name, "value": _record(request, view, parent, tree)}


def _zulu(stamp: str | None) -> str | None:
    return stamp.replace("+0000", "Z") if stamp else None


def _misread(view: View, error: Unreadable) -> str:
    kind = _JSON_TYPES.get(type(error.value), "String")
    return (
        f"Value for field '{error.field.name}' in object '{view.sobject.name}' with data type "
        f"'{error.field.type.upper()}' should be a {error.field.type.capitalize()} but instead is a {kind}."
    )


def _refused(view: View, error: Refusal) -> Response:
    """Return the answer to a save that is refused: what is wrong with the record, and with which of its fields."""
    by_field: dict[str, list[dict[str, Any]]] = {}
    for name in error.fields or ():
        field = view.find(name)
        by_field.setdefault(name, []).append(_exception(error, name, field.label if field else None))
    whole = [] if by_field else [_exception(error, None, None)]
    output = {"errors": whole, "fieldErrors": by_field}
    body = {"message": _FAILED, "statusCode": 400, "enhancedErrorType": "RecordError", "output": output}
    return reply(body, 400)


def _exception(error: Refusal, name: str | None, label: str | None) -> dict[str, Any]:
    return {
        "constituentField": None,
        "duplicateRecordError": error.extra or None,
        "errorCode": error.code,
        "field": name,
        "fieldLabel": label,
        "message": error.message,
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "ui-api/records/*", get),
    ("PATCH", "ui-api/records/*", update),
)
