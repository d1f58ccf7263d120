"""Imported by the server that processes are forked from: a cycle ran there, and each begins with all it compiled."""

import tempfile
from pathlib import Path

from syncd.store import Store
from tests.empty_stores import empty_sqlite
from tests.ledger import carried_out
from tests.sync.conftest import placed, short_mappings, wired

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    with placed(folder / "unused.db", short_mappings(folder / "mappings")) as place:
        store = Store(empty_sqlite(folder / "syncd.db"))
        assert carried_out(wired(place, store)).summary.outcome == "done"
        store.close()
