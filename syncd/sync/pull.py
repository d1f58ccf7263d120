"""Pull: what the remote systems show becomes source records; each page and the cursor past it in one transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from connectors.base import BudgetExhausted, ConnectorError, Source
from syncd.errors import UnsafePlan
from syncd.mapping import SystemMapping
from syncd.store import Store
from syncd.sync.counts import Counts
from syncd.sync.tenants import admit

STREAMS_AT_ONCE = 4

Mode = Literal["news", "full"]


class Stopped(Exception):
    """The run was asked to stop; the page in hand is saved."""


@dataclass
class Outcome:
    """What pulling did: counts, the streams that could not be read to their end, and those that seem to be emptied."""

    counts: Counts = field(default_factory=Counts)
    failures: dict[str, ConnectorError] = field(default_factory=dict)
    refused_sweeps: dict[str, str] = field(default_factory=dict)


def pull(
    source: Source,
    mapping: SystemMapping,
    store: Store,
    *,
    streams: Sequence[str] | None = None,
    mode: Mode = "news",
    force: bool = False,
    stop: threading.Event | None = None,
    progress: Callable[[str, int], None] = lambda *_: None,
) -> Outcome:
    """Pull a system's streams side by side.

    mode `news` goes on behind each stream's cursor; `full` reads everything again and marks what is gone as deleted
    (a share too large waits for `force`). A stream that fails keeps its cursor and goes on from there next time; a full
    read that broke off is gone on with by the next pull, whatever its mode, and sweeps at its end. Raises ConfigError
    where the system is another portal or org than the one that filled the store.
    """
    chosen = [stream for stream in mapping.streams if streams is None or stream in streams]
    for failure in admit(store, [source]).values():
        return Outcome(failures={f"{mapping.system}.{stream}": failure for stream in chosen})
    outcome = Outcome()
    stop = stop or threading.Event()
    lock = threading.Lock()
    spent: list[BudgetExhausted] = []  # without allowance no other stream of this system can do better now

    def one(stream: str) -> None:
        name = f"{mapping.system}.{stream}"
        counts, refused = Counts(), ""
        failure: ConnectorError | None = next(iter(spent), None)
        if failure is None:
            try:
                wanted = mode == "full" and not mapping.streams[stream].log
                full = wanted or store.under_full(mapping.system, stream)
                _pull_stream(source, mapping, store, stream, full, stop, progress, counts)
                counts[f"swept {name}"] += store.sweep(mapping.system, stream, force=force) if full else 0
            except Stopped:
                pass
            except ConnectorError as error:
                failure = error
            except UnsafePlan as error:
                refused = str(error)
        with lock:
            outcome.counts.update(counts)
            if refused:
                outcome.refused_sweeps[name] = refused
            if failure:
                outcome.failures[name] = failure
            if isinstance(failure, BudgetExhausted):
                spent.append(failure)

    with ThreadPoolExecutor(STREAMS_AT_ONCE, thread_name_prefix=f"pull-{mapping.system}") as pool:
        for running in [pool.submit(one, stream) for stream in chosen]:
            running.result()
    return outcome


def _pull_stream(
    source: Source,
    mapping: SystemMapping,
    store: Store,
    stream: str,
    full: bool,
    stop: threading.Event,
    progress: Callable[[str, int], None],
    counts: Counts,
) -> None:
    system, name = mapping.system, f"{mapping.system}.{stream}"
    from_the_start = full and store.start_full(system, stream)
    cursor = None if from_the_start else store.cursor(system, stream)
    for page in source.pull(stream, mapping.asked(stream), cursor):
        counts[f"changed {name}"] += store.save(system, stream, page, full=full)
        counts[f"pulled {name}"] += len(page.records)
        progress(f"pull {name}", len(page.records))
        if stop.is_set():
            raise Stopped
    store.complete(system, stream, full=full or cursor is None)


def fetch(source: Source, mapping: SystemMapping, store: Store, found: Mapping[str, Sequence[str]]) -> Counts:
    """Read single records again: stream → ids. Returns counts of records read and changed."""
    for failure in admit(store, [source]).values():
        raise failure
    counts = Counts()
    for stream, ids in found.items():
        records = source.fetch(stream, mapping.asked(stream), ids)
        counts[f"changed {mapping.system}.{stream}"] += store.save_again(mapping.system, stream, records)
        counts[f"pulled {mapping.system}.{stream}"] += len(records)
    return counts
