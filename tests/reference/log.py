"""docs/reference/log.md, from the table of events."""

from collections.abc import Iterator

from syncd.events import EVENTS, RUN
from syncd.sync.verbs import VERBS
from tests.reference.markdown import head, prose, row, table

TEXT = """
One JSON object a line on standard error (`SYNCD_LOG_FORMAT=text`: the same as text), from `SYNCD_LOG_LEVEL` on. Every
line has `event`, `level` and `timestamp` (UTC). What comes about within a run has `run`, its number: `syncd runs N`
shows the rest. The names below stay; a line may come with further fields. No person stands in the log, and no secret:
records by system, object and id, errors in our own words. What steers a terminal is written out (`\\u001b`), and a
line break in a name makes no second line. A cycle that finds nothing is a line of some 190 bytes, an idle day some 20
kB.
"""
RUNS = f"""
When a run ends: `info` where it ended well, or was stopped or taken back; else `warning`, or `error` where nothing came
of it. The event is the verb. Fields, those that say nothing left out: {", ".join(f"`{name}`" for name in RUN.fields)}.
"""
FOREIGN = """
Warnings of the libraries that syncd rides on pass through the same renderer, with the `logger`'s name; their words are
theirs.
"""


def lines() -> Iterator[str]:
    """Every event."""
    yield from head("The log", "`syncd/events.py`", TEXT)
    yield from ("", "## Runs", "", prose(RUNS), "", ", ".join(f"`{verb}`" for verb in sorted(VERBS)))
    yield from ("", "## Everything else")
    yield from table("event", "what it means", "fields")
    for name, event in EVENTS.items():
        yield row(f"`{name}`", event.meaning, ", ".join(f"`{field}`" for field in event.fields))
    yield from ("", "## Libraries", "", prose(FOREIGN))
