"""The mapping's tables: what the picklists of both systems offer and no table knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.base import ConnectorError, Labelled, Offering, Problem, Source
from syncd.mapping import SystemMapping
from syncd.mapping.reading import same_words

MEANT = ("account", "contact")  # whose words decide a gate: what they are to us


def examine(source: Source, mapping: SystemMapping) -> Iterator[Problem]:
    """Name the values of a picklist that its table lacks, of fields where an unknown word leaves a question open."""
    if not isinstance(source, Offering):
        return
    for stream, rule in mapping.streams.items():
        for field in rule.fields.values():
            if rule.into not in MEANT or field.through not in mapping.tables or not field.otherwise:
                continue
            for path in field.paths:
                name, table = mapping.label(path), str(field.through)
                yield from _lacking(source, mapping, stream, name, table, labels=field.labels)


def _labels(source: Offering, stream: str, name: str) -> Mapping[str, str]:
    return source.labels(stream, [name]).get(name, {}) if isinstance(source, Labelled) else {}


def _lacking(
    source: Offering, mapping: SystemMapping, stream: str, name: str, table: str, *, labels: bool
) -> Iterator[Problem]:
    try:
        offered = source.offered(stream, name)
        called = _labels(source, stream, name) if labels else {}
    except ConnectorError:
        return  # that it cannot be read is said elsewhere
    known = {same_words(word) for word in mapping.tables[table]}
    if lacking := [
        called.get(value, value)
        for value in offered
        if known.isdisjoint((same_words(value), same_words(called.get(value, value))))
    ]:
        words = ", ".join(f"{value!r}" for value in lacking[:12])
        what = f"offers {words}, which the table {table} lacks: what such records are to us stays unclear"
        mend = f"say in tables.{table} of mappings/{mapping.system}.yaml what it means"
        yield Problem("warning", f"{mapping.system} {stream}.{name}", what, mend)
