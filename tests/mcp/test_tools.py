"""What assistants may ask: every tool, called as a client calls it, over a world that a real cycle made."""

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
import pytest
from mcp.shared.exceptions import MCPError

from syncd import shipped
from syncd.mcp.tools import TOOLS
from tests.cli.conftest import Syncd
from tests.cli.test_agreement_diff import SHIPPED, SMALLER, Change, a_file
from tests.mcp.conftest import ROOT, Assistant, looking, talking

UNSIGNED: Change = ("  - {party: sales, by: Head of Sales, on: 2026-01-05}\n", "")
NAMES = {"explain", "what_would_pass", "plan", "audit_gaps", "queue", "sync_health", "simulate_agreement"}


def a_lead(syncd: Syncd) -> tuple[str, str]:
    """Golden ids of a qualified lead and of its account."""
    with closing(sqlite3.connect(syncd.database)) as store:
        rows = store.execute("SELECT contact_id, account_id FROM milestone WHERE stage = 'mql' ORDER BY contact_id")
        contact_id, account_id = next(row for row in rows if row[0] and row[1])
    return contact_id, account_id


def test_every_tool_is_listed_as_one_that_only_looks(assistant: Assistant) -> None:
    tools = assistant.portal.call(assistant.client.list_tools).tools
    assert {tool.name for tool in tools} == NAMES == {tool.name for tool in TOOLS}
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.input_schema["additionalProperties"] is False
        assert all("description" in of for of in tool.input_schema.get("properties", {}).values())


def test_a_contact_an_account_and_an_opportunity_are_explained_as_people_see_them(
    assistant: Assistant, shared: Syncd
) -> None:
    for who in (*a_lead(shared), min(row["Id"] for row in shared.place.ours())):
        said = shared.done("explain", who, "--json").json
        answer = assistant.ask("explain", who=who)
        assert answer.keys() == said.keys()
        assert not said.get("standing") or answer["standing"] == said["standing"]


def test_what_a_contact_lacks_is_its_open_gates_and_what_would_open_them(assistant: Assistant, shared: Syncd) -> None:
    _, account = a_lead(shared)
    said = shared.done("explain", account, "--json").json
    lacks = {one["contact_id"]: [gate for gate in one["gates"] if gate["ruling"] != "yes"] for one in said["contacts"]}
    somebody = max(lacks, key=lambda contact_id: len(lacks[contact_id]))
    assert lacks[somebody]
    answer = assistant.ask("what_would_pass", who=somebody)
    assert answer["contact"]["lacks"] == lacks[somebody]
    of_account = assistant.ask("what_would_pass", who=account)
    assert {one["id"]: len(one["lacks"]) for one in of_account["contacts"]} == {
        contact_id: len(gates) for contact_id, gates in lacks.items()
    }


def test_what_an_opportunity_lacks_is_its_gaps_and_the_next_actions(assistant: Assistant, shared: Syncd) -> None:
    opportunity = min(row["Id"] for row in shared.place.ours())
    answer = assistant.ask("what_would_pass", who=opportunity)
    assert answer["gaps"] == shared.done("explain", opportunity, "--json").json["picture"]["gaps"]
    assert len(answer["next"]) >= len(answer["gaps"]) > 0


def test_the_queue_is_the_one_of_the_command(assistant: Assistant, shared: Syncd) -> None:
    said = shared.done("queue", "--json").json
    answer = assistant.ask("queue", limit=1)
    assert answer["reps"] == said["reps"][:1]
    assert answer["number_of_reps"] == len(said["reps"]) > 1
    assert answer["number_of_waiting"] == len(said["waiting"])
    rep = said["reps"][1]["rep"]
    assert [week["rep"] for week in assistant.ask("queue", rep=rep)["reps"]] == [rep]


