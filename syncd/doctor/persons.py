"""Whether an org has person accounts on, and what that means: nothing to mend, and good to know beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.base import ConnectorError, Org, Problem, Source
from syncd.mapping import SystemMapping

LEFT_OUT = (
    "person accounts are on in this org; they are left out: no company, in no market, and nothing is written at them, "
    "at their contacts or at their opportunities"
)


def examine(source: Source, mapping: SystemMapping) -> Iterator[Problem]:
    """A note where the field stands by which the mapping tells person accounts; an org without it has none."""
    if not isinstance(source, Org):
        return
    for stream, rule in mapping.streams.items():
        if rule.into != "account" or "person" not in rule.fields:
            continue
        try:
            known = source.known(stream)
        except ConnectorError as error:
            yield Problem("error", f"{mapping.system} {stream}", str(error), "run it again")
            continue
        if any(path in known for path in rule.fields["person"].paths):
            yield Problem("note", f"{mapping.system} {stream} (person accounts)", LEFT_OUT, "")
