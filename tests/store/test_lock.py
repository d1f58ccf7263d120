"""One syncd at a time on a store, and a lock that ends with its process."""

import multiprocessing
import os
import signal
import stat
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from syncd.errors import AlreadyRunning
from syncd.store import Store


def _work_for_ever(url: str, parent: Connection) -> None:
    with Store(url).alone():
        parent.send("working")
        signal.pause()


def test_a_second_syncd_is_refused_as_long_as_the_first_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'syncd.db'}"
    with Store(url).alone():
        with pytest.raises(AlreadyRunning, match="another syncd works on"), Store(url).alone():
            pass
        with pytest.raises(AlreadyRunning), Store(url).alone():
            pass
    with Store(url).alone():
        pass


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path, death: signal.Signals) -> None:
    url = f"sqlite:///{tmp_path / 'syncd.db'}"
    here, there = multiprocessing.Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=_work_for_ever, args=(url, there))
    worker.start()
    assert here.recv() == "working"
    with pytest.raises(AlreadyRunning), Store(url).alone():
        pass
    assert worker.pid
    os.kill(worker.pid, death)
    worker.join()
    with Store(url).alone():
        pass


def test_two_stores_of_one_folder_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'one.db'}").alone(), Store(f"sqlite:///{tmp_path / 'two.db'}").alone():
        pass


def test_nobody_else_may_touch_the_lock(tmp_path: Path) -> None:
    with Store(f"sqlite:///{tmp_path / 'syncd.db'}").alone():
        mode = (tmp_path / "syncd.db.lock").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
