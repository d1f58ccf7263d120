"""`make year`: the long form, day by day with a full read every night; tells each month's figures."""

import tempfile
import time
from dataclasses import replace
from pathlib import Path

from syncd.store import Store
from tests.empty_stores import empty_sqlite
from tests.sync.conftest import placed
from tests.year.walk import walk, wired


def main() -> None:
    """Walk through a year on the tiny world, without a register: its banks are the same all the time."""
    folder = Path(tempfile.mkdtemp(prefix="syncd-year-"))
    mappings = folder / "mappings"
    mappings.mkdir()
    (mappings / "registers.txt").write_text("the shipped ones are in use", encoding="utf-8")
    store, begun = Store(empty_sqlite(folder / "syncd.db")), time.process_time()
    before: dict[str, int] = {}
    with placed(folder / "unused.db", mappings) as there:
        place = replace(there, settings=there.settings.model_copy(update={"registers": ()}))
        for month in walk(place, wired(place, store, folder)):
            figures = month.figures
            print(
                f"month {month.number:>2}: store {figures.bytes / 1e6:6.1f} MB, memory {figures.memory / 1e6:6.1f} MB, "
                f"CPU {time.process_time() - begun:6.1f} s, {sum(one == 'done' for one in month.outcomes)} of "
                f"{len(month.outcomes)} runs done",
                flush=True,
            )
            moved = {name: number for name, number in figures.rows.items() if number != before.get(name)}
            print("          " + ", ".join(f"{name} {number:,}" for name, number in sorted(moved.items())))
            before = figures.rows
    store.close()


main()
