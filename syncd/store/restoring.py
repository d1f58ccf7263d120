"""Restoring: a backup becomes a store again, on SQLite or PostgreSQL: all of it, or nothing happens."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, text, true, update

from syncd.errors import ConfigError, Unavailable
from syncd.model.runs import OF_OUTCOMES, Ending, RunOutcome
from syncd.store import PATIENCE, Store
from syncd.store.backup import Backup, read_backup, settle
from syncd.store.copying import Counted, copy_rows, count_on
from syncd.store.foreign import disarm, take_rows
from syncd.store.lock import lease_of
from syncd.store.migration import is_empty, require_known
from syncd.store.notes import HOLDER, RESTORED
from syncd.store.parts import BESIDE, part
from syncd.store.readiness import is_missing, reachable
from syncd.store.tokens import REVOKED, revoke_again
from syncd.tables.columns import metadata
from syncd.tables.core import wish
from syncd.tables.growth import GROWTH
from syncd.tables.meaning import PENDING


def restore(file: Path, url: str, actor: str, *, replace: Callable[[str], bool], counted: Counted) -> Backup:
    """Make a store of a backup. replace: asked, with what stands there, where something does.

    Raises ConfigError where the file is no backup, or not whole, or of a newer syncd, or where something stands there
    and is not to be replaced; AlreadyRunning where a syncd works on it. What stood there stands as it was, then.
    """
    backup = read_backup(file)
    target = Store(url)
    try:
        with reachable(target):
            new = is_missing(target) if target.database.is_sqlite else is_empty(target.database)
            if not new:
                require_known(target.database)
        if not new and not replace(str(target.database.url.database)):
            raise ConfigError(f"{target.database.url.database} is there; `--replace` puts the backup in its place")
        put = _put_file if target.database.is_sqlite else _put_rows
        put(backup, target, actor, new=new, counted=counted)
    finally:
        target.close()
    return backup


def _put_file(backup: Backup, target: Store, actor: str, *, new: bool, counted: Counted) -> None:
    path = Path(str(target.database.url.database))
    with _prepared(backup, path.absolute().parent, actor, None if new else target) as copy:
        counted(sum(backup.rows.values()))
        settle(copy)
        with _alone_where_nothing_is(target) if new else target.alone():
            if not new:
                _write_back(target)
            target.close()
            # SQLite plays a log into whatever file has the name, also years after a kill: of the old store nothing may
            # speak to the new one. https://www.sqlite.org/howtocorrupt.html (1.4)
            for ending in BESIDE:
                with suppress(FileNotFoundError):
                    path.with_name(f"{path.name}{ending}").unlink()
            settle(path.absolute().parent)  # before the new file stands: a disk may keep the one and lose the other
            copy.replace(path)
            settle(path.absolute().parent)


@contextmanager
def _alone_where_nothing_is(target: Store) -> Iterator[None]:
    """Hold the place of a store that is not there: to write down who holds it would make one."""
    lease = lease_of(target.database)
    lease.take(PATIENCE)
    try:
        if not is_missing(target):
            raise Unavailable(f"{target.database.url.database} was made meanwhile; look at it, and restore again")
        yield
    finally:
        lease.give()


def _write_back(target: Store) -> None:
    """Have the old store be one file, so that it is whole until the new one takes its place."""
    with target.database.engine.connect() as connection:
        connection.commit()
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").first()
    if busy is None or busy[0]:
        path = target.database.url.database
        raise Unavailable(f"somebody reads {path}; end what looks into it, and restore again")


def _put_rows(backup: Backup, target: Store, actor: str, *, new: bool, counted: Counted) -> None:
    """All rows in one transaction, in the place of those that stood there."""
    with _prepared(backup, Path(tempfile.gettempdir()), actor, None if new else target) as copy, target.alone():
        target.migrate()
        source = Store(f"sqlite:///{copy}")
        try:
            with source.database.reading() as rows, target.database.writing() as connection:
                if not new:
                    _empty(connection)
                copy_rows(rows, connection, counted)
                count_on(connection)
        finally:
            source.close()
        target.look_anew()


def _empty(connection: Connection) -> None:
    """Empty every table; the audit log's own guard is let down for that, within the same transaction."""
    names = ", ".join(f'"{name}"' for name in metadata.tables)
    guarded = ("audit_log", "audit_mention")
    for name in guarded:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    connection.execute(text(f"TRUNCATE {names}"))
    for name in guarded:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))


@contextmanager
def _prepared(backup: Backup, folder: Path, actor: str, target: Store | None) -> Iterator[Path]:
    """The store that the backup's rows are going to be, at the newest revision; gone when the block ends.

    target: the store that is replaced, whose revoked tokens stay so.
    """
    with part(folder) as foreign, part(folder) as made:
        shutil.copyfile(backup.path, foreign)
        disarm(foreign)
        for file in (foreign, made):
            with closing(Store(f"sqlite:///{file}")) as store:
                store.migrate()
        take_rows(foreign, made)
        with closing(Store(f"sqlite:///{made}")) as store, store.writing() as unit:
            _begin(unit.connection)
            for name in revoke_again(unit.connection, target.database) if target else ():
                unit.audit.write(actor, REVOKED, name)
            unit.runs.break_off()
            unit.notes.drop(HOLDER)
            unit.notes.keep(RESTORED, backup.made_at)
            number = unit.runs.start("restore", actor, {"file": backup.path.name})
            unit.audit.write(actor, "restore", f"the backup of {backup.made_at:%Y-%m-%d %H:%M} UTC, run {number}")
            unit.runs.finish(number, Ending(RunOutcome.DONE, OF_OUTCOMES[RunOutcome.DONE]), {})
        yield made


def _begin(connection: Connection) -> None:
    """What a store may not take for granted that slept while the world, and perhaps another syncd, went on.

    Nobody is signed in. How our records stand now is taken in anew, as after a write of ours: what the store would
    have written itself is no person's touch.
    """
    for name, growth in GROWTH.items():
        if not growth.carried:
            connection.execute(delete(metadata.tables[name]))
    connection.execute(update(wish).where(wish.c.remote_id.is_not(None)).values(unread=true()))


def restored_from(store: Store) -> datetime | None:
    """When the backup was made that the store was restored from, where not everything was read again since."""
    with store.reading() as unit:
        return unit.notes.read(RESTORED)


def go_on(store: Store) -> None:
    """Everything was read again: from now on the store writes, and looks first whether what it would make is there."""
    with store.writing() as unit:
        new = (PENDING, wish.c.remote_id.is_(None), wish.c.sent_digest == "", wish.c.wanted != "{}")
        unit.connection.execute(update(wish).where(*new).values(uncertain=true()))
        unit.notes.drop(RESTORED)
