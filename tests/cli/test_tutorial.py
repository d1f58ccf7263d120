"""The tutorial, typed in as it stands: every command is carried out, every line shown is held against what is printed.

Numbers may differ where the world ends on another day; words may not.
"""

import re
import shlex
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import requests
import time_machine

from connectors.sandbox.server import Sandbox
from syncd.settings import Settings
from tests.cli.conftest import Syncd, environment, world
from tests.sync.conftest import UNLIMITED, Place

DOCS = Path(__file__).parents[2] / "docs"
TUTORIAL, RULES = DOCS / "tutorial.md", DOCS / "explanation" / "rules.md"


class Typed(NamedTuple):
    """One command of a console block, the lines that it should print, and the exit code it should end with."""

    command: str
    lines: list[str]
    code: int


def typed(page: Path = TUTORIAL) -> Iterator[Typed]:
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, *lines = part.rstrip("\n").split("\n")
            ends = [int(line.removeprefix("[exit code ").rstrip("]")) for line in lines if line.startswith("[exit")]
            yield Typed(command, [line for line in lines if not line.startswith("[exit")], ends[0] if ends else 0)


def plain(text: str) -> str:
    """Without numbers but those of the package's parts and of the streams, and with single blanks."""
    counted = r"(?! (?:components|streams|would be added|stand there alike))"
    return " ".join(re.sub(rf"\d[\d,.]*+{counted}", "N", text).split())


def shows(printed: str, line: str) -> bool:
    """Whether a line of the tutorial stands in what was printed; `…` is anything."""
    parts = [re.escape(plain(part)) for part in line.split("…")]
    return re.search(".*".join(parts), "\n".join(map(plain, printed.splitlines()))) is not None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Syncd]:
    """Whoever reads the tutorial: a sandbox as it is delivered, the whole register, an empty store."""
    with Sandbox(world(), hubspot_options=UNLIMITED) as sandbox:
        settings = environment(sandbox, tmp_path / "tutorial.db")
        yield Syncd(settings, Place(sandbox, Settings()), tmp_path / "tutorial.db")


def test_every_step_prints_what_it_says(reader: Syncd) -> None:
    for step in typed():
        if step.command.startswith("curl "):
            edit(reader, step.command)
            continue
        echoed, _, command = step.command.rpartition(" | ")
        # The page is of a day on which no vendor ends anything soon.
        day = (
            time_machine.travel(datetime(2026, 11, 30, 12, tzinfo=UTC), tick=True)
            if "doctor" in command
            else nullcontext()
        )
        with day:
            answer = reader(*shlex.split(command)[1:], typed=echoed.removeprefix("echo "))
        assert answer.code == step.code, (step.command, answer)
        missing = [line for line in step.lines if not shows(answer.out, line)]
        assert missing == [], (step.command, answer.out)


def test_the_page_on_the_rules_shows_what_explain_prints(shared: Syncd) -> None:
    steps = list(typed(RULES))
    assert len(steps) == 2
    for step in steps:
        printed = shared.done(*shlex.split(step.command)[1:]).out
        assert [line for line in step.lines if not shows(printed, line)] == [], (step.command, printed)


def edit(reader: Syncd, command: str) -> None:
    """Carry out the tutorial's curl."""
    words = shlex.split(command)
    path = words[-1].partition("/_sandbox/")[2]
    header, _, value = words[words.index("-H") + 1].partition(": ")
    url = f"{reader.place.sandbox.salesforce_http_url}/_sandbox/{path}"
    content = words[words.index("-d") + 1]
    requests.post(url, data=content, headers={header: value}, timeout=10).raise_for_status()
