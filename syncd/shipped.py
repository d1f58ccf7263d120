"""The one door to the files that syncd brings: agreement, mappings, word lists, tables, registers.

A file of the same name in the folder that SYNCD_MAPPINGS names takes the place of the shipped one.
"""

from __future__ import annotations

from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from syncd.errors import ConfigError

PACKAGE = "mappings"


def find(name: str, folder: Path | None = None) -> tuple[Traversable, str]:
    """The file of that name below the folder, else below mappings/, and what a message calls it; it may not exist."""
    own = folder / name if folder else None
    if own and own.exists():
        return own, str(own)
    return files(PACKAGE).joinpath(*name.split("/")), f"{PACKAGE}/{name}"


def read_text(name: str, folder: Path | None = None) -> tuple[str, str]:
    """The text of a file, and what a message calls it; raises ConfigError."""
    file, called = find(name, folder)
    if not file.is_file():
        raise ConfigError(f"there is no mapping file {name}" + (f" in {folder}" if folder else ""))
    return decoded(file, called), called


def names(inside: str, ending: str, folder: Path | None = None) -> list[str]:
    """The names, as `read_text` takes them, of the files with that ending `inside` mappings/ and the folder."""
    places = [files(PACKAGE).joinpath(inside), *([folder / inside] if folder and (folder / inside).is_dir() else [])]
    return sorted(
        {f"{inside}/{file.name}" for place in places for file in place.iterdir() if file.name.endswith(ending)}
    )


def decoded(file: Traversable, called: str) -> str:
    """The text of a file, without the mark that some programs put before UTF-8; raises ConfigError."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"{called}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{called}: this is no UTF-8 text (save the file as UTF-8)") from error


def digest(*texts: str) -> str:
    """What tells these texts from others."""
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()
