"""Versions, resources, limits and describe: what an org says of itself.

Source: Salesforce, REST API Developer Guide, "Describe Global", "sObject Describe", "Limits"; shapes as recorded by
CumulusCI.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any
from zlib import crc32

from ..refusal import not_found
from ..schema import Child, SObject
from ..sessions import organization
from ..wire import Request, Response, Route, reply
from .described_fields import described_field
from .oauth import origin
from .recents import recent_items

_RECENT = 5  # of one object
OLDEST, NEWEST = 31, 68  # API versions in service
_SEASONS = ("Spring", "Summer", "Winter")
_PLAIN = "'"
_APOSTROPHES = {42: "\N{RIGHT SINGLE QUOTATION MARK}"}  # Salesforce writes Spring '18 so
_OBJECT_FLAGS: Mapping[str, bool] = {
    **dict.fromkeys(
        (*("createable", "deletable", "layoutable", "queryable", "replicateable", "retrieveable"), "searchable"), True
    ),
    **dict.fromkeys(("triggerable", "undeletable", "updateable"), True),
    **dict.fromkeys(
        (
            *("activateable", "custom", "customSetting", "deepCloneable", "deprecatedAndHidden", "feedEnabled"),
            *("hasSubtypes", "isInterface", "isSubtype", "mergeable", "mruEnabled"),
        ),
        False,
    ),
}
_NEEDS = {"createable": "create", "updateable": "edit", "deletable": "delete"}  # flag → right
_RESOURCES = (
    "composite",
    "jobs",
    "limits",
    "metadata",
    "parameterizedSearch",
    "query",
    "queryAll",
    "recent",
    "search",
    "sobjects",
    "tooling",
)


def versions(request: Request) -> Response:
    """Answer GET /services/data/, which needs no session."""
    return reply(
        [
            {
                "label": f"{_SEASONS[number % 3]} {_APOSTROPHES.get(number, _PLAIN)}{24 + (number - 59) // 3:02d}",
                "url": f"/services/data/v{number}.0",
                "version": f"{number}.0",
            }
            for number in range(OLDEST, NEWEST + 1)
        ]
    )


def resources(request: Request) -> Response:
    """Answer GET /services/data/vXX.X/."""
    listed = {name: f"{request.base}/{name}" for name in _RESOURCES}
    return reply({**listed, "identity": f"{origin(request)}/id/{organization(request.org)}/{request.user}"})


def record_count(request: Request) -> Response:
    """Answer GET …/limits/recordCount: objects without rows are left out."""
    wanted = [name for name in request.query.get("sObjects", "").split(",") if name]
    objects = [sobject for name in wanted if (sobject := request.org.schema.find(name))]
    objects = objects if wanted else list(request.org.schema.objects.values())
    counts = [(sobject.name, sum(1 for _ in request.org.table(sobject).live())) for sobject in objects]
    return reply({"sObjects": [{"count": count, "name": name} for name, count in counts if count]})


def describe_global(request: Request) -> Response:
    """Answer GET …/sobjects."""
    known = sorted(request.org.schema.objects.values(), key=lambda sobject: sobject.name)
    visible = (sobject for sobject in known if not request.org.access.view(request.user, sobject).hidden)
    objects = [_summary(request, sobject) for sobject in visible]
    return _dated(request, {"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects})


def basics(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name."""
    sobject = named(request, name)
    return reply(
        {"objectDescribe": _summary(request, sobject), "recentItems": recent_items(request, sobject.name, _RECENT)}
    )


def describe(request: Request, name: str) -> Response:
    """Answer GET …/sobjects/Name/describe: hidden fields are missing."""
    sobject = named(request, name)
    view = request.org.access.view(request.user, sobject)
    shown = _summary(request, sobject)
    home = origin(request)
    shown["urls"] |= {
        "uiDetailTemplate": f"{home}/{{ID}}",
        "uiEditTemplate": f"{home}/{{ID}}/e",
        "uiNewRecord": f"{home}/{sobject.prefix}/e",
    }
    shown |= {
        "actionOverrides": [],
        "childRelationships": [_child(child) for child in request.org.schema.children(sobject.name)],
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [described_field(view, found) for found in view.fields.values()],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [
            info | {"urls": {"layout": f"{shown['urls']['layouts']}/{info['recordTypeId']}"}}
            for info in _record_types(request, sobject)
        ],
        "searchLayoutable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(sobject),
    }
    return _dated(request, shown)


def _dated(request: Request, shown: dict[str, Any]) -> Response:
    """Return a describe with the time of the last change of the schema; 304 where the caller knows of it."""
    changed = request.org.described(request.user)
    known = request.headers.get("if-modified-since")
    stamp = format_datetime(changed, usegmt=True)
    tag = f'"{crc32(repr((request.org.access.state(request.user), stamp)).encode()):08x}"'
    said = {"ETag": tag, "Last-Modified": stamp}
    try:
        if known and parsedate_to_datetime(known) >= changed:
            return Response(304, headers=said)
    except (TypeError, ValueError):  # a date that cannot be read, or one without a zone, counts as none
        pass
    return reply(shown, 200, **said)


