"""`syncd runs`, `syncd cancel`, `syncd audit-log`: who did what, how far it is, how it ended and why."""

import csv
import io
import os
import signal
import time

from syncd.cli.actor import actor
from tests.cli.conftest import Syncd
from tests.cli.test_run import eventually, rows, tables


def test_what_was_done_is_listed_with_who_asked_and_why_it_did_not_end_well(begun: Syncd) -> None:
    refused = begun("cycle", SYNCD_HUBSPOT_TOKEN="another")
    assert refused.code == 2
    assert "mend: " in refused.out
    missing = begun("resync", "--record", "hubspot.contacts/999999999")
    assert missing.code == 6
    listed = begun.done("runs", "--json").json
    shown = [(run["run"], run["verb"], run["actor"], run["state"], run["exit_code"]) for run in listed]
    assert shown == [(2, "resync", actor(), "failed", 6), (1, "cycle", actor(), "incomplete", 2)]
    text = begun.done("runs").out
    assert "its system has nothing of that name" in text
    assert "does not accept the access token" in text
    assert "does not accept the access token" in begun.done("status").out
    first = begun.done("runs", "1").out.splitlines()
    assert first[0] == f"run 1: cycle, by {actor()}: incomplete"
    assert any(line.startswith("failed: hubspot.") and "mend: " in line for line in first)
    assert begun("runs", "1", "--follow").code == 2, "it ends as the run did"
    assert begun("runs", "99").code == 6
    assert begun.done("cancel", "1").out == "run 1: incomplete\n", "it has ended"
    assert begun("cancel", "99").code == 6


def test_who_did_it_stands_in_the_audit_log(begun: Syncd) -> None:
    begun.done("pull", "--stream", "owners")
    begun.done("pause", SUDO_USER="ann")
    begun.done("plan")
    begun.done("hubspot", "deploy")
    lines = begun.done("audit-log", "--json").json
    assert [(line["actor"], line["action"], line["detail"]) for line in lines] == [
        (actor(), "hubspot deploy", ""),
        ("cli:ann", "pause", ""),
        (actor(), "pull", "stream=owners, run 1"),
    ]
    table = list(csv.reader(io.StringIO(begun.done("audit-log", "--csv").out)))
    assert [row[3] for row in table] == ["what", "hubspot deploy", "pause", "pull"]


def test_a_run_that_was_killed_is_told_as_broken_off_at_once(begun: Syncd) -> None:
    begun.place.fault({"kind": "latency", "system": "hubspot", "probability": 1.0, "seconds": 300.0, "path": "/crm/*"})
    with begun.started("cycle") as cycle:
        eventually(lambda: "cursor" in tables(begun) and rows(begun, "cursor") > 0, cycle)
        assert begun.done("status", "--json").json["runs"][0]["state"] == "working"
        os.kill(cycle.pid, signal.SIGKILL)
        cycle.wait()
    assert begun.done("status", "--json").json["runs"][0]["state"] == "broken off"
    assert "the next run does the rest" in begun.done("runs", "1").out
    for listed in ("runs", "status"):
        assert "broken off" in begun.done(listed).out
    begun.place.fault()
    begun.done("pull", "--stream", "owners")
    assert [run["outcome"] for run in begun.done("runs", "--json").json] == ["done", "broken off"]


def test_the_daemon_tells_what_it_did_and_ends_as_the_command_would(begun: Syncd) -> None:
    begun.done("pause")
    with begun.started("run") as daemon:
        eventually(lambda: begun("pull", "--stream", "owners").code == 5, daemon)
        done = begun.done("resync", "--stream", "owners")
        assert "pulled " in done.out
        assert "done: " in done.out
        assert begun("resync", "--record", "hubspot.contacts/999999999").code == 6
        begun.place.fault({"kind": "latency", "system": "hubspot", "seconds": 300.0, "path": "/crm/*"})
        with begun.started("resync", "--stream", "contacts") as waiting:
            eventually(lambda: begun.done("runs", "--json").json[0]["state"] == "working", daemon)
            number = begun.done("runs", "--json").json[0]["run"]
            asked_at = time.monotonic()
            assert begun.done("cancel", str(number)).out == f"run {number}: cancelled\n"
            assert time.monotonic() - asked_at < 10
            waiting.communicate(timeout=30)
            assert waiting.returncode == 130
        assert daemon.poll() is None, "the daemon goes on"
