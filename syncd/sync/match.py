"""Match: what we saw becomes who is who. Source records → golden records, batch by batch, each one transaction."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from syncd.mapping import Mapping
from syncd.matching import Known, Sighting
from syncd.store import Batch, Store
from syncd.store.wishes import plain
from syncd.store.yardsticks import Acknowledged
from syncd.sync.counts import Counts
from syncd.sync.identity import Placing
from syncd.sync.reader import Readers

BATCH = 1_000
PASSES = 4  # a record that waited for another one is matched in a later pass

ORDER = (
    *("user", "account", "contact", "campaign", "campaign_member"),
    *("opportunity", "stage_change", "contact_role", "activity"),
)


def match(
    store: Store,
    readers: Readers,
    *,
    stop: threading.Event | None = None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> Counts:
    """Match what pull left unmatched, or until `stop` is set; returns counts of records read, golden ones changed.

    Records that cannot be read are quarantined with their reason; everything else flows.
    """
    counts = Counts()
    _notice_mappings(store, readers.mappings)
    for _ in range(PASSES):
        before = counts.under("matched")
        for kind in ORDER:
            for system, stream in _streams(readers.mappings, kind):
                _match_stream(store, readers, kind, system, stream, counts, stop or threading.Event(), progress)
        if counts.under("matched") == before:
            break
    return counts


def _match_stream(
    store: Store,
    readers: Readers,
    kind: str,
    system: str,
    stream: str,
    counts: Counts,
    stop: threading.Event,
    progress: Callable[[str, int], None],
) -> None:
    while not stop.is_set():
        with store.unmatched(system, stream, BATCH) as batch:
            if not batch.records:
                return
            changed = _PLACE[kind](batch, kind, readers)
            counts[f"matched {system}.{stream}"] += len(batch.records)
            counts[f"changed {kind}"] += changed
            counts["quarantined"] += len(batch.faults)
        progress(f"match {system}.{stream}", len(batch.records))


def _streams(mappings: Table[str, Mapping], kind: str) -> list[tuple[str, str]]:
    """The streams of a kind, registers first: their rows say which same-named companies are different ones."""
    ordered = sorted(mappings.values(), key=lambda mapping: (mapping.file is None, mapping.system != "salesforce"))
    return [(m.system, stream) for m in ordered for stream, rule in m.streams.items() if rule.into == kind]


def _notice_mappings(store: Store, mappings: Table[str, Mapping]) -> None:
    """A changed mapping is applied to what is stored, without pulling again."""
    for system, mapping in mappings.items():
        note = f"mapping {system}"
        if mapping.digest != store.note(note):
            store.unmatch(system)
            store.keep_note(note, mapping.digest)


# ---- kinds with one record each ----------------------------------------------------------------------------------


def _place_identities(batch: Batch, kind: str, readers: Readers) -> int:
    return Placing(batch, kind, readers).run()


def _place_campaigns(batch: Batch, kind: str, readers: Readers) -> int:
    seen, gone = readers.read(batch)
    columns = ("name", "kind", "starts", "ends")
    batch.put(kind, [{"id": one.ref, **_columns(one, columns)} for one in seen])
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def _place_members(batch: Batch, kind: str, readers: Readers) -> int:
    seen, gone = _read(batch, readers)
    people = _people(batch, seen)
    rows, activities = [], []
    for one in seen:
        contact_id = next(iter(people[one.ref]), None)
        campaign = next(iter(one.row.get("campaign", ())), None)
        row = {"id": one.ref, "campaign_id": campaign, "contact_id": contact_id, "status": one.row.get("status")}
        rows.append({**row, "responded": one.row.get("responded", False), "at": one.row.get("at")})
        if contact_id and one.row.get("kind") and one.row.get("responded"):
            activities.append(_activity(one, contact_id, 0, campaign))
    batch.put(kind, rows)
    batch.remove(kind, [one.ref for one in gone])
    _put_activities(batch, activities)
    return len(seen) + len(gone)


def _place_activities(batch: Batch, _: str, readers: Readers) -> int:
    seen = [one for one in _read(batch, readers)[0] if one.row.get("kind") and one.row.get("at")]
    people = _people(batch, seen)
    rows = [
        _activity(one, contact_id, number, None) for one in seen for number, contact_id in enumerate(people[one.ref])
    ]
    _put_activities(batch, rows)
    return len(rows)


def _read(batch: Batch, readers: Readers) -> tuple[list[Sighting], list[Sighting]]:
    """The batch's records, without those that tell of erased people alone: they are not kept, whenever they come."""
    seen, gone = readers.read(batch)
    erased = batch.erased(sorted({ref for one in (*seen, *gone) for ref in _about(one)}))
    if not erased:
        return seen, gone
    unkept = {one.ref for one in (*seen, *gone) if _about(one) and all(_is_erased(r, one, erased) for r in _about(one))}
    batch.drop(unkept)
    return [one for one in seen if one.ref not in unkept], gone


