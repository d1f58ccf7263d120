"""Stored records → sightings: every stream's compiled mapping, and the shape of golden rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from syncd.errors import RecordError
from syncd.mapping import SystemMapping
from syncd.mapping.load import tables
from syncd.mapping.reading import reader
from syncd.matching import Customs, Sighting, read_customs
from syncd.model import kinds
from syncd.store.batch import Batch
from syncd.store.records import VANISHED, Stored

Row = dict[str, Any]


class Readers:
    """The mappings, compiled once: reads batches, quarantines what cannot be read."""

    def __init__(self, mappings: Mapping[str, SystemMapping], customs: Customs, folder: Path | None = None) -> None:
        self.mappings = mappings
        self.customs = customs
        self._read: dict[tuple[str, str], Callable[[Mapping[str, Any]], Row]] = {}
        self._labels: dict[tuple[str, str], str] = {}
        self._live = {
            kind: frozenset(f"{m.system}.{stream}" for m in mappings.values() if (stream := m.live(kind)))
            for kind in kinds.DECLARED
        }
        for system, mapping in mappings.items():
            found = tables(mapping, folder)
            for stream, rule in mapping.streams.items():
                self._read[system, stream] = reader(mapping, stream, found)
                for name, field in rule.fields.items():
                    path = "/".join(path.removeprefix("properties.") for path in field.paths) or "(constant)"
                    self._labels[f"{system}.{stream}", name] = f"{system} {stream}.{path}"

    def read(self, batch: Batch) -> tuple[list[Sighting], list[Sighting]]:
        """The batch's live records mapped, and those that are gone; what cannot be read is quarantined."""
        seen, gone = [], []
        for record in batch.records:
            if record.deleted:
                told = self.row(record.system, record.stream, record.raw)
                row: Row = {name: told[name] for name in ("contacts", "contact", "at") if name in told}
                swallowed = self.mappings[record.system].streams[record.stream].merged_into
                row["merged_into"] = record.raw.get(swallowed) if swallowed else None
                row["vanished"] = record.gone == VANISHED
                gone.append(Sighting(record.system, record.stream, record.remote_id, row))
                continue
            try:
                seen.append(self.sighting(record))
            except RecordError as error:
                batch.refuse(record, str(error))
        return seen, gone

    def sighting(self, record: Stored) -> Sighting:
        """One record mapped; raises RecordError."""
        row = self._read[record.system, record.stream](record.raw)
        return Sighting(record.system, record.stream, record.remote_id, row)

    def row(self, system: str, stream: str, raw: Mapping[str, Any]) -> Row:
        """One raw record mapped; an unreadable one gives an empty row."""
        try:
            return self._read[system, stream](raw)
        except RecordError:
            return {}

    def sightings(self, stored: Sequence[Stored]) -> list[Sighting]:
        """Those of the records that can be read; the others stand in quarantine already."""
        found = []
        for record in stored:
            try:
                found.append(self.sighting(record))
            except RecordError:
                continue
        return found

    def live(self, kind: str) -> frozenset[str]:
        """The streams that stand for a kind: whose records references and wishes mean, as `system.stream`."""
        return self._live[kind]

    def label(self, stream: str, name: str) -> str:
        """Where a golden field came from, in the vendor's words: `salesforce Account.AnnualRevenue`."""
        return self._labels.get((stream, name), stream)

    def shape(
        self,
        kind: str,
        golden_id: str,
        golden: Row,
        sources: Mapping[str, str],
        places: Mapping[str, str],
        homes: Mapping[str, str],
    ) -> Row:
        """The table row of a golden record. places: ref → golden id; homes: contact → account."""
        row: Row = {"id": golden_id, **kinds.row(kind, golden)}
        streams = {ref: ref.partition("/")[0] for ref in set(sources.values())}
        row["sources"] = {
            column: self.label(streams[sources[name]], name)
            for column, (name, _) in kinds.columns(kind).items()
            if name in sources
        }
        if kind == "user":
            return row
        row["owner"] = next((places[ref] for ref in golden.get("owner", ()) if ref in places), None)
        if kind == "contact":
            row["account_id"] = homes.get(golden_id)
        else:
            row["codes_ambiguous"] = len(row["codes"]) > 1
            row["stale"] = True
        return row


def load_customs(mappings: Iterable[SystemMapping], folder: Path | None = None) -> Customs:
    """The matching files, and what the mappings say of matching; raises ConfigError."""
    mappings = list(mappings)
    forerunners = [f"{m.system}.{name}" for m in mappings for name, rule in m.streams.items() if rule.becomes]
    return read_customs([mapping.system for mapping in mappings if mapping.file], forerunners, folder)


def read_kept(batch: Batch, readers: Readers) -> tuple[list[Sighting], list[Sighting]]:
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


def _is_erased(ref: str, one: Sighting, erased: Mapping[str, datetime]) -> bool:
    """An id is nobody else's, ever; an address may be used again, for what is done from then on."""
    if ref not in erased:
        return False
    at = one.row.get("at")
    return not ref.startswith("email/") or at is None or at <= erased[ref]
