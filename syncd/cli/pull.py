"""`syncd pull`: what is new in the remote systems, into the store."""

from __future__ import annotations

from syncd.cli.options import Json, Stream, System
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.cli.work import carry_out, end, make_ready


def pull(system: System = None, stream: Stream = None, as_json: Json = False) -> None:
    """Pull what is new from the remote systems into the store.

    - `syncd pull`

    - `syncd pull --system hubspot --stream contacts`
    """
    ended = carry_out("pull", {"system": system, "stream": stream}, ready=make_ready)
    failures = ended.summary.failures
    show_counts(ended.summary.counts, as_json, failures)
    if failures:
        say(f"{len(failures):,} streams could not be read to their end")
    end(ended)
