"""What is read: credentials, scopes, the fields of each stream, the calls that are left, the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.base import Problem, Source
from syncd.mapping import SystemMapping


def examine(source: Source, mapping: SystemMapping) -> list[Problem]:
    """Find what would make reading a system fail. Raises ConnectorError."""
    return list(_weighed(source.check({stream: mapping.missed(stream) for stream in mapping.streams}), mapping))


def _weighed(problems: Sequence[Problem], mapping: SystemMapping) -> Iterator[Problem]:
    """A field without which no record can be read is worth more than a warning."""
    lost = {problem.where for problem in problems}
    for problem in problems:
        needed = any(
            rule.required and problem.where in paths and paths <= lost
            for stream, streamed in mapping.streams.items()
            for rule in streamed.fields.values()
            for paths in [{f"{mapping.system} {stream}.{path}" for path in rule.paths}]
        )
        yield problem._replace(level="error") if needed else problem
