"""What people deleted where syncd writes: noted on its wish, so that it is wished for no more and not made again."""

from __future__ import annotations

from collections.abc import Sequence

from syncd.matching import Sighting
from syncd.model import RemoteRef
from syncd.store.wishes import Deleted
from syncd.sync.batch import Batch
from syncd.sync.reader import Readers

TASK = "task"


def note_deleted(batch: Batch, readers: Readers, kind: str, deleted: Sequence[tuple[str, RemoteRef]]) -> None:
    """Note when people deleted records of accounts or contacts who stand in another system; of who is gone, nothing.

    What is only shown no more was deleted by nobody we know of, and what was merged away stands as another.
    """
    ours = [(golden_id, ref) for golden_id, ref in deleted if kind in readers.mappings[ref.system].writes]
    if not ours:
        return
    times = {record.ref: record.modified_at or batch.now for record in batch.records}
    rows = batch.unit.golden.rows(kind, sorted({golden_id for golden_id, _ in ours}))
    for golden_id, ref in ours:
        if (row := rows.get(golden_id)) is not None:
            home = row["id"] if kind == "account" else row["account_id"]
            batch.unit.wishes.mark_deleted(ref.system, kind, [Deleted(ref.id, times[ref], golden_id, home)], ())


def note_tasks(batch: Batch, living: Sequence[Sighting], gone: Sequence[Sighting]) -> None:
    """Note which tasks of ours people deleted, or took back out of the bin; their accounts are judged again."""
    deleted = [one.ref for one in gone if not one.row["vanished"]]
    ours = [one.ref for one in living if one.row.get("key")]
    if not (deleted or ours):
        return
    system, wishes = batch.records[0].ref.system, batch.unit.wishes
    times = {record.ref: record.modified_at or batch.now for record in batch.records}
    marks = [Deleted(ref.id, times[ref], None, None) for ref in deleted]
    back = wishes.mark_deleted(system, TASK, marks, [ref.id for ref in ours])
    batch.stale.update(wishes.homes(system, TASK, [*(ref.id for ref in deleted), *back]))
