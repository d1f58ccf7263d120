"""The doctor: everything that would make a cycle fail, before the first one, with what mends it.

Premises, machine and configuration together, for people: the command line, the page, a push by hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from connectors.base import ConnectorError, Problem
from syncd import premises
from syncd.doctor import configuration, endpoints, machine, persons, registers, tables, terms
from syncd.errors import SyncdError
from syncd.premises import streams
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.readiness import is_missing
from syncd.sync import tenants
from syncd.sync.cycle import Wiring
from syncd.sync.first_plan import taken_up
from syncd.sync.unread import unread
from syncd.wiring import wire

__all__ = ["examine"]

SHOWN = 20  # words that nobody can read
SETTINGS = "correct the variable: docs/reference/settings.md"


def examine(read: Callable[[], Settings]) -> list[Problem]:
    """Find what would make a cycle fail; `read` gives the settings, and may raise what is wrong with them.

    What stands behind an error of the same place is left out.
    """
    try:
        settings = read()
        store = Store(settings.database_url)
    except SyncdError as error:
        return [Problem("error", "settings", line, SETTINGS) for line in str(error).splitlines()]
    with closing(store):
        problems = list(_examine(settings, store))
    wrong = {problem.where for problem in problems if problem.level == "error"}
    return list(dict.fromkeys(p for p in problems if p.level == "error" or p.where not in wrong))


def _examine(settings: Settings, store: Store) -> Iterator[Problem]:
    here = [*machine.database(store), *machine.port(settings.address)]
    yield from here
    yield from configuration.variables()
    files = list(configuration.files(settings))
    yield from files
    if files:
        return
    wiring = wire(settings, store, sleep=_hardly)
    there = [problem for system in wiring.sources for problem in _reading(wiring, system)]
    yield from there
    refused = {problem.where for problem in there}  # a version that is refused has ended: that is told
    yield from (
        problem for problem in endpoints.examine(wiring) if f"{problem.where.split()[0]} version" not in refused
    )
    yield from configuration.registers(wiring)
    yield from registers.examine(wiring)
    yield from configuration.subscriptions(wiring)
    out_of_reach = {problem.where.removesuffix(" version") for problem in there}
    reached = sorted(
        system for system, mapping in wiring.mappings.items() if not mapping.file and system not in out_of_reach
    )
    unusable = any(problem.where == "database" and problem.level == "error" for problem in here)
    if not unusable and not is_missing(store):
        yield from terms.binding(store, wiring.agreement)
        yield from terms.countries(store, wiring.agreement, wiring.book.industries)
        yield from unread_words(wiring)
        yield from earlier_store(store)
        for system in reached:
            yield from _tenant(wiring, system)
    for system in reached:
        yield from tables.examine(wiring.sources[system], wiring.mappings[system])
        yield from persons.examine(wiring.sources[system], wiring.mappings[system])
        if system in wiring.targets:
            yield from premises.examine(wiring.targets[system], wiring.agreement, wiring.mappings[system])


def earlier_store(store: Store) -> Iterator[Problem]:
    """Say where a new store stands before what an earlier one wrote."""
    with store.reading() as unit:
        earlier = taken_up(unit)
    if earlier:
        mend = "nothing; or go on with that store: docs/how-to/back-up-and-restore.md"
        yield Problem("note", "store", earlier, mend)


def unread_words(wiring: Wiring) -> Iterator[Problem]:
    """Name the forms and statuses that nobody can read, what looks like a request first."""
    with wiring.store.reading() as unit:
        words = unread(unit, wiring.mappings)
    for entry in words[:SHOWN]:
        yield Problem("warning", entry.where, str(entry).removeprefix(f"{entry.where}: "), entry.mend)
    if (more := len(words) - SHOWN) > 0:
        yield Problem("warning", "forms and statuses", f"{more:,} more cannot be read", "mend those, and ask again")


def _hardly(seconds: float) -> None:
    """Whoever asks the doctor wants an answer: retries do not wait as long as a cycle's would."""
    time.sleep(min(seconds, 0.1))


def _reading(wiring: Wiring, system: str) -> list[Problem]:
    """What a cycle reads must be there for us."""
    try:
        return streams.examine(wiring.sources[system], wiring.mappings[system])
    except ConnectorError as error:
        return [Problem("error", system, str(error), SETTINGS)]


def _tenant(wiring: Wiring, system: str) -> list[Problem]:
    """A system must be the portal or the org that filled the store."""
    try:
        return tenants.examine(wiring.store, wiring.sources[system])
    except ConnectorError as error:
        return [Problem("error", system, str(error), "run it again")]
