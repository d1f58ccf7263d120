"""The Metadata API over SOAP and REST: deploy and its status, and component-based create, read, upsert and delete.

Source: Salesforce, Metadata API Developer Guide; REST resource `metadata/deployRequest`. Messages are shaped so that
simple-salesforce's `mdapi` and `deploy` (zeep over its shipped WSDL) read them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..envelope import Message as SoapMessage
from ..envelope import tag
from ..org import Org
from ..parsing import read_object, unreadable
from ..refusal import Refusal
from ..sheets import read_parts
from ..wire import Request, Response, Route, reply
from . import components, retrieval
from .deployment import deploy
from .packages import Message
from .retrieval import PREFIX as RETRIEVALS


@dataclass
class Deployment:
    """One deployment: what it did, and how often its status is still to say InProgress."""

    id: str
    messages: list[Message]
    user: str
    at: str
    check_only: bool
    rollback: bool
    waits: int  # looks that are still to find it in progress

    @property
    def failures(self) -> list[Message]:
        """What was refused."""
        return [message for message in self.messages if message.failed]

    @property
    def status(self) -> str:
        """The DeployStatus that a look finds."""
        if self.waits >= 0:
            return "InProgress"
        if not self.failures:
            return "Succeeded"
        return "Failed" if self.rollback or self.check_only else "SucceededPartial"


class Deployments:
    """Every deployment of one org, by id."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._made: dict[str, Deployment] = {}

    def start(self, content: bytes, user: str, *, check_only: bool, rollback: bool) -> Deployment:
        """Deploy a zip; the result stands at once, its status says so after `bulk_polls` looks."""
        messages = deploy(self._org, content, check_only=check_only, rollback=rollback)
        made = Deployment(
            self._org.mint.next("0Af"),
            messages,
            user,
            self._org.stamp(),
            check_only,
            rollback,
            self._org.settings.bulk_polls,
        )
        self._made[made.id] = made
        return made

    def look(self, deployment_id: str) -> Deployment:
        """Return a deployment; each look brings it nearer to done."""
        found = self._made.get(deployment_id) or next(
            (made for known, made in self._made.items() if known[:15] == deployment_id[:15]), None
        )
        if found is None:
            raise Refusal("INVALID_CROSS_REFERENCE_KEY", f"invalid cross reference id: {deployment_id}", status=404)
        found.waits -= 1
        return found


def _deploy(request: Request, message: SoapMessage) -> str:
    content = _decode(message.text("ZipFile"))
    check_only = message.text("checkOnly").lower() == "true"
    rollback = message.text("rollbackOnError").lower() != "false"
    made = request.simulator.deployments.start(content, request.user, check_only=check_only, rollback=rollback)
    return tag("result", [tag("done", False), tag("id", made.id), tag("state", "Queued")])


def _status(request: Request, message: SoapMessage) -> str:
    made = request.simulator.deployments.look(message.text("asyncProcessId"))
    said = _result(request.org, made)
    details = said.pop("details")
    pieces = [tag(name, value) for name, value in said.items()]
    if message.text("includeDetails").lower() == "true":
        lists = [
            tag(name, [tag(key, value) for key, value in found.items()])
            for name in ("componentFailures", "componentSuccesses")
            for found in details[name]
        ]
        tests = [tag(name, 0) for name in ("numFailures", "numTestsRun", "totalTime")]
        pieces.insert(5, tag("details", [*lists, tag("runTestResult", tests)]))
    return tag("result", pieces)


def _check(request: Request, message: SoapMessage) -> str:
    """checkStatus(), which old clients call before they ask for a deployment's or retrieval's own status."""
    wanted = message.text("asyncProcessId")
    simulator = request.simulator
    made = simulator.retrievals.look(wanted) if wanted.startswith(RETRIEVALS) else simulator.deployments.look(wanted)
    done = made.waits < 0
    pieces = [tag("done", done), tag("id", made.id), tag("state", "Completed" if done else "InProgress")]
    return tag("result", pieces)


def _result(org: Org, made: Deployment) -> dict[str, Any]:
    done = made.status != "InProgress"
    counted = [message for message in made.messages if message.problem_type != "Warning" or message.problem is None]
    shown = [_message(made, message) for message in made.messages]
    name = (org.tables["User"].rows.get(made.user) or {}).get("Name", "")
    return {
        "checkOnly": made.check_only,
        "completedDate": made.at.replace("+0000", "Z") if done else None,
        "createdBy": made.user,
        "createdByName": name,
        "createdDate": made.at.replace("+0000", "Z"),
        "done": done,
        "id": made.id,
        "ignoreWarnings": False,
        "lastModifiedDate": made.at.replace("+0000", "Z"),
        "numberComponentErrors": len(made.failures),
        "numberComponentsDeployed": len(counted) - len(made.failures),
        "numberComponentsTotal": len(counted),
        "numberTestErrors": 0,
        "numberTestsCompleted": 0,
        "numberTestsTotal": 0,
        "rollbackOnError": made.rollback,
        "runTestsEnabled": False,
        "startDate": made.at.replace("+0000", "Z"),
        "status": made.status,
        "success": done and made.status == "Succeeded",
        "details": {
            "componentFailures": [found for found in shown if found["problem"]],
            "componentSuccesses": [found for found in shown if not found["problem"]],
        },
    }


def _message(made: Deployment, message: Message) -> dict[str, Any]:
    return {
        "changed": message.changed,
        "columnNumber": 1 if message.problem else None,
        "componentType": message.kind,
        "created": message.created,
        "createdDate": made.at.replace("+0000", "Z"),
        "deleted": message.deleted,
        "fileName": message.file,
        "fullName": message.full_name,
        "lineNumber": message.line if message.problem else None,
        "problem": message.problem,
        "problemType": message.problem_type if message.problem else None,
        "success": not message.failed,
    }


def _decode(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded)
    except binascii.Error:
        return b""


def deploy_by_rest(request: Request) -> Response:
    """Answer POST …/metadata/deployRequest: a multipart body with JSON options and the zip."""
    options, content = _multipart(request)
    check_only, rollback = bool(options.get("checkOnly")), bool(options.get("rollbackOnError", True))
    made = request.simulator.deployments.start(content, request.user, check_only=check_only, rollback=rollback)
    return reply({"id": made.id, "validatedDeployRequestId": None, "deployOptions": options}, 201)


def status_by_rest(request: Request, deployment_id: str) -> Response:
    """Answer GET …/metadata/deployRequest/Id?includeDetails=true."""
    made = request.simulator.deployments.look(deployment_id)
    said = _result(request.org, made)
    if request.query.get("includeDetails") != "true":
        said.pop("details")
    return reply({"id": made.id, "deployResult": said})


def _multipart(request: Request) -> tuple[dict[str, Any], bytes]:
    parts = read_parts(request.headers.get("content-type", ""), request.body)
    options = read_object(parts.get("json") or parts.get("entity_content") or b"{}").get("deployOptions") or {}
    if not isinstance(options, dict):
        raise unreadable("deployOptions", options)
    return options, parts.get("file", b"")


OPERATIONS: dict[str, Callable[[Request, SoapMessage], str]] = {
    **components.OPERATIONS,
    **retrieval.OPERATIONS,
    "checkDeployStatus": _status,
    "checkStatus": _check,
    "deploy": _deploy,
}
ROUTES: tuple[Route, ...] = (
    ("POST", "metadata/deployRequest", deploy_by_rest),
    ("GET", "metadata/deployRequest/*", status_by_rest),
)