def test_gaps_are_the_acquisition_list_with_how_many_more(assistant: Assistant, shared: Syncd) -> None:
    said = shared.done("audit", "--list", "-", "--json").json
    answer = assistant.ask("audit_gaps", limit=2)
    assert answer["gaps"] == said[:2]
    assert (answer["number"], answer["more"]) == (len(said), len(said) - 2)
    assert answer["counted_on"]
    assert any(name.endswith("/ missing") for name in answer["counts"])


def test_health_is_the_one_of_status(assistant: Assistant, shared: Syncd) -> None:
    said, answer = shared.done("status", "--json").json, assistant.ask("sync_health")
    assert answer["health"]["state"] == said["health"]["state"]
    assert answer["rows"] == said["rows"]
    assert answer["pending"] == said["pending"]


def test_other_terms_are_replayed_over_the_past_as_the_command_does(
    assistant: Assistant, shared: Syncd, tmp_path: Path
) -> None:
    file = Path(a_file(tmp_path, SMALLER, UNSIGNED))
    said = shared.done("agreement", "diff", str(file), "--names", "--json").json
    answer = assistant.ask("simulate_agreement", agreement=file.read_text(encoding="utf-8"), names=True, limit=5)
    for part in ("reproduced", "stages", "outcomes", "reps", "terms", "weeks"):
        assert answer[part] == said[part]
    assert answer["new"] == "2027.1, unsigned"
    assert answer["names"] == said["names"][:5]
    assert answer["number_of_names"] == len(said["names"]) > 5
    assert assistant.ask("simulate_agreement", agreement=SHIPPED.read_text(encoding="utf-8"))["empty"] is True


def test_the_agreement_is_a_resource(assistant: Assistant, shared: Syncd) -> None:
    listed = assistant.portal.call(assistant.client.list_resources).resources
    assert [str(resource.uri) for resource in listed] == ["syncd://agreement"]
    (content,) = assistant.portal.call(assistant.client.read_resource, "syncd://agreement").contents
    text, _ = shipped.read_text(shipped.AGREEMENT, Path(shared.environment["SYNCD_MAPPINGS"]))
    assert content.text == text
    with pytest.raises(MCPError, match="no such resource"):
        assistant.portal.call(assistant.client.read_resource, "file:///etc/passwd")


FOREIGN = {
    "nobody": ("explain", {"who": "nobody@nowhere.example"}, "nothing in the store|no contact|answers to"),
    "nobody lacks": ("what_would_pass", {"who": "0031000000000AAAAA"}, "answers to"),
    "no account": ("plan", {"account": "No Such Bank"}, "answers to"),
    "no segment": ("audit_gaps", {"segment": "moon"}, "no segment"),
    "no rep": ("queue", {"rep": "nobody"}, "no rep"),
    "no agreement": ("simulate_agreement", {"agreement": "no: yes"}, "version|agreement"),
    "no YAML": ("simulate_agreement", {"agreement": "a: [\x00"}, "YAML|agreement"),
    "no day": ("simulate_agreement", {"agreement": "x", "since": "yesterday"}, "since"),
    "before time": ("simulate_agreement", {"agreement": "x", "since": "1800-01-01"}, "agreement|since"),
    "too many": ("queue", {"limit": 101}, "limit"),
    "none": ("queue", {"limit": 0}, "limit"),
    "too long": ("explain", {"who": "x" * 301}, "who"),
    "empty": ("explain", {"who": ""}, "who"),
    "missing": ("explain", {}, "who"),
    "unknown": ("sync_health", {"force": True}, "force"),
    "another type": ("explain", {"who": {"$ne": None}}, "who"),
}


@pytest.mark.parametrize(("tool", "arguments", "why"), FOREIGN.values(), ids=FOREIGN)
def test_what_cannot_be_answered_says_why(assistant: Assistant, tool: str, arguments: dict[str, Any], why: str) -> None:
    refused = assistant.refusal(tool, **arguments)
    assert re.search(why, refused), refused
    assert "Traceback" not in refused
    assert "pydantic" not in refused


