"""The sandbox before a database: all goes through, until a fault restarts it at a vendor's call."""

import time
from collections.abc import Iterator

import pytest
import requests
from sqlalchemy import make_url

from connectors.sandbox.__main__ import main
from connectors.sandbox.fault_rules import Rule
from connectors.sandbox.faults import Faults
from connectors.sandbox.relay import Relay
from connectors.sandbox.server import Sandbox
from syncd.errors import Unavailable
from syncd.store import Store
from syncd.store.notes import text_note
from tests.conftest import new_database
from tests.ledger import keep_note

OWNERS = "/crm/v3/owners"


def ask(sandbox: Sandbox) -> int:
    headers = {"Authorization": "Bearer sandbox-token"}
    return requests.get(f"{sandbox.hubspot_url}{OWNERS}", headers=headers, timeout=10).status_code


def note(store: Store) -> str | None:
    with store.reading() as unit:
        return unit.notes.read(text_note("of the test"))


@pytest.fixture
def behind(postgres: str, call) -> Iterator[tuple[Sandbox, Store]]:
    """A sandbox before PostgreSQL, and a store that is reached through it."""
    url = make_url(new_database(postgres))
    relay = Relay(f"{url.query['host']}/.s.PGSQL.{url.port or 5432}")
    with Sandbox(hubspot=call.simulator, database=relay) as sandbox:
        host, _, port = sandbox.describe()["database"].partition(":")
        through = url.set(host=host, port=int(port), query={})
        store = Store(through.render_as_string(hide_password=False))
        yield sandbox, store
        store.close()


def test_a_database_restarts_at_a_vendor_s_call_and_comes_back(behind: tuple[Sandbox, Store]) -> None:
    sandbox, store = behind
    keep_note(store, text_note("of the test"), "it went through")
    sandbox.faults.add(Rule("restart", path=OWNERS, skip=1, count=1, seconds=0.5))
    assert (ask(sandbox), note(store)) == (200, "it went through")
    assert ask(sandbox) == 200, "the vendor itself answers"
    with pytest.raises(Unavailable):
        note(store)
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            assert note(store) == "it went through"
            return
        except Unavailable:
            time.sleep(0.05)
    raise AssertionError("it never came back")


def test_a_restart_without_a_database_behind_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="stands before no database"):
        Faults().add(Rule("restart"))
    with pytest.raises(ValueError, match="stands before no database"):
        Faults().load([{"kind": "restart"}])
    with pytest.raises(SystemExit):
        main(["--size", "empty", "--database", "nowhere"])
    assert "'nowhere' is no address of a database" in capsys.readouterr().err
