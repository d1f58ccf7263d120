"""Empty stores for tests: migrated once a process, copied for each test."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from syncd.store import Store


def empty_sqlite(database: Path) -> str:
    """A migrated SQLite database without a row, in that file: its URL."""
    return copy_sqlite(_migrated(), database)


def copy_sqlite(closed: Path, database: Path) -> str:
    """A copy of an SQLite database that nobody has open, in that file: its URL."""
    shutil.copyfile(closed, database)
    database.chmod(0o600)  # as the store makes its file
    return f"sqlite:///{database}"


@cache
def _migrated() -> Path:
    file = Path(tempfile.mkdtemp(prefix="syncd-tests-")) / "migrated.db"
    store = Store(f"sqlite:///{file}")
    store.migrate()
    store.close()
    return file
