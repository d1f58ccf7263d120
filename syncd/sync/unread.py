"""What nobody can read: forms that no word fits, statuses and types of campaigns that no table knows, as written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from syncd.mapping import SystemMapping
from syncd.mapping.paths import value_at
from syncd.mapping.reading import same_words
from syncd.mapping.wording import FORM_UNREAD, REQUEST_UNREAD
from syncd.model.references import RemoteRef
from syncd.store import UnitOfWork
from syncd.store.statements import chunks

UNREAD = "unread"
KINDS = (FORM_UNREAD, REQUEST_UNREAD)
AT_ONCE = 500  # records


class Unread(NamedTuple):
    """One word that is not read. where: its field; times: in how many records; table: where it can be named."""

    where: str
    word: str
    times: int
    request: bool  # a form that looks as if somebody asked for sales
    table: str

    def __str__(self) -> str:
        looks = "; it looks like a request" if self.request else ""
        return f"{self.where}: nobody can read {self.word!r} (×{self.times:,}), which counts nothing{looks}"

    @property
    def mend(self) -> str:
        """What would have it read."""
        return f"say in {self.table} what it means"


def unread(
    unit: UnitOfWork, mappings: Mapping[str, SystemMapping], contact_ids: Sequence[str] | None = None
) -> list[Unread]:
    """What is not read of forms, statuses and campaigns, requests first; of all contacts where none are named."""
    times = _campaigns(unit, mappings, contact_ids)
    for words in _words(unit, mappings, contact_ids):
        times.update(words)
    listed = [Unread(where, word, number, request, table) for (where, word, request, table), number in times.items()]
    return sorted(listed, key=lambda entry: (not entry.request, -entry.times, entry.where, entry.word))


def _campaigns(
    unit: UnitOfWork, mappings: Mapping[str, SystemMapping], contact_ids: Sequence[str] | None
) -> Counter[tuple[str, str, bool, str]]:
    """The types of campaigns that no table knows, by how often somebody responded to one: that counts nothing."""
    times: Counter[tuple[str, str, bool, str]] = Counter()
    tables = {
        mapping.system: (f"{mapping.system} {name}.{'/'.join(map(mapping.label, rule.paths))}", rule.through)
        for mapping in mappings.values()
        for name, stream in mapping.streams.items()
        if stream.into == "campaign_member" and (rule := stream.fields.get("kind")) and rule.through in mapping.tables
    }
    for campaign_id, word, number in unit.campaigns.responses(contact_ids):
        system = RemoteRef.read(campaign_id).system
        if system not in tables:
            continue
        where, table = tables[system]
        known = {same_words(name) for name in mappings[system].tables[table or ""]}
        if same_words(word or "") not in known:
            times[where, word or "(no type)", False, f"tables.{table} of mappings/{system}.yaml"] += number
    return times


def _words(
    unit: UnitOfWork, mappings: Mapping[str, SystemMapping], contact_ids: Sequence[str] | None
) -> Iterator[set[tuple[str, str, bool, str]]]:
    """Of each record the fields that are not read: where, word, whether it looks like a request, and the table."""
    rows = unit.activities.unread(KINDS, UNREAD, contact_ids)
    for some in chunks(rows, AT_ONCE):
        signs = {row.ref: row for row in some}
        for record in unit.records.named(signs):
            mapping, row = mappings.get(record.ref.system), signs[record.ref]
            if mapping is None or record.ref.stream not in mapping.streams:
                continue
            fields = (("kind", row.kind in KINDS), ("outcome", row.outcome == UNREAD))
            yield {
                _word(mapping, record.ref.stream, name, record.raw, row.kind == REQUEST_UNREAD and name == "kind")
                for name, is_unread in fields
                if is_unread and name in mapping.streams[record.ref.stream].fields
            }


def _word(
    mapping: SystemMapping, stream: str, name: str, raw: Mapping[str, object], request: bool
) -> tuple[str, str, bool, str]:
    rule = mapping.streams[stream].fields[name]
    values = (value_at(path)(raw) for path in rule.paths)
    word = " ".join(str(next((value for value in values if value is not None), "(no name)")).split())
    where = f"{mapping.system} {stream}.{'/'.join(map(mapping.label, rule.paths))}"
    table = rule.matches or rule.through
    return where, word, request, f"tables.{table} of mappings/{mapping.system}.yaml" if table else "mappings/wording/"
