"""A year passes at an installation: the world changes day by day, and what strikes on a day strikes upon its news."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import URL

from connectors.sandbox.relay import Relay
from connectors.sandbox.server import Sandbox
from syncd.store import Store
from tests.empty_stores import empty_sqlite
from tests.faults.canaries import files_below, require_silent
from tests.ledger import outcomes, quarantined, retry_wishes
from tests.sync.remote import tell
from tests.year.changes import CHANGES, Day
from tests.year.clock import DAY, START, travelling
from tests.year.faults import Fault
from tests.year.figures import Figures, take
from tests.year.site import Around, Opened, Site, site, within
from tests.year.strikes import back_up
from tests.year.trials import Row, endure

PORTAL = "syncd_"  # what our properties of HubSpot's contacts begin with
State = Counter[tuple[Any, ...]]


@dataclass
class Year:
    """A year that has passed. figures: by number of the day; state: what stands in both systems at its end."""

    rows: list[Row] = field(default_factory=list)
    figures: dict[int, Figures] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)
    state: State = field(default_factory=Counter)


def pass_through(
    opened: Opened,
    folder: Path,
    plan: Mapping[int, Sequence[Sequence[Fault]]],
    *,
    days: int,
    step: timedelta,
    nightly: int,
    around: Around | None = None,
) -> Iterator[Year]:
    """Let a year pass; yields it as it stands after each day, the last time at its end.

    plan: what strikes by day, some at once. nightly: every how many days a night comes. around: the world, which is in
    this process unless it is said; faults strike there alone.
    """
    year, chance, memory = Year(), Random(1), {}  # type: ignore[var-annotated]
    with travelling(START) as clock, site(opened, folder, clock, around or within()) as there:
        for number in range(days):
            there.clock.move_to(START + number * step, tick=True)
            if number and step > DAY:  # it was at work on the days between, and made its backups
                there.cycle()
                back_up(there)
            for change in CHANGES:
                change(Day(START + number * step, number, there.place, chance, memory))
            for faults in plan.get(number, ()):
                year.rows += endure(there, faults, number)
            if number not in plan:
                there.cycle()
            if number % nightly == 0:
                there.night()
            there.require_silent()
            year.figures[number] = take(there.store)
            if number == days - 1:
                _close(there, year)
            yield year


def on_sqlite(folder: Path) -> Opened:
    """An installation whose store is a file of this folder."""
    return lambda _: Store(empty_sqlite(folder / "syncd.db"))


def behind_a_relay(url: URL) -> tuple[Opened, Relay]:
    """An installation that reaches its PostgreSQL through the sandbox, which restarts it."""
    relay = Relay(f"{url.query['host']}/.s.PGSQL.{url.port or 5432}")

    def open_store(sandbox: Sandbox) -> Store:
        host, _, port = str(sandbox.describe()["database"]).partition(":")
        return Store(url.set(host=host, port=int(port), query={}).render_as_string(hide_password=False))

    return open_store, relay


def _close(there: Site, year: Year) -> None:
    """Once all is mended: what waited is tried again, and nothing is set aside; no secret stands anywhere."""
    retry_wishes(there.store)
    for _ in range(2):
        there.cycle()
    assert outcomes(there.store)[-2:] == ["done", "done"]
    assert quarantined(there.store) == []
    year.ended.update(outcomes(there.store))
    year.state = tell(there.place) + portal(there)
    there.require_silent()
    if there.is_sqlite:
        require_silent(files_below(there.folder), named=True)


def portal(there: Site) -> State:
    """What syncd wrote on HubSpot's contacts."""
    return Counter(
        (
            "contacts",
            record["properties"].get("email"),
            *sorted(item for item in record["properties"].items() if item[0].startswith(PORTAL) and item[1]),
        )
        for record in there.place.portal("contacts")
    )
