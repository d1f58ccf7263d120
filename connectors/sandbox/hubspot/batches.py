"""Many records in one call: read, create, update, upsert, archive.

A value that cannot be taken refuses the whole batch, unless every input carries an `objectWriteTraceId`: then the
others are written, and a 207 names what was not («Error handling», multi-status errors). Records that are not there
are always named in a 207.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from connectors.sandbox.hubspot import validation
from connectors.sandbox.hubspot.attaching import read_links
from connectors.sandbox.hubspot.drawing import describe, select
from connectors.sandbox.hubspot.objects import check_unique, make, show
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.refusals import Refusal, standard, unset
from connectors.sandbox.hubspot.shelf import Shelf
from connectors.sandbox.hubspot.wire import NO_CONTENT, Answer, Json, Request, answer_batch, inputs

BATCH = 100
BATCH_WITH_HISTORY = 50


def read(portal: Portal, request: Request) -> Answer:
    """Answer up to 100 records by id or by a unique property; ids that lead nowhere are named in a 207."""
    shelf, content = portal.shelf(request.params["type"]), request.document()
    history = tuple(content.get("propertiesWithHistory") or ())
    limits = (BATCH_WITH_HISTORY, "a batch request for property histories") if history else (BATCH,)
    entries = inputs(content, *limits)
    by = content.get("idProperty") or ""
    check_unique(shelf, by)
    selection = select(portal, shelf.kind, tuple(content.get("properties") or ()), history)
    archived = request.flag("archived")
    ids = list(dict.fromkeys(str(entry.get("id", "")) for entry in entries))
    wanted = {id: portal.find(shelf, id, by=by, archived=archived) for id in ids}
    items = {item.id: item for item in wanted.values() if item is not None}
    lost = [id for id, item in wanted.items() if item is None]
    results = [describe(portal, item, selection) for item in items.values()]
    return answer_batch(portal.now(), results, [_lost(shelf, lost)] if lost else [])


def create(portal: Portal, request: Request) -> Answer:
    """Create up to 100 records."""
    shelf, entries = _read(portal, request)
    emails = [str((entry.get("properties") or {}).get("email") or "").lower() for entry in entries]
    _refuse_repeated([email for email in emails if email] if "email" in shelf.unique else [])
    checks = [_creation(portal, shelf, entry, request.version) for entry in entries]
    return _carry_out(portal, entries, checks, 201)


def update(portal: Portal, request: Request) -> Answer:
    """Change up to 100 records, found by id or by each input's idProperty."""
    shelf, entries = _read(portal, request)
    _refuse_repeated([str(entry.get("id", "")) for entry in entries])
    return _carry_out(portal, entries, [_change(portal, shelf, entry, request.version) for entry in entries], 200)


def upsert(portal: Portal, request: Request) -> Answer:
    """Create or change up to 100 records under the unique property that every input names as idProperty."""
    shelf, entries = _read(portal, request)
    _refuse_repeated([str(entry.get("id", "")) for entry in entries])
    names = {entry.get("idProperty") or "" for entry in entries}
    if len(names) > 1:
        raise Refusal(400, "All inputs of an upsert must have the same idProperty")
    for name in names:
        if name in {"", "hs_object_id"}:
            raise unset("[idProperty]")
        check_unique(shelf, name)
    return _carry_out(portal, entries, [_upsert(portal, shelf, entry, request.version) for entry in entries], 200)


def archive(portal: Portal, request: Request) -> Answer:
    """Archive up to 100 records; those that are not there are archived enough."""
    shelf, entries = _read(portal, request)
    for entry in entries:
        if item := shelf.find(str(entry.get("id", ""))):
            portal.archive(shelf, item)
    return NO_CONTENT


Act = Callable[[], Json]  # writes one record and returns what to show of it; raises a Refusal before it has written


def _creation(portal: Portal, shelf: Shelf, entry: Json, version: str) -> tuple[Act, Act]:
    def check() -> Json:
        values = validation.check(portal, shelf, entry.get("properties") or {}, version=version)
        validation.require(shelf, values)
        read_links(portal, shelf.kind, entry.get("associations") or ())
        return {}

    def write() -> Json:
        return show(portal, shelf, make(portal, shelf, entry, version))

    return check, write


def _change(portal: Portal, shelf: Shelf, entry: Json, version: str) -> tuple[Act, Act]:
    by = entry.get("idProperty") or ""
    check_unique(shelf, by)

    def check() -> Json:
        item = portal.find(shelf, str(entry.get("id", "")), by=by)
        if item is None:
            raise Refusal(404, _lost(shelf, [str(entry.get("id"))])["message"], "OBJECT_NOT_FOUND")
        return dict(validation.check(portal, shelf, entry["properties"], item, version=version))

    def write() -> Json:
        values = check()
        item = portal.find(shelf, str(entry.get("id", "")), by=by)
        assert item is not None
        portal.change(shelf, item, values)
        return show(portal, shelf, item, tuple(values))

    return check, write


def _upsert(portal: Portal, shelf: Shelf, entry: Json, version: str) -> tuple[Act, Act]:
    by, id = entry["idProperty"], str(entry.get("id", ""))
    item = shelf.find(id, by=by)
    fields = {**(entry.get("properties") or {}), by: (entry.get("properties") or {}).get(by, id)}
    if item is None:
        check, write = _creation(portal, shelf, entry | {"properties": fields}, version)
    else:
        check, write = _change(portal, shelf, {"id": str(item.id), "properties": fields}, version)
    return check, lambda: write() | {"new": item is None}


def _carry_out(portal: Portal, entries: Sequence[Json], acts: Sequence[tuple[Act, Act]], status: int) -> Answer:
    """Write what can be written. Without trace ids, the first invalid input refuses the batch before any is written."""
    traced = bool(entries) and all(entry.get("objectWriteTraceId") for entry in entries)
    results, errors = [], []
    refusals = [_refusal(check) for check, _ in acts]
    if not traced:
        for refusal in refusals:
            if refusal is not None and refusal.status != 404:
                raise refusal
    for entry, refusal, (_, write) in zip(entries, refusals, acts, strict=True):
        trace = {"objectWriteTraceId": entry["objectWriteTraceId"]} if traced else {}
        fault = refusal
        if fault is None:
            try:
                results.append(write() | trace)
            except Refusal as late:  # an earlier input of this batch took the unique value
                fault = late
        if fault is not None:
            context = (
                {"objectWriteTraceId": [entry["objectWriteTraceId"]]} if traced else {"ids": [str(entry.get("id", ""))]}
            )
            category = fault.category or "VALIDATION_ERROR"
            errors.append(standard(category, fault.message, context, errors=list(fault.errors)))
    return answer_batch(portal.now(), results, errors, status)


def _refusal(check: Act) -> Refusal | None:
    try:
        check()
    except Refusal as refusal:
        return refusal
    return None


def _read(portal: Portal, request: Request) -> tuple[Shelf, list[Json]]:
    return portal.shelf(request.params["type"]), inputs(request.document(), BATCH)


def _refuse_repeated(ids: Sequence[str]) -> None:
    repeated = [id for id, count in Counter(ids).items() if count > 1]
    if repeated:
        raise Refusal(400, f"Duplicate IDs found in batch input: {repeated}. IDs must be unique")


def _lost(shelf: Shelf, ids: Sequence[str]) -> Json:
    objects = f"{shelf.kind.singular.upper()} objects"
    message = f"Could not get some {objects}, they may be deleted or not exist. Check that ids are valid."
    return standard("OBJECT_NOT_FOUND", message, {"ids": list(ids)})
