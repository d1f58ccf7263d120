"""The shapes of the bodies that the portal's endpoints take, after the schemas in the vendor's client (Apache-2.0)."""

from __future__ import annotations

from dataclasses import replace

from connectors.sandbox.hubspot.bodies import INT, LONG, Shape

_SCALARS = frozenset({"String", "Integer", "Floating-point", "Boolean"})
_NUMBERS = frozenset({"String", "Integer", "Floating-point"})
_PACKAGE = "com.hubspot.inbounddb.publicobject.core.v2"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _whole(value: str | float) -> int | None:
    return None if value == "" else int(value)


TEXT = Shape("java.lang.String", _SCALARS, read=_text)
WHOLE = Shape("java.lang.Integer", _NUMBERS, numbers=INT, read=_whole, text=False)
NUMBER = Shape("java.lang.Long", _NUMBERS, numbers=LONG, read=_whole, text=False)
STAMP = Shape("java.time.Instant", _NUMBERS, numbers=range(253_402_300_800_000), read=_whole, text=False)
FLAG = Shape("java.lang.Boolean", frozenset({"Boolean", "String"}), read={True, "true"}.__contains__, text=False)
BRANCH = Shape("com.hubspot.lists.PublicFilterBranch", frozenset({"Object"}))
VALUES = Shape(
    "java.util.LinkedHashMap<java.lang.String,java.lang.String>", frozenset({"Object"}), each=TEXT
)  # fmt: skip


def many(each: Shape) -> Shape:
    """Return a list of such values."""
    return Shape(f"java.util.ArrayList<{each.java}>", frozenset({"Array"}), each=each)


def fields(name: str, known: dict[str, Shape], required: str = "", *, built: bool = False) -> Shape:
    """Return an object with these fields, of which the words of `required` must be set."""
    return Shape(f"{_PACKAGE}.{name}", frozenset({"Object"}), known, tuple(required.split()), built)


def batch(input: Shape, **more: Shape) -> Shape:
    """Return a batch of such inputs."""
    return fields("BatchInput", {"inputs": many(input), **more}, "inputs")


NAMES = many(TEXT)
ID = fields("PublicObjectId", {"id": TEXT}, "id")
_CATEGORY = Shape(
    f"{_PACKAGE}.AssociationCategory", frozenset({"String"}),
    words=("HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK"),
)  # fmt: skip
SPEC = fields("AssociationSpec", {"associationCategory": _CATEGORY, "associationTypeId": WHOLE})
SPECS = many(SPEC)
LINK = fields("PublicAssociationsForObject", {"to": ID, "types": SPECS})
_IDENTITY = {"id": TEXT, "idProperty": TEXT, "objectWriteTraceId": TEXT, "properties": VALUES}

RECORD = fields("SimplePublicObjectInputForCreate", {"properties": VALUES, "associations": many(LINK)})
CHANGE = fields("SimplePublicObjectInput", {"properties": VALUES}, "properties")
READ = batch(ID, properties=NAMES, propertiesWithHistory=NAMES, idProperty=TEXT)
CREATE = batch(
    fields(
        "SimplePublicObjectBatchInputForCreate",
        {"properties": VALUES, "associations": many(LINK), "objectWriteTraceId": TEXT},
    )
)
UPDATE = batch(fields("SimplePublicObjectBatchInput", _IDENTITY, "id properties"))
UPSERT = batch(fields("SimplePublicObjectBatchInputUpsert", _IDENTITY, "id"))
IDS = batch(ID)
MERGE = fields(
    "PublicMergeInput", {"primaryObjectId": TEXT, "objectIdToMerge": TEXT}, "primaryObjectId objectIdToMerge"
)
FORGET = fields("PublicGdprDeleteInput", {"objectId": TEXT, "idProperty": TEXT}, "objectId")

OPERATORS = (
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
)  # fmt: skip
_OPERATOR = Shape(f"{_PACKAGE}.FilterOperator", frozenset({"String"}), words=OPERATORS)
FILTER = fields(
    "Filter",
    {"propertyName": TEXT, "operator": _OPERATOR, "value": TEXT, "highValue": TEXT, "values": NAMES},
    "propertyName operator", built=True,
)  # fmt: skip
_DIRECTION = Shape(f"{_PACKAGE}.SortDirection", frozenset({"String"}), words=("ASCENDING", "DESCENDING"))
SORT = Shape(
    f"{_PACKAGE}.Sort", frozenset({"String", "Object"}), {"propertyName": TEXT, "direction": _DIRECTION},
    ("propertyName",), True,
)  # fmt: skip
SEARCH = fields(
    "PublicObjectSearchRequest",
    {
        "filterGroups": many(fields("FilterGroup", {"filters": many(FILTER)})), "filters": many(FILTER),
        "sorts": many(SORT), "query": TEXT, "limit": WHOLE, "after": TEXT, "properties": NAMES,
    },
)  # fmt: skip

