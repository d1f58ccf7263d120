"""How to use the API, typed in as it stands: every block in a shell, with curl and jq, against a running daemon."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import Syncd
from tests.cli.test_run import answers, eventually, free_port, runs
from tests.how_to import text_of

BLOCKS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = "use-the-api.md"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="the page is typed with curl and jq")
def test_every_block_of_the_page_does_what_it_says(begun: Syncd, tmp_path: Path) -> None:
    syncd, port = begun, free_port()
    address, place = f"http://127.0.0.1:{port}", tmp_path / "typed"
    place.mkdir()
    (place / "syncd").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m syncd "$@"\n')
    (place / "syncd").chmod(0o700)
    environment = {**os.environ, **syncd.environment, "SYNCD_HTTP_PORT": str(port)}
    environment = {**environment, "PATH": f"{place}:{os.environ['PATH']}", "PYTHONPATH": os.pathsep.join(sys.path)}
    script = "\necho '----'\n".join([f"SYNCD={address}", *BLOCKS.findall(text_of(PAGE))])
    syncd.done("migrate")
    with syncd.started("run", SYNCD_HTTP_PORT=str(port)) as daemon:
        eventually(lambda: answers(port, "/readyz") is not None, daemon)
        eventually(lambda: runs(syncd) == ["done"], daemon)
        typed = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert typed.returncode == 0, typed.stderr + typed.stdout
        assert requests.get(f"{address}/api/status", timeout=5).status_code == 401, (
            "once there is a token, all need one"
        )
    printed = [block.strip() for block in typed.stdout.split("----\n")]
    whole = "\n".join(printed)
    assert json.loads((place / "run.json").read_text())["outcome"] == "done"
    causes = json.loads((place / "doctor.json").read_text())
    assert [cause for cause in causes if cause["level"] == "error"] == []
    assert '"paused": true' in whole
    assert '"paused": false' in whole
    assert "404 not found (exit code 6)" in printed[-1]
    assert "no account answers to that name" in printed[-1]
    assert "api:release apply" in whole
    assert "api:nightly-jobs resync" in "\n".join(line["actor"] + " " + line["action"] for line in audit(syncd))


def audit(syncd: Syncd) -> list[dict[str, str]]:
    lines: list[dict[str, str]] = syncd.done("audit-log", "--json").json
    return lines
