"""`syncd run`: the daemon."""

from __future__ import annotations

import threading

import structlog

from syncd.cli.context import settings
from syncd.cli.installation import make_ready, opened
from syncd.composition import alone, compose, require_whole
from syncd.doctor import machine
from syncd.health.starts import noted_start
from syncd.settings import strange
from syncd.signals import stop_on_signals
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
    require_whole(configured)
    with opened(configured, ready=make_ready) as store:
        for problem in machine.readers(store):
            log.warning("open to others", what=problem.what, mend=problem.mend)
        with noted_start(store):
            wiring = wire(configured, store, sleep=waiter(stop))
            wiring.require_signed()
        with alone(store):
            compose(wiring, configured, stop).run()
