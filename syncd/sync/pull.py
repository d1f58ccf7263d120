"""Pull: what the remote systems show becomes source records; each page and the cursor past it in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

import structlog

from connectors.base import BudgetExhausted, ConnectorError, Glancing, Page, Refused, Source
from syncd.errors import SyncdError, UnsafePlan
from syncd.mapping import SystemMapping
from syncd.model import RemoteRef
from syncd.model.runs import SCHEDULE
from syncd.store import Store
from syncd.strangers import outlined, reason_of
from syncd.sync.assumptions import note_settings
from syncd.sync.forgotten import Forgotten
from syncd.sync.run import Run
from syncd.sync.tenants import admit
from syncd.sync.threads import of_this_run

STREAMS_AT_ONCE = 4
HIDDEN = (
    "is not there, or hidden from us: what was seen of it before stays, new records come without; grant it to the "
    "integration user, or say `optional: true` in the mapping"
)
log = structlog.get_logger()

Mode = Literal["news", "full"]


@dataclass
class Shortfall:
    """What pull left undone: streams not read to their end, those that seem to be emptied, fields that are hidden."""

    failures: dict[str, ConnectorError] = field(default_factory=dict)
    refused_sweeps: dict[str, str] = field(default_factory=dict)
    hidden: dict[str, str] = field(
        default_factory=dict
    )  # system.stream field → that it is not shown, and what mends it

    def note_hidden(self, mapping: SystemMapping, stream: str, hidden: Sequence[str]) -> None:
        """Note which fields of a stream are not shown to us and ought to be."""
        missed = dict.fromkeys(path for path in mapping.missed(stream) if path in hidden)
        self.hidden.update({f"{mapping.system}.{stream} {mapping.label(path)}": HIDDEN for path in missed})


def pull(
    source: Source,
    mapping: SystemMapping,
    store: Store,
    run: Run,
    *,
    streams: Sequence[str] | None = None,
    mode: Mode = "news",
    force: bool = False,
) -> Shortfall:
    """Pull a system's streams side by side.

    mode `news` goes on behind each stream's cursor; `full` reads everything again and marks what is gone as deleted
    (a share too large waits for `force`). A stream that fails, by a defect of ours too, keeps its cursor and goes on
    from there next time; a full read that broke off is gone on with by the next pull, whatever its mode, and sweeps at
    its end. Raises ConfigError where the system is another portal or org than the one that filled the store.
    """
    chosen = [stream for stream in mapping.streams if streams is None or stream in streams]
    for failure in admit(store, [source]).values():
        return Shortfall(failures={f"{mapping.system}.{stream}": failure for stream in chosen})
    only: Mapping[str, Page] = {}
    if streams is None:
        note_settings(store, source, mapping, again=mode == "full")
        try:
            only = _glance(source, mapping, store, chosen, mode)
        except ConnectorError as failure:
            return Shortfall(failures={f"{mapping.system}.{stream}": failure for stream in chosen})
    shortfall = Shortfall()
    spent: list[BudgetExhausted] = []  # without allowance no other stream of this system can do better now

    def pull_stream(stream: str, part: Run) -> ConnectorError | UnsafePlan | None:
        if spent:
            return spent[0]
        try:
            page = only.get(stream)
            hidden = _pull_stream(source, mapping, store, part, stream, mode=mode, force=force, pages=page and [page])
            shortfall.note_hidden(mapping, stream, hidden)
        except BudgetExhausted as error:
            spent.append(error)
            return error
        except (ConnectorError, UnsafePlan) as error:
            return error
        except (SyncdError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 an answer of a form that nobody foresaw costs its stream
            name = f"{mapping.system}.{stream}"
            log.error("broken", stream=name, error=reason_of(error), exception=outlined(error))
            return ConnectorError(f"syncd broke at it, which is a defect: {reason_of(error)}")
        return None

    with ThreadPoolExecutor(STREAMS_AT_ONCE, thread_name_prefix=f"pull-{mapping.system}") as pool:
        parts = {stream: run.part() for stream in chosen}
        reading = {stream: pool.submit(of_this_run(pull_stream), stream, part) for stream, part in parts.items()}
        for stream, part in parts.items():
            error, name = reading[stream].result(), f"{mapping.system}.{stream}"
            run.counts.add(part.counts)
            match error:
                case ConnectorError():
                    shortfall.failures[name] = error
                case UnsafePlan():
                    shortfall.refused_sweeps[name] = str(error)
    return shortfall


def _glance(
    source: Source, mapping: SystemMapping, store: Store, streams: Sequence[str], mode: Mode
) -> Mapping[str, Page]:
    """The only page of each stream that has little or no news, where the source reads several of them in one call."""
    if not isinstance(source, Glancing):
        return {}
    with store.reading() as unit:
        cursors = {one: unit.streams.cursor(source.system, one) if mode == "news" else None for one in streams}
    try:
        return source.glance({stream: (mapping.asked(stream), cursor) for stream, cursor in cursors.items()})
    except Refused:
        return {}


def _pull_stream(
    source: Source,
    mapping: SystemMapping,
    store: Store,
    run: Run,
    stream: str,
    *,
    mode: Mode,
    force: bool,
    pages: Sequence[Page] | None = None,
) -> Sequence[str]:
    """Read a stream to its end; returns the fields that it does not show us. pages: what it has, if that was read."""
    system, name = mapping.system, (mapping.system, stream)
    full = (mode == "full" and not mapping.streams[stream].log) or _under_full(store, system, stream)
    cursor = _cursor(store, system, stream, full)
    hidden: Sequence[str] = ()
    forgotten = Forgotten(store, mapping, stream)
    for page in pages or source.pull(stream, mapping.asked(stream), cursor):
        with store.writing() as unit:
            kept = page._replace(records=forgotten.without(unit, page.records)) if full or cursor is None else page
            changed = unit.records.save(system, stream, kept, full=full)
        run.counts.changed[name] += changed
        hidden = page.hidden
        run.counts.pulled[name] += len(page.records)
        run.progress(f"pull {system}.{stream}", len(page.records))
        if run.breaks_off():
            return hidden
    with store.writing() as unit:
        unit.streams.complete(system, stream, full=full or cursor is None)
    if full:
        run.counts.swept[name] += sweep(store, system, stream, force=force, actor=run.actor)
    return hidden


def _cursor(store: Store, system: str, stream: str, full: bool) -> str | None:
    """Where to go on; a full read that does not go on with one that broke off starts from the beginning."""
    if full:
        with store.writing() as unit:
            if unit.streams.start_full(system, stream):
                return None
    with store.reading() as unit:
        return unit.streams.cursor(system, stream)


def _under_full(store: Store, system: str, stream: str) -> bool:
    with store.reading() as unit:
        return unit.streams.under_full(system, stream)


def sweep(store: Store, system: str, stream: str, *, force: bool = False, actor: str = SCHEDULE) -> int:
    """End a full read: what it did not meet is marked deleted. Raises UnsafePlan when that is too much at once."""
    with store.writing() as unit:
        missing, live, done, forced = unit.streams.sweep(system, stream, force=force)
        if forced:
            unit.audit.write(actor, "pull", f"--force of {system}.{stream}: {missing:,} of {live:,} marked deleted")
    if not done:
        raise UnsafePlan(
            f"{system} {stream}: a full read did not meet {missing:,} of {live:,} records; nothing was marked "
            f"deleted. If they are really gone: syncd resync --system {system} --stream {stream} --full --force"
        )
    return missing


def fetch(
    source: Source, mapping: SystemMapping, store: Store, run: Run, wanted: Mapping[str, Sequence[str]]
) -> set[RemoteRef]:
    """Read single records again: stream → ids; returns those that the system has."""
    for failure in admit(store, [source]).values():
        raise failure
    there: set[RemoteRef] = set()
    for stream, ids in wanted.items():
        records = source.fetch(stream, mapping.asked(stream), ids)
        with store.writing() as unit:
            changed = unit.records.save_again(mapping.system, stream, records)
        run.counts.changed[mapping.system, stream] += changed
        run.counts.pulled[mapping.system, stream] += len(records)
        there |= {RemoteRef(mapping.system, stream, record.id) for record in records}
    return there
