"""`syncd pull`: what is new in the remote systems, into the store."""

from __future__ import annotations

import threading

from connectors.base import Misconfigured
from syncd.cli.installation import make_ready, wired
from syncd.cli.meter import Meter
from syncd.cli.names import chosen_streams
from syncd.cli.options import Json, Stream, System
from syncd.cli.summaries import show_counts
from syncd.errors import ConfigError, Unavailable
from syncd.signals import stop_on_signals
from syncd.sync import pull as verb
from syncd.sync.run import Run
from syncd.sync.tenants import admit


def pull(system: System = None, stream: Stream = None, as_json: Json = False) -> None:
    """Pull what is new from the remote systems into the store.

    - `syncd pull`

    - `syncd pull --system hubspot --stream contacts`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    failures: dict[str, str] = {}
    wrong = False
    with wired(stop, ready=make_ready) as wiring, wiring.store.alone(), Meter().shown() as meter:
        run, chosen = Run(stop, meter), chosen_streams(wiring, system, stream)
        admit(wiring.store, [wiring.sources[name] for name in chosen])
        for name, streams in chosen.items():
            shortfall = verb.pull(wiring.sources[name], wiring.mappings[name], wiring.store, run, streams=streams)
            failures.update({where: str(error) for where, error in shortfall.failures.items()})
            wrong |= any(isinstance(error, Misconfigured) for error in shortfall.failures.values())
    show_counts(run.counts, as_json, failures)
    if failures:
        message = f"{len(failures):,} streams could not be read to their end"
        raise ConfigError(message) if wrong else Unavailable(message)
