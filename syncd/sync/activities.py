"""Match: campaigns, their members, and what people did, each placed with its golden contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from syncd.matching import Candidate, Sighting
from syncd.model import RemoteRef, kinds
from syncd.sync.batch import Batch
from syncd.sync.deletions import note_tasks
from syncd.sync.halves import reopen_halves
from syncd.sync.reader import Readers, pointed_at, read_kept


def place_campaigns(batch: Batch, kind: str, readers: Readers) -> int:
    """Place campaigns; returns how many changed or went."""
    live, gone = readers.read(batch)
    rows = [{"id": str(sighting.ref), **kinds.row(kind, sighting.row)} for sighting in live]
    batch.unit.golden.put(kind, rows)
    batch.unit.golden.remove(kind, [str(sighting.ref) for sighting in gone])
    return len(live) + len(gone)


def place_members(batch: Batch, kind: str, readers: Readers) -> int:
    """Place campaign members, and what those who responded did thereby; returns how many changed or went."""
    live, gone = read_kept(batch, readers)
    people = _people(batch, live)
    rows, activities = [], []
    for member in live:
        contact_id = next(iter(people[member.ref]), None)
        campaign = pointed_at(member, "campaign")
        row = {"id": str(member.ref), "campaign_id": campaign, "contact_id": contact_id}
        rows.append(row | kinds.row(kind, member.row))
        if contact_id and member.row.get("kind") and member.row.get("responded"):
            activities.append(_activity(member, contact_id, 0, campaign) | {"at": member.row.get("at") or batch.now})
    batch.unit.golden.put(kind, rows)
    batch.unit.golden.remove(kind, [str(member.ref) for member in gone])
    batch.replace_activities(activities)
    return len(live) + len(gone)


def place_activities(batch: Batch, _: str, readers: Readers) -> int:
    """Place activities, one for each contact that they are about; returns how many."""
    kept, gone = read_kept(batch, readers)
    note_tasks(batch, kept, gone)
    reopen_halves(batch, kept, readers)
    live = [
        sighting
        for sighting in kept
        if (row := sighting.row).get("kind") and row.get("at") and not row.get("closed_because")
    ]
    people = _people(batch, live)
    rows = [
        _activity(sighting, contact_id, number, None)
        for sighting in live
        for number, contact_id in enumerate(people[sighting.ref])
    ]
    batch.replace_activities(rows)
    return len(rows)


def _activity(sighting: Sighting, contact_id: str, number: int, campaign: str | None) -> dict[str, Any]:
    ref, row = sighting.ref, sighting.row
    return {
        "id": str(ref) if number == 0 else f"{ref}#{number}",
        "system": ref.system,
        "stream": ref.stream,
        "remote_id": ref.id,
        "contact_id": contact_id,
        "campaign_id": campaign,
        "owner": pointed_at(sighting, "owner"),
        **kinds.row("activity", row),
    }


def _people(batch: Batch, live: Sequence[Sighting]) -> dict[RemoteRef, list[str]]:
    """The golden contacts that each record is about; who is not known yet is waited for."""
    links = batch.unit.links
    names = {name for sighting in live for name in sighting.row.get("contacts", ())}
    linked = links.find(name for name in names if isinstance(name, RemoteRef))
    golden_ids: dict[RemoteRef | str, str] = {
        ref: link.golden_id for ref, link in linked.items() if link.kind == "contact"
    }
    emails = [name.removeprefix("email/") for name in names if isinstance(name, str)]
    shared = links.goldens_by("contact", "email", emails)
    candidates = links.recognisable("contact", [one for ids in shared.values() if len(ids) > 1 for one in ids])
    for email, ids in shared.items():  # of several, the one whom the system that tells of it knows
        theirs = (one for one in ids if one in candidates and _knows(live[0].system, candidates[one]))
        golden_ids[f"email/{email}"] = next(theirs, ids[0])
    people: dict[RemoteRef, list[str]] = {}
    missing: dict[RemoteRef, list[RemoteRef | str]] = {}
    for sighting in live:
        wanted = sighting.row.get("contacts", ())
        people[sighting.ref] = list(dict.fromkeys(golden_ids[name] for name in wanted if name in golden_ids))
        if unknown := [name for name in wanted if name not in golden_ids]:
            missing[sighting.ref] = unknown
    links.wait(missing)
    return people


def _knows(system: str, contact: Candidate) -> bool:
    return any(stream.startswith(f"{system}.") for stream in contact.streams)
