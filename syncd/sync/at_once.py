"""What people have done in the store at once, without a run: each with its line of audit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from syncd.errors import NotFound
from syncd.model import RemoteRef
from syncd.store import Store, UnitOfWork
from syncd.store.notes import PAUSED


def pause(store: Store, actor: str, *, paused: bool) -> None:
    """Have the daemon start no further cycles, or go on."""
    with store.writing() as unit:
        unit.notes.keep(PAUSED, paused)
        unit.audit.write(actor, "pause" if paused else "resume", "")


def retry(store: Store, actor: str, record: str | None = None) -> int:
    """Let the next cycle try what is in quarantine again, at once, or one record of it; returns how many there are.

    record: `system.stream/id`, as quarantine lists it. Raises NotFound where it is not there.
    """
    with store.writing() as unit:
        chosen = [row for row in unit.quarantine.all() if record in (None, str(_ref(row)))]
        if record is not None and not chosen:
            not_there = "is not in quarantine; `syncd quarantine list` shows what is"
            raise NotFound(f"{record} {not_there}", plain=f"that record {not_there}")
        released = let_go(unit, chosen)
        unit.audit.write(actor, "quarantine retry", record or "all")
    return released


def let_go(unit: UnitOfWork, quarantined: Collection[Mapping[str, Any]]) -> int:
    """Have these rows of quarantine tried again; returns how many there are of them."""
    released = unit.records.retry(_ref(row) for row in quarantined if not _is_wish(row))
    return released + sum(unit.receipts.retry(row["system"], row["remote_id"]) for row in quarantined if _is_wish(row))


def _ref(row: Mapping[str, Any]) -> RemoteRef:
    return RemoteRef(row["system"], row["stream"], row["remote_id"])


def _is_wish(row: Mapping[str, Any]) -> bool:
    return bool(row["stream"].startswith("wish:"))
