"""The registers' rows: what of them cannot be read, before a run leaves it out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from connectors.base import ConnectorError, Problem
from syncd.sync.cycle import Wiring

SHOWN = 3  # rows that a fault names
MEND = "correct these cells, or declare the file's `locale` or `encoding` in the register's mapping"


def examine(wiring: Wiring) -> Iterator[Problem]:
    """Name each column with cells that cannot be read, and rows that cannot. A file that cannot is told elsewhere."""
    for system, mapping in wiring.mappings.items():
        if not mapping.file:
            continue
        for fault, rows in _faults(wiring, system).items():
            named = ", ".join(rows[:SHOWN]) + (", …" if len(rows) > SHOWN else "")
            yield Problem("warning", f"register {system}", f"{fault}: {len(rows):,} rows ({named})", MEND)


def _faults(wiring: Wiring, system: str) -> dict[str, list[str]]:
    """What is wrong → the ids of the rows in which it is."""
    rows: dict[str, list[str]] = defaultdict(list)
    mapping, source = wiring.mappings[system], wiring.sources[system]
    for stream in mapping.streams:
        try:
            records = [record for page in source.pull(stream, mapping.asked(stream), None) for record in page.records]
        except ConnectorError:
            continue
        for record in records:
            for fault in wiring.readers.faults(system, stream, record.raw):
                rows[fault].append(record.id)
    return rows
