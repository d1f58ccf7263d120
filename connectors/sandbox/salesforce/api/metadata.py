"""The Metadata API over SOAP and REST: deploy, retrieve, their status; component-based create, read, upsert and delete.

Source: Salesforce, Metadata API Developer Guide; REST resource `metadata/deployRequest`. Messages are shaped so that
simple-salesforce's `mdapi` and `deploy` (zeep over its shipped WSDL) read them.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from ..access import ADMINISTRATOR
from ..envelope import Message as SoapMessage
from ..envelope import tag
from ..metadata.deployment import Deployment
from ..metadata.packages import Message
from ..metadata.retrieval import PREFIX as RETRIEVALS
from ..metadata.retrieval import Retrieval
from ..org import Org
from ..parsing import read_object, unreadable
from ..refusal import Refusal
from ..sheets import read_parts
from ..wire import Request, Response, Route, reply
from . import components


def require_right(request: Request) -> None:
    """Raise Refusal where the user may not change the org: an administrator's profile, or the permission for it."""
    access = request.org.access
    if access.profile(request.user) != ADMINISTRATOR and not access.granted(request.user, "ModifyMetadata"):
        problem = "use of the Metadata API requires a user with the ModifyAllData or ModifyMetadata permissions"
        raise Refusal("INSUFFICIENT_ACCESS", problem, status=500)


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
            tag(name, [tag(key, value) for key, value in component.items()])
            for name in ("componentFailures", "componentSuccesses")
            for component in details[name]
        ]
        tests = [tag(name, 0) for name in ("numFailures", "numTestsRun", "totalTime")]
        pieces.insert(5, tag("details", [*lists, tag("runTestResult", tests)]))
    return tag("result", pieces)


def _retrieve(request: Request, message: SoapMessage) -> str:
    wanted: dict[str, list[str]] = {}
    for types in message.operation.iter("{*}types"):
        names = [(found.text or "").strip() for found in types.iterchildren("{*}members")]
        wanted.setdefault((types.findtext("{*}name") or "").strip(), []).extend(names)
    version = message.text("apiVersion") or request.path.rstrip("/").rpartition("/")[2]
    prefix = "" if message.text("singlePackage").lower() == "true" else "unpackaged/"
    made = request.simulator.retrievals.start(wanted, version, request.user, prefix)
    return tag("result", [tag("done", False), tag("id", made.id), tag("state", "Queued")])


def _retrieve_status(request: Request, message: SoapMessage) -> str:
    made = request.simulator.retrievals.look(message.text("asyncProcessId"))
    done = made.waits < 0
    pieces: list[str] = [tag("done", done)]
    if done:
        pieces += [tag("fileProperties", _properties(request.org, made, *found)) for found in made.properties]
    pieces.append(tag("id", made.id))
    if done:
        pieces += [
            tag("messages", [tag("fileName", f"{made.prefix}package.xml"), tag("problem", problem)])
            for problem in made.problems
        ]
    pieces += [tag("status", "Succeeded" if done else "InProgress"), tag("success", done)]
    if done and message.text("includeZip").lower() != "false":
        pieces.append(tag("zipFile", base64.b64encode(made.zip()).decode()))
    return tag("result", pieces)


def _properties(org: Org, made: Retrieval, kind: str, name: str, file: str) -> list[Any]:
    stamp = made.at.replace("+0000", "Z")
    person = (org.tables["User"].rows.get(made.user) or {}).get("Name", "")
    return [
        *(tag("createdById", made.user), tag("createdByName", person), tag("createdDate", stamp)),
        *(tag("fileName", made.prefix + file), tag("fullName", name), tag("id", "")),
        *(tag("lastModifiedById", made.user), tag("lastModifiedByName", person), tag("lastModifiedDate", stamp)),
        *(tag("manageableState", "unmanaged"), tag("type", kind)),
    ]


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
    require_right(request)
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
    "checkDeployStatus": _status,
    "checkRetrieveStatus": _retrieve_status,
    "checkStatus": _check,
    "deploy": _deploy,
    "retrieve": _retrieve,
}
ROUTES: tuple[Route, ...] = (
    ("POST", "metadata/deployRequest", deploy_by_rest),
    ("GET", "metadata/deployRequest/*", status_by_rest),
)
