"""Match: what an older version wrote by halves, for want of a grant, is wanted again, once.

A task that syncd made while a field was hidden from it stands without person, date or text, and the store holds that
all of it was written. It is completed where the record is shown to us by now, such a field is blank in it, and nobody
but its creator wrote it. What is not pulled is looked at before the write, and left as it is where anything stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from syncd.mapping import WriteRule
from syncd.matching import Sighting
from syncd.store.receipts import Once
from syncd.sync.batch import Batch
from syncd.sync.reader import Readers

BLANK = (None, "")


def reopen_halves(batch: Batch, live: Sequence[Sighting], readers: Readers) -> None:
    """Want what is missing in those of these records that are ours, open, and touched by nobody."""
    ours = {sighting.remote_id for sighting in live if _is_ours(sighting.row)}
    if not ours:
        return
    ref = live[0].ref
    raws = {record.ref.id: record.raw for record in batch.records if record.ref.id in ours}
    mapping, receipts = readers.mappings[ref.system], batch.unit.receipts
    for kind, rule in mapping.writes.items():
        if mapping.stream_written(rule) == ref.stream:
            receipts.reopen(ref.system, _halves(receipts.written_once(ref.system, kind, [*raws]), rule, raws))


def _is_ours(row: Mapping[str, Any]) -> bool:
    creator = row.get("created_by")
    return bool(row.get("key") and creator and creator == row.get("modified_by") and not row.get("closed"))


def _halves(
    written: Sequence[Once], rule: WriteRule, raws: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[Once, Collection[str]]]:
    """What was written by halves, each with the fields that do not stand there, as far as is seen."""
    for once in written:
        raw = raws[once.remote_id]
        names = {name: rule.fields[name] for name, value in once.sent.items() if value not in BLANK}
        if any(vendors in raw and raw[vendors] in BLANK for vendors in names.values()):
            unseen = {name for name, vendors in names.items() if vendors not in raw and name not in rule.values}
            yield once, unseen | {name for name, vendors in names.items() if vendors in raw and raw[vendors] in BLANK}
