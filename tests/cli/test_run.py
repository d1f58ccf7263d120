"""The daemon: health over HTTP, one instance a store, requests by hand, and a clean end."""

import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing

import pytest
import requests

from tests.cli.conftest import SECRETS, Syncd


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def eventually(holds: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 40) -> None:
    """Look until it holds. Real time passes: these are processes of their own."""
    end = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def answers(port: int, path: str) -> str | None:
    try:
        answer = requests.get(f"http://127.0.0.1:{port}{path}", timeout=5)
    except requests.ConnectionError:
        return None
    return answer.text if answer.ok else None


def runs(syncd: Syncd) -> list[str]:
    with closing(sqlite3.connect(syncd.database, timeout=30)) as database:
        tables = database.execute("SELECT name FROM sqlite_master WHERE name = 'run'").fetchall()
        return (
            [row[0] for row in database.execute("SELECT outcome FROM run WHERE outcome IS NOT NULL")] if tables else []
        )


def test_the_daemon_answers_works_takes_requests_and_ends_clean(begun: Syncd) -> None:
    syncd = begun
    port = str(free_port())
    with syncd.started("run", SYNCD_HTTP_PORT=port) as daemon:
        eventually(lambda: answers(int(port), "/readyz") == "ready\n", daemon)
        assert answers(int(port), "/livez") == "alive\n"
        assert syncd.done("health", SYNCD_HTTP_PORT=port).out == "ready\n"

        second = syncd("run")
        assert second.code == 5
        assert "another syncd works on" in second.err
        assert syncd("cycle").code == 5
        health = requests.get(f"http://127.0.0.1:{port}/api/health", timeout=5).json()
        (lease,) = [finding for finding in health["findings"] if finding["key"] == "lease"]
        assert "a second daemon" in lease["what"]
        assert "replicas: 1" in lease["mend"]

        eventually(lambda: runs(syncd) == ["done"], daemon)
        assert len(syncd.place.ours()) == 3
        figures = answers(int(port), "/metrics") or ""
        assert 'syncd_runs_total{outcome="done"} 1.0' in figures
        assert 'syncd_api_calls_total{system="hubspot"}' in figures
        status = requests.get(f"http://127.0.0.1:{port}/api/status", timeout=5).json()
        assert status["runs"][0]["outcome"] == "done"
        assert status["budgets"]["hubspot"]["calls"] > 0

        asked = syncd.done("resync", "--account", "Endeavor Bank", "--json")
        answer = asked.json
        assert (answer["verb"], answer["outcome"], answer["exit_code"]) == ("resync", "done", 0)
        assert answer["scope"] == {"account": "Endeavor Bank"}
        assert answer["actor"].startswith("cli:")
        assert runs(syncd) == ["done", "done"]

        os.kill(daemon.pid, signal.SIGTERM)
        out, err = daemon.communicate(timeout=30)
        assert daemon.returncode == 0, err
        assert '"event": "stopped"' in err
        assert not [secret for secret in SECRETS if secret in out + err]
        assert "Traceback" not in err


def test_the_first_plan_of_a_new_store_is_applied_through_the_daemon_or_by_api(syncd: Syncd) -> None:
    port, token = str(free_port()), "a-token-of-the-house"
    here = f"http://127.0.0.1:{port}/api"
    with syncd.started("run", SYNCD_HTTP_PORT=port, SYNCD_HTTP_TOKEN=token) as daemon:
        eventually(lambda: runs(syncd) == ["unsafe"], daemon)
        assert syncd.place.ours() == []
        assert answers(int(port), "/readyz") == "ready\n", "the page stays where somebody must look"
        assert "until the first plan is applied" in syncd.done("status").out
        assert requests.get(f"{here}/plan", timeout=5).status_code == 401
        known = {"Authorization": f"Bearer {token}"}
        plan = requests.get(f"{here}/plan", headers=known, timeout=30).json()
        assert any(step["object"] == "opportunity" for step in plan["steps"])
        assert requests.post(f"{here}/apply", headers=known, data=b"{}", timeout=5).status_code == 400
        asked = requests.post(f"{here}/apply", headers=known, json=plan, timeout=5)
        assert asked.status_code == 202
        number = asked.json()["run"]
        outcome = f"{here}/runs/{number}"
        eventually(lambda: requests.get(outcome, headers=known, timeout=5).json()["outcome"] == "done", daemon)
        assert len(syncd.place.ours()) == 3
        for unknown in (number + 100, 10**23):
            assert requests.get(f"{here}/runs/{unknown}", headers=known, timeout=5).status_code == 404
        assert syncd.done("apply", "--json").json["outcome"] == "done"


