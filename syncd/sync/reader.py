"""Stored records → sightings: every stream's compiled mapping, and the shape of golden rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from syncd.errors import RecordError
from syncd.mapping import SystemMapping
from syncd.mapping.files import tables
from syncd.mapping.paths import value_at
from syncd.mapping.reading import ASSUMED, LEFT_OUT, reader
from syncd.matching import Customs, Sighting, read_customs
from syncd.model import RemoteRef, kinds
from syncd.model.queue import is_touched
from syncd.store.records import StoredRecord
from syncd.store.streams import VANISHED
from syncd.store.verdicts import Saying
from syncd.sync.batch import Batch

Row = dict[str, Any]


KEPT = ("contacts", "contact", "account", "key", "at")  # what is read of a record that is gone


class Readers:
    """The mappings, compiled once: reads batches, quarantines what cannot be read."""

    def __init__(self, mappings: Mapping[str, SystemMapping], customs: Customs, folder: Path | None = None) -> None:
        self.mappings = mappings
        self.customs = customs
        self.folder = folder  # of the files of the installation's own
        self._read: dict[tuple[str, str], Callable[[Mapping[str, Any]], Row]] = {}
        self.settings: dict[str, dict[str, str]] = {system: {} for system in mappings}  # of each org and portal
        self._labels: dict[tuple[str, str], dict[str, str]] = {}  # system, stream → field → where it stands
        self._live = {
            kind: frozenset(f"{m.system}.{stream}" for m in mappings.values() if (stream := m.live(kind)))
            for kind in kinds.DECLARED
        }
        spellings = {mapping.system: mapping.id_spelling for mapping in mappings.values()}
        for system, mapping in mappings.items():
            named = tables(mapping, folder)
            for stream, rule in mapping.streams.items():
                self._read[system, stream] = reader(mapping, stream, named, spellings, self.settings[system])
                self._labels[system, stream] = {
                    name: ".".join(filter(None, (f"{system} {stream}", "/".join(map(mapping.label, field.paths)))))
                    for name, field in rule.fields.items()
                }

    def read(self, batch: Batch) -> tuple[list[Sighting], list[Sighting]]:
        """The batch's live records mapped, and those that are gone; what cannot be read is quarantined."""
        living, gone = [], []
        for record in batch.records:
            if record.deleted:
                reading = self.row(record.ref.system, record.ref.stream, record.raw)
                row: Row = {name: reading[name] for name in KEPT if name in reading}
                swallowed = self.mappings[record.ref.system].streams[record.ref.stream].merged_into
                row["merged_into"] = value_at(swallowed)(record.raw) if swallowed else None
                row["vanished"] = record.gone == VANISHED
                gone.append(Sighting(record.ref, row))
                continue
            try:
                sighting = self.sighting(record)
            except RecordError as error:
                batch.refuse(record, str(error))
                continue
            if left_out := sighting.row.pop(LEFT_OUT, None):
                batch.tell(record.ref, left_out.values())
            living.append(sighting)
        self._note_verdicts(batch, living)
        return living, gone

    def _note_verdicts(self, batch: Batch, living: Sequence[Sighting]) -> None:
        """Keep what reps say in these records, and what became of our tasks; what is new wakes its account."""
        if not living:
            return
        ref = living[0].ref
        fields = self.mappings[ref.system].streams[ref.stream].fields
        if "verdict" not in fields:
            return
        sayings = [
            Saying(
                sighting.ref,
                row.get("verdict"),
                row.get("verdict_reason"),
                row.get("changed_at") or batch.now,
                closed=bool(row.get("closed")),
                touched=is_touched(row),
                task="closed" in fields and bool(row.get("key")),
            )
            for sighting in living
            for row in [sighting.row]
        ]
        batch.stale.update(batch.unit.verdicts.note(sayings))

    def sighting(self, record: StoredRecord) -> Sighting:
        """One record mapped; raises RecordError."""
        return Sighting(record.ref, self._read[record.ref.system, record.ref.stream](record.raw))

    def row(self, system: str, stream: str, raw: Mapping[str, Any]) -> Row:
        """One raw record mapped; an unreadable one gives an empty row."""
        try:
            return self._read[system, stream](raw)
        except RecordError:
            return {}

    def faults(self, system: str, stream: str, raw: Mapping[str, Any]) -> tuple[str, ...]:
        """What of a raw record cannot be read, by field: with it the field is left out, or the record."""
        try:
            return tuple(self._read[system, stream](raw).get(LEFT_OUT, {}).values())
        except RecordError as error:
            return (str(error),)

    def shown(self, system: str, stream: str, raw: Mapping[str, Any], names: Iterable[str]) -> frozenset[str]:
        """Those of our fields that a raw record shows, blank ones too; what is hidden from us is not among them."""
        fields = self.mappings[system].streams[stream].fields
        return frozenset(
            name
            for name in names
            if name in fields and any(path in raw or path.partition(".")[0] in raw for path in fields[name].paths)
        )

    def sightings(self, stored: Sequence[StoredRecord]) -> list[Sighting]:
        """Those of the records that can be read; the others stand in quarantine already, or are mapped no more."""
        readable = []
        for record in stored:
            if (record.ref.system, record.ref.stream) not in self._read:
                continue
            try:
                sighting = self.sighting(record)
            except RecordError:
                continue
            sighting.row.pop(LEFT_OUT, None)
            readable.append(sighting)
        return readable

    def live(self, kind: str) -> frozenset[str]:
        """The streams that stand for a kind: whose records references and wishes mean, as `system.stream`."""
        return self._live[kind]

    def label(self, ref: RemoteRef, name: str) -> str:
        """Where a golden field came from, in the vendor's words: `salesforce Account.AnnualRevenue`."""
        return self._labels.get(ref[:2], {}).get(name) or ref.qualified_stream

    def shape(
        self,
        kind: str,
        golden_id: str,
        golden: Row,
        sources: Mapping[str, RemoteRef],
        golden_ids: Mapping[RemoteRef, str],
        homes: Mapping[str, str],
    ) -> Row:
        """The table row of a golden record. golden_ids: ref → golden id; homes: contact → account."""
        row: Row = {"id": golden_id, **kinds.row(kind, golden)}
        assumed = golden.get(ASSUMED, {})
        row["sources"] = {
            column: _source(self.label(sources[name], name), assumed.get(name))
            for column, (name, _) in kinds.columns(kind).items()
            if name in sources
        }
        if kind == "user":
            return row
        row["owner"] = next((golden_ids[ref] for ref in golden.get("owner", ()) if ref in golden_ids), None)
        if kind == "contact":
            row["phones"] = golden.get("phones", [])
            row["closures"] = [
                [of, why, mail, self.label(ref, why)] for of, why, mail, ref in golden.get("closures", ())
            ]
            for value, ref in golden.get("tellers", {}).items():
                row["sources"][value] = self.label(ref, "emails" if "@" in value else "phone")
            row["account_id"] = homes.get(golden_id)
            row["person_records"] = [str(ref) for ref in golden.get("person_records", ())]
            row["brought"] = next(map(str, golden.get("converted_opportunity", ())), None)
            row["converted_by"] = next(map(str, golden.get("converted_by", ())), None)
        else:
            parents = (golden_ids[ref] for ref in golden.get("parent", ()) if ref in golden_ids)
            row["parent"] = next((parent for parent in parents if parent != golden_id), None)
            row["assumed"] = sorted(assumed)
            row["codes_ambiguous"] = len(row["codes"]) > 1
            row["stale"] = True
        return row


