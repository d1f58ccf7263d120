"""How each fault of the year strikes, and how it is mended."""

from __future__ import annotations

import itertools
import os
import re
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.exc import DBAPIError

from syncd.alerts import Teller
from syncd.alerts.changes import Patience
from syncd.alerts.webhook import Webhook
from syncd.composition import alone
from syncd.errors import AlreadyRunning, ConfigError, SyncdError
from syncd.health.starts import noted_start
from syncd.model.alerts import FAILING, Matter
from syncd.model.runs import RunOutcome
from syncd.model.tokens import Token, new_token
from syncd.store import Store
from syncd.sync.door import Act
from syncd.tables.core import run
from syncd.wall import steady
from syncd.wiring import wire
from tests.alerts.receivers import hook
from tests.alerts.test_changes import matter
from tests.faults.test_a_hidden_reads import hide
from tests.health.test_on_call import full as filled
from tests.health.test_on_call import pause
from tests.ledger import carried_out
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
    until(lambda: (site.daemon.watch._beat(), any(f["key"] == "unavailable:hubspot" for f in site.health()))[1])
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
def full(site: Site) -> Iterator[None]:
    with filled(site.store) as disk:
        yield
        disk.clear()
    site.beat()


@contextmanager
def nearly_full(_: Site) -> Iterator[None]:
    with patch("shutil.disk_usage", lambda _: SimpleNamespace(free=100_000_000)):
        yield


@contextmanager
def away(site: Site) -> Iterator[None]:
    site.sandbox({"now": [{"kind": "restart", "seconds": 600.0}]})
    yield
    site.sandbox({"now": [{"kind": "restart", "seconds": 0.0}]})
    until(lambda: answers(site.store))


@contextmanager
def restart(site: Site) -> Iterator[None]:
    site.sandbox({"now": [{"kind": "restart", "seconds": 0.0}]})
    until(lambda: answers(site.store))
    yield


def answers(store: Store) -> bool:
    with suppress(SyncdError, DBAPIError):
        store.database.ping()
        return True
    return False


@contextmanager
def unlocked(site: Site) -> Iterator[None]:
    Path(f"{site.store.database.url.database}.lock").unlink()
    yield


@contextmanager
def second_daemon(site: Site) -> Iterator[None]:
    other = Store(url_of(site))
    with pytest.raises(AlreadyRunning), alone(other):
        pass
    other.close()
    yield


def url_of(site: Site) -> str:
    return site.store.database.url.render_as_string(hide_password=False)


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
def no_deletes(site: Site) -> Iterator[None]:
    make, drop = _REFUSING["sqlite" if site.is_sqlite else "postgresql"]
    with site.store.writing() as unit:
        for statement in make:
            unit.connection.execute(text(statement))
    yield
    with site.store.writing() as unit:
        for statement in drop:
            unit.connection.execute(text(statement))
    site.night()


_REFUSING = {
    "sqlite": (
        [
            "CREATE TRIGGER refusing BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'the table is read-only'); END",
        ],
        ["DROP TRIGGER refusing"],
    ),
    "postgresql": (
        [
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION ''the table is read-only''; END'",
            "CREATE TRIGGER refusing BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION refuse()",
        ],
        ["DROP TRIGGER refusing ON run", "DROP FUNCTION refuse()"],
    ),
}


@contextmanager
def paused(site: Site) -> Iterator[None]:
    pause(site.store, "pause", paused=True)
    yield
    pause(site.store, "resume", paused=False)


@contextmanager
def killed(site: Site) -> Iterator[None]:
    """A process that works on the store is killed as it commits, and another one starts."""
    commits = 5 + site.daemon.wiring.today().day  # another place in the work each time
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads: the one that forks is the one that goes on
        child = os.fork()
    if not child:
        _die_within(site, commits)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status
    assert os.WTERMSIG(status) == signal.SIGKILL
    site.holding.close()
    site.hold()
    yield


def _die_within(site: Site, commits: int) -> None:
    try:
        signal.alarm(120)
        store = Store(url_of(site))
        left = [commits]

        def die(_: Any) -> None:
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(store.database.engine, "commit", die)
        wiring = replace(wire(site.settings, store, sleep=lambda _: None), clock=lambda: datetime.now(UTC))
        while True:
            carried_out(wiring, "reconcile")
    finally:
        os._exit(3)


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