def _about(one: Sighting) -> list[str]:
    return [*one.row.get("contacts", ()), *one.row.get("contact", ())]


def _is_erased(ref: str, one: Sighting, erased: Table[str, datetime]) -> bool:
    """An id is nobody else's, ever; an address may be used again, for what is done from then on."""
    if ref not in erased:
        return False
    at = one.row.get("at")
    return not ref.startswith("email/") or at is None or at <= erased[ref]


def _put_activities(batch: Batch, rows: Sequence[dict[str, Any]]) -> None:
    batch.replace_activities(rows)
    homes = batch.contact_accounts({row["contact_id"] for row in rows})
    batch.stale.update(home for home in homes.values() if home)


def _activity(one: Sighting, contact_id: str, number: int, campaign: str | None) -> dict[str, Any]:
    row = one.row
    return {
        "id": one.ref if number == 0 else f"{one.ref}#{number}",
        "system": one.system,
        "stream": one.stream,
        "remote_id": one.remote_id,
        "contact_id": contact_id,
        "kind": row["kind"],
        "at": row.get("at") or datetime.now(UTC),
        "topic": row.get("topic") or "",
        "campaign_id": campaign,
        "by_us": row.get("by_us") in (True, "true"),
        "selling": row.get("selling") in (True, "true"),
        "agent": row.get("agent"),
        "message": row.get("message"),
    }


def _people(batch: Batch, seen: Sequence[Sighting]) -> dict[str, list[str]]:
    """The golden contacts that each record is about; who is not known yet is waited for."""
    refs = {ref for one in seen for ref in one.row.get("contacts", ())}
    places = {ref: place.golden_id for ref, place in batch.links(refs).items() if place.kind == "contact"}
    emails = [ref.partition("/")[2] for ref in refs if ref.startswith("email/")]
    shared = batch.goldens_by("contact", "email", emails)
    users = batch.recognisable("contact", [one for ids in shared.values() if len(ids) > 1 for one in ids])
    for email, ids in shared.items():  # of several, the one whom the system that tells of it knows
        theirs = (one for one in ids if one in users and _knows(seen[0].system, users[one]))
        places[f"email/{email}"] = next(theirs, ids[0])
    found: dict[str, list[str]] = defaultdict(list)
    missing: dict[tuple[str, str, str], list[str]] = {}
    for one in seen:
        wanted = one.row.get("contacts", ())
        found[one.ref] = list(dict.fromkeys(places[ref] for ref in wanted if ref in places))
        if lost := [ref for ref in wanted if ref not in places]:
            missing[one.system, one.stream, one.remote_id] = lost
    batch.wait(missing)
    return found


def _knows(system: str, contact: Known) -> bool:
    return any(stream.startswith(f"{system}.") for stream in contact.streams)


def _place_opportunities(batch: Batch, kind: str, readers: Readers) -> int:
    seen, gone = readers.read(batch)
    guarded = _guarded(readers, batch)
    refs = {ref for one in seen for name in ("account", "owner") for ref in one.row.get(name, ())}
    places = {ref: place.golden_id for ref, place in batch.links(refs).items()}
    standing = batch.rows(kind, [one.ref for one in (*seen, *gone)])
    acknowledged = batch.acknowledged([one.remote_id for one in seen])
    rows = []
    read_back = {
        one.remote_id: _read_back(one.row, known, guarded) for one in seen if (known := acknowledged.get(one.remote_id))
    }
    for one in seen:
        before = standing.get(one.ref, {})
        ours = read_back.get(one.remote_id)
        touched = {*before.get("touched", ()), *(ours.touched if ours else ())}
        home = next((places[ref] for ref in one.row.get("account", ()) if ref in places), None)
        pointed = (*one.row.get("account", ()), *one.row.get("owner", ()))
        if missing := [ref for ref in pointed if ref not in places]:
            batch.wait({(one.system, one.stream, one.remote_id): missing})
        rows.append(_opportunity(one, home, places, sorted(touched)))
        batch.stale.update(account for account in (home, before.get("account_id")) if account)
    batch.put(kind, rows)
    batch.acknowledge({one: now for one, now in read_back.items() if now != acknowledged[one]})
    batch.stale.update(account for one in gone if (account := standing.get(one.ref, {}).get("account_id")))
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def _opportunity(one: Sighting, home: str | None, places: Table[str, str], touched: Sequence[str]) -> dict[str, Any]:
    row = one.row
    columns = ("key", "name", "offer", "stage", "amount", "currency", "probability", "close_date", "created_at")
    return {
        "id": one.ref,
        "account_id": home,
        **_columns(one, columns),
        "words": row.get("text") or "",
        "owner": next((places[ref] for ref in row.get("owner", ()) if ref in places), None),
        "is_closed": row.get("is_closed", False),
        "is_won": row.get("is_won", False),
        "touched": touched,
    }


