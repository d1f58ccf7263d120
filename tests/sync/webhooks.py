"""syncd as HubSpot calls it: the app on a port, the daemon behind it, and the portal's webhooks that lead there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import requests
from sqlalchemy import select

from connectors.hubspot import Webhooks
from syncd.daemon import Daemon
from syncd.pulse import Pulse
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.door import Ended
from syncd.sync.follow import next_following
from syncd.sync.plan import Plan
from syncd.tables.core import announcement
from syncd.web import TABLE, Access, House, Server, application
from syncd.web.hooks import hooks_of
from tests.ledger import carried_out, last_runs
from tests.sync.conftest import Place
from tests.sync.test_vendor_doubles import hire
from tests.web.houses import OneToken

SECRET = "client-secret-of-the-app"
CONVERTED = {"subscriptionType": "contact.propertyChange", "propertyName": "recent_conversion_date", "active": True}
OTHERS = [{"subscriptionType": f"contact.{verb}"} for verb in ("creation", "deletion", "merge", "restore")]
ERASED = {"subscriptionType": "contact.privacyDeletion", "active": True}
EMAIL = "wren.calder@calder-asks.example"


@dataclass
class Listening:
    """The app at work. daemon: None where nobody follows what is noted."""

    place: Place
    wiring: Wiring
    address: str
    pulse: Pulse
    woken: threading.Event = field(default_factory=threading.Event)
    daemon: Daemon | None = None

    @property
    def store(self) -> Store:
        return self.wiring.store

    def heard(self, outcome: str) -> int:
        """How many events became that."""
        return self.pulse.heard["hubspot", outcome]

    def follows(self) -> list[dict[str, Any]]:
        """The runs that followed an announcement and have ended, the latest first."""
        return [run for run in last_runs(self.store, 500) if run["verb"] == "follow" and run["finished_at"]]

    def announcements(self) -> list[tuple[str, str | None]]:
        """Record and outcome of each announcement, in no order."""
        with self.store.reading() as unit:
            rows = unit.connection.execute(select(announcement.c.remote_id, announcement.c.outcome)).all()
        return [(row.remote_id, row.outcome) for row in rows]

    def subscribe(self, *more: dict[str, Any], **content: Any) -> None:
        """Install the app in the portal; its webhooks lead here. content: as the sandbox takes it."""
        subscriptions = {"legacyCrmObjects": [CONVERTED, *more], "hubEvents": [ERASED]}
        app = {"settings": {"targetUrl": self.address}, "subscriptions": subscriptions, "clientSecret": SECRET}
        self.portal("POST", "webhooks", app | content)

    def portal(self, method: str, path: str, content: Any = None) -> Any:
        """Ask the sandbox of the portal."""
        answer = requests.request(method, f"{self.place.sandbox.hubspot_url}/_sandbox/{path}", json=content, timeout=30)
        assert answer.ok, answer.text
        return answer.json()

    def deliveries(self) -> list[dict[str, Any]]:
        return list(self.portal("GET", "webhooks")["deliveries"])

    def follow(self) -> list[Ended]:
        """Follow all that waits, as the daemon does, one run after the other."""
        ended = []
        while (following := next_following(self.store, datetime.now(UTC))) is not None:
            act = following.act
            ended.append(carried_out(self.wiring, act.verb, actor=act.actor, **act.scope))
        return ended

    def arrive(self, number: int) -> None:
        """Wait until so many events came and were noted, or known."""
        eventually(lambda: sum(self.heard(outcome) for outcome in ("new", "again", "left", "foreign")) >= number)

    def raise_hand(self, email: str = EMAIL, about: str = "contact sales", at: datetime | None = None) -> str:
        """Have somebody fill in the form; gives their id in the portal."""
        form = next(one for one in self.place.portal("forms") if about in one["name"].lower())
        stamp = int((at or self.wiring.clock() - timedelta(minutes=5)).timestamp() * 1000)
        return str(self.portal("POST", "submissions", {"email": email, "form": form["id"], "at": stamp})["id"])


def known(place: Place, email: str = EMAIL, bank: str = "Endeavor Bank") -> str:
    """A new contact of a bank in the market, whom both systems have: the id in Salesforce."""
    account = place.rows("Account", Name=bank)[0]
    first, last = email.partition("@")[0].title().split(".")
    person = {"firstname": first, "lastname": last, "jobtitle": "Chief Financial Officer", "phone": "+1 555 010 0000"}
    place.portal_add("contacts", email=email, **person)
    return hire(place, account, FirstName=first, LastName=last, Email=email)


def tasks(place: Place, contact: str) -> list[dict[str, Any]]:
    """Our tasks about a contact."""
    return [row for row in place.rows("Task", WhoId=contact) if row.get("Syncd_Key__c")]


@contextmanager
def listening(place: Place, wiring: Wiring, *, following: bool = True, interval: float = 60) -> Iterator[Listening]:
    """The app on a port of its own, and the daemon that follows, past its first cycle."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/hooks/hubspot"
    wiring = replace(wiring, announcers={"hubspot": Webhooks(SECRET, address)})
    daemon = Daemon(wiring, interval_minutes=interval, reconcile_at=clock_time(3), stop=threading.Event())
    here = Listening(place, wiring, address, daemon.pulse, daemon=daemon if following else None)
    wake = daemon.look_at_announced if following else here.woken.set
    house = House(wiring, daemon.pulse, lambda _: Plan("2026-11-02", ()))
    table = (*TABLE, *hooks_of(wiring.store, wiring.announcers.values(), daemon.pulse, wake))
    thread = threading.Thread(target=daemon.run)
    try:
        with Server(application(house, Access(OneToken("t" * 20), False), table=table), "127.0.0.1", port):
            if following:
                thread.start()
                eventually(lambda: bool([run for run in last_runs(wiring.store, 9) if run["finished_at"]]))
            yield here
    finally:
        requests.delete(f"{place.sandbox.hubspot_url}/_sandbox/webhooks", timeout=30)
        daemon.stop.set()
        if following:
            thread.join(timeout=60)
            assert not thread.is_alive()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> float:
    """Look until it holds: the daemon's clock is the real one. Gives how long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it never came"
        threading.Event().wait(0.02)
    return time.monotonic() - began
