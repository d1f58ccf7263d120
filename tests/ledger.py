"""What tests ask of a store, or do to it, in a unit of work of its own each."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from connectors.base import Page, Record
from connectors.callers import Caller, Sleep
from syncd.mapping import SystemMapping
from syncd.model import Group, Ref, RemoteRef
from syncd.model.runs import SCHEDULE
from syncd.store import Store
from syncd.store.links import Link
from syncd.store.notes import NoteKind
from syncd.store.receipts import Settlement
from syncd.store.runs import Asked
from syncd.store.wishes import PendingWish
from syncd.sync import meters
from syncd.sync.batch import Batch
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.door import Act, Door, Ended
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from syncd.sync.verbs import act_of

T = TypeVar("T")


def begin(store: Store) -> None:
    """Put a new store past its first plan, as one whose person has looked."""
    with store.writing() as unit:
        unit.first_plan.apply(datetime.now(UTC), "test")


def begin_at(url: str) -> None:
    """The same for a store that may not have been made yet."""
    store = Store(url)
    store.migrate()
    begin(store)
    store.close()


def save(store: Store, system: str, stream: str, page: Page, *, full: bool = False) -> int:
    with store.writing() as unit:
        return unit.records.save(system, stream, page, full=full)


def save_again(store: Store, system: str, stream: str, records: Sequence[Record]) -> int:
    with store.writing() as unit:
        return unit.records.save_again(system, stream, records)


def cursor(store: Store, system: str, stream: str) -> str | None:
    with store.reading() as unit:
        return unit.streams.cursor(system, stream)


def reset_cursor(store: Store, system: str, stream: str) -> None:
    with store.writing() as unit:
        unit.streams.reset(system, stream)


def complete(store: Store, system: str, stream: str) -> None:
    with store.writing() as unit:
        unit.streams.complete(system, stream)


def start_full(store: Store, system: str, stream: str) -> bool:
    with store.writing() as unit:
        return unit.streams.start_full(system, stream)


@contextmanager
def matching(store: Store, system: str, stream: str, limit: int = 1_000) -> Iterator[Batch]:
    """A batch as match works on it; what was done stands when the block ends well."""
    with store.writing() as unit:
        batch = Batch(unit, unit.records.unmatched(system, stream, limit), datetime.now(UTC))
        yield batch
        batch.finish()


def unmatch(store: Store, system: str) -> int:
    with store.writing() as unit:
        return unit.records.unmatch_system(system)


def quarantined(store: Store) -> list[dict[str, Any]]:
    with store.reading() as unit:
        return unit.quarantine.all()


def find(store: Store, kind: str, name: str) -> list[str]:
    with store.reading() as unit:
        return unit.people.find(kind, name)


def account_of(store: Store, contact_id: str) -> str | None:
    with store.reading() as unit:
        return unit.people.account_of(contact_id)


def links_of(store: Store, kind: str, golden_id: str) -> list[Link]:
    with store.reading() as unit:
        return unit.people.links_of(kind, golden_id)


def link(store: Store, record: str, kind: str, golden_id: str) -> None:
    with store.writing() as unit:
        unit.people.link(RemoteRef.read(record), kind, golden_id)


def erase(store: Store, contact_id: str) -> int:
    with store.writing() as unit:
        return unit.people.erase(contact_id)


def group_of(store: Store, account_id: str) -> Group | None:
    with store.reading() as unit:
        return unit.groups.of_account(account_id)


def stray(store: Store, contact_id: str) -> Group | None:
    with store.reading() as unit:
        return unit.groups.stray(contact_id)


def judgement(store: Store, account_id: str) -> str | None:
    with store.reading() as unit:
        return unit.judgements.body(account_id)


def pending(store: Store, system: str, object_: str | None = None, now: datetime | None = None) -> list[PendingWish]:
    with store.reading() as unit:
        return unit.wishes.pending(system, None, now, object_)


def settle(store: Store, settlement: Settlement, now: datetime) -> None:
    with store.writing() as unit:
        unit.receipts.settle([settlement], now)


def count_pending(store: Store, system: str) -> dict[str, int]:
    with store.reading() as unit:
        return unit.wishes.count_pending().get(system, {})


def unaccepted(store: Store) -> dict[tuple[str, str], int]:
    with store.reading() as unit:
        return unit.wishes.count_unaccepted()


def retry_wishes(store: Store) -> int:
    with store.writing() as unit:
        return unit.receipts.retry()


def resolve(store: Store, mapping: SystemMapping, refs: Sequence[Ref]) -> dict[Ref, str]:
    with store.reading() as unit:
        return unit.references.resolve(mapping, refs)


def last_runs(store: Store, limit: int = 10) -> list[dict[str, Any]]:
    with store.reading() as unit:
        return unit.runs.last(limit)


def keep_note(store: Store, kind: NoteKind[T], fact: T) -> None:
    with store.writing() as unit:
        unit.notes.keep(kind, fact)


def ask(store: Store, actor: str, verb: str, scope: dict[str, Any]) -> int:
    with store.writing() as unit:
        return unit.runs.ask(actor, verb, scope)


def open_requests(store: Store) -> list[Asked]:
    with store.reading() as unit:
        return unit.runs.waiting()


def run_of(store: Store, number: int) -> dict[str, Any]:
    with store.reading() as unit:
        return unit.runs.read(number)


def carried_out(wiring: Wiring, verb: str = "cycle", *, actor: str = SCHEDULE, **scope: Any) -> Ended:
    """An act through the door, as the daemon carries it out."""
    act = Act(verb, actor, scope)
    return Door(wiring, threading.Event()).carry_out(act, lambda run: act_of(verb)(wiring, scope, run))


def counted_cycle(wiring: Wiring, *, wait: Sleep = time.sleep, **how: Any) -> Summary:
    """One cycle without the door, with what it asked of each system; wait: as its connectors do."""
    with Caller(wait) as caller:
        summary = cycle(wiring, Run(), **how)
    meters.settle(summary, caller, wiring.sources)
    return summary


def outcomes(store: Store) -> list[str]:
    """How the runs that ended did, oldest first."""
    return [run["outcome"] for run in reversed(last_runs(store, 100)) if run["outcome"]]


def answered(store: Store, number: int) -> str | None:
    """How a run that was asked for ended, with what was raised; None while it waits or works."""
    row = run_of(store, number)
    return f"{row['outcome']}: {row['error']}" if row["error"] and row["outcome"] else row["outcome"]
