"""After half a year the store and the process are as large as after a whole one."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from syncd.store import Store
from syncd.sync.prune import kept_days
from tests.sync.conftest import Place, mappings, placed  # noqa: F401
from tests.year.walk import walk, wired

FORTNIGHT = timedelta(days=15)  # two of them are a month
SLACK = 12  # rows: who comes and goes is not there on the same days
MEMORY = 24_000_000  # bytes


@pytest.fixture
def place(tmp_path: Path, mappings: Path) -> Iterator[Place]:  # noqa: F811
    with placed(tmp_path / "unused.db", mappings) as tiny:
        yield tiny


def test_what_is_bounded_levels_off(place: Place, sqlite_store: Store, tmp_path: Path) -> None:
    wiring = wired(place, sqlite_store, tmp_path)
    assert kept_days(wiring) <= 60
    months = {month.number: month for month in walk(place, wiring, step=FORTNIGHT, nightly=2)}
    ended = Counter(outcome for month in months.values() for outcome in month.outcomes)
    assert ended["done"] > 0.9 * ended.total(), ended
    half, whole = months[6].figures, months[12].figures
    grown = {
        name: (half.rows[name], number)
        for name, number in whole.bounded.items()
        if number > 1.1 * half.rows[name] + SLACK
    }
    assert grown == {}
    assert whole.memory - half.memory < MEMORY
