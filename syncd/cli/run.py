"""`syncd run`: the daemon."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import DBAPIError

from syncd.alerts import Teller, channels, patience
from syncd.alerts.configured import installation
from syncd.alerts.matters import looking
from syncd.cli.context import settings
from syncd.cli.installation import make_ready, opened
from syncd.daemon import Daemon
from syncd.doctor import examine, machine
from syncd.doctor.causes import by_cause
from syncd.errors import AlreadyRunning, SyncdError
from syncd.health.holding import refused
from syncd.health.kept import keep
from syncd.health.life import this_process
from syncd.model.health import FindingKind
from syncd.settings import Settings, read, strange
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.door import Act, Door
from syncd.sync.plan import Plan
from syncd.sync.run import Halt
from syncd.sync.verbs import Drawing
from syncd.watch import Watch
from syncd.web import PAGES, TABLE, Access, House, Server, application
from syncd.web.entry.signing import signing_of
from syncd.web.entry.terms import terms_of
from syncd.wiring import waiter, wire

log = structlog.get_logger()


def run() -> None:
    """Run the daemon: a cycle every SYNCD_INTERVAL_MINUTES, a full read every night, health and metrics over HTTP.

    SIGTERM, SIGHUP or Ctrl-C finish the page in hand and end with exit code 0, within ten seconds even where a vendor
    hangs; whatever is not done, requests included, is done after the next start. Exit code 5: another syncd works on
    this store, or took it from one that had lost its hold.

    - `syncd run`

    - `SYNCD_INTERVAL_MINUTES=5 SYNCD_HTTP_PORT=9090 syncd run`
    """
    stop = threading.Event()
    stop_on_signals(stop, unfinished=0)
    configured = settings()
    for name in strange():
        log.warning("no setting", variable=name, mend="take it away, or name the one that is meant")
    channels(configured)  # half a channel is refused before anything is done
    terms_of(configured)  # and so is half an identity provider
    with opened(configured, ready=make_ready) as store:
        for problem in machine.readers(store):
            log.warning("open to others", what=problem.what, mend=problem.mend)
        halt = Halt(stop)
        wiring = wire(configured, store, sleep=waiter(halt))
        wiring.require_signed()
        with _alone(store):
            _serve(wiring, configured, halt)


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """Hold the store; where another daemon does, leave it word: its health tells that two were started."""
    with ExitStack() as stack:
        try:
            stack.enter_context(store.alone())
        except AlreadyRunning as error:
            with suppress(SyncdError, DBAPIError), store.writing() as unit:
                keep(unit, (FindingKind.LEASE,), [refused(error, this_process())])
            raise
        yield


def papers(configured: Settings) -> dict[str, bytes]:
    """The PEM texts that we were given and that may hold a certificate, by their settings."""
    texts: dict[str, bytes] = {}
    if configured.ca_file:
        with suppress(OSError):
            texts["SYNCD_CA_FILE"] = configured.ca_file.read_bytes()
    if configured.salesforce_private_key:
        texts["SYNCD_SALESFORCE_PRIVATE_KEY"] = configured.salesforce_private_key.get_secret_value().encode()
    return texts


def _serve(wiring: Wiring, configured: Settings, halt: Halt) -> None:
    """Run the daemon, and its pages unless the port is 0, until the process is told to end."""
    daemon = Daemon(
        wiring,
        interval_minutes=configured.interval_minutes,
        reconcile_at=configured.reconcile_at,
        stop=halt.ending,
        halt=halt,
        watch=partial(
            Watch,
            wiring,
            interval_minutes=configured.interval_minutes,
            late_after=configured.late_after_minutes,
            papers=partial(papers, configured),
        ),
    )
    telling = Teller(
        wiring.store,
        channels(configured),
        looking(wiring.store, daemon.pulse, wiring.today),
        patience(configured),
        installation(configured),
    )
    if not configured.http_port:
        with telling:
            daemon.run()
        return
    configured.address.require_free()
    signing = signing_of(configured, wiring.store)
    signing.look_ahead()
    access = Access(signing.entry, configured.address.is_loopback)
    house = House(wiring, daemon.pulse, lambda actor: _plan(wiring, halt, actor), telling.counted, examine=_examined)
    url = urlsplit(configured.http_url or "")
    hosts = (configured.http_host, *configured.http_hosts, url.hostname or "localhost")
    pages = application(
        house, access, hosts=hosts, secure=url.scheme == "https", table=(*TABLE, *PAGES, *signing.operations())
    )
    if not (access.loopback or access.doorkeeper.configured):
        log.warning("probes alone are answered", mend="syncd admin, syncd token create, or SYNCD_HTTP_HOST=127.0.0.1")
    with Server(pages, configured.http_host, configured.http_port), telling:
        daemon.run()


def _examined() -> list[dict[str, str | list[str]]]:
    """What the doctor finds, each cause once, for who asks over HTTP."""
    return [cause.plain() for cause in by_cause(examine(read))]


def _plan(wiring: Wiring, halt: Halt, actor: str) -> Plan:
    """The plan of now, for who asks over HTTP, beside the run in hand: what that one asks is not broken off."""
    door, drawing = Door(wiring, Halt(halt.ending), hang_up=lambda: None), Drawing(wiring)
    door.carry_out(Act("plan", actor), drawing)
    return drawing.plan
