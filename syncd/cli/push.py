"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.base import ConnectorError
from syncd.cli.options import Force, Json
from syncd.cli.summaries import show_counts
from syncd.cli.work import work
from syncd.sync.apply import apply
from syncd.sync.counts import Counts


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    with work() as (wiring, run):
        failures = apply(wiring, None, run, force=force)
    show_pushed(run.counts, failures, as_json)


def show_pushed(counts: Counts, failures: Mapping[str, ConnectorError], as_json: bool) -> None:
    """What was pushed; raises the first failure."""
    show_counts(counts, as_json, {system: str(error) for system, error in failures.items()})
    for error in failures.values():
        raise error
