"""How each fault of the year strikes, and how it is mended."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import update

from syncd.alerts import Teller
from syncd.alerts.changes import Patience
from syncd.alerts.webhook import Webhook
from syncd.errors import ConfigError
from syncd.health.starts import noted_start
from syncd.model.alerts import FAILING, Matter
from syncd.model.runs import RunOutcome
from syncd.model.tokens import Token, new_token
from syncd.sync.door import Act
from syncd.tables.core import run
from syncd.wall import steady
from syncd.wiring import wire
from tests.alerts.receivers import hook
from tests.alerts.test_changes import matter
from tests.faults.test_a_hidden_reads import hide
from tests.health.test_on_call import pause
from tests.rules.agreements import SHIPPED
from tests.year.site import Site

Strike = Callable[[Site], AbstractContextManager[None]]
MANY = 12  # records that nobody can read
HOUR = timedelta(hours=1)


def nothing(_: Site) -> None:
    """It is met where it strikes."""


# ---- vendors -----------------------------------------------------------------------------------------------------


def spoilt(system: str, spoiler: Any) -> Strike:
    """A vendor that answers so, and repeats what it hears."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.spoil(system, spoiler)
        yield
        site.spoil(system, None)

    return strike


def signed_out(spoiler: Any) -> Strike:
    """The same, once every session has ended."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.spoil("salesforce", spoiler)
        site.place.org("expire-sessions")
        yield
        site.spoil("salesforce", None)

    return strike


def ruled(**rule: Any) -> Strike:
    """What the sandbox does by a rule."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        site.sandbox({"add": [rule]})
        yield
        site.sandbox({"lift": rule["kind"]})

    return strike


@contextmanager
def another_portal(site: Site) -> Iterator[None]:
    portal = site.place.sandbox.hubspot.portal
    own = portal.options
    portal.options = replace(own, portal_id=own.portal_id + 1)
    site.sign_in_anew()
    yield
    portal.options = own
    site.sign_in_anew()


@contextmanager
def hang(site: Site) -> Iterator[None]:
    """A cycle is on its way, and a call of it gets no answer until the fault is over."""
    site.sandbox({"add": [{"kind": "hang", "system": "hubspot", "count": 1}]})
    cycle = threading.Thread(target=site.daemon._cycle)
    cycle.start()

    def is_named() -> bool:
        site.daemon.watch._beat()
        return any(finding["key"] == "unavailable:hubspot" for finding in site.health())

    until(is_named)
    yield
    site.sandbox({"lift": "hang"})
    site.wiring.sources["hubspot"].hang_up()  # type: ignore[attr-defined]
    cycle.join(60)
    assert not cycle.is_alive()


def until(holds: Callable[[], bool]) -> None:
    end = steady() + 60
    while not holds():
        assert steady() < end, "it never came"
        threading.Event().wait(0.05)


# ---- administrators ----------------------------------------------------------------------------------------------


def hidden(object_: str, field: str) -> Strike:
    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        show = hide(site.place, object_, field)
        yield
        show()

    return strike


@contextmanager
def unassigned(site: Site) -> Iterator[None]:
    org = site.place.sandbox.salesforce.org
    assignments = org.tables["PermissionSetAssignment"]
    ours = [dict(row) for row in assignments.rows.values() if row["AssigneeId"] == org.settings.integration_user]
    for row in ours:
        assignments.purge(row["Id"])
    org.access.revision += 1
    yield
    for row in ours:
        assignments.put(row)
    org.access.revision += 1
    site.clock.shift(HOUR)  # what an object looks like is asked anew by then


@contextmanager
def unreadable(site: Site) -> Iterator[None]:
    people = site.place.portal("contacts")[-MANY:]
    for person in people:
        site.place.portal_edit("contacts", str(person["id"]), hs_email_optout="perhaps")
    yield
    for person in people:
        before = person["properties"].get("hs_email_optout")
        site.place.portal_edit("contacts", str(person["id"]), hs_email_optout=before or "")


# ---- the machine -------------------------------------------------------------------------------------------------