def named(request: Request, name: str) -> SObject:
    """Return the object that a path names; raises Refusal NOT_FOUND."""
    sobject = request.org.schema.find(name)
    if sobject is None or request.org.access.view(request.user, sobject).hidden:
        raise not_found()
    return sobject


_MASTER_RECORD_TYPE = {
    "active": True,
    "available": True,
    "defaultRecordTypeMapping": True,
    "developerName": "Master",
    "master": True,
    "name": "Master",
    "recordTypeId": "012000000000000AAA",
}


def _record_types(request: Request, sobject: SObject) -> list[dict[str, Any]]:
    """Return the record types that the user may choose, the master last, which then is nobody's default."""
    known = request.org.settings.record_types.get(sobject.name, ())
    chosen = any(record_type.default for record_type in known)
    named = [
        _MASTER_RECORD_TYPE
        | {"defaultRecordTypeMapping": record_type.default, "developerName": record_type.name.replace(" ", "_")}
        | {"master": False, "name": record_type.name, "recordTypeId": record_type.id}
        for record_type in known
    ]
    return [*named, _MASTER_RECORD_TYPE | {"defaultRecordTypeMapping": not chosen}]


def picklist_values(request: Request, name: str, record_type: str, field_name: str) -> Response:
    """Answer GET …/ui-api/object-info/Name/picklist-values/RecordTypeId/Field: what that record type offers.

    Source: Salesforce, User Interface API Developer Guide, "Get Values for a Picklist Field".
    """
    sobject = named(request, name)
    field = request.org.access.view(request.user, sobject).find(field_name)
    known = {one["recordTypeId"] for one in _record_types(request, sobject)}
    if field is None or record_type not in known:
        raise not_found()
    chosen = next(
        (one for one in request.org.settings.record_types.get(sobject.name, ()) if one.id == record_type), None
    )
    offered = chosen.offered.get(field.name, field.values) if chosen else field.values
    values: list[dict[str, Any]] = [
        {"attributes": None, "label": field.labels.get(value, value), "validFor": [], "value": value}
        for value in field.values
        if value in offered
    ]
    url = f"{request.base}/ui-api/object-info/{sobject.name}/picklist-values/{record_type}/{field.name}"
    tag = f"{crc32(repr(values).encode()):08x}"
    return reply({"controllerValues": {}, "defaultValue": None, "eTag": tag, "url": url, "values": values})


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    """Return what USING SCOPE may name; only what has an owner can be somebody's."""
    plural = sobject.attributes["labelPlural"].lower()
    scopes = [{"label": f"All {plural}", "name": "everything"}]
    if "OwnerId" in sobject.fields:
        scopes += [
            {"label": f"My {plural}", "name": "mine"},
            {"label": "Filter by scope", "name": "scopingRule"},
            {"label": f"My team's {plural}", "name": "team"},
        ]
    return scopes


def _summary(request: Request, sobject: SObject) -> dict[str, Any]:
    url = f"{request.base}/sobjects/{sobject.name}"
    urls = {
        "compactLayouts": f"{url}/describe/compactLayouts",
        "rowTemplate": f"{url}/{{ID}}",
        "approvalLayouts": f"{url}/describe/approvalLayouts",
        "listviews": f"{url}/listviews",
        "describe": f"{url}/describe",
        "quickActions": f"{url}/quickActions",
        "layouts": f"{url}/describe/layouts",
        "sobject": url,
    }
    rights = request.org.access.view(request.user, sobject).rights
    said = {name: sobject.attributes.get(name, value) for name, value in _OBJECT_FLAGS.items()}
    said |= {flag: said[flag] and right in rights for flag, right in _NEEDS.items()}
    return {
        **said,
        "associateEntityType": None,
        "associateParentEntity": None,
        "keyPrefix": sobject.prefix,
        "label": sobject.attributes["label"],
        "labelPlural": sobject.attributes["labelPlural"],
        "name": sobject.name,
        "urls": urls,
    }


def _child(child: Child) -> dict[str, Any]:
    return {
        "cascadeDelete": child.field.cascade,
        "childSObject": child.sobject.name,
        "deprecatedAndHidden": False,
        "field": child.field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": child.field.children,
        "restrictedDelete": False,
    }


ROUTES: tuple[Route, ...] = (
    ("GET", "", resources),
    ("GET", "limits/recordCount", record_count),
    ("GET", "sobjects", describe_global),
    ("GET", "tooling/sobjects", describe_global),
    ("GET", "sobjects/*", basics),
    ("GET", "sobjects/*/describe", describe),
    ("GET", "ui-api/object-info/*/picklist-values/*/*", picklist_values),
)
