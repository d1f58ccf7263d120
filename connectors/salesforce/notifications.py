"""Custom notifications: a bell on the desktop and a message on the phone, sent by an action and kept as no record.

A notification cannot be looked up, so none is sent twice: what became of one without an answer nobody can say, and the
caller does not repeat it (the task that it points at stands all the same). Each is a call of its own, whose answer is
its own. Three things have to hold: the type is there, the user may send, and the org lets the action be used. Where the
org has refused the action as such, the others wait, and one is tried again after an hour.

Inputs and their bounds: Salesforce, Actions Developer Guide, "Custom Notification Actions" (title 250 characters, body
750, 500 recipients; in orgs made since Winter '21 the user permission Send Custom Notifications is needed). Without it
they answer "Unsupported action type: CUSTOM_NOTIFICATION_ACTION" (salesforce.stackexchange.com/questions/331750).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from connectors.base import (
    NOT_TRIED,
    ConnectorError,
    Misconfigured,
    Payload,
    Problem,
    Receipt,
    Rest,
    Uncertain,
    WriteError,
)
from connectors.salesforce import paths, remembered, soql
from connectors.salesforce.assignments import SAID
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import Declined, row_error
from connectors.salesforce.shapes import OrgField, Shape

ACTION, TYPE, RECIPIENTS = "customNotificationAction", "customNotifTypeId", "recipientIds"
TYPES = "CustomNotificationType"
PERMISSION = "SendCustomNotifications"
MAY = f"Permissions{PERMISSION}"
KEEP = timedelta(hours=1)  # how long ids of types, and a refusal of the action as such, are taken for true
OF_THE_ACTION = frozenset({"NOT_FOUND", "METHOD_NOT_ALLOWED", "INVALID_TYPE", "FUNCTIONALITY_NOT_ENABLED"})
UNSUPPORTED = "unsupported action type"

PREMISE, WHERE = "notifications", "salesforce notifications"
RESTS = (Rest(ACTION),)
DEPLOY = "run `syncd salesforce deploy`"
ALLOW = f"`syncd salesforce deploy --check` says why it does; mend that, then {DEPLOY}"
GRANT = f"{DEPLOY}, or grant Send Custom Notifications in a permission set of the integration user's"
OFFER = f"{GRANT}; or take `notification` out of the mapping's writes"
# The action as an object with fields of text, so that its refusals are told without the words about people in them.
SHAPE = Shape(ACTION, True, False, {name: OrgField(name, "string") for name in ("title", "body")})


class Notifier:
    """Sends notifications, and knows whether that can be done. Safe for several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._types: dict[str, tuple[str, datetime]] = {}  # developer name → id, and since when
        self._refused: tuple[str, datetime] | None = None  # why the org refused the action as such, and when

    def push(self, wishes: Sequence[Payload]) -> list[Receipt]:
        """Send each; one receipt each, in their order, without a remote id. Never raises: what was not tried says so.

        Each is a call. Whether the next one is to be tried is the caller's to say, who notes before each call that it
        is under way and so gives one at a time.
        """
        return [Receipt(payload.key, None, self._try(payload)) for payload in wishes]

    def check(self, types: Iterable[str]) -> Iterator[Problem]:
        """Yield what keeps notifications of these types from being sent; in a call, as a rule."""
        types = list(types)
        self._types.clear()
        asked = {"right": self._client.asking(soql.select((MAY,), "UserPermissionAccess", limit=1), deleted=False)}
        if types:
            asked["types"] = self._client.asking(_of_types(types), deleted=False)
            asked["left_out"] = self._client.asking(SAID, deleted=False)
        answers = self._client.together(asked)
        self._note(_records(answers.get("types")))
        left_out = {name for row in _records(answers.get("left_out")) for name in remembered.read(row["Description"])}
        for name in (name for name in types if self._id(name) is None):
            what = f"the org has no notification type {name}"
            if name in left_out:
                yield Problem("warning", WHERE, f"{what}: it refused it when syncd was deployed", ALLOW, PREMISE, RESTS)
                return
            yield Problem("error", WHERE, what, DEPLOY, PREMISE, RESTS)
        if any(
            row.get(MAY) is False for row in _records(answers.get("right"))
        ):  # who does not tell is told by a refusal
            what = "the integration user may not send custom notifications"
            yield Problem("error", WHERE, what, GRANT, PREMISE, RESTS)
        elif why := self._still_refused():
            yield Problem("error", WHERE, f"the org refuses them: {why}", OFFER, PREMISE, RESTS)

    def check_offered(self) -> Iterator[Problem]:
        """Yield whether the org offers us the action at all; a call."""
        try:
            self._client.call(paths.NOTIFIES)
        except (Declined, Misconfigured) as refusal:
            yield Problem("error", WHERE, f"the org refuses them: {refusal}", OFFER, PREMISE, RESTS)

    def _try(self, payload: Payload) -> WriteError | None:
        """Send one: why it was not accepted."""
        try:
            action_input = self._input(payload)
            answer = self._client.call(paths.NOTIFY, body=orjson.dumps({"inputs": [action_input]}))
        except Uncertain as error:
            return WriteError("uncertain", "NO_ANSWER", str(error))
        except Declined as refusal:
            if _of_the_action(refusal):
                return self._refuse(str(refusal))
            said = {"statusCode": refusal.code, "message": str(refusal).removeprefix(f"{refusal.code}: ")}
            return row_error(said, payload, None, SHAPE)
        except Misconfigured as error:
            return self._refuse(str(error))
        except ConnectorError as error:
            return WriteError("retry", NOT_TRIED, str(error))
        self._refused = None
        return _error_of(answer, payload)

    def _refuse(self, why: str) -> WriteError:
        self._refused = why, self._client.clock()
        return WriteError("retry", NOT_TRIED, why)

    def _still_refused(self) -> str:
        why, since = self._refused or ("", self._client.clock())
        return why if timedelta() <= self._client.clock() - since < KEEP else ""  # the clock may be set back

    def _input(self, payload: Payload) -> dict[str, Any]:
        """The action's input. Raises Misconfigured where the org has no such type."""
        name = str(payload.fields.get(TYPE))
        type_id = self._id(name)
        if type_id is None:
            raise Misconfigured(f"the org has no notification type {name}: {DEPLOY}")
        return {**payload.fields, TYPE: type_id, RECIPIENTS: [payload.fields[RECIPIENTS]]}

    def _id(self, name: str) -> str | None:
        """The id of a type, also where the Tooling API alone shows it: some integration users meet it there only."""
        type_id, since = self._types.get(name, ("", None))
        if since and self._client.clock() - since < KEEP:
            return type_id
        try:
            self._note(_records(self._client.call(paths.TOOLING_QUERY, params={"q": _of_types([name])})))
        except Declined:
            self._types.pop(name, None)
        return self._types.get(name, (None, None))[0]

    def _note(self, rows: Iterable[Mapping[str, Any]]) -> None:
        now = self._client.clock()
        self._types.update({str(row["DeveloperName"]): (str(row["Id"]), now) for row in rows})


def _of_types(names: Sequence[str]) -> str:
    listed = ", ".join(map(soql.text, names))
    return soql.select(("Id", "DeveloperName"), TYPES, f"DeveloperName IN ({listed})")


def _records(answer: Any) -> Sequence[Mapping[str, Any]]:
    return answer.get("records", ()) if isinstance(answer, Mapping) else ()


def _of_the_action(refusal: Declined) -> bool:
    """Whether it would meet every notification alike: a proxy's refusal, or one of the action as such."""
    return not refusal.of_rows or refusal.code in OF_THE_ACTION or UNSUPPORTED in str(refusal).lower()


def _error_of(answer: Any, payload: Payload) -> WriteError | None:
    """Why one was not accepted, by the action's answer: a list of one result."""
    result = answer[0] if isinstance(answer, list) and len(answer) == 1 else None
    if not isinstance(result, Mapping) or not isinstance(result.get("isSuccess"), bool):
        return WriteError("uncertain", "NO_ANSWER", "Salesforce answers an action with something else than its result.")
    if result["isSuccess"]:
        return None
    errors = result.get("errors") or [{}]
    return row_error(errors[0], payload, None, SHAPE)