def _source(label: str, assumed: str | None) -> str:
    """Where a value came from; of one that no record says, by what it was supplied."""
    if assumed is None:
        return label
    return assumed if assumed.startswith("assumed") else f"{label}; {assumed}"


def load_customs(mappings: Iterable[SystemMapping], folder: Path | None = None) -> Customs:
    """The matching files, and what the mappings say of matching; raises ConfigError."""
    mappings = list(mappings)
    forerunners = [f"{m.system}.{name}" for m in mappings for name, rule in m.streams.items() if rule.becomes]
    return read_customs([mapping.system for mapping in mappings if mapping.file], forerunners, folder)


def read_kept(batch: Batch, readers: Readers) -> tuple[list[Sighting], list[Sighting]]:
    """The batch's records, without those that tell of erased people alone: they are not kept, whenever they come."""
    living, gone = readers.read(batch)
    about = {one.ref: _about(one) for one in (*living, *gone)}
    erased = batch.unit.tombstones.among(sorted({name for names in about.values() for name in names}))
    if not erased:
        return living, gone
    unkept = {
        sighting.ref
        for sighting in (*living, *gone)
        if about[sighting.ref] and all(_is_erased(name, sighting, erased) for name in about[sighting.ref])
    }
    batch.unit.records.drop(unkept)
    return [one for one in living if one.ref not in unkept], gone


def _about(sighting: Sighting) -> list[str]:
    return [str(name) for field in ("contacts", "contact") for name in sighting.row.get(field, ())]


def _is_erased(name: str, sighting: Sighting, erased: Mapping[str, datetime]) -> bool:
    """An id is nobody else's, ever; an address may be used again, for what is done from then on."""
    if name not in erased:
        return False
    at = sighting.row.get("at")
    return not name.startswith("email/") or at is None or at <= erased[name]


def pointed_at(sighting: Sighting, name: str) -> str | None:
    """The golden id that a field's first reference gives, where records of its stream stand for themselves."""
    ref = next(iter(sighting.row.get(name, ())), None)
    return None if ref is None else str(ref)
