"""Starts: why the daemon did not, where it got as far as its store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.exc import DBAPIError

from syncd.errors import ConfigError, SyncdError
from syncd.health.kept import keep
from syncd.model.health import Finding, FindingKind, Grade
from syncd.store import Store
from syncd.strangers import reason_of

START: Final = "start"
MEND: Final = "mend what is named, then start it again: `syncd run`; `syncd doctor` says whether it is mended"


@contextmanager
def noted_start(store: Store) -> Iterator[None]:
    """Around what a start may fail by: a configuration that is refused is left in the store, until a start succeeds."""
    try:
        yield
    except ConfigError as error:
        why = f"the daemon does not start: {reason_of(error)}"
        now = datetime.now(UTC)
        finding = Finding(
            FindingKind.CONFIGURATION, (), why, MEND, Grade.FAILING, now, "syncd doctor", about=START
        )  # fmt: skip
        _keep(store, [finding])
        raise
    _keep(store, [])


def is_of_start(finding: Finding) -> bool:
    """Whether it tells why no daemon runs."""
    return finding.kind is FindingKind.CONFIGURATION and finding.about == START


def _keep(store: Store, findings: list[Finding]) -> None:
    with suppress(SyncdError, DBAPIError), store.writing() as unit:
        keep(unit, (FindingKind.CONFIGURATION,), findings)