def jump(hours: int) -> Strike:
    """Somebody sets the clock, and sets it right again."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        set_clock(site, hours * HOUR)
        yield
        set_clock(site, -hours * HOUR)

    return strike


def set_clock(site: Site, by: timedelta) -> None:
    site.clock.shift(by)
    site.daemon._go_by(by)


@contextmanager
def nearly_full(_: Site) -> Iterator[None]:
    with patch("shutil.disk_usage", lambda _: SimpleNamespace(free=100_000_000)):
        yield


# ---- what a start needs ------------------------------------------------------------------------------------------


def refused_start(name: str, content: str) -> Strike:
    """Somebody breaks a file in their folder, and starts the daemon again."""

    @contextmanager
    def strike(site: Site) -> Iterator[None]:
        folder = site.folder / f"broken-{name}"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
        changed = {"mappings": folder} | ({"agreement": folder / name} if name == "agreement.yaml" else {})
        with pytest.raises(ConfigError):
            start(site, **changed)
        yield
        start(site)

    return strike


@contextmanager
def unsigned(site: Site) -> Iterator[None]:
    file = site.folder / "unsigned.yaml"
    file.write_text(re.sub(r"(?m)^signed:\n(?:  .*\n)+", "", SHIPPED), encoding="utf-8")
    with pytest.raises(ConfigError):
        start(site, agreement=file)
    yield
    start(site)


def start(site: Site, **changed: Any) -> None:
    """What a daemon that starts does before it works."""
    with noted_start(site.store):
        wire(site.settings.model_copy(update=changed), site.store).require_signed()


# ---- the house ---------------------------------------------------------------------------------------------------


@contextmanager
def ending_token(site: Site) -> Iterator[None]:
    now = datetime.now(UTC)
    with site.store.writing() as unit:
        made = Token("scraper", "view", now - timedelta(days=80), "cli:ann", now + timedelta(days=9), None)
        unit.tokens.keep(new_token(), made)
    yield
    with site.store.writing() as unit:
        unit.tokens.revoke("scraper")


@contextmanager
def no_backups(site: Site) -> Iterator[None]:
    """A file stands where the folder did, and three nights have passed since the last one that went well."""
    folder, aside = site.folder / "backups", site.folder / "backups-aside"
    back_up(site)
    folder.rename(aside)
    folder.write_text("", encoding="utf-8")
    back_up(site)
    with site.store.writing() as unit:
        well = unit.runs.last_finished(RunOutcome.DONE, verbs=("backup",))
        assert well is not None
        earlier = update(run).where(run.c.verb == "backup").values(finished_at=well - timedelta(days=3))
        unit.connection.execute(earlier)
    yield
    folder.unlink()
    aside.rename(folder)
    back_up(site)


def back_up(site: Site) -> None:
    """The part of the night that does."""
    site.daemon._guarded(Act("backup"))


@contextmanager
def paused(site: Site) -> Iterator[None]:
    pause(site.store, "pause", paused=True)
    yield
    pause(site.store, "resume", paused=False)


@contextmanager
def ended(site: Site) -> Iterator[None]:
    """Nobody starts it again, for a while."""
    site.holding.close()
    site.clock.shift(timedelta(minutes=10))
    yield
    site.hold()
    site.beat()


@contextmanager
def deaf_receiver(site: Site) -> Iterator[None]:
    """Nobody listens where alerts are sent to, time and again; then somebody does."""
    tell(site, "http://127.0.0.1:9/canary-webhook-path-0123", matter("disk", FAILING), times=4)
    yield
    with hook() as receiver:
        tell(site, receiver.url)
    assert receiver.got


def tell(site: Site, url: str, *standing: Matter, times: int = 1) -> None:
    """What stands is told by a channel, hours after each other."""
    hours = itertools.count(step=3600)
    patience = Patience({}, otherwise=timedelta(), remind=None)
    channel = Webhook(url, b"a key of the year, of 32 bytes..")
    teller = Teller(site.store, [channel], lambda: standing, patience, "year", steady=lambda: next(hours))
    for _ in range(times):
        teller.look()
        for sender in teller.senders:
            while sender.send_next():
                pass
