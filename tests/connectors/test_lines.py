"""A call that hangs is broken off from another thread, in either system, over plain and secure lines."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from connectors.base import Calling, ConnectorError, Stopped
from connectors.hubspot import HubSpot
from connectors.salesforce import Salesforce
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, build
from tests.sync.conftest import TODAY

FAULTS: list[dict[str, Any]] = [{"kind": "latency", "seconds": 300.0}, {"kind": "drip", "seconds": 300.0}]


@pytest.fixture(scope="module")
def sandbox() -> Any:
    with Sandbox(build(1, TODAY, Size.TINY)) as running:
        yield running


def stopping(_: float) -> None:
    raise Stopped


def hubspot(sandbox: Sandbox) -> HubSpot:
    return HubSpot("sandbox-token", host=sandbox.hubspot_url, sleep=stopping)


def salesforce(sandbox: Sandbox) -> Salesforce:
    names = {"client_id": "sandbox-client", "client_secret": "sandbox-secret", "ca_file": str(sandbox.ca_file)}
    return Salesforce(login_url=sandbox.salesforce_url, sleep=stopping, **names)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["kind"])
@pytest.mark.parametrize("connect", [hubspot, salesforce])
def test_a_call_that_hangs_ends_when_it_is_broken_off_and_the_next_is_made_as_ever(
    sandbox: Sandbox, connect: Callable[[Sandbox], Any], fault: dict[str, Any]
) -> None:
    connector = connect(sandbox)
    assert isinstance(connector, Calling)
    stream = "owners" if connector.system == "hubspot" else "User"
    list(connector.pull(stream, ["Id", "Email", "SystemModstamp"], None))
    sandbox.faults.load({"rules": [fault | {"system": connector.system, "path": "*"}]})
    errors: list[BaseException] = []

    def call() -> None:
        try:
            list(connector.pull(stream, ["Id", "Email", "SystemModstamp"], None))
        except ConnectorError as error:
            errors.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    while not sandbox.faults.rules[0].struck:
        time.sleep(0.01)
    connector.hang_up()
    thread.join(5)
    sandbox.faults.load({"rules": []})
    assert not thread.is_alive()
    assert errors
    list(connector.pull(stream, ["Id", "Email", "SystemModstamp"], None))
