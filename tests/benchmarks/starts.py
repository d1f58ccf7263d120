"""What a command costs before it does anything: CPU of a process of its own."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Figure, Table

MARK = 0.25  # seconds of CPU for what is asked all day long
ASKED_OFTEN = (("--version",), ("health",))
OTHERS = (("--help",), ("status",), ("plan",))


def starts(_: Any) -> Iterator[Table]:
    """Commands in an empty folder."""
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as folder:
        figures = [
            Figure(f"CPU, syncd {' '.join(words)}", seconds(*words, folder=Path(folder)), "s", limit)
            for limit, commands in ((MARK, ASKED_OFTEN), (None, OTHERS))
            for words in commands
        ]
    yield Table("start-up, least of 5", tuple(figures))


def seconds(*words: str, folder: Path, environment: Mapping[str, str] | None = None) -> float:
    """CPU seconds of `syncd …`: the least of five, the others were disturbed."""
    return min(_seconds(words, folder, environment) for _ in range(5))


def _seconds(words: tuple[str, ...], folder: Path, environment: Mapping[str, str] | None) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run([sys.executable, "-m", "syncd", *words], folder, environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run(
    command: list[str], folder: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder without any setting but these."""
    known = {name: value for name, value in os.environ.items() if not name.startswith(("SYNCD_", "COV"))}
    known |= environment or {}
    return subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, check=False)
