"""Associations between records: read singly and in batches with their own paging, created, labelled, removed."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.sandbox.hubspot.kinds import BY_NAME, LABELS, Label
from connectors.sandbox.hubspot.links import behind, bookmark
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, no_record, standard
from connectors.sandbox.hubspot.shelf import Item
from connectors.sandbox.hubspot.wire import (
    NO_CONTENT,
    Answer,
    Json,
    Request,
    answer_batch,
    following,
    inputs,
    reply,
)  # fmt: skip

BATCH_READ, BATCH_WRITE_V3, BATCH_WRITE = 1000, 100, 2000
PAGE = 500


def list_page(portal: Portal, request: Request) -> Answer:
    """Answer one page of a record's associations with one type, as v4 and the dated versions write them."""
    item, to = _record(portal, request)
    content, after = _page(item, to, request.parameter("after"), _limit(request))
    return reply({"results": content} | (following(portal.origin, request, after) if after else {}))


def list_page_v3(portal: Portal, request: Request) -> Answer:
    """Answer one page of a record's associations with one type, as the v3 record endpoints write them."""
    item, to = _record(portal, request)
    ids, after = _slice(item, to, request.parameter("after"), _limit(request))
    results = [{"id": str(id), "type": label.name} for id in ids for label in reversed(item.links[to][id])]
    return reply({"results": results} | (following(portal.origin, request, after) if after else {}))


def batch_read(portal: Portal, request: Request) -> Answer:
    """Answer the associations of up to 1,000 records, a page of each; those without any come as errors of a 207."""
    pair = types(portal, request)
    results, errors = [], []
    for entry in inputs(request.document(), BATCH_READ):
        id = str(entry.get("id", ""))
        item = portal.find(portal.shelves[pair[0]], id)
        if item is None or not item.links.get(pair[1]):
            errors.append(_none(id, pair))
            continue
        content, after = _page(item, pair[1], str(entry.get("after") or ""), portal.options.association_batch_page)
        paging = {"paging": {"next": {"after": after}}} if after else {}
        results.append({"from": {"id": id}, "to": content} | paging)
    return answer_batch(portal.now(), results, errors)


def batch_read_v3(portal: Portal, request: Request) -> Answer:
    """Answer the associations of up to 1,000 records as the v3 batch endpoint writes them."""
    pair = types(portal, request)
    results, errors = [], []
    for entry in inputs(request.document(), BATCH_READ):
        id = str(entry.get("id", ""))
        item = portal.find(portal.shelves[pair[0]], id)
        if item is None or not item.links.get(pair[1]):
            errors.append(_none(id, pair))
            continue
        ids, after = _slice(item, pair[1], str(entry.get("after") or ""), portal.options.association_batch_page)
        to = [{"id": str(id), "type": label.name} for id in ids for label in reversed(item.links[pair[1]][id])]
        results.append({"from": {"id": id}, "to": to} | ({"paging": {"next": {"after": after}}} if after else {}))
    return answer_batch(portal.now(), results, errors)


def batch_create(portal: Portal, request: Request) -> Answer:
    """Associate up to 2,000 pairs of records under the types that each names."""
    pair = types(portal, request)
    results, errors = [], []
    for entry in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, entry)
        labels = read_labels(pair, entry.get("types") or ())
        if left is None or right is None:
            errors.append(missing(entry, pair))
            continue
        associate(portal, left, right, pair, labels)
        results.append(_pair(left, right, pair, [label.text for label in labels if label.text]))
    return answer_batch(portal.now(), results, errors, 201)


def batch_default(portal: Portal, request: Request) -> Answer:
    """Associate up to 2,000 pairs of records without a label."""
    pair = types(portal, request)
    plain = LABELS[pair][0]
    results, errors = [], []
    for entry in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, entry)
        if left is None or right is None:
            errors.append(missing(entry, pair))
            continue
        associate(portal, left, right, pair, (plain,))
        results += _defaults(left, right, pair)
    return answer_batch(portal.now(), results, errors)


