"""Match: opportunities, their stage changes and contact roles, and where a person has touched what we wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from syncd.matching import Sighting
from syncd.model import kinds
from syncd.store import Batch
from syncd.store.wishes import plain
from syncd.store.yardsticks import Acknowledged
from syncd.sync.reader import Readers, read_kept


def place_opportunities(batch: Batch, kind: str, readers: Readers) -> int:
    """Place opportunities, and see which fields a person has touched; returns how many changed or went."""
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


def _opportunity(one: Sighting, home: str | None, places: Mapping[str, str], touched: Sequence[str]) -> dict[str, Any]:
    return {
        "id": one.ref,
        "account_id": home,
        **kinds.row("opportunity", one.row),
        "owner": next((places[ref] for ref in one.row.get("owner", ()) if ref in places), None),
        "touched": touched,
    }


def _guarded(readers: Readers, batch: Batch) -> Sequence[str]:
    rule = readers.mappings[batch.records[0].system].writes.get("opportunity")
    return rule.guarded if rule else ()


def _read_back(row: Mapping[str, Any], known: Acknowledged, guarded: Sequence[str]) -> Acknowledged:
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


def guarded_values(row: Mapping[str, Any], guarded: Sequence[str]) -> dict[str, Any]:
    """The guarded fields of a mapped opportunity as JSON values, to compare or to keep."""
    return {name: plain(row.get(name)) for name in guarded}


def differing(row: Mapping[str, Any], yardstick: Mapping[str, Any], guarded: Sequence[str]) -> list[str]:
    """The guarded fields that stand differently from what was acknowledged: a person has touched them."""
    now = guarded_values(row, guarded)
    return [name for name in guarded if name in yardstick and now[name] != yardstick[name]]


def place_stage_changes(batch: Batch, kind: str, readers: Readers) -> int:
    """Place the stages that opportunities went through; returns how many changed or went."""
    seen, gone = readers.read(batch)
    batch.put(
        kind,
        [
            {
                "id": one.ref,
                "opportunity_id": next(iter(one.row.get("opportunity", ())), None),
                **kinds.row(kind, one.row),
            }
            for one in seen
        ],
    )
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def place_roles(batch: Batch, kind: str, readers: Readers) -> int:
    """Place contact roles; returns how many changed or went."""
    seen, gone = read_kept(batch, readers)
    people = batch.links({ref for one in seen for ref in one.row.get("contact", ())})
    standing = batch.rows(kind, [one.ref for one in gone])
    rows = []
    for one in seen:
        wanted = one.row.get("contact", ())
        contact_id = next((people[ref].golden_id for ref in wanted if ref in people), None)
        if contact_id is None and wanted:
            batch.wait({(one.system, one.stream, one.remote_id): wanted})
        opportunity = next(iter(one.row.get("opportunity", ())), None)
        row = {"id": one.ref, "opportunity_id": opportunity, "contact_id": contact_id}
        rows.append(row | kinds.row(kind, one.row))
    batch.put(kind, rows)
    opportunities = [row["opportunity_id"] for row in (*rows, *standing.values()) if row["opportunity_id"]]
    batch.stale.update(
        row["account_id"] for row in batch.rows("opportunity", opportunities).values() if row["account_id"]
    )
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)
