"""Associations between records: read singly and in batches with their own paging, created, labelled, removed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from connectors.sandbox.hubspot.kinds import BY_NAME, LABELS, Kind, Label
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, malformed, not_found, standard
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

BATCH_READ, BATCH_READ_V3, BATCH_WRITE = 1000, 100, 2000
PAGE = 500

Links = list[tuple[str, Item, tuple[Label, ...]]]  # other type, other record, labels


def list_page(portal: Portal, request: Request) -> Answer:
    """Answer one page of a record's associations with one type, as v4 and the dated versions write them."""
    item, to = _record(portal, request)
    limit = request.number("limit", PAGE)
    if not 0 < limit <= PAGE:
        raise Refusal(400, f"limit must be between 1 and {PAGE}, but was {limit}")
    content, after = _page(item, to, request.one("after"), limit)
    return reply({"results": content} | (following(portal.options.host, request, after) if after else {}))


def list_page_v3(portal: Portal, request: Request) -> Answer:
    """Answer one page of a record's associations with one type, as the v3 record endpoints write them."""
    item, to = _record(portal, request)
    ids, after = _slice(item, to, request.one("after"), request.number("limit", PAGE))
    results = [{"id": str(id), "type": label.name} for id in ids for label in reversed(item.links[to][id])]
    return reply({"results": results} | (following(portal.options.host, request, after) if after else {}))


def batch_read(portal: Portal, request: Request) -> Answer:
    """Answer the associations of up to 1,000 records, a page of each; those without any come as errors of a 207."""
    pair = types(portal, request)
    results, errors = [], []
    for given in inputs(request.document(), BATCH_READ):
        id = str(given.get("id", ""))
        item = portal.find(portal.shelves[pair[0]], id)
        if item is None or not item.links.get(pair[1]):
            errors.append(_none(id, pair))
            continue
        content, after = _page(item, pair[1], str(given.get("after") or ""), portal.options.association_batch_page)
        paging = {"paging": {"next": {"after": after}}} if after else {}
        results.append({"from": {"id": id}, "to": content} | paging)
    return answer_batch(portal.now(), results, errors)


def batch_read_v3(portal: Portal, request: Request) -> Answer:
    """Answer the associations of up to 100 records as the v3 batch endpoint writes them."""
    pair = types(portal, request)
    results = []
    for given in inputs(request.document(), BATCH_READ_V3):
        id = str(given.get("id", ""))
        item = portal.find(portal.shelves[pair[0]], id)
        if item is not None and item.links.get(pair[1]):
            ids, after = _slice(item, pair[1], "", PAGE)
            to = [{"id": str(id), "type": label.name} for id in ids for label in reversed(item.links[pair[1]][id])]
            results.append({"from": {"id": id}, "to": to} | ({"paging": {"next": {"after": after}}} if after else {}))
    return answer_batch(portal.now(), results)


def batch_create(portal: Portal, request: Request) -> Answer:
    """Associate up to 2,000 pairs of records under the types that each names."""
    pair = types(portal, request)
    results, errors = [], []
    for given in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, given)
        labels = read_labels(pair, given.get("types") or ())
        if left is None or right is None:
            errors.append(missing(given, pair))
            continue
        associate(portal, left, right, pair, labels)
        results.append(_pair(left, right, pair, [label.text for label in labels if label.text]))
    return answer_batch(portal.now(), results, errors, 201)


def batch_default(portal: Portal, request: Request) -> Answer:
    """Associate up to 2,000 pairs of records without a label."""
    pair = types(portal, request)
    plain = LABELS[pair][0]
    results, errors = [], []
    for given in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, given)
        if left is None or right is None:
            errors.append(missing(given, pair))
            continue
        associate(portal, left, right, pair, (plain,))
        results.append(_default(left, right, plain))
    return answer_batch(portal.now(), results, errors)


def batch_archive(portal: Portal, request: Request) -> Answer:
    """Remove every association between the pairs of records given."""
    pair = types(portal, request)
    for given in inputs(request.document(), BATCH_WRITE):
        for to in given.get("to") or ():
            left, right = ends(portal, pair, {"from": given.get("from"), "to": to})
            dissociate(portal, left, right, pair)
    return NO_CONTENT


def batch_archive_labels(portal: Portal, request: Request) -> Answer:
    """Remove only the labels given; a pair without any label left is no longer associated."""
    pair = types(portal, request)
    for given in inputs(request.document(), BATCH_WRITE):
        left, right = ends(portal, pair, given)
        if left is not None and right is not None:
            gone = read_labels(pair, given.get("types") or ())
            stay = tuple(label for label in left.links.get(pair[1], {}).get(right.id, ()) if label not in gone)
            dissociate(portal, left, right, pair)
            associate(portal, left, right, pair, stay)
    return NO_CONTENT


def put(portal: Portal, request: Request) -> Answer:
    """Associate two records under the types that the body names."""
    pair, left, right = two(portal, request)
    labels = read_labels(pair, request.json() or ())
    associate(portal, left, right, pair, labels)
    return reply(_pair(left, right, pair, [label.text for label in labels if label.text]), 201)


def put_default(portal: Portal, request: Request) -> Answer:
    """Associate two records without a label."""
    pair, left, right = two(portal, request)
    plain = LABELS[pair][0]
    associate(portal, left, right, pair, (plain,))
    return answer_batch(portal.now(), [_default(left, right, plain)])


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


