"""Files that a person writes, as text: regular ones, of a size that a person writes. Every such file is read here."""

from __future__ import annotations

import stat
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from syncd.errors import ConfigError

LARGEST: Final = 16 * 2**20  # bytes: the largest that is shipped has a twentieth of them


def text_of(file: Traversable, called: str, largest: int = LARGEST) -> str:
    """The text of a file, without the mark that some programs put before UTF-8. called: what messages call it.

    Raises ConfigError: it cannot be read, is no regular file (a device never ends), is too large, or is no UTF-8.
    """
    try:
        content = _bytes_of(file, called, largest)
    except OSError as error:
        raise ConfigError(f"{called}: cannot be read: {error.strerror or type(error).__name__}") from None
    except ValueError:  # a null byte
        raise ConfigError(f"{called}: this can be no file's name") from None
    if len(content) > largest:
        raise ConfigError(f"{called}: the file is larger than {largest:,} bytes (is it the file that is meant?)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{called}: this is no UTF-8 text (save the file as UTF-8)") from None


def _bytes_of(file: Traversable, called: str, largest: int) -> bytes:
    """Its bytes, one more than the largest may have at most."""
    if not isinstance(file, Path):  # within a package that is an archive
        return file.read_bytes()
    if not stat.S_ISREG(file.stat().st_mode):
        raise ConfigError(f"{called}: this is no regular file (name a file, neither a folder nor a device)")
    with file.open("rb") as opened:
        return opened.read(largest + 1)
