"""A store of any earlier revision is brought forward step by step, and loses no row on the way."""

import gzip
import json
from contextlib import closing
from dataclasses import replace
from datetime import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from syncd.daemon import Daemon
from syncd.errors import ConfigError
from syncd.store import Store
from syncd.store.migration import current, migrate
from syncd.sync.cycle import Wiring
from tests.ledger import last_runs
from tests.sync.conftest import Place, mappings, place, wiring  # noqa: F401
from tests.sync.test_upgrade import SAVED, fill

FIRST = "0003"  # of the store that was saved
# What was asked for is a run now; notes and cursors go, so that mappings are applied anew or streams read once more.
MOVED = {"request", "alembic_version", "note", "cursor"}
REVISIONS = [
    script.revision
    for script in ScriptDirectory(str(Path(__file__).parents[2] / "migrations")).walk_revisions()
    if script.revision > FIRST
][::-1]


def rows(store: Store) -> dict[str, int]:
    with store.database.reading() as connection:
        names = inspect(connection).get_table_names()
        return {name: int(connection.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in names}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_revision_keeps_what_the_one_before_it_had(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'old.db'}"
    url = sqlite if kind == "sqlite" else request.getfixturevalue("empty_postgres")
    with gzip.open(SAVED, "rt", encoding="utf-8") as file:
        saved: dict[str, Any] = json.load(file)
    with closing(Store(url)) as store:
        migrate(store.database, FIRST)
        fill(url, saved["tables"])
        before = rows(store)
        assert sum(before.values()) > 1_000
        for revision in REVISIONS:
            assert migrate(store.database, revision) == revision
            after = rows(store)
            lost = {
                name: (number, after.get(name))
                for name, number in before.items()
                if name not in MOVED and after.get(name, 0) < number
            }
            assert lost == {}, revision
            before = after
        store.require_head()


@pytest.mark.parametrize("revision", REVISIONS[-4:-1])
def test_a_store_of_an_earlier_revision_says_what_to_do_and_is_not_touched(tmp_path: Path, revision: str) -> None:
    with closing(Store(f"sqlite:///{tmp_path / 'old.db'}")) as store:
        migrate(store.database, revision)
        with pytest.raises(ConfigError, match="syncd migrate"):
            store.require_head()
        assert current(store.database) == revision


def test_every_night_a_prune_and_a_backup_follow_the_full_read(
    place: Place,  # noqa: F811
    wiring: Wiring,  # noqa: F811
    tmp_path: Path,
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    night = replace(wiring, backups=folder, backups_kept=2)
    daemon = Daemon(night, interval_minutes=60, reconcile_at=time(2, 30), stop=Event())
    for _ in range(3):
        daemon._reconcile()
    verbs = [(run["verb"], run["outcome"]) for run in last_runs(wiring.store, 3)]
    assert verbs == [("backup", "done"), ("prune", "done"), ("reconcile", "done")]
    assert 1 <= len(list(folder.iterdir())) <= 2  # two within a second have one name