def batch_archive(portal: Portal, request: Request) -> Answer:
    """Remove every association between the pairs of records given."""
    pair = types(portal, request)
    for entry in inputs(request.document(), BATCH_WRITE):
        for to in entry.get("to") or ():
            left, right = ends(portal, pair, {"from": entry.get("from"), "to": to})
            dissociate(portal, left, right, pair)
    return NO_CONTENT


def batch_archive_labels(portal: Portal, request: Request) -> Answer:
    """Remove only the labels given; a pair without any label left is no longer associated."""
    pair = types(portal, request)
    for entry in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, entry)
        if left is not None and right is not None:
            gone = read_labels(pair, entry.get("types") or ())
            stay = tuple(label for label in left.links.get(pair[1], {}).get(right.id, ()) if label not in gone)
            dissociate(portal, left, right, pair)
            if stay:
                portal.link(left, right, pair, stay)
    return NO_CONTENT


def put(portal: Portal, request: Request) -> Answer:
    """Associate two records under the types that the body names."""
    pair, left, right = two(portal, request)
    labels = read_labels(pair, request.json())
    associate(portal, left, right, pair, labels)
    return reply(_pair(left, right, pair, [label.text for label in labels if label.text]), 201)


def put_default(portal: Portal, request: Request) -> Answer:
    """Associate two records without a label."""
    pair, left, right = two(portal, request)
    associate(portal, left, right, pair, LABELS[pair][:1])
    return answer_batch(portal.now(), _defaults(left, right, pair))


def remove(portal: Portal, request: Request) -> Answer:
    """Remove every association between two records."""
    pair, left, right = two(portal, request)
    dissociate(portal, left, right, pair)
    return NO_CONTENT


def labels(portal: Portal, request: Request) -> Answer:
    """Answer the types by which two object types may be associated."""
    return reply({"results": [show(label) for label in LABELS[types(portal, request)]]})


def types(portal: Portal, request: Request) -> tuple[str, str]:
    """Return the pair of types that the path names; refuse a pair that cannot be associated."""
    return _pair_of(portal, request.params["from"], request.params["to"])


def show(label: Label) -> Json:
    """Return one association type as the v4 endpoints write it."""
    return {"category": label.category, "typeId": label.id, "label": label.text}


def read_labels(pair: tuple[str, str], types: Iterable[Json]) -> tuple[Label, ...]:
    """Return the labels that a body names by category and associationTypeId; refuse none and unknown ones."""
    known = {(label.category, label.id): label for label in LABELS[pair]}
    keys = [(type.get("associationCategory") or "HUBSPOT_DEFINED", type.get("associationTypeId")) for type in types]
    strange = [f"{category} {id}" for category, id in keys if (category, id) not in known]
    if strange or not keys:
        raise Refusal(
            400, f"No association types {', '.join(strange) or '(none given)'} exist between {pair[0]} and {pair[1]}"
        )
    return tuple(known[category, id] for category, id in keys if id is not None)