PAGED_IDS = batch(fields("PublicFetchAssociationsBatchRequest", {"id": TEXT, "after": TEXT}, "id"))
PAIRS = batch(fields("PublicAssociationMultiPost", {"from": ID, "to": ID, "types": SPECS}, "from to types"))
PLAIN_PAIRS = batch(fields("PublicDefaultAssociationMultiPost", {"from": ID, "to": ID}, "from to"))
FANS = batch(fields("PublicAssociationMultiArchive", {"from": ID, "to": many(ID)}, "from to"))
NAMED_PAIRS = batch(fields("PublicAssociation", {"from": ID, "to": ID, "type": TEXT}, "from to type"))

_OPTION = fields(
    "OptionInput", {"label": TEXT, "value": TEXT, "description": TEXT, "displayOrder": WHOLE, "hidden": FLAG},
    "label value",
)  # fmt: skip
_PROPERTY = {
    "name": TEXT, "label": TEXT, "type": TEXT, "fieldType": TEXT, "groupName": TEXT, "description": TEXT,
    "options": many(_OPTION), "displayOrder": WHOLE, "hasUniqueValue": FLAG, "hidden": FLAG, "formField": FLAG,
    "externalOptions": FLAG, "calculationFormula": TEXT, "referencedObjectType": TEXT,
}  # fmt: skip
_NEEDED = "name label type fieldType groupName"
PROPERTY = fields("PropertyCreate", _PROPERTY, _NEEDED)
PROPERTY_CHANGE = fields("PropertyUpdate", _PROPERTY)
PROPERTIES = batch(PROPERTY)
# The dated versions want more of an option (their OpenAPI descriptions, "OptionInput").
_DATED = _PROPERTY | {"options": many(replace(_OPTION, required=("label", "value", "displayOrder", "hidden")))}
DATED_PROPERTY = fields("PropertyCreate", _DATED, _NEEDED)
_OF_DATED = (
    (PROPERTY, DATED_PROPERTY),
    (PROPERTY_CHANGE, fields("PropertyUpdate", _DATED)),
    (PROPERTIES, batch(DATED_PROPERTY)),
)


def dated(shape: Shape) -> Shape:
    """Return the shape of the same body in the dated versions."""
    return next((later for earlier, later in _OF_DATED if earlier is shape), shape)


PROPERTY_NAMES = batch(fields("PropertyName", {"name": TEXT}, "name"), archived=FLAG)
_GROUP = {"name": TEXT, "label": TEXT, "displayOrder": WHOLE}
GROUP = fields("PropertyGroupCreate", _GROUP, "name label")
GROUP_CHANGE = fields("PropertyGroupUpdate", _GROUP)

LIST = fields(
    "ListCreateRequest",
    {"name": TEXT, "objectTypeId": TEXT, "processingType": TEXT, "filterBranch": BRANCH},
    "name objectTypeId processingType",
)
LISTS = fields(
    "ListSearchRequest",
    {
        "query": TEXT, "offset": WHOLE, "count": WHOLE, "listIds": NAMES, "processingTypes": NAMES, "sort": TEXT,
        "additionalProperties": NAMES,
    },
)  # fmt: skip
MEMBERS = many(NUMBER)
MEMBERSHIPS = fields("MembershipChangeRequest", {"recordIdsToAdd": MEMBERS, "recordIdsToRemove": MEMBERS})
FILTERS = fields("ListFilterUpdateRequest", {"filterBranch": BRANCH}, "filterBranch")
RECORDS = batch(fields("RecordIdentifier", {"objectTypeId": TEXT, "recordId": TEXT}, "objectTypeId recordId"))
_LINKED = dict.fromkeys(("contactIds", "companyIds", "dealIds", "ticketIds", "ownerIds"), MEMBERS)
_ENGAGEMENT = fields("Engagement", {"type": TEXT, "ownerId": NUMBER, "timestamp": STAMP})
_METADATA = Shape("com.hubspot.engagements.Metadata", frozenset({"Object"}))
_PARTS = {"engagement": _ENGAGEMENT, "associations": fields("Associations", _LINKED), "metadata": _METADATA}
ENGAGEMENT = fields("EngagementCreate", _PARTS, "engagement")
ENGAGEMENT_CHANGE = fields("EngagementUpdate", _PARTS)
TOKEN = fields("TokenInfoRequest", {"tokenKey": TEXT}, "tokenKey")
