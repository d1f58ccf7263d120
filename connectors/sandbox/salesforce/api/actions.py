"""…/actions/standard/customNotificationAction: a bell and a message on the phone. What people got stands in the org.

Inputs and their bounds: Salesforce, Actions Developer Guide, "Custom Notification Actions" (title 250 characters, body
750, 500 recipients, a target). A user who is not active gets nothing, and it is no error; nor is it one that an org
sent more than 10,000 in an hour: the rest of that hour's are lost (Salesforce Help, "Considerations for
Notifications"). Without the permission the org answers "Unsupported action type: CUSTOM_NOTIFICATION_ACTION"
(salesforce.stackexchange.com/questions/331750). In which form the codes of other refusals come nobody documents: they
are as other actions have them, a list with `errors`, under status 400.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from .. import ids, values
from ..org import Org
from ..parsing import objects
from ..refusal import Refusal
from ..wire import Request, Response, Route, reply

ACTION, PERMISSION = "customNotificationAction", "SendCustomNotifications"
MOST_INPUTS, MOST_RECIPIENTS, MOST_AN_HOUR = 200, 500, 10_000
LENGTHS = {"title": 250, "body": 750}
REQUIRED = ("customNotifTypeId", "recipientIds", *LENGTHS)
_UNSUPPORTED = Refusal("INVALID_INPUT", "Unsupported action type: CUSTOM_NOTIFICATION_ACTION")
_SENT = "Your custom notification is processed successfully."


def describe(request: Request) -> Response:
    """Answer GET: what the action takes."""
    _require_permitted(request)
    wanted = [*REQUIRED, "targetId", "targetPageRef", "senderId"]
    inputs = [
        {"name": name, "required": name in REQUIRED, "type": "REFERENCE" if name.endswith(("Id", "Ids")) else "STRING"}
        for name in wanted
    ]
    return reply(
        {"name": ACTION, "label": "Send Custom Notification", "type": "CUSTOMNOTIFICATIONACTION"} | {"inputs": inputs}
    )


def act(request: Request) -> Response:
    """Answer POST: one result an input, in their order; where one is refused the status says so."""
    _require_permitted(request)
    inputs = objects(request.fields(), "inputs")
    if not 0 < len(inputs) <= MOST_INPUTS:
        raise Refusal("INVALID_INPUT", f"The number of inputs must be between 1 and {MOST_INPUTS}.")
    results = [_result(request, action_input) for action_input in inputs]
    return reply(results, 200 if all(result["isSuccess"] for result in results) else 400)


def _result(request: Request, action_input: Mapping[str, Any]) -> dict[str, Any]:
    errors = []
    try:
        _check(request.org, action_input)
    except Refusal as refusal:
        errors.append(refusal.as_row())
    else:
        _deliver(request.org, request.user, action_input)
    said = {"SuccessMessage": _SENT} if not errors else None
    return {"actionName": ACTION, "errors": errors or None, "isSuccess": not errors, "outputValues": said}


def _require_permitted(request: Request) -> None:
    if not request.org.access.permits(request.user, PERMISSION):
        raise _UNSUPPORTED


def _check(org: Org, action_input: Mapping[str, Any]) -> None:
    for name in REQUIRED:
        if not action_input.get(name):
            raise Refusal("INVALID_INPUT", f"Missing required input parameter: {name}", [name])
    if not isinstance(action_input["recipientIds"], list):
        raise Refusal("INVALID_INPUT", "Unexpected data type for recipientIds: expected a list", ["recipientIds"])
    if len(action_input["recipientIds"]) > MOST_RECIPIENTS:
        problem = f"The number of recipients exceeds the limit of {MOST_RECIPIENTS}."
        raise Refusal("LIMIT_EXCEEDED", problem, ["recipientIds"])
    if ids.read(action_input["customNotifTypeId"]) not in org.tables["CustomNotificationType"].rows:
        raise Refusal("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ["customNotifTypeId"])
    for name, most in LENGTHS.items():
        if values.is_longer(str(action_input[name]), most):
            raise Refusal(
                "STRING_TOO_LONG", f"{name}: data value too large: {action_input[name]} (max length={most})", [name]
            )
    if not (action_input.get("targetId") or action_input.get("targetPageRef")):
        raise Refusal("INVALID_INPUT", "Specify either a targetId or a targetPageRef.", ["targetId"])
    for record_id in (*action_input["recipientIds"], action_input.get("targetId")):
        if record_id and ids.read(record_id) is None:
            raise Refusal("MALFORMED_ID", f"malformed id {record_id}", [])


def _deliver(org: Org, sender: str, action_input: Mapping[str, Any]) -> None:
    """Let every active recipient get it, unless the hour's notifications are used up."""
    since = values.stamp(org.now() - timedelta(hours=1))
    if sum(got["at"] > since for got in org.notifications) >= MOST_AN_HOUR:
        return
    type_id = ids.read(action_input["customNotifTypeId"]) or ""
    name = org.tables["CustomNotificationType"].rows[type_id]["DeveloperName"]
    for user in _active(org, action_input["recipientIds"]):
        shown = {key: action_input.get(key) for key in ("title", "body", "targetId")}
        org.notifications.append({"at": org.stamp(), "type": name, "user": user, "sender": sender} | shown)


def _active(org: Org, recipients: list[str]) -> Iterator[str]:
    for user in dict.fromkeys(ids.read(recipient) or "" for recipient in recipients):
        if (org.tables["User"].rows.get(user) or {}).get("IsActive"):
            yield user


ROUTES: tuple[Route, ...] = (
    ("GET", f"actions/standard/{ACTION}", describe),
    ("POST", f"actions/standard/{ACTION}", act),
)
