"""A tiny world on both simulators, and a syncd wired to it."""

import csv
import gzip
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr

from connectors.callers import Sleep
from connectors.sandbox.hubspot import Options
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size, World, build
from connectors.sandbox.world.topics import PLAIN_PRODUCTS
from syncd.rules import Rulebook
from syncd.rules.opportunities import NONE
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.judge import judge as judge_alone
from syncd.sync.release import release
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.wiring import administrator, deploy_salesforce, hubspot, wire
from tests.empty_stores import copy_sqlite, empty_sqlite
from tests.ledger import begin, carried_out, retry_wishes

TODAY = date(2026, 11, 2)
NOON = datetime(2026, 11, 2, 17, tzinfo=UTC)
YESTERDAY = NOON - timedelta(days=1)


@dataclass
class Place:
    """The running sandbox, seen as its people see it."""

    sandbox: Sandbox
    settings: Settings

    def rows(self, object_: str, **wanted: Any) -> list[dict[str, Any]]:
        """Salesforce rows that are not deleted and have these values."""
        rows = self._get(self.sandbox.salesforce_http_url, f"records/{object_}")
        return [row for row in rows if not row.get("IsDeleted") and all(row.get(n) == v for n, v in wanted.items())]

    def ours(self) -> list[dict[str, Any]]:
        """The opportunities that carry our key."""
        return [row for row in self.rows("Opportunity") if row.get("Syncd_Key__c")]

    def say_offer(self, offer: str | None) -> None:
        """Have that stood from the first in the offer field of sales' open opportunities whose names tell no offer."""
        for row in self.sandbox.salesforce.org.tables["Opportunity"].rows.values():
            if not row["IsClosed"] and row["Name"].endswith(PLAIN_PRODUCTS):
                row["Syncd_Offer__c"] = offer

    def edit(self, object_: str, record_id: str, **fields: Any) -> None:
        """Change a Salesforce row as a sales person."""
        self._post(self.sandbox.salesforce_http_url, f"records/{object_}/{record_id}", {"fields": fields})

    def add(self, object_: str, **fields: Any) -> str:
        """Create a Salesforce row as a sales person."""
        answer = self._post(self.sandbox.salesforce_http_url, f"records/{object_}", {"fields": fields})
        return str(answer["id"])

    def delete(self, object_: str, record_id: str) -> None:
        """Delete a Salesforce row as a sales person."""
        self._post(self.sandbox.salesforce_http_url, f"records/{object_}/{record_id}", {"delete": True})

    def undelete(self, object_: str, record_id: str) -> None:
        """Take a Salesforce row out of the recycle bin as a sales person."""
        self._post(self.sandbox.salesforce_http_url, f"records/{object_}/{record_id}", {"undelete": True})

    def portal(self, kind: str) -> list[dict[str, Any]]:
        """HubSpot records."""
        return self._get(self.sandbox.hubspot_url, f"records/{kind}")

    def portal_edit(self, kind: str, record_id: str, **properties: Any) -> None:
        """Change a HubSpot record as a marketer."""
        self._post(self.sandbox.hubspot_url, f"records/{kind}/{record_id}", {"properties": properties})

    def portal_add(self, kind: str, **properties: Any) -> str:
        """Create a HubSpot record as a marketer; gives its id."""
        return str(self._post(self.sandbox.hubspot_url, f"records/{kind}", {"properties": properties})["id"])

    def hubspot(self, method: str, path: str, content: Any = None) -> Any:
        """Call HubSpot's own API with the app's token, as another tool would."""
        headers = {"Authorization": "Bearer sandbox-token"}
        url = f"{self.sandbox.hubspot_url}{path}"
        answer = requests.request(method, url, json=content, headers=headers, timeout=10)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def org(self, verb: str, **content: Any) -> Any:
        """Have a sales person merge, convert, or an administrator lock, assign, end sessions."""
        return self._post(self.sandbox.salesforce_http_url, verb, content)

    def log(self, kind: str, **row: Any) -> None:
        """Let something happen in HubSpot: a form submission, an e-mail event."""
        self._post(self.sandbox.hubspot_url, f"records/{kind}", row)

    def submit(self, email: str, about: str, at: datetime = YESTERDAY) -> None:
        """Have somebody fill in the first form whose name says `about`."""
        form = next(one for one in self.portal("forms") if about in one["name"].lower())
        values = [{"name": "email", "value": email, "objectTypeId": "0-1"}]
        row = {"formId": form["id"], "conversionId": f"c{email}", "submittedAt": int(at.timestamp() * 1000)}
        self.log("form_submissions", **row, values=values, pageUrl="https://www.syncd-demo.example/", pageTitle="")

    def written(self) -> int:
        """How many writes took effect in Salesforce."""
        return len(self._get(self.sandbox.salesforce_http_url, "writes"))

    def fault(self, *rules: dict[str, Any]) -> None:
        """Let these faults strike from now on."""
        self.sandbox.faults.load({"rules": list(rules)})

    def _get(self, base: str, path: str) -> Any:
        answer = requests.get(f"{base}/_sandbox/{path}", timeout=10)
        answer.raise_for_status()
        return answer.json()

    def _post(self, base: str, path: str, content: dict[str, Any]) -> Any:
        answer = requests.post(f"{base}/_sandbox/{path}", json=content, timeout=10)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def mappings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mapping folder whose register is short."""
    return short_mappings(tmp_path_factory.mktemp("mappings"))


def short_mappings(folder: Path) -> Path:
    """A mapping folder whose register lists only the banks that the tiny world may show, so that cycles are quick."""
    shown = {row["Name"] for row in _world().salesforce["Account"]}
    shown |= {record["properties"]["name"] for record in _world().hubspot["companies"]}
    with gzip.open(str(files("mappings").joinpath("registers/fdic.csv.gz")), "rt", encoding="utf-8") as whole:
        rows = list(csv.DictReader(whole))
    (folder / "registers").mkdir(parents=True)
    with gzip.open(folder / "registers" / "fdic.csv.gz", "wt", encoding="utf-8", newline="") as part:
        writer = csv.DictWriter(part, rows[0].keys())
        writer.writeheader()
        writer.writerows(row for row in rows if row["NAME"] in shown)
    return folder


def _world() -> World:
    return build(1, TODAY, Size.TINY)


UNLIMITED = Options(tier="unlimited", search_limit=None)


@contextmanager
def placed(
    database: Path,
    mappings: Path,
    world: World | date = TODAY,
    options: Options = UNLIMITED,
    *,
    seed: int = 1,
    size: Size = Size.TINY,
) -> Iterator[Place]:
    """Both simulators, the Syncd fields deployed, with a world of one's own, or that of a seed and size on that day."""
    if isinstance(world, World):
        with Sandbox(world, hubspot_options=options) as sandbox:
            yield _prepare(Place(sandbox, _settings(sandbox, database, mappings)))
        return
    with copied(database, mappings, prepared(world, seed, size, mappings, options)) as place:
        yield place


