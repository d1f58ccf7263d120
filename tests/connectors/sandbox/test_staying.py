"""A sandbox in a folder: its certificates stay, its records where asked, and each seed is a tenant of its own."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from connectors.salesforce import Administrator
from connectors.sandbox.__main__ import main
from connectors.sandbox.clock import Clock
from connectors.sandbox.server import CREDENTIALS, Sandbox
from connectors.sandbox.world import Size, build
from syncd.settings import Settings
from syncd.wiring import deploy_salesforce
from tests.connectors.sandbox.worlds import TODAY

MADE_OF = {"size": "tiny", "seed": "1"}


@contextmanager
def sandbox(folder: Path, *, seed: int = 1, keep: bool = False, names: tuple[str, ...] = ()) -> Iterator[Sandbox]:
    """A sandbox as `syncd sandbox --folder` starts it."""
    place = Sandbox(build(seed, TODAY, Size.TINY), clock=Clock(), folder=folder, names=names)
    if keep:
        place.take_back(MADE_OF)
    with place:
        yield place
    if keep:
        place.keep(MADE_OF)


def ask(url: str, content: Any = None, ca: Path | None = None) -> Any:
    body = None if content is None else json.dumps(content).encode()
    trust = ssl.create_default_context(cafile=ca) if ca else None
    with urlopen(Request(url, data=body, headers={"content-type": "application/json"}), context=trust) as answer:
        return json.load(answer)


def test_authority_and_certificate_are_the_same_after_a_restart_and_their_keys_are_the_owner_s(tmp_path: Path) -> None:
    folder = tmp_path / "place"
    with sandbox(folder) as first:
        assert first.ca_file == str(folder / "ca.pem")
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with sandbox(folder) as second:
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
        assert ask(f"{second.salesforce_url}/_sandbox/state", ca=folder / "ca.pem")["rows"]
    assert [(folder / name).stat().st_mode & 0o077 for name in ("ca.key", "server.pem")] == [0, 0]


def test_a_further_name_gets_a_certificate_of_the_same_authority(tmp_path: Path) -> None:
    with sandbox(tmp_path):
        authority, certificate = (tmp_path / "ca.pem").read_bytes(), (tmp_path / "server.pem").read_bytes()
    with sandbox(tmp_path, names=("vendors",)):
        further = (tmp_path / "server.pem").read_bytes()
    assert (tmp_path / "ca.pem").read_bytes() == authority
    assert further != certificate
    with sandbox(tmp_path):  # whoever asks for less gets what is there
        assert (tmp_path / "server.pem").read_bytes() == further


def test_what_is_no_authority_is_named(tmp_path: Path) -> None:
    for name in ("ca.pem", "ca.key"):
        (tmp_path / name).write_text("no certificate")
    with pytest.raises(ValueError, match=r"ca\.pem and .*ca\.key are no certificate authority"), sandbox(tmp_path):
        pass


def test_records_edits_and_what_was_deployed_are_there_after_a_restart(tmp_path: Path) -> None:
    with sandbox(tmp_path, keep=True) as first:
        secrets = {name: CREDENTIALS[f"salesforce_admin_{name}"] for name in ("client_id", "client_secret")}
        settings = Settings(
            salesforce_login_url=first.salesforce_url,
            salesforce_client_id=CREDENTIALS["salesforce_client_id"],
            salesforce_client_secret=CREDENTIALS["salesforce_client_secret"],
            ca_file=first.ca_file,
        )
        with Administrator(login_url=first.salesforce_url, ca_file=first.ca_file, **secrets) as administrator:
            assert deploy_salesforce(settings, administrator).ok
        contacts = ask(f"{first.hubspot_url}/_sandbox/records/contacts")
        edit = f"{first.hubspot_url}/_sandbox/records/contacts/{contacts[0]['id']}"
        ask(edit, {"properties": {"jobtitle": "Head of Fraud"}})
        before = ask(f"{first.salesforce_http_url}/_sandbox/state")
        first.clock.advance(86_400)  # type: ignore[attr-defined]
        now = first.clock()
    with sandbox(tmp_path, keep=True) as second:
        kept = ask(f"{second.hubspot_url}/_sandbox/records/contacts/{contacts[0]['id']}")
        assert kept["properties"]["jobtitle"] == "Head of Fraud"
        after = ask(f"{second.salesforce_http_url}/_sandbox/state")
        assert after["components"] == before["components"] and after["components"]
        assert timedelta() <= second.clock() - now < timedelta(minutes=5)
        assert second.hubspot.clock is second.clock is second.salesforce.clock


REFUSED = {
    "other options": "was made with --seed 1",
    "writable by others": "could have been written by somebody else",
    "no records": "was not written by this version",
}


@pytest.mark.parametrize("case", REFUSED)
def test_records_that_do_not_fit_are_refused(case: str, tmp_path: Path) -> None:
    with sandbox(tmp_path, keep=True):
        pass
    file = tmp_path / "records.pickle"
    assert file.stat().st_mode & 0o077 == 0
    if case == "writable by others":
        file.chmod(0o622)
    if case == "no records":
        file.write_bytes(b"no records")
    place = Sandbox(build(1, TODAY, Size.TINY), clock=Clock(), folder=tmp_path)
    with pytest.raises(ValueError, match=REFUSED[case]):
        place.take_back({**MADE_OF, "seed": "2"} if case == "other options" else MADE_OF)


def test_keeping_needs_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--size", "empty", "--keep"])
    assert "--keep needs --folder" in capsys.readouterr().err


def test_two_seeds_are_two_orgs_of_other_people() -> None:
    worlds = [build(seed, TODAY, Size.TINY) for seed in (1, 2)]
    orgs = [world.salesforce["Organization"][0]["Id"] for world in worlds]
    assert orgs[0] == "00DHs0000000001MAA" != orgs[1]
    people = [{contact["properties"].get("email") for contact in world.hubspot["contacts"]} for world in worlds]
    assert len(people[0] & people[1]) < len(people[0]) / 10
