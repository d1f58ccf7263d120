"""Bring the database to the newest revision of migrations/."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from syncd.errors import ConfigError, NotOurs
from syncd.store.database import Database, translated
from syncd.store.lock import one_migration
from syncd.tables import metadata

_REVISIONS = "alembic_version"  # the table in which the revision stands


def _config(folder: str, database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", folder)
    config.attributes["engine"] = database.engine
    return config


def migrate(database: Database, revision: str = "head") -> str:
    """Upgrade to `revision` and return the revision that stands now."""
    with translated(), one_migration(database):
        require_known(database)
        with as_file(files("migrations")) as folder:
            command.upgrade(_config(str(folder), database), revision)
    return current(database) or ""


def current(database: Database) -> str | None:
    """The revision that stands in the database; None in an empty one, and in one that lost it or was never ours."""
    with translated(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this syncd knows."""
    with as_file(files("migrations")) as folder:
        return _scripts(str(folder)).get_current_head() or ""


def require_known(database: Database) -> str | None:
    """Return the revision that stands; raise ConfigError for tables of others, or of a newer syncd."""
    if (stands := current(database)) is None:
        _require_empty(database)
    with as_file(files("migrations")) as folder:
        known = {script.revision for script in _scripts(str(folder)).walk_revisions()}
    if stands is not None and stands not in known:
        raise ConfigError(
            f"the database stands at revision {stands}, which this syncd does not know: "
            "a newer one has migrated it; install that version, or restore a copy from before"
        )
    return stands


def is_empty(database: Database) -> bool:
    """Whether no table stands there at all."""
    return not _tables(database)


def _require_empty(database: Database) -> None:
    """Refuse tables without a revision: another program's file, or the names of ours on a server that others share."""
    tables = _tables(database)
    if in_the_way := tables if database.is_sqlite else tables & metadata.tables.keys():
        raise NotOurs(
            f"SYNCD_DATABASE_URL: {database.url.database} holds tables (such as {min(in_the_way)}) and no "
            "revision: syncd did not make it, or its revision was lost; name another database, or restore a copy from "
            "before"
        )


def _tables(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return {*inspect(connection).get_table_names()} - {_REVISIONS}


def require_head(database: Database) -> None:
    """Raise ConfigError unless the database stands at the newest revision."""
    if (stands := require_known(database)) != (newest := head()):
        raise ConfigError(
            f"the database stands at revision {stands or 'none'}, syncd needs {newest}; run `syncd migrate`"
        )


@cache
def _scripts(folder: str) -> ScriptDirectory:
    """The migrations, which no process reads twice."""
    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config)