def read_links(portal: Portal, kind: Kind, given: Sequence[Json]) -> Links:
    """Check the associations of a new record's body and return them."""
    links: Links = []
    for one in given:
        id = str((one.get("to") or {}).get("id", ""))
        for type in one.get("types") or ():
            number = type.get("associationTypeId")
            found = [
                (pair[1], label)
                for pair, known in LABELS.items()
                for label in known
                if pair[0] == kind.plural and label.id == number
            ]
            if not found:
                raise Refusal(400, f"No association type {number} exists from {kind.singular}")
            other, label = found[0]
            item = portal.find(portal.shelves[other], id)
            if item is None:
                raise Refusal(400, f"The object with id {id} does not exist, so it cannot be associated")
            links.append((other, item, (label,)))
    return links


def attach(portal: Portal, kind: Kind, item: Item, links: Links) -> None:
    """Associate a new record."""
    for other, right, labels in links:
        portal.link(item, right, (kind.plural, other), _with_plain((kind.plural, other), labels))


def read_labels(pair: tuple[str, str], given: Iterable[Json]) -> tuple[Label, ...]:
    """Return the labels that a body names by associationTypeId; refuse none and unknown ones."""
    known = {label.id: label for label in LABELS[pair]}
    numbers = [one.get("associationTypeId") for one in given]
    strange = [str(number) for number in numbers if number not in known]
    if strange or not numbers:
        raise Refusal(
            400, f"No association types {', '.join(strange) or '(none given)'} exist between {pair[0]} and {pair[1]}"
        )
    return tuple(known[number] for number in numbers if number is not None)


def _with_plain(pair: tuple[str, str], labels: tuple[Label, ...]) -> tuple[Label, ...]:
    """A labelled association always has the plain one beside it."""
    return (LABELS[pair][0], *(label for label in labels if label is not LABELS[pair][0])) if labels else ()


def associate(portal: Portal, left: Item, right: Item, pair: tuple[str, str], labels: tuple[Label, ...]) -> None:
    """Associate two records under those labels and the plain one."""
    if labels:
        portal.link(left, right, pair, _with_plain(pair, labels))
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
        raise not_found()
    return item, pair[1]


def two(portal: Portal, request: Request) -> tuple[tuple[str, str], Item, Item]:
    """Return the two records that the path names."""
    pair = _pair_of(portal, request.params["type"], request.params["to"])
    left = portal.find(portal.shelves[pair[0]], request.params["id"])
    right = portal.find(portal.shelves[pair[1]], request.params["to_id"])
    if left is None or right is None:
        raise not_found()
    return pair, left, right


def ends(portal: Portal, pair: tuple[str, str], given: Json) -> tuple[Item | None, Item | None]:
    """Return the two records that one input of a batch names."""
    ids = [(given.get(end) or {}).get("id") for end in ("from", "to")]
    if None in ids:
        raise malformed("Some required fields were not set: [from, to]")
    return (portal.find(portal.shelves[pair[0]], str(ids[0])), portal.find(portal.shelves[pair[1]], str(ids[1])))


def _slice(item: Item, to: str, after: str, limit: int) -> tuple[list[int], str | None]:
    """Return a page of associated ids behind `after`, and the bookmark past it."""
    ids = list(item.links.get(to, ()))
    start = ids.index(int(after)) + 1 if after.isdigit() and int(after) in item.links.get(to, ()) else 0
    shown = ids[start : start + limit]
    return shown, str(shown[-1]) if start + limit < len(ids) else None


def _page(item: Item, to: str, after: str, limit: int) -> tuple[list[Json], str | None]:
    ids, more = _slice(item, to, after, limit)
    return [{"toObjectId": id, "associationTypes": [show(label) for label in item.links[to][id]]} for id in ids], more


def _pair(left: Item, right: Item, pair: tuple[str, str], labels: list[str]) -> Json:
    return {
        "fromObjectTypeId": BY_NAME[pair[0]].type_id, "fromObjectId": left.id,
        "toObjectTypeId": BY_NAME[pair[1]].type_id, "toObjectId": right.id, "labels": labels,
    }  # fmt: skip


def _default(left: Item, right: Item, label: Label) -> Json:
    spec = {"associationCategory": label.category, "associationTypeId": label.id}
    return {"from": {"id": str(left.id)}, "to": {"id": str(right.id)}, "associationSpec": spec}


def _none(id: str, pair: tuple[str, str]) -> Json:
    one, other = BY_NAME[pair[0]].singular, BY_NAME[pair[1]].singular
    context = {"fromObjectId": [id], "fromObjectType": [one], "toObjectType": [other]}
    message = f"No {other} is associated with {one} {id}."
    return standard("OBJECT_NOT_FOUND", message, context, subCategory="crm.associations.NO_ASSOCIATIONS_FOUND")


def missing(given: Json, pair: tuple[str, str]) -> Json:
    """Return the error of an input that names a record which is not there."""
    ids = [str(given[end]["id"]) for end in ("from", "to")]
    context = {"fromObjectId": ids[:1], "toObjectId": ids[1:]}
    return standard(
        "OBJECT_NOT_FOUND", f"One or both of {pair[0]} {ids[0]} and {pair[1]} {ids[1]} do not exist.", context
    )
