"""What the fields of opportunities say of their decisions, as it is read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from syncd.matching import Sighting
from syncd.model import Answer, RemoteRef
from syncd.model.answers import LONGEST_ANSWER, PROCESS
from syncd.model.destinations import clip
from syncd.sync.batch import Batch
from syncd.sync.reader import Readers


def read_answers(batch: Batch, live: Sequence[Sighting], readers: Readers) -> None:
    """Keep the answers that stand in these opportunities; one that is new dates from the record's last change."""
    writers = {sighting.ref: _writer(sighting) for sighting in live}
    people = batch.unit.links.find({ref for ref in writers.values() if ref})
    names = {ref: people[writer].golden_id for ref, writer in writers.items() if writer in people}
    answers = [answer for sighting in live for answer in _answers(batch, sighting, readers, names)]
    batch.unit.answers.read_back([str(sighting.ref) for sighting in live], answers)


def _answers(batch: Batch, sighting: Sighting, readers: Readers, names: Mapping[RemoteRef, str]) -> Iterator[Answer]:
    for what in PROCESS:
        if value := sighting.row.get(what):
            yield Answer(
                opportunity_id=str(sighting.ref),
                what=what,
                value=clip(value, LONGEST_ANSWER),
                at=sighting.row.get("changed_at") or batch.now,
                source=readers.label(sighting.ref, what),
                by=names.get(sighting.ref, ""),
            )


def _writer(sighting: Sighting) -> RemoteRef | None:
    """Who wrote the record last: a user of the stream that its owner is of."""
    people, writer = sighting.row.get("owner", ()), sighting.row.get("modified_by")
    return RemoteRef(people[0].system, people[0].stream, writer) if people and writer else None
