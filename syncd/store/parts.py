"""Parts: files in the making that hold a whole store. What a kill leaves of one goes when the next is made.

Nobody erases a person out of such a file, so that none may stay. Who makes one holds the system's lock on it, which
ends with its process: https://man7.org/linux/man-pages/man2/flock.2.html. SQLite's own locks are of another kind there.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a file of its own
_NAME = re.compile(r"(\.syncd-[0-9a-f]{16}\.part)(?:-wal|-shm|-journal)?")


@contextmanager
def part(folder: Path) -> Iterator[Path]:
    """An empty file for its owner alone, in a folder that is rid of abandoned ones; gone when the block ends.

    Raises OSError where there can be none.
    """
    _sweep(folder)
    path, descriptor = _made(folder)
    try:
        yield path
    finally:
        _remove(path)
        os.close(descriptor)


def _made(folder: Path) -> tuple[Path, int]:
    while True:
        path = folder / f".syncd-{token_hex(8)}.part"
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if path.exists():  # nobody swept it away before it was locked
            return path, descriptor
        os.close(descriptor)


def _sweep(folder: Path) -> None:
    """Take away what nobody makes any more; what cannot be taken away is not ours."""
    for name in {found[1] for path in folder.iterdir() if (found := _NAME.fullmatch(path.name))}:
        with suppress(OSError):
            _take_away(folder / name)


def _take_away(path: Path) -> None:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:  # what lay beside it is left alone
        _remove(path)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _remove(path)
    finally:
        os.close(descriptor)


def _remove(path: Path) -> None:
    for ending in (*BESIDE, ""):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{ending}").unlink()
