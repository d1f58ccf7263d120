"""Backup: the store copied into one file while it goes on working, and old ones of a folder taken away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.base import Stopped
from syncd.errors import ConfigError
from syncd.model.runs import RunOutcome
from syncd.store import Store
from syncd.store.backup import Backup, rotate, write_backup
from syncd.sync.cycle import Wiring
from syncd.sync.run import Run
from syncd.sync.summary import Summary


def back_up(store: Store, to: Path, run: Run, keep: int | None = None) -> tuple[Summary, Backup | None]:
    """Write a backup, and keep so many of its folder. None where it was stopped before it stood."""
    run.enter("backup")
    if keep is not None and not to.is_dir():
        raise ConfigError(f"--keep counts the backups of a folder, and {to} is none")
    summary, reached = Summary(counts=run.counts), 0

    def progress(done: int, _: int | None) -> None:
        nonlocal reached
        run.progress("backup", done - reached)
        reached = done

    try:
        made = write_backup(store, to, progress, lambda: run.stopped)
    except Stopped:
        summary.outcome = RunOutcome.STOPPED
        return summary, None
    gone, later = rotate(to, keep, made.path) if keep is not None else ([], [])
    rows = sum(made.rows.values())
    summary.notes.append(f"{made.path}: {rows:,} rows, {made.bytes:,} bytes, SHA-256 of its rows {made.digest[:16]}…")
    if gone:
        summary.notes.append(f"taken away: {', '.join(path.name for path in gone)}")
    if later:
        names = ", ".join(path.name for path in later)
        summary.notes.append(
            f"from later than now by their names, left alone and not counted: {names}; look at the clock"
        )
    return summary, made


def do_backup(wiring: Wiring, scope: Mapping[str, Any], run: Run) -> Summary:
    """The same with what was named; without a place it goes where the nightly ones go."""
    to = scope.get("to") or wiring.backups
    if not to:
        raise ConfigError("where to? `syncd backup TO`, or a folder in SYNCD_BACKUP_DIR")
    keep = scope.get("keep") or (None if scope.get("to") else wiring.backups_kept)
    return back_up(wiring.store, Path(str(to)), run, int(keep) if keep is not None else None)[0]
