"""What is looked at over HTTP is what the command line shows with --json: one object, out of one place."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import requests

from syncd.pulse import Pulse
from syncd.settings import read
from syncd.store import Store
from syncd.sync.plan import Plan
from syncd.web import House
from syncd.wiring import wire
from tests.cli.conftest import Syncd
from tests.web import houses

MOVING = {"age_seconds", "budgets", "rss", "disk"}  # from one moment to the next


@pytest.fixture(scope="module")
def here(shared: Syncd) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in shared.environment.items():
            patch.setenv(name, value)
        settings = read()
    store = Store(settings.database_url)
    with houses.served(House(wire(settings, store), Pulse(), lambda _: Plan("", ()))) as address:
        yield address
    store.close()


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("status", ("status",)),
        ("runs?limit=200", ("runs",)),
        ("runs/1", ("runs", "1")),
        ("quarantine", ("quarantine", "list")),
        ("audit-log?last=1000", ("audit-log", "--last", "1000")),
        ("explain?who=Endeavor%20Bank", ("explain", "Endeavor Bank")),
        ("queue", ("queue",)),
        ("caucus?account=endeavor.bank", ("caucus", "endeavor.bank")),
        ("doubles", ("doubles",)),
        ("reports", ("report",)),
        ("reports/premature", ("report", "premature")),
        ("reports/challenge?since=2026-01-02", ("report", "challenge", "--since", "2026-01-02")),
    ],
)
def test_it_is_the_object_of_the_command(shared: Syncd, here: str, path: str, command: tuple[str, ...]) -> None:
    answer = requests.get(f"{here}/api/{path}", timeout=30)
    assert answer.status_code == 200, answer.text
    assert still(answer.json()) == still(shared.done(*command, "--json").json)


def test_contacts_and_opportunities_are_explained_too(shared: Syncd, here: str) -> None:
    account = shared.done("explain", "Endeavor Bank", "--json").json
    names = [account["contacts"][0]["contact_id"], account["links"][0]["record"]]
    names += [row["Id"] for row in shared.place.ours()][:1]
    for who in names:
        answer = requests.get(f"{here}/api/explain?who={quote(who, safe='')}", timeout=30).json()
        assert answer == shared.done("explain", who, "--json").json


@pytest.mark.parametrize(
    ("path", "command", "status", "quoted", "in_general"),
    [
        ("explain?who=Nobody's%20Bank", ("explain", "Nobody's Bank"), 404, '"Nobody\'s Bank"', "that name"),
        ("queue?rep=nobody", ("queue", "--rep", "nobody"), 404, "'nobody'", "that name"),
        ("reports/premture", ("report", "premture"), 400, "no report 'premture'", "no such report"),
        ("runs/4711", ("runs", "4711"), 404, "no run 4711", "no run of that number"),
    ],
)
def test_it_is_refused_in_the_words_and_with_the_exit_code_of_the_command(
    shared: Syncd, here: str, path: str, command: tuple[str, ...], status: int, quoted: str, in_general: str
) -> None:
    """But for the word that was sent, which no answer over HTTP repeats."""
    problem = requests.get(f"{here}/api/{path}", timeout=30)
    answer = shared(*command)
    assert (problem.status_code, problem.json()["exit_code"]) == (status, answer.code)
    assert problem.json()["detail"] == answer.err.strip().replace(quoted, in_general)


def still(content: Any) -> Any:
    """Without what moves from one moment to the next."""
    match content:
        case dict():
            return {name: still(value) for name, value in content.items() if name not in MOVING}
        case list():
            return [still(value) for value in content]
        case _:
            return content
