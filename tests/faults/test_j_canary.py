"""Every secret is planted, the vendors repeat what they hear, and nothing that can be seen shows one."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from connectors.sandbox.server import Sandbox
from tests.cli.conftest import Syncd, environment
from tests.cli.test_run import free_port
from tests.faults.leaky_vendors import PRIVATE_KEY, Parrot

PLANTED = {
    "SYNCD_HUBSPOT_TOKEN": "canary-hubspot-token-0123",
    "SYNCD_SALESFORCE_CLIENT_SECRET": "canary-salesforce-secret-0123",
}
OAUTH = {
    "SYNCD_HUBSPOT_CLIENT_ID": "an-app",
    "SYNCD_HUBSPOT_CLIENT_SECRET": "canary-hubspot-secret-0123",
    "SYNCD_HUBSPOT_REFRESH_TOKEN": "canary-hubspot-refresh-0123",
    "SYNCD_SALESFORCE_PRIVATE_KEY": PRIVATE_KEY,
    "SYNCD_SALESFORCE_USERNAME": "integration@bank.example",
}


@contextmanager
def parroted(folder: Path, tables: Path, status: int, *, oauth: bool = False, **options: Any) -> Iterator[Syncd]:
    """A syncd whose vendors repeat what they hear; every secret is planted."""
    parrot = Parrot(status, **options)
    with Sandbox(hubspot=parrot, salesforce=parrot) as sandbox:
        variables = environment(sandbox, folder / "syncd.db") | (OAUTH if oauth else PLANTED)
        variables["SYNCD_MAPPINGS"] = str(tables)
        for gone in ("SYNCD_HUBSPOT_TOKEN", "SYNCD_SALESFORCE_CLIENT_SECRET") if oauth else ():
            del variables[gone]
        yield Syncd(variables, None, folder / "syncd.db")  # type: ignore[arg-type]
        assert parrot.heard


def secrets() -> list[str]:
    lines = [line for line in PRIVATE_KEY.splitlines() if not line.startswith("-----")]
    return ["canary-", *lines]


def require_silent(*texts: str) -> None:
    for text in texts:
        assert not [secret for secret in secrets() if secret in text], text


def everything_in(database: Path) -> str:
    """All that the store's files hold, as text."""
    files = [file for file in database.parent.iterdir() if file.name.startswith(database.name)]
    return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)


@pytest.mark.parametrize("oauth", [False, True], ids=["tokens", "oauth and key"])
@pytest.mark.parametrize("status", [400, 401, 403, 418])
def test_canary_no_command_and_no_store_shows_a_secret_that_a_vendor_repeats(
    tmp_path: Path,
    mappings: Path,
    status: int,
    oauth: bool,
) -> None:
    with parroted(tmp_path, mappings, status, oauth=oauth) as planted:
        shown = [planted(*command) for command in (("doctor",), ("doctor", "--json"))]
        shown += [planted(*command) for command in (("cycle",), ("status",), ("status", "--json"))]
    require_silent(everything_in(tmp_path / "syncd.db"))
    require_silent(*(answer.out + answer.err for answer in shown))


@pytest.mark.parametrize(
    ("grants", "tail"),
    [(True, "\nX-Injected: yes"), (True, "\u20ac"), (False, "")],
    ids=["a token with a line break", "a token with a euro", "a refusal"],
)
def test_canary_a_sign_in_that_goes_wrong_shows_nothing(
    tmp_path: Path,
    mappings: Path,
    tail: str,
    grants: bool,
) -> None:
    with parroted(tmp_path, mappings, 400, oauth=True, grants=grants, tail=tail) as planted:
        answers = [planted("doctor"), planted("cycle"), planted("pull", "--system", "hubspot")]
        answers += [planted("salesforce", "deploy"), planted("hubspot", "deploy"), planted("status", "--json")]
    require_silent(*(answer.out + answer.err for answer in answers), everything_in(tmp_path / "syncd.db"))


def test_canary_the_daemon_shows_no_secret_in_log_store_pages_or_process_list(
    tmp_path: Path,
    mappings: Path,
) -> None:
    port = free_port()
    with parroted(tmp_path, mappings, 400) as planted, planted.started("run", SYNCD_HTTP_PORT=str(port)) as daemon:
        pages = [_page(port, path, daemon) for path in ("/livez", "/readyz", "/metrics")]
        end = time.monotonic() + 30
        while not _finished(tmp_path / "syncd.db"):
            assert time.monotonic() < end
            time.sleep(0.05)
        pages += [_page(port, path, daemon) for path in ("/api/status", "/metrics", "/readyz")]
        processes = subprocess.run(["ps", "-ww", "-eo", "args"], check=True, capture_output=True, text=True).stdout
        daemon.terminate()
        out, err = daemon.communicate(timeout=30)
    assert daemon.returncode == 0, err
    assert "syncd" in processes
    require_silent(*pages, out, err, everything_in(tmp_path / "syncd.db"), processes)


def _page(port: int, path: str, daemon: "subprocess.Popen[str]") -> str:
    end = time.monotonic() + 30
    while True:
        try:
            return requests.get(f"http://127.0.0.1:{port}{path}", timeout=10).text
        except requests.ConnectionError:
            assert daemon.poll() is None, daemon.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)


def _finished(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=30)) as opened:
        return bool(opened.execute("SELECT count(*) FROM run WHERE outcome IS NOT NULL").fetchone()[0])