def _guarded(readers: Readers, batch: Batch) -> Sequence[str]:
    rule = readers.mappings[batch.records[0].system].writes.get("opportunity")
    return rule.guarded if rule else ()


def _read_back(row: Table[str, Any], known: Acknowledged, guarded: Sequence[str]) -> Acknowledged:
    """Compare an opportunity of ours with what we wrote: what differs, a person has touched.

    The first reading after a write also takes in what the system itself made of it (defaults, rounding), as long as
    nobody but its creator has written it.
    """
    now = guarded_values(row, guarded)
    differs = differing(row, known.yardstick, guarded)
    if not known.unread:
        return replace(known, touched=tuple(sorted({*known.touched, *differs})))
    if row.get("modified_by") == row.get("created_by"):
        return replace(known, yardstick=now, unread=False)
    kept = {name: known.yardstick[name] if name in differs else now[name] for name in guarded}
    return replace(known, yardstick=kept, touched=tuple(sorted({*known.touched, *differs})), unread=False)


def guarded_values(row: Table[str, Any], guarded: Sequence[str]) -> dict[str, Any]:
    """The guarded fields of a mapped opportunity as JSON values, to compare or to keep."""
    return {name: plain(row.get(name)) for name in guarded}


def differing(row: Table[str, Any], yardstick: Table[str, Any], guarded: Sequence[str]) -> list[str]:
    """The guarded fields that stand differently from what was acknowledged: a person has touched them."""
    now = guarded_values(row, guarded)
    return [name for name in guarded if name in yardstick and now[name] != yardstick[name]]


def _place_stage_changes(batch: Batch, kind: str, readers: Readers) -> int:
    seen, gone = readers.read(batch)
    columns = ("stage", "amount", "probability", "close_date", "at")
    batch.put(
        kind,
        [
            {
                "id": one.ref,
                "opportunity_id": next(iter(one.row.get("opportunity", ())), None),
                **_columns(one, columns),
            }
            for one in seen
        ],
    )
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def _place_roles(batch: Batch, kind: str, readers: Readers) -> int:
    seen, gone = _read(batch, readers)
    people = batch.links({ref for one in seen for ref in one.row.get("contact", ())})
    standing = batch.rows(kind, [one.ref for one in gone])
    rows = []
    for one in seen:
        wanted = one.row.get("contact", ())
        contact_id = next((people[ref].golden_id for ref in wanted if ref in people), None)
        if contact_id is None and wanted:
            batch.wait({(one.system, one.stream, one.remote_id): wanted})
        deal = next(iter(one.row.get("opportunity", ())), None)
        row = {"id": one.ref, "opportunity_id": deal, "contact_id": contact_id, **_columns(one, ("key", "role"))}
        rows.append({**row, "is_primary": one.row.get("is_primary", False)})
    batch.put(kind, rows)
    deals = [row["opportunity_id"] for row in (*rows, *standing.values()) if row["opportunity_id"]]
    batch.stale.update(row["account_id"] for row in batch.rows("opportunity", deals).values() if row["account_id"])
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def _columns(one: Sighting, names: Sequence[str]) -> dict[str, Any]:
    return {name: one.row.get(name) for name in names}


_PLACE: dict[str, Callable[[Batch, str, Readers], int]] = {
    "user": _place_identities,
    "account": _place_identities,
    "contact": _place_identities,
    "campaign": _place_campaigns,
    "campaign_member": _place_members,
    "opportunity": _place_opportunities,
    "stage_change": _place_stage_changes,
    "contact_role": _place_roles,
    "activity": _place_activities,
}
