"""The one door to the files that syncd brings: agreement, mappings, word lists, tables, registers.

A file of the same name in the folder that SYNCD_MAPPINGS names takes the place of the shipped one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from syncd.document import Document, read
from syncd.errors import ConfigError
from syncd.text_file import text_of

PACKAGE = "mappings"
EXAMPLES, BANKS, AGREEMENT = "examples", "banks", "agreement.yaml"
REST, AS_SHIPPED = "rest", "as shipped"
_SIGNATURES = re.compile(r"^signed:\n(?:  .*\n)+", re.MULTILINE)


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
    return text_of(file, called), called


def document_of(name: str, folder: Path | None, lay_over: Callable[[Any, Any], Any]) -> tuple[Document, str]:
    """A file's document and the texts that it is made of; raises ConfigError.

    One of the folder's own that says `rest: as shipped` says only what differs: it is laid over the shipped one.
    """
    text, called = read_text(name, folder)
    document = read(text, called)
    content = document.content
    if find(name) == find(name, folder) or not isinstance(content, dict) or content.get(REST) != AS_SHIPPED:
        return document, text
    beneath, there = read_text(name)
    own = {key: value for key, value in content.items() if key != REST}
    return replace(document, content=lay_over(read(beneath, there).content, own)), f"{text}\0{beneath}"


def examples() -> tuple[str, ...]:
    """The names of the agreements that come as examples beside the banks'."""
    folder = files(PACKAGE).joinpath(EXAMPLES)
    return tuple(sorted(one.name for one in folder.iterdir() if one.joinpath(AGREEMENT).is_file()))


def example(name: str) -> Path:
    """The folder of an example: its agreement, and what differs from the shipped files; raises ConfigError."""
    if name not in examples():
        raise ConfigError(f"there is no example {name!r}: there are {BANKS}, {', '.join(examples())}")
    return Path(str(files(PACKAGE).joinpath(EXAMPLES, name)))


def copy_example(name: str, folder: Path) -> list[str]:
    """Copy an example's files into a folder, unsigned; gives their names. Raises ConfigError."""
    source = Path(str(files(PACKAGE))) if name == BANKS else example(name)
    copied = [AGREEMENT] if name == BANKS else [file.relative_to(source).as_posix() for file in source.rglob("*.yaml")]
    if taken := [one for one in copied if (folder / one).exists()]:
        raise ConfigError(f"{folder / taken[0]} is there already: name another folder, nothing was written")
    try:
        for written in copied:
            text = text_of(source / written, written)
            (folder / written).parent.mkdir(parents=True, exist_ok=True)
            (folder / written).write_text(
                _SIGNATURES.sub("signed: []\n", text) if written == AGREEMENT else text, "utf-8"
            )
    except OSError as error:
        raise ConfigError(f"{folder}: cannot be written: {error.strerror or error}; name another folder") from error
    return sorted(copied)


def names(inside: str, ending: str, folder: Path | None = None) -> list[str]:
    """The names, as `read_text` takes them, of the files with that ending `inside` mappings/ and the folder."""
    places = [files(PACKAGE).joinpath(inside), *([folder / inside] if folder and (folder / inside).is_dir() else [])]
    return sorted(
        {f"{inside}/{file.name}" for place in places for file in place.iterdir() if file.name.endswith(ending)}
    )


def digest(*texts: str) -> str:
    """What tells these texts from others."""
    return blake2b("\0".join(texts).encode(), digest_size=16).hexdigest()
