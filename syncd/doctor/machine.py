"""This machine: the database, the disk below it, the port."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from connectors.base import Problem
from syncd.address import Address
from syncd.errors import NoStore, NotOurs, SyncdError
from syncd.private import of_a_store, open_to_others
from syncd.store import Store
from syncd.store.readiness import require_ready

SCARCE = 256  # MB on the store's disk below which a cycle may not get through
WRITABLE = "make file and folder writable for this user; where it is locked, end the process that holds it"


def database(store: Store) -> Iterator[Problem]:
    """Yield why the store could not be read, or nothing be written to it."""
    try:
        require_ready(store)
    except NoStore:
        yield from _place(Path(str(store.database.url.database)).resolve().parent)
        return
    except NotOurs as error:
        yield Problem("error", "database", str(error), "set SYNCD_DATABASE_URL to a database of syncd's own")
        return
    except SyncdError as error:
        yield Problem(
            "error",
            "database",
            str(error),
            "`syncd migrate` makes the tables and brings them up to date; else check SYNCD_DATABASE_URL",
        )
        return
    try:
        store.try_writing()
    except SyncdError as error:
        yield Problem("error", "database", str(error), WRITABLE)
    path = store.database.url.database
    if store.database.is_sqlite and path and Path(path).exists():
        yield from _disk(Path(path).resolve().parent)
        yield from readers(store)


def readers(store: Store) -> Iterator[Problem]:
    """Yield which files of a store, made by an older syncd or copied by somebody, all who use the machine may read."""
    path = store.database.url.database
    if not store.database.is_sqlite or not path or path.startswith("file:"):
        return
    if names := ", ".join(file.name for file in open_to_others(of_a_store(Path(path)))):
        what = f"{names} may be read by others on this machine: people's records stand there"
        yield Problem("warning", "database", what, f"chmod 600 {path}*")


def _place(folder: Path) -> Iterator[Problem]:
    """Where no store stands yet, the first cycle must be able to make one."""
    if not os.access(folder, os.W_OK | os.X_OK):
        what = f"no store can be made in {folder}: it is not there, or not this user's to write to"
        yield Problem("error", "database", what, "make the folder, or correct SYNCD_DATABASE_URL")
        return
    yield from _disk(folder)


def _disk(folder: Path) -> Iterator[Problem]:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < SCARCE:
        yield Problem("warning", "database", f"only {free:,} MB are free on its disk", "free some, or move it")


def port(address: Address) -> Iterator[Problem]:
    """Yield why `syncd run` could not listen; a daemon of ours on the port is as it should be."""
    if not address.port or _alive(address):
        return
    try:
        address.require_free()
    except SyncdError as error:
        yield Problem("error", "port", str(error), "set SYNCD_HTTP_PORT to a free one; 0 serves nothing")


def _alive(address: Address) -> bool:
    try:
        return address.ask("/livez", seconds=2) == (True, "alive")
    except SyncdError:
        return False
