"""The endpoints that are asked: whether the vendors support their versions for long enough to go on to later ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Literal

from connectors.base import Problem, Versioned
from connectors.endpoints import Endpoint, Version
from syncd.sync.cycle import Wiring

NOTICE = timedelta(days=183)  # half a year: so long before the end it is told
SHOWN = 3  # endpoints that a problem names


def examine(wiring: Wiring) -> Iterator[Problem]:
    """Name the versions that endpoints of this mapping are asked in, and whose support ends within half a year."""
    for system, source in wiring.sources.items():
        if isinstance(source, Versioned):
            streams = {"", *wiring.mappings[system].streams}
            yield from ending(system, (each for each in source.endpoints() if each.stream in streams), wiring.today())


def ending(system: str, endpoints: Iterable[Endpoint], today: date) -> Iterator[Problem]:
    """Yield one problem for each version and way to mend it: a warning before the end, an error from that day on."""
    groups: dict[tuple[Version, date, str], list[Endpoint]] = {}
    for endpoint in endpoints:
        ends = endpoint.version.ends
        if ends is not None and today >= ends - NOTICE:
            groups.setdefault((endpoint.version, ends, endpoint.mend), []).append(endpoint)
    for (version, ends, mend), asked in groups.items():
        level: Literal["error", "warning"] = "error" if today >= ends and version.announced else "warning"
        yield Problem(level, f"{system} API {version.name}", f"{_when(version, ends, today)}: {_named(asked)}", mend)


def _when(version: Version, ends: date, today: date) -> str:
    if today >= ends:
        return f"not supported since {ends}" if version.announced else f"support is promised no more since {ends}"
    ending = "support ends" if version.announced else "support is promised until"
    return f"{ending} {'on ' if version.announced else ''}{ends}, in {(ends - today).days:,} days"


def _named(endpoints: list[Endpoint]) -> str:
    named = ", ".join(f"{each.method} {each.path}" for each in endpoints[:SHOWN])
    more = len(endpoints) - SHOWN
    return f"{named}, and {more:,} more that `syncd endpoints` lists" if more > 0 else named