def with_plain(pair: tuple[str, str], labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """Return the labels with the plain one, which always stands beside them."""
    return (LABELS[pair][0], *(label for label in labels if label is not LABELS[pair][0])) if labels else ()


def _with_primary(left: Item, right: Item, pair: tuple[str, str], labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """Return the labels with the primary one, where this is the first company of a record («Associations v4»)."""
    record = right if pair[0] == "companies" else left
    first = "companies" in pair and not record.links.get("companies")
    return (*labels, *(one for one in LABELS[pair] if first and one.primary and one not in labels))


def associate(portal: Portal, left: Item, right: Item, pair: tuple[str, str], labels: tuple[Label, ...]) -> None:
    """Associate two records under those labels and the plain one."""
    if labels:
        portal.link(left, right, pair, with_plain(pair, _with_primary(left, right, pair, labels)))
        portal.note("api", "associate", pair[0], left.id, {"to": f"{pair[1]}/{right.id}"})


def dissociate(portal: Portal, left: Item | None, right: Item | None, pair: tuple[str, str]) -> None:
    """Remove every association between two records, if both are there."""
    if left is not None and right is not None and right.id in left.links.get(pair[1], {}):
        portal.unlink(left, right, pair)
        portal.note("api", "dissociate", pair[0], left.id, {"to": f"{pair[1]}/{right.id}"})


def _pair_of(portal: Portal, left: str, right: str) -> tuple[str, str]:
    pair = (portal.kind(left).plural, portal.kind(right).plural)
    if pair not in LABELS:
        raise Refusal(400, f"No association types exist between {pair[0]} and {pair[1]}")
    return pair


def _record(portal: Portal, request: Request) -> tuple[Item, str]:
    pair = _pair_of(portal, request.params["type"], request.params["to"])
    item = portal.find(portal.shelves[pair[0]], request.params["id"])
    if item is None:
        raise no_record(request.params["id"])
    return item, pair[1]


def two(portal: Portal, request: Request) -> tuple[tuple[str, str], Item, Item]:
    """Return the two records that the path names."""
    pair = _pair_of(portal, request.params["type"], request.params["to"])
    left = portal.find(portal.shelves[pair[0]], request.params["id"])
    right = portal.find(portal.shelves[pair[1]], request.params["to_id"])
    if left is None or right is None:
        raise no_record(request.params["id" if left is None else "to_id"])
    return pair, left, right


def ends(portal: Portal, pair: tuple[str, str], entry: Json) -> tuple[Item | None, Item | None]:
    """Return the two records that one input of a batch names."""
    left, right = (str(entry[end]["id"]) for end in ("from", "to"))
    return portal.find(portal.shelves[pair[0]], left), portal.find(portal.shelves[pair[1]], right)


def _slice(item: Item, to: str, after: str, limit: int) -> tuple[list[int], str | None]:
    """Return a page of associated ids behind `after`, and the bookmark past it."""
    ids, last = list(item.links.get(to, ())), behind(after)
    start = ids.index(last) + 1 if last is not None and last in item.links.get(to, ()) else 0
    shown = ids[start : start + limit]
    return shown, bookmark(to, shown[-1]) if start + limit < len(ids) else None


def _limit(request: Request) -> int:
    limit = request.number("limit", PAGE)
    if not 0 < limit <= PAGE:
        raise Refusal(400, f"limit must be between 1 and {PAGE}, but was {limit}")
    return limit


def _page(item: Item, to: str, after: str, limit: int) -> tuple[list[Json], str | None]:
    ids, more = _slice(item, to, after, limit)
    return [{"toObjectId": id, "associationTypes": [show(label) for label in item.links[to][id]]} for id in ids], more


def _pair(left: Item, right: Item, pair: tuple[str, str], labels: list[str]) -> Json:
    return {
        "fromObjectTypeId": BY_NAME[pair[0]].type_id, "fromObjectId": left.id,
        "toObjectTypeId": BY_NAME[pair[1]].type_id, "toObjectId": right.id, "labels": labels,
    }  # fmt: skip


def _defaults(left: Item, right: Item, pair: tuple[str, str]) -> list[Json]:
    """Return what the vendor says of a new plain association: both of its directions."""
    ends = ((left, right, pair), (right, left, (pair[1], pair[0])))
    return [
        {
            "from": {"id": str(source.id)}, "to": {"id": str(target.id)},
            "associationSpec": {"associationCategory": label.category, "associationTypeId": label.id},
        }
        for source, target, way in ends
        for label in LABELS[way][:1]
    ]  # fmt: skip


def _none(id: str, pair: tuple[str, str]) -> Json:
    left, right = BY_NAME[pair[0]].singular, BY_NAME[pair[1]].singular
    context = {"fromObjectId": [id], "fromObjectType": [left], "toObjectType": [right]}
    message = f"No {right} is associated with {left} {id}."
    return standard("OBJECT_NOT_FOUND", message, context, subCategory="crm.associations.NO_ASSOCIATIONS_FOUND")


def missing(entry: Json, pair: tuple[str, str]) -> Json:
    """Return the error of an input that names a record which is not there."""
    ids = [str(entry[end]["id"]) for end in ("from", "to")]
    context = {"fromObjectId": ids[:1], "toObjectId": ids[1:]}
    return standard(
        "OBJECT_NOT_FOUND", f"One or both of {pair[0]} {ids[0]} and {pair[1]} {ids[1]} do not exist.", context
    )
