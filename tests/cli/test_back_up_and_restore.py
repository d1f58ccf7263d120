"""The page on backups, typed in as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from syncd.store import Store
from syncd.store.restoring import restored_from
from tests.cli.conftest import Syncd, _clean
from tests.how_to import text_of

COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_command_of_the_page_does_what_it_says(synced: Syncd, tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "syncd").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m syncd "$@"\n')
    (tools / "syncd").chmod(0o700)
    page = text_of("back-up-and-restore.md")
    script = "set -e\n" + "\n".join(COMMANDS.findall(page))
    environment = {**_clean(), **synced.environment, "PATH": f"{tools}:{os.environ['PATH']}"}
    typed = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert typed.returncode == 0, typed.stdout + typed.stderr
    assert len(list((tmp_path / "backups").iterdir())) == 1
    assert restored_from(Store(f"sqlite:///{tmp_path / 'tried.db'}")) is not None  # it waits for its first cycle
    assert restored_from(Store(synced.environment["SYNCD_DATABASE_URL"])) is None  # and this one has had it
    assert "restored from the backup" in typed.stdout
    log = synced.done("audit-log", "--json").json
    assert [line["action"] for line in log][:2] == ["cycle", "restore"]


@pytest.mark.parametrize("url", ["ann:swordfish@db.example/syncd", "db.example/syncd?sslpassword=swordfish"])
def test_a_password_is_not_shown_to_everybody_on_the_machine(synced: Syncd, url: str) -> None:
    answer = synced("restore", "x.backup", "--to", f"postgresql://{url}")
    assert answer.code == 2
    assert "SYNCD_DATABASE_URL" in answer.err
    assert "swordfish" not in answer.err + answer.out
