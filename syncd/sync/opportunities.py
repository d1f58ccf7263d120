"""Match: opportunities, their stage changes and contact roles, and where a person has touched what we wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from syncd.matching import Sighting
from syncd.model import RemoteRef, kinds
from syncd.store.fields import json_value
from syncd.store.wishes import Deleted
from syncd.store.yardsticks import Yardstick
from syncd.sync.answers import read_answers
from syncd.sync.batch import Batch
from syncd.sync.reader import Readers, pointed_at, read_kept


def place_opportunities(batch: Batch, kind: str, readers: Readers) -> int:
    """Place opportunities, and see which fields a person has touched; returns how many changed or went."""
    unit, system = batch.unit, batch.records[0].ref.system
    live, gone = readers.read(batch)
    guarded, raws = _guarded(readers, batch), {record.ref: record.raw for record in batch.records}
    refs = {ref for sighting in live for ref in _pointing(sighting)}
    golden_ids = {ref: link.golden_id for ref, link in unit.links.find(refs).items()}
    stored = unit.golden.rows(kind, [str(sighting.ref) for sighting in (*live, *gone)])
    yardsticks = unit.yardsticks.of(system, [sighting.remote_id for sighting in live])
    read_back = {
        sighting.remote_id: _read_back(
            sighting.row, yardstick, readers.shown(system, sighting.ref.stream, raws[sighting.ref], guarded)
        )
        for sighting in live
        if (yardstick := yardsticks.get(sighting.remote_id))
    }
    rows = []
    for sighting in live:
        before = stored.get(str(sighting.ref), {})
        ours = read_back.get(sighting.remote_id)
        touched = {*before.get("touched", ()), *(ours.touched if ours else ())}
        home = next((golden_ids[ref] for ref in sighting.row.get("account", ()) if ref in golden_ids), None)
        if missing := [ref for ref in _pointing(sighting) if ref not in golden_ids]:
            unit.links.wait({sighting.ref: missing})
        rows.append(_opportunity(sighting, home, golden_ids, sorted(touched)))
        batch.stale.update(account for account in (home, before.get("account_id")) if account)
    unit.golden.put(kind, rows)
    read_answers(batch, live, readers)
    unit.yardsticks.keep(
        system, {remote_id: now for remote_id, now in read_back.items() if now != yardsticks[remote_id]}
    )
    _mark_deleted(batch, kind, gone, [sighting.remote_id for sighting in live])
    batch.stale.update(account for one in gone if (account := stored.get(str(one.ref), {}).get("account_id")))
    unit.golden.remove(kind, [str(sighting.ref) for sighting in gone])
    unit.answers.forget([str(one.ref) for one in gone if not one.row["vanished"]])
    return len(live) + len(gone)


def _mark_deleted(batch: Batch, kind: str, gone: Sequence[Sighting], living: Sequence[str]) -> None:
    """Keep when a person deleted one of ours; what is only shown no more was deleted by nobody we know of."""
    unit, times = batch.unit, {record.ref: record.modified_at or batch.now for record in batch.records}
    ours = [sighting for sighting in gone if not sighting.row["vanished"]]
    homes = unit.links.find({ref for sighting in ours for ref in sighting.row.get("account", ())})
    deleted = [
        Deleted(
            remote_id=sighting.remote_id,
            at=times[sighting.ref],
            key=sighting.row.get("key"),
            account_id=next((homes[ref].golden_id for ref in sighting.row.get("account", ()) if ref in homes), None),
        )
        for sighting in ours
    ]
    unit.wishes.mark_deleted(batch.records[0].ref.system, kind, deleted, living)


def _pointing(sighting: Sighting) -> list[RemoteRef]:
    return [*sighting.row.get("account", ()), *sighting.row.get("owner", ())]


def _opportunity(
    sighting: Sighting, home: str | None, golden_ids: Mapping[RemoteRef, str], touched: Sequence[str]
) -> dict[str, Any]:
    return {
        "id": str(sighting.ref),
        "account_id": home,
        **kinds.row("opportunity", sighting.row),
        "owner": next((golden_ids[ref] for ref in sighting.row.get("owner", ()) if ref in golden_ids), None),
        "touched": touched,
    }


def _guarded(readers: Readers, batch: Batch) -> Sequence[str]:
    rule = readers.mappings[batch.records[0].ref.system].writes.get("opportunity")
    return rule.guarded if rule else ()


def _read_back(row: Mapping[str, Any], known: Yardstick, shown: Collection[str]) -> Yardstick:
    """Compare an opportunity of ours with what we wrote: what differs, a person has touched.

    shown: the guarded fields that the record shows us. Of one that is hidden nothing is known: nobody has touched it.
    The first reading after a write also takes in what the system itself made of it (defaults, rounding), as long as
    nobody but its creator has written it.
    """
    now = _values(row, shown)
    differs = differing(row, known.fields, shown)
    if not known.unread:
        return replace(known, touched=tuple(sorted({*known.touched, *differs})))
    if row.get("modified_by") == row.get("created_by"):
        return replace(known, fields={**known.fields, **now}, unread=False)
    kept = known.fields | {name: value for name, value in now.items() if name not in differs}
    return replace(known, fields=kept, touched=tuple(sorted({*known.touched, *differs})), unread=False)


def _values(row: Mapping[str, Any], shown: Iterable[str]) -> dict[str, Any]:
    """The guarded fields of a mapped opportunity as JSON values, to compare or to keep."""
    return {name: json_value(row.get(name)) for name in shown}


def differing(row: Mapping[str, Any], yardstick: Mapping[str, Any], shown: Iterable[str]) -> list[str]:
    """The guarded fields, of those that the record shows, that differ from what was acknowledged: a person's touch."""
    return sorted(name for name, now in _values(row, shown).items() if name in yardstick and now != yardstick[name])


