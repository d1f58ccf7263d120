"""Component-based calls of the Metadata API: create, read, update, upsert, delete, describe and list.

Source: Salesforce, Metadata API Developer Guide, "CRUD-Based Metadata API Calls" and "Utility Metadata API Calls".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from ..envelope import Message, error_tag, tag
from ..metadata.elements import FOLDERS, INSIDE_OBJECTS, NAMESPACE, is_type, local, text
from ..metadata.packages import Component
from ..metadata.plan import Plan
from ..metadata.removal import key_of
from ..metadata.written import component_element
from ..org import Org
from ..refusal import Refusal
from ..wire import Request

_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def _components(message: Message) -> Iterator[Component]:
    for element in message.operation.iterchildren(f"{{{NAMESPACE}}}metadata"):
        kind = (element.get(_XSI_TYPE) or "").rpartition(":")[2]
        name = text(element, "fullName") or ""
        inside = name.partition(".")[0] if kind in INSIDE_OBJECTS.values() else None
        if kind == "CustomField" and name:
            # in calls a field is named Object.Field, in an object's file by itself
            element.find(f"{{{NAMESPACE}}}fullName").text = name.partition(".")[2]
        yield Component(kind, name, name, element, inside=inside)


def _save(request: Request, message: Message, *, create: bool, change: bool) -> str:
    results = []
    for component in _components(message):
        known = (component.kind, component.full_name) in request.org.components
        error = _refused(request.org, component, known, create, change)
        if error is None:
            outcome, step = Plan(request.org).prepare(component)
            if outcome.problem:
                error = Refusal("INVALID_FIELD", outcome.problem)
            else:
                step()
        pieces = [tag("created", error is None and not known)] if create and change else []
        pieces += [error_tag(error)] if error else []
        results.append(tag("result", [*pieces, tag("fullName", component.full_name), tag("success", error is None)]))
    return "".join(results)


def _refused(org: Org, component: Component, known: bool, create: bool, change: bool) -> Refusal | None:
    if not is_type(component.kind):
        return Refusal("INVALID_TYPE", f"Unknown type name '{component.kind}'")
    sobject, _, name = component.full_name.partition(".")
    if create and not change and known:
        message = f"There is already a field named {name.removesuffix('__c')} on {sobject}."
        return Refusal("DUPLICATE_DEVELOPER_NAME", message)
    if change and not create and not known:
        return Refusal(
            "INVALID_CROSS_REFERENCE_KEY", f"In field: fullName - no {component.kind} named {component.full_name} found"
        )
    return None


def _create(request: Request, message: Message) -> str:
    return _save(request, message, create=True, change=False)


def _update(request: Request, message: Message) -> str:
    return _save(request, message, create=False, change=True)


def _upsert(request: Request, message: Message) -> str:
    return _save(request, message, create=True, change=True)


def _delete(request: Request, message: Message) -> str:
    results = []
    kind, names = message.text("type"), message.texts("fullNames")
    gone = [key for name in names if (key := key_of(request.org, kind, name))]
    for name in names:
        outcome, step = Plan(request.org, gone=gone).remove(kind, name)
        missing = outcome.problem_type == "Warning"
        if missing:
            error = Refusal("INVALID_CROSS_REFERENCE_KEY", f"no {kind} named {name} found")
        else:
            error = Refusal("DELETE_FAILED", outcome.problem or "")
        step()
        errors = [error_tag(error)] if outcome.problem else []
        results.append(tag("result", [*errors, tag("fullName", name), tag("success", not outcome.problem)]))
    return "".join(results)


def _read(request: Request, message: Message) -> str:
    kind = message.text("type")
    records = []
    for name in message.texts("fullNames"):
        element = component_element(request.org, kind, name)
        if element is None:
            records.append(f'<records xsi:type="{kind}"></records>' if is_type(kind) else "")
            continue
        inner = "".join(
            etree.tostring(child, encoding="unicode")
            for child in element.iterchildren("*")
            if local(child) != "fullName"
        )
        records.append(f'<records xsi:type="{kind}">{tag("fullName", name)}{inner}</records>')
    return tag("result", records)


def _describe(request: Request, message: Message) -> str:
    objects = [
        tag(
            "metadataObjects",
            [tag("directoryName", folder), tag("inFolder", False), tag("metaFile", False), tag("xmlName", kind)],
        )
        for folder, kind in FOLDERS.items()
    ]
    return tag(
        "result",
        [*objects, tag("organizationNamespace", ""), tag("partialSaveAllowed", True), tag("testRequired", False)],
    )


def _list(request: Request, message: Message) -> str:
    wanted = message.texts("type")
    stamp, user = request.org.stamp().replace("+0000", "Z"), request.org.settings.integration_user
    return "".join(
        tag(
            "result",
            [
                *(tag("createdById", user), tag("createdByName", ""), tag("createdDate", stamp)),
                *(tag("fileName", component.file), tag("fullName", name), tag("id", "")),
                *(tag("lastModifiedById", user), tag("lastModifiedByName", ""), tag("lastModifiedDate", stamp)),
                tag("type", kind),
            ],
        )
        for (kind, name), component in request.org.components.items()
        if kind in wanted
    )


OPERATIONS: dict[str, Callable[[Request, Message], str]] = {
    "createMetadata": _create,
    "deleteMetadata": _delete,
    "describeMetadata": _describe,
    "listMetadata": _list,
    "readMetadata": _read,
    "updateMetadata": _update,
    "upsertMetadata": _upsert,
}
