"""One Salesforce on a real HTTPS socket for the whole module, a fresh org behind it for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.salesforce import Salesforce
from connectors.salesforce.assignments import PERMISSION_SET
from connectors.salesforce.metadata import pack
from connectors.sandbox.clock import Clock
from connectors.sandbox.faults import Faults
from connectors.sandbox.salesforce import SalesforceSimulator
from connectors.sandbox.salesforce.writes import Call, create, delete, update
from connectors.sandbox.server import Sandbox

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ME = "005000000000001AAA"
REP = "005000000000007AAA"


class Door:
    """The app that the server serves: it hands every call to the org of the test in hand."""

    app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


class World:
    """One test's org: its simulator, its clock, its faults, the naps that the connector took, and who edits in it."""

    START, ME, REP = START, ME, REP

    def __init__(self, server: Sandbox, door: Door, clock: Clock, simulator: SalesforceSimulator) -> None:
        self.server = server
        self.simulator = simulator
        self.org = simulator.org
        self.clock = clock
        self.faults: Faults = simulator.faults
        self.naps: list[float] = []
        self._open: list[Salesforce] = []
        self._door = door
        door.app = simulator

    def stand_before(self, app: Any) -> None:
        """Let `app` answer in the simulator's place."""
        self._door.app = app

    def connect(self, **options: Any) -> Salesforce:
        """Return a connector that is signed in as nobody yet, and never really sleeps."""
        defaults: dict[str, Any] = {
            "login_url": self.server.salesforce_url,
            "client_id": "sandbox-client",
            "client_secret": "sandbox-secret",
            "ca_file": self.server.ca_file,
            "clock": self.clock,
            "sleep": self.sleep,
            "timeout": (5, 5),
        }
        made = Salesforce(**(defaults | options))
        self._open.append(made)
        return made

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.clock.advance(seconds)

    def rows(self, table: str) -> Mapping[str, Mapping[str, Any]]:
        return self.org.tables[table].rows

    def edit(self, table: str, record_id: str, *, user: str = REP, **fields: Any) -> None:
        update(Call(self.org, user), self.org.schema.objects[table], record_id, fields)

    def make(self, table: str, *, user: str = REP, **fields: Any) -> str:
        return create(Call(self.org, user), self.org.schema.objects[table], fields)

    def delete(self, table: str, record_id: str, *, user: str = REP) -> None:
        delete(Call(self.org, user), self.org.schema.objects[table], record_id)

    def calls(self, path: str = "") -> list[str]:
        """Return method and path of the calls so far that have `path` in them, without signing in."""
        made = [f"{call['method']} {call['path']}" for call in self.simulator.calls]
        return [call for call in made if path in call and "/oauth2/" not in call]

    def close(self) -> None:
        for connector in self._open:
            connector.close()


@pytest.fixture(scope="session")
def door() -> Door:
    return Door()


@pytest.fixture(scope="session")
def clock() -> Clock:
    return Clock(START, frozen=True)


@pytest.fixture(scope="session")
def server(door: Door, clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(hubspot=door, salesforce=door, clock=clock) as running:
        yield running


@pytest.fixture
def world(server: Sandbox, door: Door, clock: Clock) -> Iterator[Callable[..., World]]:
    """Make an org: `world({"Account": [...]}, page_size=200)`."""
    made: list[World] = []

    def make(rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, **options: Any) -> World:
        clock.set(START, frozen=True)
        tables = {name: [dict(row) for row in some] for name, some in (rows or {}).items()}
        tables["User"] = [*tables.get("User", ()), *USERS]
        made.append(World(server, door, clock, SalesforceSimulator(tables, clock=clock, faults=Faults(), **options)))
        return made[-1]

    yield make
    for opened in made:
        opened.close()


USERS = [
    {"Id": ME, "Username": "integration@bank.example", "LastName": "Integration", "Alias": "int", "IsActive": True},
    {
        "Id": REP,
        "Username": "rep@bank.example",
        "LastName": "Rep",
        "Alias": "rep",
        "IsActive": True,
        "Email": "r@b.example",
    },
    {
        "Id": "005000000000008AAA",
        "Username": "gone@bank.example",
        "LastName": "Gone",
        "Alias": "gone",
        "IsActive": False,
    },
]


def make_account(number: int, at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    """Return an account row; by default each changed a minute after the one before, long before now."""
    changed = (at or START - timedelta(days=300) + timedelta(minutes=number)).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    row = {"Id": f"001{number:012d}AAA", "Name": f"Bank {number}", "OwnerId": REP, "SystemModstamp": changed}
    return row | {"CreatedDate": changed, "LastModifiedDate": changed} | fields


@pytest.fixture
def account() -> Callable[..., dict[str, Any]]:
    return make_account


@pytest.fixture
def accounts() -> Callable[..., dict[str, list[dict[str, Any]]]]:
    """Make so many accounts: `accounts(3, Industry="Banking")`."""
    return lambda count, **fields: {"Account": [make_account(number, **fields) for number in range(1, count + 1)]}


@pytest.fixture
def deployed(world: Callable[..., World]) -> Callable[..., World]:
    """Make an org into which the package was deployed; test_deploy does it through the connector."""

    def make(*rows: Any, **options: Any) -> World:
        made = world(*rows, **options)
        made.simulator.deployments.start(pack("68.0"), ME, check_only=False, rollback=True)
        (granted,) = (row for row in made.rows("PermissionSet").values() if row["Name"] == PERMISSION_SET)
        made.make("PermissionSetAssignment", AssigneeId=ME, PermissionSetId=granted["Id"])
        made.org.writes.clear()
        return made

    return make