def place_stage_changes(batch: Batch, kind: str, readers: Readers) -> int:
    """Place the stages that opportunities went through; returns how many changed or went."""
    live, gone = readers.read(batch)
    rows = [
        {
            "id": str(sighting.ref),
            "opportunity_id": pointed_at(sighting, "opportunity"),
            **kinds.row(kind, sighting.row),
        }
        for sighting in live
    ]
    batch.unit.golden.put(kind, rows)
    batch.unit.golden.remove(kind, [str(sighting.ref) for sighting in gone])
    return len(live) + len(gone)


def place_line_items(batch: Batch, kind: str, readers: Readers) -> int:
    """Place the products of opportunities; returns how many changed or went.

    Which product it is wakes the account, not its price or quantity.
    """
    golden = batch.unit.golden
    live, gone = readers.read(batch)
    stored = golden.rows(kind, [str(sighting.ref) for sighting in (*live, *gone)])
    rows = [
        {"id": str(sighting.ref), "opportunity_id": pointed_at(sighting, "opportunity")} | kinds.row(kind, sighting.row)
        for sighting in live
    ]
    changed = [row for row in rows if stored.get(row["id"]) != row]
    golden.put(kind, changed)
    lost = [stored[name] for sighting in gone if (name := str(sighting.ref)) in stored]
    opportunities = [row["opportunity_id"] for row in (*changed, *lost) if row["opportunity_id"]]
    homes = (row["account_id"] for row in golden.rows("opportunity", opportunities).values())
    batch.stale.update(home for home in homes if home)
    golden.remove(kind, [row["id"] for row in lost])
    return len(live) + len(gone)


def place_roles(batch: Batch, kind: str, readers: Readers) -> int:
    """Place contact roles; returns how many changed or went."""
    golden, links = batch.unit.golden, batch.unit.links
    live, gone = read_kept(batch, readers)
    people = links.find({ref for sighting in live for ref in sighting.row.get("contact", ())})
    stored = golden.rows(kind, [str(sighting.ref) for sighting in gone])
    our_roles = batch.unit.yardsticks.roles(batch.records[0].ref.system, [sighting.remote_id for sighting in live])
    rows = []
    for sighting in live:
        wanted = sighting.row.get("contact", ())
        contact_id = next((people[ref].golden_id for ref in wanted if ref in people), None)
        if contact_id is None and wanted:
            links.wait({sighting.ref: wanted})
        row = {"id": str(sighting.ref), "opportunity_id": pointed_at(sighting, "opportunity"), "contact_id": contact_id}
        rows.append(
            row | {"said": _said(sighting.row, our_roles.get(sighting.remote_id))} | kinds.row(kind, sighting.row)
        )
    golden.put(kind, rows)
    opportunities = [row["opportunity_id"] for row in (*rows, *stored.values()) if row["opportunity_id"]]
    homes = (row["account_id"] for row in golden.rows("opportunity", opportunities).values())
    batch.stale.update(home for home in homes if home)
    golden.remove(kind, [str(sighting.ref) for sighting in gone])
    return len(live) + len(gone)


def _said(row: Mapping[str, Any], our_role: str | None) -> bool:
    """Whether somebody else than who made it wrote it last, and it is another role than the one that we gave."""
    return our_role is not None and row.get("modified_by") != row.get("created_by") and row.get("role") != our_role
