"""`syncd pull`: what is new in the remote systems, into the store."""

from __future__ import annotations

from connectors.base import Misconfigured
from syncd.cli.options import Json, Stream, System
from syncd.cli.summaries import show_counts
from syncd.cli.work import make_ready, work
from syncd.errors import ConfigError, Unavailable
from syncd.sync import pull as verb
from syncd.sync.names import chosen_streams
from syncd.sync.tenants import admit


def pull(system: System = None, stream: Stream = None, as_json: Json = False) -> None:
    """Pull what is new from the remote systems into the store.

    - `syncd pull`

    - `syncd pull --system hubspot --stream contacts`
    """
    failures: dict[str, str] = {}
    wrong = False
    with work(ready=make_ready) as (wiring, run):
        chosen = chosen_streams(wiring, system, stream)
        admit(wiring.store, [wiring.sources[name] for name in chosen])
        for name, streams in chosen.items():
            shortfall = verb.pull(wiring.sources[name], wiring.mappings[name], wiring.store, run, streams=streams)
            failures.update({where: str(error) for where, error in shortfall.failures.items()})
            wrong |= any(isinstance(error, Misconfigured) for error in shortfall.failures.values())
    show_counts(run.counts, as_json, failures)
    if failures:
        message = f"{len(failures):,} streams could not be read to their end"
        raise ConfigError(message) if wrong else Unavailable(message)
