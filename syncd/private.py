"""Files for their owner alone: people's records stand in what syncd writes down."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

MODE = 0o600


def open_private(path: Path) -> TextIO:
    """Open a file to write it anew, for its owner alone whatever the umask; one that was there is closed to others."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, MODE)
    try:
        if os.name == "posix" and stat.S_ISREG(os.fstat(descriptor).st_mode):  # /dev/stdout stays as it is
            os.fchmod(descriptor, MODE)  # before a byte is written
            os.ftruncate(descriptor, 0)
        return os.fdopen(descriptor, "w", encoding="utf-8", newline="")
    except BaseException:
        os.close(descriptor)
        raise


def of_a_store(file: Path) -> list[Path]:
    """The files of an SQLite store: itself, what SQLite keeps beside it, the lock, and copies that bear its name."""
    return sorted(path for path in file.parent.glob(f"{file.name}*") if path.is_file()) if file.parent.is_dir() else []


def open_to_others(files: Iterable[Path]) -> list[Path]:
    """Those that others than their owner may read or write; none where a system knows no such rights."""
    return [file for file in files if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077]
