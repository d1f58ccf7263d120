"""`syncd sandbox fault`: faults are set, shown and lifted while the sandbox runs, by words alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox.__main__ import main
from connectors.sandbox.clock import Clock
from connectors.sandbox.fault_rules import read
from connectors.sandbox.faults import Faults
from connectors.sandbox.hubspot import HubSpotSimulator
from connectors.sandbox.server import Sandbox
from tests.connectors.sandbox.conftest import portal_records

OWNERS = "/crm/v3/owners"
Steer = Callable[..., str]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    clock, faults = Clock(), Faults()
    app: Any = HubSpotSimulator(portal_records(), clock=clock, faults=faults)
    with Sandbox(hubspot=app, clock=clock, faults=faults) as place:
        yield place


@pytest.fixture
def steer(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> Steer:
    def run(*words: str) -> str:
        main(["fault", *words, "--at", sandbox.hubspot_url], program="syncd sandbox")
        return capsys.readouterr().out

    return run


def ask(sandbox: Sandbox, seconds: float = 10) -> int:
    headers = {"Authorization": "Bearer sandbox-token"}
    return requests.get(f"{sandbox.hubspot_url}{OWNERS}", headers=headers, timeout=seconds).status_code


def test_faults_are_set_beside_those_that_stand_shown_and_lifted_by_kind(sandbox: Sandbox, steer: Steer) -> None:
    assert steer() == "no fault is in force\n"
    steer("limited,system=hubspot,count=1")
    assert steer("latency,seconds=0.01") == (
        "limited,system=hubspot,count=1  struck 0 times\nlatency,seconds=0.01  struck 0 times\n"
    )
    assert ask(sandbox) == 429
    assert ask(sandbox) == 200
    assert steer("--lift", "latency") == "limited,system=hubspot,count=1  struck once\n"
    assert [rule["kind"] for rule in json.loads(steer("--json"))] == ["limited"]
    assert steer("--lift") == "no fault is in force\n"


def test_a_hang_in_the_body_sends_headers_and_a_part_and_then_nothing(sandbox: Sandbox, steer: Steer) -> None:
    steer("hang,at=body,part=0.5,count=1")
    headers = {"Authorization": "Bearer sandbox-token"}
    with requests.get(f"{sandbox.hubspot_url}{OWNERS}", headers=headers, timeout=0.3, stream=True) as answer:
        assert answer.status_code == 200
        with pytest.raises(requests.ConnectionError, match="Read timed out"):
            assert answer.content
    assert ask(sandbox) == 200


def test_a_hang_at_connect_takes_nobody_for_its_time_and_then_everybody(sandbox: Sandbox, steer: Steer) -> None:
    with requests.Session() as kept:
        assert kept.get(f"{sandbox.hubspot_url}{OWNERS}", timeout=5).status_code == 401
        steer("--now", "hang,at=connect,seconds=0.8")
        time.sleep(0.2)
        began = time.monotonic()
        with pytest.raises(requests.ReadTimeout):  # the open line has ended, and a new one is taken by nobody
            kept.get(f"{sandbox.hubspot_url}{OWNERS}", timeout=0.2)
        assert ask(sandbox) == 200
        assert time.monotonic() - began >= 0.5


def test_a_sandbox_that_takes_nobody_can_be_stopped(sandbox: Sandbox, steer: Steer) -> None:
    steer("--now", "hang,at=connect,seconds=300")
    time.sleep(0.2)
    began = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - began < 5


def test_the_clock_jumps_at_once(sandbox: Sandbox, steer: Steer) -> None:
    before = sandbox.clock()
    steer("--now", "jump,seconds=-3600")
    assert timedelta(minutes=-61) < sandbox.clock() - before < timedelta(minutes=-59)


SLIPS = {
    "no such kind": (["latencey"], "no fault is called 'latencey'"),
    "waits for a call": (["--now", "cut_after"], "cut_after: waits for a call"),
    "no database": (["--now", "restart,seconds=1"], "stands before no database"),
    "no such kind to lift": (["--lift", "latencey"], "no fault is called 'latencey'"),
    "connect without seconds": (["hang,at=connect"], "at=connect needs seconds"),
    "nowhere": (["hang,at=door"], "a hang, and nothing else, is at connect, headers, body"),
    "another kind's place": (["drip,at=body"], "a hang, and nothing else, is at connect, headers, body"),
    "lift and set": (["--lift", "hang", "drip"], "--lift ends faults"),
    "now what": (["--now"], "--now needs a RULE"),
}


@pytest.mark.parametrize(("words", "complaint"), SLIPS.values(), ids=SLIPS)
def test_a_slip_is_told_and_changes_nothing(
    words: list[str], complaint: str, sandbox: Sandbox, steer: Steer, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        steer(*words)
    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
    assert sandbox.faults.rules == []


def test_where_no_sandbox_answers_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["fault", "--at", "http://127.0.0.1:1"])
    assert ended.value.code == 3
    assert "no sandbox answers at http://127.0.0.1:1" in capsys.readouterr().err


def test_every_fault_of_the_how_to_is_one() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "rehearse-faults.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    rules = [text.removeprefix("--now ") for row in rows for text in re.findall(r"`([^`]+)`", row) if text != "at=body"]
    assert len(rules) >= 12
    assert {read(rule).kind for rule in rules} >= {"hang", "jump", "restart", "unavailable", "expired", "cut_after"}
