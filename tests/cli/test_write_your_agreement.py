"""The how-to "write your agreement in an afternoon", typed in as it stands, on the world it begins with."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build
from connectors.sandbox.world.trades import TRADES
from syncd.settings import Settings
from tests.cli.conftest import Syncd, environment
from tests.cli.test_tutorial import DOCS, Typed, shows, typed
from tests.sync.conftest import UNLIMITED, Place

PAGE = DOCS / "how-to" / "write-your-agreement.md"
STEPS = list(typed(PAGE))


@pytest.fixture
def writers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Syncd]:
    """Two people at a store that has pulled nothing yet, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    world = build(1, datetime.now(UTC).date(), Size.EXAMPLE, TRADES["manufacturers"])
    with Sandbox(world, hubspot_options=UNLIMITED) as sandbox:
        settings = {**environment(sandbox, tmp_path / "ours.db"), "SYNCD_REGISTERS": ""}
        yield Syncd(settings, Place(sandbox, Settings()), tmp_path / "ours.db")


def test_every_step_prints_what_it_says_and_hands_over_nothing(writers: Syncd) -> None:
    for step in STEPS:
        printed = carried_out(writers, step)
        missing = [line for line in step.lines if not shows(printed, line)]
        assert missing == [], (step.command, printed)
    assert writers.place.ours() == []
    assert [row for row in writers.place.rows("Task") if row.get("Syncd_Key__c")] == []


def carried_out(writers: Syncd, step: Typed) -> str:
    echoed, _, command = step.command.rpartition(" | ")
    words = shlex.split(command)
    if words[0] != "syncd":
        subprocess.run(words, check=True)
        return ""
    ours = {"SYNCD_MAPPINGS": "our"} if Path("our").exists() else {}
    answer = writers(*words[1:], typed=echoed.removeprefix("echo "), **ours)
    assert answer.code == step.code, (step.command, answer)
    return answer.out
