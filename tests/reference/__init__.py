"""The reference pages that are generated from the code: `python -m tests.reference` writes them, a test compares them.

What a page says stands beside what it describes: docstrings, field descriptions, comments, the commands' help.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.reference import commands, endpoints, files, http, log, metrics, settings, tables

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "settings.md": settings.lines,
    "cli.md": commands.lines,
    "exit-codes.md": commands.exit_codes,
    "agreement.md": files.agreement,
    "mapping.md": files.mapping,
    "tables.md": tables.lines,
    "endpoints.md": endpoints.lines,
    "http.md": http.lines,
    "log.md": log.lines,
    "metrics.md": metrics.lines,
}


def page(name: str) -> str:
    """The text of one generated page."""
    return "\n".join(PAGES[name]()) + "\n"
