"""POST …/search: filters, sorts, pages of 200 out of at most 10,000, and an index that lags behind.

After HubSpot's «CRM search» page: 5 filter groups of 6 filters, 18 in all, one sort, a 3,000-character query.
Strings compare without regard to case; datetimes as epoch milliseconds; a property without a value meets no comparison
but NEQ, NOT_IN, NOT_CONTAINS_TOKEN and NOT_HAS_PROPERTY.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from connectors.sandbox.hubspot.drawing import describe, draw, page, select
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal
from connectors.sandbox.hubspot.shelf import Item, Shelf, decimal, epoch, number
from connectors.sandbox.hubspot.wire import Answer, Json, Request

PAGE_LIMIT = 200
WINDOW = 10_000
GROUPS, FILTERS, FILTERS_IN_ALL = 5, 6, 18
QUERY_LIMIT = 3000
ASSOCIATED = "associations."  # a property in front of an object type's name: searches by what is associated

Value = str | float
Values = Mapping[str, str]  # a record's properties


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison: what it needs, and how it answers for a value and operands of the property's type."""

    needs: str  # value, values, range or nothing
    meets: Callable[[Value, Sequence[Value]], bool]
    missing: bool = False  # what it answers where the property has no value


_TOKEN = re.compile(r"[^\s@.,;:/\\_\-]+")


def _contains(value: Value, operands: Sequence[Value]) -> bool:
    text, wanted = str(value), str(operands[0])
    tokens = {text, *_TOKEN.findall(text)}
    if "*" in wanted:
        pattern = re.compile(".*".join(re.escape(part) for part in wanted.split("*")))
        return any(pattern.fullmatch(token) for token in tokens)
    return wanted in tokens or (bool(asked := set(_TOKEN.findall(wanted))) and asked <= tokens)


OPERATORS: dict[str, Operator] = {
    "EQ": Operator("value", lambda value, wanted: value == wanted[0]),
    "NEQ": Operator("value", lambda value, wanted: value != wanted[0], missing=True),
    "LT": Operator("value", lambda value, wanted: value < wanted[0]),  # type: ignore[operator]
    "LTE": Operator("value", lambda value, wanted: value <= wanted[0]),  # type: ignore[operator]
    "GT": Operator("value", lambda value, wanted: value > wanted[0]),  # type: ignore[operator]
    "GTE": Operator("value", lambda value, wanted: value >= wanted[0]),  # type: ignore[operator]
    "BETWEEN": Operator("range", lambda value, wanted: wanted[0] <= value <= wanted[1]),  # type: ignore[operator]
    "IN": Operator("values", lambda value, wanted: value in wanted),
    "NOT_IN": Operator("values", lambda value, wanted: value not in wanted, missing=True),
    "HAS_PROPERTY": Operator("nothing", lambda value, wanted: True),
    "NOT_HAS_PROPERTY": Operator("nothing", lambda value, wanted: False, missing=True),
    "CONTAINS_TOKEN": Operator("value", _contains),
    "NOT_CONTAINS_TOKEN": Operator("value", lambda value, wanted: not _contains(value, wanted), missing=True),
}


