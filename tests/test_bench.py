"""`make bench` runs: every part of it measures something, at a size that takes seconds."""

import json
import subprocess
import sys

SMALL = ("--contacts", "1000", "--rows", "400", "--wishes", "40", "--repeat", "1", "--world", "tiny")
PARTS = {"loads": 1, "news": 2, "rows": 1, "pushes": 1, "delays": 1, "worlds": 1, "databases": 1}


def test_every_part_of_the_bench_prints_its_tables() -> None:
    command = [sys.executable, "-m", "tests.benchmarks", *SMALL, "--json", "--only", *PARTS]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode in (0, 1), ran.stderr  # a mark may be missed at this size
    tables = json.loads(ran.stdout)
    assert len(tables) == sum(PARTS.values())
    assert all(figure["value"] is not None for figures in tables.values() for figure in figures)
