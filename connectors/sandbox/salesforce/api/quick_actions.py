"""…/sobjects/Name/quickActions: the actions of an object, their forms, the values they open with, and what they do.

Source: Salesforce, REST API Developer Guide, "sObject Quick Actions", "… Details", "… Default Values", "… by ID". That
an Update action is carried out by POST with `contextId` and `record`, answers `success` without feed items, and that
its describe leaves out the success message, is what a public repository's test of its action "Request Quote Copilot"
asks of a real org. There are no global actions here.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from .. import ids, sharing, writes
from ..refusal import Refusal, not_found
from ..screens.quick_actions import Action, Item, actions_of, written
from ..soql.derived import reader
from ..table import Row
from ..wire import Request, Response, Route, reply
from ..writes import Call
from .described_fields import described_field
from .describing import named
from .records import write_once

UPDATE = "Update"


def global_actions(request: Request) -> Response:
    """Answer GET …/quickActions: no global action exists."""
    return reply([])


def quick_actions(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/quickActions."""
    sobject = named(request, name)
    return reply([_basics(request, action) for action in actions_of(request.org, request.user, sobject)])


def quick_action(request: Request, name: str, action_name: str) -> Response:
    """Answer GET …/sobjects/Name/quickActions/Action."""
    return reply(_described(request, _action(request, name, action_name)))


def describe(request: Request, name: str, action_name: str) -> Response:
    """Answer GET …/sobjects/Name/quickActions/Action/describe: what it is, and its form."""
    action = _action(request, name, action_name)
    return reply(_described(request, action) | {"layout": _layout(action)})


def default_values(request: Request, name: str, action_name: str) -> Response:
    """Answer GET …/quickActions/Action/defaultValues: an Update action has none without a record."""
    action = _action(request, name, action_name)
    return reply({"attributes": {"type": action.sobject.name}})


def default_values_by_id(request: Request, name: str, action_name: str, context: str) -> Response:
    """Answer GET …/quickActions/Action/defaultValues/Id: what the form opens with, the record's own values."""
    action = _action(request, name, action_name)
    row = _readable(request, action, context)
    values = {
        item.field.name: reader(request.org, request.user, action.sobject.name, item.field)(row)
        for item in action.items()
    }
    url = f"{request.base}/sobjects/{action.sobject.name}/{row['Id']}"
    return reply({"attributes": {"type": action.sobject.name, "url": url}} | values)


def act(request: Request, name: str, action_name: str) -> Response:
    """Answer POST …/sobjects/Name/quickActions/Action with {"contextId": Id, "record": {…}}."""
    action, body = _action(request, name, action_name), request.fields()
    record, context = body.get("record") or {}, body.get("contextId")
    if action.type != UPDATE:
        raise Refusal("INVALID_TYPE_FOR_OPERATION", f"the sandbox carries out no action of the type {action.type}")
    if not isinstance(context, str) or not isinstance(record, dict):
        raise Refusal("MISSING_ARGUMENT", "contextId and record must be specified", ["contextId"])

    def work(call: Call) -> Response:
        row = _readable(request, action, context)
        writes.update(call, action.sobject, row["Id"], written(action, record, row))
        done = {"contextId": row["Id"], "created": False, "errors": [], "feedItemIds": None, "ids": [row["Id"]]}
        return reply(done | {"success": True})

    return write_once(request, work)


def _action(request: Request, name: str, action_name: str) -> Action:
    sobject = named(request, name)
    wanted = action_name.rpartition(".")[2].lower()
    known = actions_of(request.org, request.user, sobject)
    action = next((action for action in known if action.name.lower() == wanted), None)
    if action is None:
        raise not_found()
    return action


def _readable(request: Request, action: Action, context: str) -> Row:
    """Return the record that an action is about; raises Refusal where the user may not see it."""
    row = writes.find(Call(request.org, request.user), action.sobject, ids.read(context) or context)
    if not sharing.may_read(request.org, request.user, row):
        raise Refusal("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", [])
    return row


def _basics(request: Request, action: Action) -> dict[str, Any]:
    url = f"{request.base}/sobjects/{action.sobject.name}/quickActions/{action.name}"
    urls = {
        "defaultValues": f"{url}/defaultValues",
        "defaultValuesTemplate": f"{url}/defaultValues/{{ID}}",
        "describe": f"{url}/describe",
        "quickAction": url,
    }
    return {"label": action.label, "name": f"{action.sobject.name}.{action.name}", "type": action.type, "urls": urls}


def _described(request: Request, action: Action) -> dict[str, Any]:
    return {
        "accessLevelRequired": None,
        "canvasApplicationId": None,
        "canvasApplicationName": None,
        "colors": [],
        "contextSobjectType": action.sobject.name,
        "defaultValues": None,
        "height": None,
        "iconName": None,
        "iconUrl": None,
        "icons": [],
        "label": action.label,
        "layout": None,
        "miniIconUrl": None,
        "name": f"{action.sobject.name}.{action.name}",
        "targetParentField": None,
        "targetRecordTypeId": None,
        "targetSobjectType": action.sobject.name,
        "type": action.type,
        "visualforcePageName": None,
        "visualforcePageUrl": None,
        "width": None,
    }


def _layout(action: Action) -> dict[str, Any]:
    """Return the form as a section of a layout: its columns side by side, row by row."""
    rows = [[item for item in row if item is not None] for row in zip_longest(*action.columns)]
    shown = [{"layoutItems": [_item(action, item) for item in row], "numItems": len(row)} for row in rows if row]
    return {
        "columns": len(action.columns),
        "heading": None,
        "layoutRows": shown,
        "rows": len(shown),
        "useCollapsibleSection": False,
        "useHeading": False,
    }


def _item(action: Action, item: Item) -> dict[str, Any]:
    component = {
        "details": described_field(action.view, item.field),
        "displayLines": 1,
        "tabOrder": 0,
        "type": "Field",
        "value": item.field.name,
    }
    return {
        "editableForNew": False,
        "editableForUpdate": item.editable,
        "label": item.field.label,
        "layoutComponents": [component],
        "placeholder": False,
        "required": item.behaviour == "Required",
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "quickActions", global_actions),
    ("GET", "sobjects/*/quickActions", quick_actions),
    ("GET", "sobjects/*/quickActions/*", quick_action),
    ("POST", "sobjects/*/quickActions/*", act),
    ("GET", "sobjects/*/quickActions/*/describe", describe),
    ("GET", "sobjects/*/quickActions/*/defaultValues", default_values),
    ("GET", "sobjects/*/quickActions/*/defaultValues/*", default_values_by_id),
)