def test_a_paused_daemon_starts_no_cycle_until_it_is_resumed(syncd: Syncd) -> None:
    syncd.done("migrate")
    assert syncd.done("pause", "--json").json == {"paused": True}
    assert "paused: `syncd resume`" in syncd.done("status").out
    with syncd.started("run", SYNCD_INTERVAL_MINUTES="0.01") as daemon:
        eventually(lambda: "paused" in (daemon.stderr.readline() if daemon.stderr else ""), daemon)
        assert runs(syncd) == []
        assert syncd.done("resume").out == "resumed\n"
        eventually(lambda: bool(runs(syncd)), daemon)
    assert "paused" not in syncd.done("status").out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_the_middle_of_a_cycle_finishes_the_page_and_ends_clean(
    begun: Syncd, number: signal.Signals
) -> None:
    syncd = begun
    syncd.place.fault({"kind": "latency", "system": "hubspot", "probability": 1.0, "seconds": 0.1})
    with syncd.started("run") as daemon:
        eventually(lambda: "cursor" in tables(syncd) and rows(syncd, "cursor") > 0, daemon)
        os.kill(daemon.pid, number)
        _, err = daemon.communicate(timeout=30)
        assert daemon.returncode == 0, err
    assert all(line.startswith('{"') for line in err.splitlines())  # a log that a machine reads: JSON, all of it
    assert runs(syncd) == ["stopped"]
    syncd.place.fault()
    assert syncd.done("cycle", "--json").json["outcome"] == "done"
    assert len(syncd.place.ours()) == 3


def tables(syncd: Syncd) -> set[str]:
    with closing(sqlite3.connect(syncd.database, timeout=30)) as database:
        return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def rows(syncd: Syncd, table: str) -> int:
    with closing(sqlite3.connect(syncd.database, timeout=30)) as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_without_a_daemon_health_says_so(shared: Syncd) -> None:
    answer = shared("health", SYNCD_HTTP_PORT=str(free_port()))
    assert answer.code == 3
    assert "no daemon answers at 127.0.0.1" in answer.err


@pytest.mark.parametrize("verb", ["health", "run"])
@pytest.mark.parametrize("host", ["bad host", "127.0.0.1\n", "ünï..x", f"{'a' * 64}.example"])
def test_a_host_that_can_be_nobodys_is_named(shared: Syncd, host: str, verb: str) -> None:
    answer = shared(verb, SYNCD_HTTP_HOST=host, SYNCD_HTTP_PORT=str(free_port()))
    assert answer.code == 2
    assert "SYNCD_HTTP_HOST" in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("host", ["127.0.0.1", "nowhere.invalid"])
def test_a_port_that_cannot_be_had_is_named_before_anything_runs(syncd: Syncd, host: str) -> None:
    taken = syncd.place.sandbox.hubspot_url.rpartition(":")[2]
    answer = syncd("run", SYNCD_HTTP_HOST=host, SYNCD_HTTP_PORT=taken)
    assert answer.code == 2
    assert f"SYNCD_HTTP_PORT: {host}:{taken}" in answer.err
    assert runs(syncd) == []


@pytest.mark.parametrize("options", [("--account", "nobody"), ("--record", "nonsense")])
def test_a_wrong_request_is_refused_before_the_daemon_sees_it(shared: Syncd, options: tuple[str, ...]) -> None:
    before = rows(shared, "run")
    assert shared("resync", *options).code in (2, 6)
    assert rows(shared, "run") == before


def test_a_daemon_forgets_links_and_parts_whom_a_person_names(synced: Syncd) -> None:
    people = [person for person in synced.place.portal("contacts") if person["properties"].get("email")]
    first, second = (person["properties"]["email"] for person in people[:2])
    record = f"hubspot.contacts/{people[2]['id']}"
    port = str(free_port())
    with synced.started("run", SYNCD_HTTP_PORT=port) as daemon:
        eventually(lambda: answers(int(port), "/livez") is not None, daemon)
        assert synced("erase", "nobody@nowhere.example", "--yes").code == 6
        assert synced("link", record, "nobody@nowhere.example").code == 6
        assert "forgotten: " in synced.done("erase", first, "--yes").out
        assert synced("erase", first, "--yes").code == 6, "nothing is left of them"
        assert f"{record} belongs to " in synced.done("link", record, second).out
        assert f"{record} stands alone" in synced.done("unlink", record).out
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(timeout=30)
    acts = [line["action"] for line in synced.done("audit-log", "--json").json]
    assert sorted(action for action in acts if action in ("erase", "link", "unlink")) == ["erase", "link", "unlink"]
    kept = synced.database.read_bytes()
    assert first.encode() not in kept
