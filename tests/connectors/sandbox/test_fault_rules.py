"""Fault rules as people write them: on the command line, in a file, at the admin endpoint; and what slips are told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox.__main__ import main, world
from connectors.sandbox.fault_rules import KINDS, KNOBS, Rule, read
from connectors.sandbox.faults import Faults
from connectors.sandbox.server import Sandbox

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "sandbox.md"


def test_a_rule_in_words() -> None:
    assert read("limited, system=hubspot, probability=0.1") == Rule("limited", system="hubspot", probability=0.1)
    assert read("cut_after,method=patch,path=/services/*,count=1") == Rule(
        "cut_after", method="PATCH", path="/services/*", count=1
    )


SLIPS: dict[str, tuple[str, str]] = {
    "kind": ("latencey", "no fault is called 'latencey'; there are latency"),
    "name": ("latency,secs=2", "no secs; it has system"),
    "no value": ("latency,seconds", "no name=value"),
    "no number": ("latency,seconds=long", "'long' is no number"),
    "system": ("status,system=hubspott", "no system 'hubspott'; there are hubspot, salesforce"),
    "probability": ("html,probability=5", "probability is 5.0, and has to be from 0 to 1"),
    "burst": ("html,burst=0", "burst is at least 1"),
}


@pytest.mark.parametrize(("text", "complaint"), SLIPS.values(), ids=SLIPS)
def test_a_slip_in_words(text: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--size", "empty", "--fault", text])
    assert ended.value.code == 2
    assert re.search(re.escape(complaint), capsys.readouterr().err)


FILES: dict[str, tuple[str, str]] = {
    "no JSON": ("[1,2", "Expecting"),
    "no rules": ('{"rule": []}', 'faults are {"rules"'),
    "more than rules": ('{"rules": [], "sead": 1}', "no sead"),
    "no kind": ('{"rules": [{"seconds": 1}]}', "a fault rule names its kind"),
    "type": ('{"rules": [{"kind": "latency", "seconds": "x"}]}', "seconds is 'x', and has to be of type float"),
    "truth": ('{"rules": [{"kind": "html", "count": true}]}', "count is True, and has to be of type int"),
}


@pytest.mark.parametrize(("text", "complaint"), FILES.values(), ids=FILES)
def test_a_slip_in_a_file(text: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "faults.json"
    file.write_text(text)
    with pytest.raises(SystemExit) as ended:
        main(["--size", "empty", "--faults", str(file)])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert complaint in said
    assert "faults.json" in said


def test_a_list_alone_will_do_and_what_is_shown_can_be_loaded() -> None:
    faults = Faults()
    faults.load([{"kind": "latency", "seconds": 1}])
    faults.load(json.loads(json.dumps(faults.show())))
    assert [rule.kind for rule in faults.rules] == ["latency"]


@pytest.fixture
def doors() -> Any:
    with Sandbox(world("empty", 1, date(2026, 11, 1))) as sandbox:
        yield [f"{url}/_sandbox" for url in (sandbox.hubspot_url, sandbox.salesforce_http_url)]


def test_both_admin_endpoints_take_show_and_end_rules(doors: list[str]) -> None:
    for door in doors:
        rules = [{"kind": "status", "status": 418, "count": 1}]
        assert requests.post(f"{door}/faults", json={"rules": rules}, timeout=5).ok
        assert requests.get(f"{door}/faults", timeout=5).json()["rules"][0]["status"] == 418
        assert requests.delete(f"{door}/faults", timeout=5).json()["rules"] == []


@pytest.mark.parametrize("body", ['{"rules": [{"kind": "latencey"}]}', "[1,2", "7", '{"rules": {}}'])
def test_both_admin_endpoints_tell_of_slips_and_keep_the_rules(doors: list[str], body: str) -> None:
    for door in doors:
        requests.post(f"{door}/faults", json=[{"kind": "skew", "seconds": 5}], timeout=5)
        answer = requests.post(f"{door}/faults", data=body, timeout=5)
        assert answer.status_code == 400, answer.text
        assert "message" in answer.text
        assert [rule["kind"] for rule in requests.get(f"{door}/faults", timeout=5).json()["rules"]] == ["skew"]


ASKED: dict[str, tuple[str, str, int, str]] = {
    "unknown": ("GET", "nothing", 404, "the sandbox knows GET /_sandbox/state"),
    "unknown below": ("PUT", "faults", 404, "POST /_sandbox/faults"),
}


@pytest.mark.parametrize(("method", "path", "status", "message"), ASKED.values(), ids=ASKED)
def test_both_admin_endpoints_say_what_they_know(
    doors: list[str], method: str, path: str, status: int, message: str
) -> None:
    for door in doors:
        answer = requests.request(method, f"{door}/{path}", timeout=5)
        assert (answer.status_code, message in answer.text) == (status, True), answer.text


def test_an_admin_call_that_lacks_something_says_what(doors: list[str]) -> None:
    answer = requests.post(f"{doors[1]}/lock", json={}, timeout=5)
    assert (answer.status_code, "lock needs 'id'" in answer.text) == (400, True)


def _help(call: Callable[[], None], capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit):
        call()
    return capsys.readouterr().out


def test_help_and_page_name_every_kind_and_knob(capsys: pytest.CaptureFixture[str]) -> None:
    page, help_text = PAGE.read_text(encoding="utf-8"), _help(lambda: main(["--help"], program="syncd sandbox"), capsys)
    for name, what in {**KINDS, **{name: what for name, (_, what) in KNOBS.items()}}.items():
        assert f"| `{name}` | {what} |" in page
        assert re.search(rf"  {name} +{re.escape(what)}", help_text)
    assert "syncd sandbox --size tiny --fault" in help_text
