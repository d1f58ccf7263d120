"""Files for their owner alone: people's records stand in what syncd writes down."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

_DEVICES: Final = (Path("/dev"), Path("/dev/fd"), Path("/proc/self/fd"))


@contextmanager
def open_private(path: Path) -> Iterator[TextIO]:
    """A file that is written anew, for its owner alone whatever the umask, and stands there once the block has ended.

    It takes the place of what stood there: who holds that open reads nothing new, and a link is not followed.
    """
    if path.absolute().parent in _DEVICES or (path.exists() and not path.is_file()):  # /dev/stdout, a pipe
        with os.fdopen(os.open(path, os.O_WRONLY), "w", encoding="utf-8", newline="") as file:
            yield file
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.absolute().parent)
    part = Path(name)  # for its owner alone, as mkstemp makes it
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def of_a_store(file: Path) -> list[Path]:
    """The files of an SQLite store: itself, what SQLite keeps beside it, the lock, and copies that bear its name."""
    return sorted(path for path in file.parent.glob(f"{file.name}*") if path.is_file()) if file.parent.is_dir() else []


def open_to_others(files: Iterable[Path]) -> list[Path]:
    """Those that others than their owner may read or write; none where a system knows no such rights."""
    return [file for file in files if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077]
