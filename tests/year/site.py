"""An installation in its year: a daemon that is driven by hand, and what whoever is called can ask of it."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import requests
import structlog
from pydantic import SecretStr

from connectors.sandbox.salesforce.api.admin import person
from connectors.sandbox.server import Sandbox
from connectors.sandbox.world import Size
from syncd import logs
from syncd.daemon import Daemon
from syncd.outlets import guarded
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.watch import Watch
from syncd.web import House
from syncd.wiring import waiter, wire
from tests.faults.canaries import HUBSPOT_TOKEN, PERSON, SALESFORCE_SECRET, Disguise, require_silent
from tests.ledger import begin
from tests.sync.conftest import TODAY, UNLIMITED, Place, copied, prepared
from tests.web import houses
from tests.year.terms import SHORT, agreement_of_short_terms

Opened = Callable[[Sandbox], Store]
Around = Callable[[Path, Path, Any], AbstractContextManager[tuple[Place, str, Any]]]  # a world, a user, the clock
INTERVAL = timedelta(minutes=15)
PATIENCE = 0.2  # seconds that a call may be on its way before it is told
KINDS_OF_A_DAY = frozenset({"clock", "lease"})  # what happened, and is told for a day


@dataclass
class Site:
    """One installation. heard: its log; answers: all that it said over HTTP."""

    place: Place
    settings: Settings
    wiring: Wiring
    daemon: Daemon
    address: str
    clock: Any  # time_machine's, or one that moves it
    folder: Path
    holding: ExitStack
    heard: io.StringIO
    answers: list[str]

    @property
    def store(self) -> Store:
        return self.wiring.store

    @property
    def is_sqlite(self) -> bool:
        return self.store.database.is_sqlite

    def beat(self) -> None:
        """Let a moment pass in which the daemon looks at what it always looks at."""
        self.clock.shift(timedelta(seconds=15))
        self.daemon._requests()
        self.daemon.watch._beat()

    def cycle(self) -> None:
        """Let the next cycle come."""
        self.clock.shift(INTERVAL)
        self.daemon._requests()
        self.daemon._cycle()
        self.daemon.watch._beat()

    def night(self) -> None:
        """Let the night's work be done, now."""
        self.clock.shift(INTERVAL)
        self.daemon._reconcile()
        self.daemon.watch._beat()

    def health(self) -> list[dict[str, Any]]:
        """What /api/health finds wrong."""
        answer = requests.get(f"{self.address}/api/health", timeout=20)
        self.answers.append(answer.text)
        content = answer.json()
        assert answer.status_code == (503 if content["state"] == "failing" else 200)
        return list(content["findings"])

    def hold(self) -> None:
        """Hold the store, as a daemon that starts."""
        self.holding.enter_context(self.store.alone())

    def sign_in_anew(self) -> None:
        """Go on with whatever the credentials lead to now, as a daemon that starts does."""
        hubspot = self.wiring.sources["hubspot"]
        vars(hubspot).pop("_tenant", None)

    def spoil(self, system: str, spoiler: Any) -> None:
        """Have a vendor answer so from now on; None: as ever."""
        getattr(self.place.sandbox, system).spoil = spoiler

    def require_silent(self) -> None:
        """No secret stands in what it said until now, and no person; it is not kept."""
        require_silent([self.heard.getvalue(), *self.answers])
        self.heard.seek(0)
        self.heard.truncate()
        self.answers.clear()

    def sandbox(self, content: dict[str, Any]) -> None:
        """Tell the sandbox of faults."""
        answer = requests.post(f"{self.place.sandbox.hubspot_url}/_sandbox/faults", json=content, timeout=10)
        assert answer.ok, answer.text


@contextmanager
def site(opened: Opened, folder: Path, clock: Any, around: Around) -> Iterator[Site]:
    """A syncd whose secrets are canaries, on the world around it, by the clock that everybody has."""
    with ExitStack() as stack:
        place, user, clock = stack.enter_context(around(folder, _mappings(), clock))
        heard = stack.enter_context(listened())
        place.org("assign", permission_set="Syncd_Sales", user=user)
        place.portal_edit("contacts", str(place.portal("contacts")[0]["id"]), lastname=PERSON["lastname"])
        settings = place.settings.model_copy(
            update={
                "agreement": agreement_of_short_terms(folder),
                "hubspot_token": SecretStr(HUBSPOT_TOKEN),
                "salesforce_client_secret": SecretStr(SALESFORCE_SECRET),
                "backup_dir": folder / "backups",
                "backup_keep": 2,
                "registers": (),  # their banks are the same all the year
            }
        )
        (folder / "backups").mkdir()
        store = opened(place.sandbox)
        stack.callback(store.close)
        begin(store)
        stop = threading.Event()
        wait = waiter(stop)
        wiring = replace(
            wire(settings, store, sleep=lambda _: wait(0.0001)), keep=SHORT, clock=lambda: datetime.now(UTC)
        )
        minutes = INTERVAL.total_seconds() / 60
        daemon = Daemon(
            wiring,
            interval_minutes=minutes,
            reconcile_at=time(2, 30),
            stop=stop,
            watch=lambda pulse: Watch(wiring, pulse, minutes, patience=PATIENCE),
        )
        address = stack.enter_context(houses.served(House(wiring, daemon.pulse, lambda _: pytest.fail("no plan"))))
        holding = stack.enter_context(ExitStack())
        there = Site(place, settings, wiring, daemon, address, clock, folder, holding, heard, [])
        there.hold()
        daemon._scheduler.start(paused=True)  # so that its jobs have their times
        stack.callback(daemon._scheduler.shutdown)
        yield there


def within(**sandbox: Any) -> Around:
    """The tiny world, in this process."""

    @contextmanager
    def around(folder: Path, mappings: Path, clock: Any) -> Iterator[tuple[Place, str, Any]]:
        simulators = prepared(TODAY, 1, Size.TINY, mappings, UNLIMITED)
        with copied(folder / "unused.db", mappings, simulators, Disguise, **sandbox) as place:
            yield place, person(place.sandbox.salesforce.org), clock

    return around


@cache
def _mappings() -> Path:
    """A folder that says nothing, so that the shipped mappings are in use."""
    folder = Path(tempfile.mkdtemp(prefix="syncd-year-"))
    (folder / "registers.txt").write_text("none is read", encoding="utf-8")
    return folder


@contextmanager
def listened() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as a daemon logs it."""
    heard = io.StringIO()
    with redirect_stderr(heard), guarded():
        logs.configure("info", "json")
        try:
            yield heard
        finally:
            structlog.reset_defaults()
