"""A full read that breaks off is gone on with, as the first load is, and sweeps when it comes to its end."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from connectors.base import Page, TryLater
from connectors.memory import Memory
from syncd.mapping import SystemMapping, load_all
from syncd.store import Store
from syncd.sync.pull import Mode, Shortfall, pull
from syncd.sync.run import Run
from tests.ledger import reset_cursor, save_again

MAPPING: SystemMapping = load_all()["salesforce"]
STREAM = "Contact"
PEOPLE = range(95)  # ten pages
GONE = 7


@dataclass
class Shaky(Memory):
    """A system that answers some pages, and then no more."""

    pages_left: int = 1_000

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        for page in super().pull(stream, fields, cursor):
            if not self.pages_left:
                raise TryLater("the connection was cut")
            self.pages_left -= 1
            yield page


def showing(ids: Iterable[int], pages: int = 1_000) -> Shaky:
    system = Shaky("salesforce", (STREAM,), page=10, pages_left=pages)
    for number in ids:
        system.put(STREAM, str(number), {"Id": str(number), "LastName": "Quill"})
    return system


@dataclass
class Reading:
    run: Run
    shortfall: Shortfall


def read(store: Store, system: Memory, mode: Mode = "news", *, run: Run | None = None, force: bool = False) -> Reading:
    run = run or Run()
    return Reading(run, pull(system, MAPPING, store, run, streams=[STREAM], mode=mode, force=force))


def test_what_is_marked_deleted_by_force_stands_in_the_audit_log(store: Store) -> None:
    read(store, showing(PEOPLE))
    assert read(store, showing(range(10)), "full").shortfall.refused_sweeps
    read(store, showing(range(10)), "full", force=True)
    with store.reading() as unit:
        details = [line.detail for line in unit.audit.lines()]
    assert details == ["--force of salesforce.Contact: 85 of 95 marked deleted"]


def pulled(reading: Reading) -> tuple[int, int]:
    """How many records were read, and how many were swept."""
    counts = reading.run.counts
    return counts.pulled["salesforce", STREAM], counts.swept["salesforce", STREAM]


def live(store: Store) -> set[int]:
    with store.database.reading() as connection:
        living = connection.execute(text("SELECT remote_id FROM source_record WHERE NOT deleted"))
        return {int(remote_id) for remote_id in living.scalars()}


@pytest.fixture
def after_night(store: Store) -> tuple[Store, Shaky]:
    """A store that knows everybody, and a system in which one has vanished without a trace."""
    read(store, showing(PEOPLE))
    return store, showing(one for one in PEOPLE if one != GONE)


@pytest.mark.parametrize("mode", ["full", "news"])
@pytest.mark.parametrize("pages", range(10))
def test_a_broken_full_read_is_gone_on_with_by_the_next_run(
    after_night: tuple[Store, Shaky], pages: int, mode: str
) -> None:
    store, system = after_night
    system.pages_left = pages
    broken = read(store, system, "full")
    assert isinstance(broken.shortfall.failures[f"salesforce.{STREAM}"], TryLater)
    assert pulled(broken) == (10 * pages, 0)
    assert live(store) == {*PEOPLE}, "an unfinished read finds nobody gone"
    system.pages_left = 1_000
    assert pulled(read(store, system, mode)) == (94 - 10 * pages, 1), "only what was left to read"
    assert live(store) == {*PEOPLE} - {GONE}
    assert pulled(read(store, system)) == (0, 0), "it is over"


def test_asked_to_stop_in_a_full_read_the_next_run_goes_on(after_night: tuple[Store, Shaky]) -> None:
    store, system = after_night
    stop = threading.Event()
    read(store, system, "full", run=Run(stop, lambda *_: stop.set()))
    assert pulled(read(store, system)) == (84, 1)


def test_what_is_read_singly_meanwhile_is_not_taken_for_gone(after_night: tuple[Store, Shaky]) -> None:
    """Restored behind the reader's back, and read by hand: the list has passed its place."""
    store, system = after_night
    system.pages_left = 3
    read(store, system, "full")
    restored = showing([GONE]).fetch(STREAM, (), [str(GONE)])
    save_again(store, "salesforce", STREAM, restored)
    system.pages_left = 1_000
    assert pulled(read(store, system)) == (64, 0)
    assert GONE in live(store)


def test_a_sweep_that_was_refused_starts_over_with_the_next_full_read(store: Store) -> None:
    read(store, showing(PEOPLE))
    system = showing(range(10))
    assert "85 of 95 records" in str(read(store, system, "full").shortfall.refused_sweeps)
    assert pulled(read(store, system)) == (0, 0)
    assert pulled(read(store, system, "full", force=True)) == (10, 85)


def test_a_cursor_reset_by_hand_forgets_the_full_read(after_night: tuple[Store, Shaky]) -> None:
    store, system = after_night
    system.pages_left = 3
    read(store, system, "full")
    reset_cursor(store, "salesforce", STREAM)
    system.pages_left = 1_000
    assert pulled(read(store, system)) == (94, 0)
    assert live(store) == {*PEOPLE}