# Enumerations are the one type whose case counts («CRM search»).
READERS: dict[str, Callable[[str], Value | None]] = {
    "number": decimal, "datetime": epoch, "date": epoch, "enumeration": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter, checked and ready to ask."""

    name: str
    operator: str
    operands: tuple[Value, ...]
    read: Callable[[str], Value | None]

    def __call__(self, values: Values) -> bool:
        """Say whether a record's properties meet the filter."""
        test = OPERATORS[self.operator]
        text = values.get(self.name)
        value = self.read(text) if text else None
        return test.missing if value is None else test.meets(value, self.operands)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A whole search: any group whose filters all hold, and the free text."""

    groups: tuple[tuple[Filter, ...], ...]
    words: tuple[str, ...]
    sort: tuple[str, bool] | None  # property, descending
    limit: int
    after: int

    def __call__(self, values: Values, searchable: Iterable[str]) -> bool:
        """Say whether a record is found; free text looks at the `searchable` properties."""
        if self.groups and not any(all(test(values) for test in group) for group in self.groups):
            return False
        if not self.words:
            return True
        text = " ".join(values.get(name, "") for name in searchable).lower()
        return all(word in text for word in self.words)


def search(portal: Portal, request: Request) -> Answer:
    """Answer one page of a search. Never with associations, never with archived records."""
    shelf = portal.shelf(request.params["type"])
    content = request.document()
    inquiry = read_inquiry(portal, shelf, content)
    hits = _search(portal, shelf, inquiry)
    shown = hits[inquiry.after : inquiry.after + inquiry.limit]
    selection = select(portal, shelf.kind, tuple(content.get("properties") or ()))
    bodies = [
        draw(portal, item, selection)
        if values is item.properties
        else orjson.dumps(describe(portal, item, selection, dict(values)))
        for item, values in shown
    ]
    through = inquiry.after + len(shown)
    tail = {"paging": {"next": {"after": str(through)}}} if through < len(hits) else None
    return Answer(200, page(bodies, tail, {"total": len(hits)}))


def read_inquiry(portal: Portal, shelf: Shelf, content: Json) -> Inquiry:
    """Check a search's body as the vendor does, and return it ready to run."""
    groups = [*(content.get("filterGroups") or ()), *([content] if content.get("filters") else ())]
    filters = [group.get("filters") or [] for group in groups]
    _at_most(GROUPS, len(groups), "filterGroups")
    for group in filters:
        _at_most(FILTERS, len(group), "filters per filterGroup")
    _at_most(FILTERS_IN_ALL, sum(map(len, filters)), "filters")
    query = str(content.get("query") or "")
    if len(query) > QUERY_LIMIT:
        raise Refusal(400, f"Query exceeds the maximum length of {QUERY_LIMIT} characters")
    limit, after = content.get("limit"), _offset(content.get("after"))
    limit = 10 if limit is None else limit
    if not 0 < limit <= PAGE_LIMIT:
        raise Refusal(400, f"Invalid limit: {limit}; must be between 1 and {PAGE_LIMIT}")
    if after + limit > WINDOW:
        raise Refusal(400, f"There was a problem with the request: paging is only possible up to {WINDOW} results")
    return Inquiry(
        tuple(tuple(_filter(portal, shelf, one) for one in group) for group in filters),
        tuple(query.lower().split()),
        _sort(portal, shelf, content.get("sorts") or ()),
        limit,
        after,
    )


def _at_most(limit: int, count: int, what: str) -> None:
    if count > limit:
        raise Refusal(400, f"too many {what} (count: {count}, max allowed: {limit})")


def _offset(after: object) -> int:
    text = str(after or 0)
    offset = number(text)
    if offset is None:
        raise Refusal(400, f"Invalid value for after: {text}")
    return offset


def _known(portal: Portal, shelf: Shelf, name: str) -> Json:
    definition = portal.schema[shelf.kind.plural].get(name)
    if definition is None:
        raise Refusal(
            400, f"There was a problem with the request: property {name} does not exist on {shelf.kind.type_id}"
        )
    return definition


def _filter(portal: Portal, shelf: Shelf, condition: Json) -> Filter:
    name, operator = condition["propertyName"], condition["operator"]
    test = OPERATORS[operator]
    if name.startswith(ASSOCIATED):
        return _joined(portal, shelf, condition)
    read = READERS.get(_known(portal, shelf, name)["type"], str.lower)
    needed = {"value": ["value"], "range": ["value", "highValue"], "values": ["values"], "nothing": []}[test.needs]
    if any(condition.get(key) is None for key in needed):
        raise Refusal(400, f"There was a problem with the request: operator {operator} requires {' and '.join(needed)}")
    texts = condition["values"] if test.needs == "values" else [condition[key] for key in needed]
    # The values of IN and NOT_IN must be given in lower case: the record's own are lowered, these are not.
    lower = read is str.lower and test.needs == "values"
    operands = tuple(value for text in texts if (value := (str if lower else read)(text)) is not None)
    if len(operands) < len(texts):
        raise Refusal(400, f"There was a problem with the request: invalid value for property {name}")
    return Filter(name, operator, operands, read)


def _joined(portal: Portal, shelf: Shelf, condition: Json) -> Filter:
    """Turn `associations.company EQ 7` into the ids of the records that company 7 is associated with."""
    other = portal.shelf(condition["propertyName"].removeprefix(ASSOCIATED))
    operator = {"EQ": "IN", "IN": "IN", "NEQ": "NOT_IN", "NOT_IN": "NOT_IN"}.get(condition["operator"])
    if operator is None:
        raise Refusal(
            400, f"There was a problem with the request: operator {condition['operator']} cannot be used here"
        )
    wanted = condition.get("values") or [condition.get("value")]
    others = (other.find(str(id)) for id in wanted)
    ids = (float(id) for item in others if item is not None for id in item.links.get(shelf.kind.plural, ()))
    return Filter("hs_object_id", operator, tuple(ids), decimal)


def _sort(portal: Portal, shelf: Shelf, sorts: Sequence[Json | str]) -> tuple[str, bool] | None:
    if len(sorts) > 1:
        raise Refusal(400, "Too many sorts: only one sort is allowed")
    if not sorts:
        return None
    sort = sorts[0]
    name, falling = (
        (sort.removeprefix("-"), sort.startswith("-"))
        if isinstance(sort, str)
        else (sort["propertyName"], sort.get("direction") == "DESCENDING")
    )
    _known(portal, shelf, name)
    return name, falling


def _search(portal: Portal, shelf: Shelf, inquiry: Inquiry) -> list[tuple[Item, Values]]:
    searchable = shelf.kind.searchable
    hits = [(item, values) for item, values in _visible(portal, shelf, inquiry) if inquiry(values, searchable)]
    name, falling = inquiry.sort or ("hs_object_id", False)
    if name == "hs_object_id":
        hits.sort(key=lambda pair: pair[0].id, reverse=falling)
        return hits
    read = READERS.get(portal.schema[shelf.kind.plural][name]["type"], str.lower)
    # Records without a value come last, whichever way the rest runs.
    keys = {item.id: (read(values[name]) if name in values else None) for item, values in hits}
    bare = [pair for pair in hits if keys[pair[0].id] is None]
    full = [pair for pair in hits if keys[pair[0].id] is not None]
    full.sort(key=lambda pair: (keys[pair[0].id], pair[0].id), reverse=falling)
    return full + bare


def _visible(portal: Portal, shelf: Shelf, inquiry: Inquiry) -> Iterator[tuple[Item, Values]]:
    """Yield the records that may match, with the properties that the index has seen."""
    type, now = shelf.kind.plural, portal.now()
    if not portal.unseen:
        for item in _candidates(shelf, inquiry):
            yield item, item.properties
        return
    for key, (until, _) in list(portal.unseen.items()):
        if until <= now:
            del portal.unseen[key]
    for id in shelf.live:
        item = shelf.items[id]
        _, before = portal.unseen.get((type, id), (0, item.properties))
        if before is not None:
            yield item, before


def _candidates(shelf: Shelf, inquiry: Inquiry) -> Iterable[Item]:
    """Return the fewest records that an index can narrow the search to."""
    if len(inquiry.groups) != 1:
        return map(shelf.items.__getitem__, shelf.live)
    for test in inquiry.groups[0]:
        if test.operator in {"EQ", "IN"} and test.name == "hs_object_id":
            return [item for id in test.operands if (item := shelf.find(str(int(id))))]
        if test.operator in {"EQ", "IN"} and test.name in shelf.unique:
            return [item for value in test.operands if (item := shelf.find(str(value), by=test.name))]
    low, high = _bounds(inquiry.groups[0], shelf.kind.stamp)
    if (low, high) != (0, _FOREVER):
        return shelf.between(low, high)
    first, last = _bounds(inquiry.groups[0], "hs_object_id")
    return shelf.span(first, last)


_FOREVER = 1 << 62
_LOWER = {"GT": 0, "GTE": 0, "EQ": 0, "BETWEEN": 0}
_UPPER = {"LT": 0, "LTE": 0, "EQ": 0, "BETWEEN": 1}  # which operand bounds it


def _bounds(group: Iterable[Filter], name: str) -> tuple[int, int]:
    """Return the closed range that a group's filters leave to a number, never narrower than they mean."""
    low, high = 0, _FOREVER
    for test in group:
        if test.name == name and test.operator in _LOWER:
            low = max(low, int(test.operands[_LOWER[test.operator]]))
        if test.name == name and test.operator in _UPPER:
            high = min(high, int(test.operands[_UPPER[test.operator]]) + 1)
    return low, high