@contextmanager
def copied(
    database: Path,
    mappings: Path,
    simulators: tuple[Any, Any],
    dress: Callable[[Any], Any] = lambda app: app,
    /,
    **more: Any,
) -> Iterator[Place]:
    """Copies of both simulators, as they stand. dress: what each is put into; more: what the sandbox takes besides."""
    portal, org = map(dress, deepcopy(simulators))
    with Sandbox(hubspot=portal, salesforce=org, **more) as sandbox:
        yield Place(sandbox, _settings(sandbox, database, mappings))


@cache
def prepared(today: date, seed: int, size: Size, mappings: Path, options: Options) -> tuple[Any, Any]:
    """Both simulators as every test begins with them: prepared once, and copied."""
    with Sandbox(build(seed, today, size), hubspot_options=options) as sandbox:
        _prepare(Place(sandbox, _settings(sandbox, mappings / "unused.db", mappings)))
        return sandbox.hubspot, sandbox.salesforce


def _settings(sandbox: Sandbox, database: Path, mappings: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{database}",
        hubspot_url=sandbox.hubspot_url,
        hubspot_token=SecretStr("sandbox-token"),
        hubspot_settle_seconds=0,
        salesforce_login_url=sandbox.salesforce_url,
        salesforce_client_id="sandbox-client",
        salesforce_client_secret=SecretStr("sandbox-secret"),
        ca_file=Path(sandbox.ca_file),
        mappings=mappings,
    )


