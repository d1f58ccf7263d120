"""The sandbox in a process of its own, and each measurement in another one."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import urllib3

Place = dict[str, Any]
Found = dict[str, float]

PORTS = tuple(f"--{name}-port=0" for name in ("hubspot", "hubspot-https", "salesforce", "salesforce-http"))


@contextmanager
def sandbox(*options: str, tier: str = "unlimited") -> Iterator[Place]:
    """Start the simulators as their users do; yield where they listen."""
    limits = ["--tier", tier, "--search-limit", "0"]
    with _running([sys.executable, "-m", "connectors.sandbox", *options, *limits, *PORTS]) as place:
        yield place


@contextmanager
def org(rows: int) -> Iterator[Place]:
    """Start a Salesforce simulator with that many bulk rows; yield where it listens."""
    with _running([sys.executable, "-m", "tests.benchmarks.org", str(rows)]) as place:
        yield place


@contextmanager
def _running(command: Sequence[str]) -> Iterator[Place]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit("the sandbox did not start")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()


def slow(place: Place, seconds: float) -> None:
    """Let every call from now on take that long."""
    rules = [{"kind": "latency", "seconds": seconds}] if seconds else []
    _post(place["hubspot_http"], "faults", {"rules": rules})


def change(place: Place, ids: Sequence[str], title: str) -> None:
    """Change HubSpot contacts as a person would."""
    for number in ids:
        _post(place["hubspot_http"], f"records/contacts/{number}", {"properties": {"jobtitle": title}})


def _post(base: str, path: str, content: Mapping[str, Any]) -> None:
    answer = urllib3.request("POST", f"{base}/_sandbox/{path}", json=content, timeout=30)
    assert answer.status == 200, answer.data


def measure(what: str, place: Place, **options: Any) -> Found:
    """Do one piece of work (see `work`) in a fresh process: its findings, wall and CPU seconds, peak memory in MiB."""
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as folder:
        work = json.dumps({"place": place, "database": str(Path(folder) / "bench.db"), **options})
        command = [sys.executable, "-m", "tests.benchmarks.work", what, work]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{what} failed:\n{done.stderr}")
    figures: Found = json.loads(done.stdout.splitlines()[-1])
    return figures


def beside(floor: str, ours: str, place: Place, repeat: int, **options: Any) -> tuple[Found, Found]:
    """Measure two pieces of work in turns, so that both see the same machine; the median of each figure."""
    runs = [(measure(floor, place, **options), measure(ours, place, **options)) for _ in range(repeat)]
    return _middle([one for one, _ in runs]), _middle([one for _, one in runs])


def _middle(runs: Sequence[Found]) -> Found:
    return {name: median(run[name] for run in runs) for name in runs[0]}
