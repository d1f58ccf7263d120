"""Whose records a store holds: those of the portal and the org that filled it, and of no other ever after.

Through another one's eyes all records would look deleted, and all wishes unfulfilled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connectors.base import ConnectorError, Problem, Source
from syncd.errors import ConfigError
from syncd.store import Store, UnitOfWork
from syncd.store.notes import TENANTS


def admit(store: Store, sources: Iterable[Source]) -> dict[str, ConnectorError]:
    """Raise ConfigError where a system is another portal or org than the store's; write down one that is met first.

    Returns why systems could not be asked: nothing may be read from or written to these now.
    """
    tenants: dict[str, str | None] = {}
    failures: dict[str, ConnectorError] = {}
    for source in sources:
        try:
            tenants[source.system] = source.tenant()
        except ConnectorError as error:
            failures[source.system] = error
    problems = [problem for system, tenant in tenants.items() if (problem := _strange(store, system, tenant))]
    if problems:  # before anything is written down: a first one that comes with a wrong one is as doubtful
        raise ConfigError("\n".join(f"{one.where}: {one.what}; {one.mend}" for one in problems))
    _write_down(store, tenants)
    return failures


def _write_down(store: Store, tenants: Mapping[str, str | None]) -> None:
    with store.reading() as unit:
        known = unit.notes.read_all(TENANTS)
    first = {name: tenant for name, tenant in tenants.items() if tenant and name not in known}
    if first:
        with store.writing() as unit:
            for system, tenant in first.items():
                unit.notes.keep(TENANTS.of(system), tenant)


def tenant_of(unit: UnitOfWork, system: str) -> str | None:
    """The portal or org that filled this store; None where nothing was read yet."""
    return unit.notes.read(TENANTS.of(system))


def require_own(store: Store, source: Source) -> None:
    """Raise what `admit` would raise, and write nothing down."""
    for problem in examine(store, source):
        raise ConfigError(f"{problem.where}: {problem.what}; {problem.mend}")


def examine(store: Store, source: Source) -> list[Problem]:
    """Find what `admit` would raise, and write nothing down. Raises ConnectorError."""
    problem = _strange(store, source.system, source.tenant())
    return [problem] if problem else []


def _strange(store: Store, system: str, tenant: str | None) -> Problem | None:
    with store.reading() as unit:
        known = unit.notes.read(TENANTS.of(system))
    if tenant is None or known in (None, tenant):
        return None
    what = f"this store was filled from {known}, and the credentials lead to {tenant}"
    mend = f"set SYNCD_DATABASE_URL to the store of {tenant} or a new one, or SYNCD_{system.upper()}_… to reach {known}"
    return Problem("error", f"{system} tenant", what, mend)