def _prepare(place: Place) -> Place:
    """Deploy the Syncd fields, and have each opportunity of sales name its offer."""
    secrets = {"client_id": "sandbox-admin", "client_secret": "sandbox-admin-secret"}
    with administrator(place.settings, **secrets) as somebody:
        assert deploy_salesforce(place.settings, somebody).ok
    hubspot(place.settings).deploy()
    place.say_offer(NONE)
    return place


@dataclass(frozen=True)
class FirstCycle:
    """What a first cycle leaves behind: its database and both simulators, of which each test gets copies."""

    database: Path
    simulators: tuple[Any, Any]


AFTER_A_CYCLE = pytest.mark.usefixtures("first_cycle")  # a test's `place` and `sqlite_store` are as a cycle left them


@pytest.fixture(scope="session")
def first_cycle(tmp_path_factory: pytest.TempPathFactory, mappings: Path) -> FirstCycle:
    """The tiny world after a first cycle, run once."""
    folder = tmp_path_factory.mktemp("first-cycle")
    with placed(folder / "syncd.db", mappings) as place:
        store = Store(empty_sqlite(folder / "syncd.db"))
        assert carried_out(wired(place, store)).summary.outcome == "done"
        store.close()
        return FirstCycle(folder / "syncd.db", (place.sandbox.hubspot, place.sandbox.salesforce))


def _left(request: pytest.FixtureRequest) -> FirstCycle | None:
    """What the test begins with, where that is not an empty store."""
    return request.getfixturevalue("first_cycle") if "first_cycle" in request.fixturenames else None


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, mappings: Path) -> Iterator[Place]:
    """The tiny world on both simulators."""
    left, database = _left(request), tmp_path / "syncd.db"
    with copied(database, mappings, left.simulators) if left else placed(database, mappings) as tiny:
        yield tiny


@pytest.fixture
def sqlite_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store where the database does not matter, or what a first cycle left of one."""
    left, database = _left(request), tmp_path / "syncd.db"
    opened = Store(copy_sqlite(left.database, database) if left else empty_sqlite(database))
    yield opened
    opened.close()


@pytest.fixture
def wiring(place: Place, sqlite_store: Store) -> Wiring:
    """syncd on SQLite."""
    return wired(place, sqlite_store)


def wired(place: Place, store: Store, sleep: Sleep = lambda _: None) -> Wiring:
    """syncd wired to the place, at noon of the world's day, waiting for nothing, past its first plan."""
    begin(store)
    return replace(wire(place.settings, store, sleep=sleep), clock=lambda: NOON)


def judge(store: Store, book: Rulebook, today: date, run: Run) -> None:
    """Judge, and hand over whom the week has places for."""
    run = run.by(lambda: NOON)
    judge_alone(store, book, today, run)
    release(store, book, today, run)


@pytest.fixture
def run(wiring: Wiring) -> Callable[..., Summary]:
    """Run one cycle, through the door; retry: wishes that rest after a refusal are tried at once."""

    def once(*, retry: bool = False, mode: str = "news", **scope: Any) -> Summary:
        if retry:
            retry_wishes(wiring.store)
        return carried_out(wiring, "reconcile" if mode == "full" else "cycle", **scope).summary

    return once
