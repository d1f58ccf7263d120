"""`make bench`: syncd against the floor, as ratios in one run.

The floor drains the least number of pages over one keep-alive connection, parses them with orjson, and writes each page
with one executemany upsert (SQLite, WAL, one transaction a page). Every measurement runs in a process of its own; the
sandbox runs in another one and has drawn all pages once before.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

MARKS = {"wall": 2.0, "cpu": 2.0, "memory": 100.0, "growth": 1.15, "calls": 5}


def main() -> None:
    """Measure, print, and end with 1 when a mark is missed."""
    given = _parser().parse_args()
    results: dict[str, Any] = {}
    missed: list[str] = []
    for contacts in given.contacts:
        with sandbox("--contacts", str(contacts)) as place:
            measure("drain", place, "none.db")  # draw every page once, so that nobody pays for it
            floor, ours = _median("floor", place, given.repeat), _median("pull", place, given.repeat)
            results[f"first load of {contacts:,}"] = compare(floor, ours, contacts)
            results[f"idle and changed, {contacts:,}"] = measure("incremental", place, "again.db")
    missed += judge(results, given.contacts)
    with sandbox("--size", given.world) as place:
        results[f"the {given.world} world"] = measure("cycle", place, "cycle.db")
    show(results, as_json=given.json)
    for complaint in missed:
        print(f"missed: {complaint}", file=sys.stderr)
    sys.exit(1 if missed else 0)


def compare(floor: dict[str, float], ours: dict[str, float], contacts: int) -> dict[str, float]:
    """One first load beside its floor."""
    return {
        "floor seconds": floor["wall"],
        "syncd seconds": ours["wall"],
        "wall ratio": ours["wall"] / floor["wall"],
        "cpu ratio": ours["cpu"] / floor["cpu"],
        "floor MiB": floor["memory"],
        "syncd MiB": ours["memory"],
        "calls": ours["calls"],
        "least calls": ceil(contacts / 100),
    }


def judge(results: dict[str, Any], sizes: list[int]) -> list[str]:
    """The marks that were missed."""
    missed = []
    loads = [results[f"first load of {contacts:,}"] for contacts in sizes]
    for contacts, load in zip(sizes, loads, strict=True):
        for what, value in (("wall", load["wall ratio"]), ("cpu", load["cpu ratio"]), ("memory", load["syncd MiB"])):
            if value > MARKS[what]:
                missed.append(f"{contacts:,} contacts: {what} {value:.2f}, at most {MARKS[what]}")
        if load["calls"] > load["least calls"] + MARKS["calls"]:
            missed.append(f"{contacts:,} contacts: {load['calls']:.0f} calls, least {load['least calls']}")
    if loads[-1]["syncd MiB"] > MARKS["growth"] * loads[0]["syncd MiB"]:
        missed.append(f"memory grows with size: {loads[0]['syncd MiB']:.0f} to {loads[-1]['syncd MiB']:.0f} MiB")
    return missed


def show(results: dict[str, Any], *, as_json: bool) -> None:
    """As JSON, or a line a figure."""
    if as_json:
        print(json.dumps(results, indent=2))
        return
    for title, figures in results.items():
        print(title)
        for name, value in figures.items():
            print(f"  {name:28} {value:>12,.2f}" if isinstance(value, float) else f"  {name:28} {value:>12,}")


def _median(what: str, place: dict[str, Any], repeat: int) -> dict[str, float]:
    runs = sorted((measure(what, place, f"{what}.db") for _ in range(repeat)), key=lambda run: run["cpu"])
    return runs[len(runs) // 2]


def measure(what: str, place: dict[str, Any], database: str) -> dict[str, float]:
    """Run one measurement in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="syncd-bench-") as folder:
        command = [sys.executable, "-m", "tests.benchmarks.work", what, json.dumps(place), str(Path(folder) / database)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{what} failed:\n{done.stderr}")
        found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        return found


@contextmanager
def sandbox(*options: str) -> Iterator[dict[str, Any]]:
    """The simulators in a process of their own, without rate limits: where they listen."""
    ports = [f"--{name}-port=0" for name in ("hubspot", "hubspot-https", "salesforce", "salesforce-http")]
    limits = ["--tier", "unlimited", "--search-limit", "0"]
    command = [sys.executable, "-m", "connectors.sandbox", *options, *limits, *ports]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            sys.exit("the sandbox did not start")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description="syncd against the floor")
    parser.add_argument("--contacts", type=int, nargs="+", default=[100_000, 500_000], help="sizes of the first load")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each; the median by CPU time counts")
    parser.add_argument("--world", default="demo", choices=("tiny", "small", "demo"))
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
