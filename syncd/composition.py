"""The daemon of an installation, put together once: its clock, alerts and pages, around one wiring (`syncd.wiring`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlalchemy.exc import DBAPIError

from syncd.alerts import Teller, channels, patience
from syncd.alerts.configured import installation
from syncd.alerts.matters import looking
from syncd.daemon import Daemon
from syncd.doctor import examine
from syncd.doctor.causes import by_cause
from syncd.errors import AlreadyRunning, ConfigError, SyncdError
from syncd.health.holding import refused
from syncd.health.kept import keep
from syncd.health.life import this_process
from syncd.model.health import FindingKind
from syncd.pack.post import PackPost
from syncd.pack.receivers import require_whole as require_receivers
from syncd.settings import Settings, read
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.verbs import draw
from syncd.watch import Watch
from syncd.web import PAGES, TABLE, Access, House, Server, application
from syncd.web.entry.aside import Aside
from syncd.web.entry.doorkeeper import Entry
from syncd.web.entry.limits import Limits
from syncd.web.entry.people import People
from syncd.web.entry.provider import Provider
from syncd.web.entry.signing import Signing
from syncd.web.entry.terms import terms_of
from syncd.web.hooks import hooks_of

log = structlog.get_logger()


@dataclass(frozen=True)
class Composition:
    """What works side by side until the process is told to end. server: None where nothing is served."""

    daemon: Daemon
    teller: Teller
    post: PackPost
    server: Server | None

    def run(self) -> None:
        """Serve, tell and work; returns once the daemon has ended."""
        with ExitStack() as stack:
            if self.server is not None:
                stack.enter_context(self.server)
            stack.enter_context(self.teller)
            stack.enter_context(self.post)
            self.daemon.run()


def require_whole(settings: Settings) -> None:
    """Raise ConfigError for half a channel, or half an identity provider, before anything is done."""
    channels(settings)
    require_receivers(settings)
    terms_of(settings)


@contextmanager
def alone(store: Store) -> Iterator[None]:
    """Hold the store; where another daemon does, leave it word: its health tells that two were started."""
    with ExitStack() as stack:
        try:
            stack.enter_context(store.alone())
        except AlreadyRunning as error:
            with suppress(SyncdError, DBAPIError), store.writing() as unit:
                keep(unit, (FindingKind.LEASE,), [refused(error, this_process())])
            raise
        yield


def compose(wiring: Wiring, settings: Settings, stop: threading.Event) -> Composition:
    """The daemon with its alerts, and with its pages unless the port is 0. Raises ConfigError.

    stop: tells the daemon to end, and each run that is at work.
    """
    daemon, store = _daemon(wiring, settings, stop), wiring.store
    matters = looking(store, daemon.pulse, wiring.today)
    teller = Teller(store, channels(settings), matters, patience(settings), installation(settings))
    post = PackPost(store, lambda: wiring.book, settings)
    if not settings.http_port:
        if wiring.announcers:
            raise ConfigError("SYNCD_HTTP_PORT is 0, and a system is to call: give it a port, or take its secret away")
        return Composition(daemon, teller, post, None)
    settings.address.require_free()
    house = House(wiring, daemon.pulse, partial(draw, daemon.door, wiring), teller.counted, examine=_examined)
    return Composition(daemon, teller, post, _server(house, settings, daemon.look_at_announced))


def signing_of(settings: Settings, store: Store) -> Signing:
    """Who may come in by these settings and this store, and the pages for it. Raises ConfigError."""
    terms, aside = terms_of(settings), Aside(store)
    secure = bool(settings.http_url and settings.http_url.startswith("https://"))
    token = settings.http_token
    entry = Entry(
        store,
        People(store, aside, terms.source if terms else None),
        aside,
        bootstrap=token.get_secret_value() if token else None,
        by_provider=terms is not None,
        cookie="__Host-syncd" if secure else "syncd",  # a browser takes such a name from this very host by https alone
    )
    return Signing(store, entry, Limits(), Provider(terms) if terms else None, secure)


def _daemon(wiring: Wiring, settings: Settings, stop: threading.Event) -> Daemon:
    return Daemon(
        wiring,
        interval_minutes=settings.interval_minutes,
        reconcile_at=settings.reconcile_at,
        stop=stop,
        watch=partial(
            Watch,
            wiring,
            interval_minutes=settings.interval_minutes,
            late_after=settings.late_after_minutes,
            papers=partial(_papers, settings),
        ),
    )


def _server(house: House, settings: Settings, wake: Callable[[], object]) -> Server:
    """The pages and the API, behind their doorkeeper. wake: where a system has announced something."""
    signing = signing_of(settings, house.store)
    signing.look_ahead()
    access = Access(signing.entry, settings.address.is_loopback)
    if not (access.loopback or access.doorkeeper.configured):
        log.warning("probes alone are answered", mend="syncd admin, syncd token create, or SYNCD_HTTP_HOST=127.0.0.1")
    url = urlsplit(settings.http_url or "")
    announcers = house.wiring.announcers.values()
    called = [urlsplit(announcer.address).hostname or "localhost" for announcer in announcers]
    hosts = (settings.http_host, *settings.http_hosts, url.hostname or "localhost", *called)
    hooks = hooks_of(house.store, announcers, house.pulse, wake)
    table = (*TABLE, *PAGES, *signing.operations(), *hooks)
    pages = application(house, access, hosts=hosts, secure=url.scheme == "https", table=table)
    return Server(pages, settings.http_host, settings.http_port)


def _papers(settings: Settings) -> dict[str, bytes]:
    """The PEM texts that we were given and that may hold a certificate, by their settings."""
    texts: dict[str, bytes] = {}
    if settings.ca_file:
        with suppress(OSError):
            texts["SYNCD_CA_FILE"] = settings.ca_file.read_bytes()
    if settings.salesforce_private_key:
        texts["SYNCD_SALESFORCE_PRIVATE_KEY"] = settings.salesforce_private_key.get_secret_value().encode()
    return texts


def _examined() -> Sequence[dict[str, Any]]:
    """What the doctor finds, each cause once, for who asks over HTTP."""
    return [cause.plain() for cause in by_cause(examine(read))]
