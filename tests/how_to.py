"""How-to pages followed to the letter: what a page shows is applied to a copy of the project."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHANGE = re.compile(r"^```diff\n--- (?P<file>\S+)\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
NEW = re.compile(r"^```python\n# (?P<file>\S+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: str) -> str:
    return (ROOT / "docs" / "how-to" / page).read_text(encoding="utf-8")


def files_of(page: str) -> set[str]:
    """The files that a page changes or adds."""
    return {match["file"] for match in (*CHANGE.finditer(page), *NEW.finditer(page))}


def follow(page: str, copy: Path, folders: Iterable[str], new: Callable[[str], str] = str) -> None:
    """Copy these folders of the project, and do there what the page says; `new` completes the text of a new file."""
    for folder in folders:
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "registers"))
    for match in CHANGE.finditer(page):
        for hunk in match["lines"].split("@@\n"):
            _change(copy / match["file"], hunk.splitlines())
    for match in NEW.finditer(page):
        (copy / match["file"]).write_text(new(match["text"]), encoding="utf-8")


def _change(file: Path, lines: list[str]) -> None:
    """Put the lines marked + where the lines around them stand, once and nowhere else; those marked - go."""
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{file.name}: {text.count(before)} places fit:\n{before}"
    file.write_text(text.replace(before, after), encoding="utf-8")
