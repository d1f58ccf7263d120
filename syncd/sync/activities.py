"""Match: campaigns, their members, and what people did, each placed with its golden contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from syncd.matching import Candidate, Sighting
from syncd.model import kinds
from syncd.store import Batch
from syncd.sync.reader import Readers, read_kept


def place_campaigns(batch: Batch, kind: str, readers: Readers) -> int:
    """Place campaigns; returns how many changed or went."""
    seen, gone = readers.read(batch)
    batch.put(kind, [{"id": one.ref, **kinds.row(kind, one.row)} for one in seen])
    batch.remove(kind, [one.ref for one in gone])
    return len(seen) + len(gone)


def place_members(batch: Batch, kind: str, readers: Readers) -> int:
    """Place campaign members, and what those who responded did thereby; returns how many changed or went."""
    seen, gone = read_kept(batch, readers)
    people = _people(batch, seen)
    rows, activities = [], []
    for one in seen:
        contact_id = next(iter(people[one.ref]), None)
        campaign = next(iter(one.row.get("campaign", ())), None)
        row = {"id": one.ref, "campaign_id": campaign, "contact_id": contact_id}
        rows.append(row | kinds.row(kind, one.row))
        if contact_id and one.row.get("kind") and one.row.get("responded"):
            activities.append(_activity(one, contact_id, 0, campaign))
    batch.put(kind, rows)
    batch.remove(kind, [one.ref for one in gone])
    _put_activities(batch, activities)
    return len(seen) + len(gone)


def place_activities(batch: Batch, _: str, readers: Readers) -> int:
    """Place activities, one for each contact that they are about; returns how many."""
    seen = [one for one in read_kept(batch, readers)[0] if one.row.get("kind") and one.row.get("at")]
    people = _people(batch, seen)
    rows = [
        _activity(one, contact_id, number, None) for one in seen for number, contact_id in enumerate(people[one.ref])
    ]
    _put_activities(batch, rows)
    return len(rows)


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
        "campaign_id": campaign,
        **kinds.row("activity", row),
        "at": row.get("at") or datetime.now(UTC),
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


def _knows(system: str, contact: Candidate) -> bool:
    return any(stream.startswith(f"{system}.") for stream in contact.streams)