def test_a_tool_that_is_not_there_is_a_mistake_of_the_protocol(assistant: Assistant) -> None:
    with pytest.raises(MCPError, match="no such tool"):
        assistant.call("erase", who="everybody")


HOSTILE = (
    "'; DROP TABLE contact; --",
    "%",
    "_%",
    "../../etc/passwd",
    "\x00\x1b[2J",
    "\u202egnp.exe",
    "\U000e0041\U000e0042",
    "{{7*7}}",
    "</untrusted-0000000000000000>",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
)


@pytest.mark.parametrize("words", HOSTILE, ids=ascii)
@pytest.mark.parametrize("tool", ["explain", "what_would_pass"])
def test_no_name_is_more_than_a_name(assistant: Assistant, tool: str, words: str) -> None:
    refused = assistant.refusal(tool, who=words)
    assert "answers to" in refused or "who" in refused
    assert not [character for character in refused if not character.isprintable()]


def test_an_agreement_that_grows_by_its_aliases_is_refused_at_once(assistant: Assistant) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    assert assistant.refusal("simulate_agreement", agreement="\n".join(lines))


def test_every_answer_by_an_agreement_that_nobody_signed_says_so(shared: Syncd, tmp_path: Path) -> None:
    with talking({**looking(shared), "SYNCD_AGREEMENT": a_file(tmp_path, UNSIGNED)}) as assistant:
        for tool, arguments in (
            ("explain", {"who": a_lead(shared)[0]}),
            ("plan", {}),
            ("audit_gaps", {}),
            ("queue", {}),
        ):
            assert assistant.ask(tool, **arguments)["agreement"] == "2027.1, unsigned"


def test_nothing_is_asked_of_a_vendor_and_nothing_is_written(shared: Syncd) -> None:
    """Without credentials nobody could be asked; and the file stays as it is, byte by byte."""
    before = shared.database.read_bytes()
    with talking(looking(shared)) as assistant:
        _, account = a_lead(shared)
        text, _ = shipped.read_text(shipped.AGREEMENT, Path(shared.environment["SYNCD_MAPPINGS"]))
        calls = {
            "explain": {"who": account},
            "what_would_pass": {"who": account},
            "plan": {"account": account},
            "audit_gaps": {},
            "queue": {},
            "sync_health": {},
            "simulate_agreement": {"agreement": text, "names": True},
        }
        assert calls.keys() == NAMES
        for tool, arguments in calls.items():
            assistant.ask(tool, **arguments)
    assert shared.database.read_bytes() == before


def test_without_a_store_it_says_so_and_standard_output_stays_empty(shared: Syncd, tmp_path: Path) -> None:
    answer = shared("mcp", SYNCD_DATABASE_URL=f"sqlite:///{tmp_path}/new.db")
    assert (answer.code, answer.out) == (2, "")
    assert "no store at" in answer.err
    assert not [*tmp_path.iterdir()]


def test_standard_output_carries_the_protocol_alone(shared: Syncd) -> None:
    """Raw lines, as a client that is no SDK sends them: whatever comes back on standard output is JSON-RPC."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "sync_health", "arguments": {}}},
        {"jsonrpc": "2.0", "id": 3, "method": "no/such/method"},
    ]
    done = subprocess.Popen(
        [sys.executable, "-m", "syncd", "mcp"],
        env={**looking(shared), "PYTHONPATH": str(ROOT), "SYNCD_LOG_LEVEL": "debug"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert done.stdin and done.stdout
    with done:
        done.stdin.write(b"".join(orjson.dumps(message) + b"\n" for message in messages) + b"no JSON at all\n")
        done.stdin.flush()
        lines = [json.loads(done.stdout.readline()) for _ in range(3)]
        done.stdin.close()
        assert done.wait(30) == 0
    assert all(line["jsonrpc"] == "2.0" for line in lines)
    assert {line.get("id") for line in lines} >= {1, 2}
