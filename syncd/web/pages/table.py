"""The table of all pages and acts: a new file of them is added here. The navigation shows them in this order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from syncd.web.operations import Operation
from syncd.web.pages import (
    accounts,
    audit,
    audit_log,
    dossiers,
    health,
    pack,
    plan,
    quarantine,
    queue,
    radar,
    reports,
    resync,
    runs,
    searching,
)
from syncd.web.pages.page import Act, Page
from syncd.web.pages.serving import operations

PAGES: Final[Sequence[Page]] = (
    *radar.PAGES,
    *accounts.PAGES,
    *dossiers.PAGES,
    *searching.PAGES,
    *queue.PAGES,
    *pack.PAGES,
    *audit.PAGES,
    *reports.PAGES,
    *health.PAGES,
    *runs.PAGES,
    *quarantine.PAGES,
    *plan.PAGES,
    *resync.PAGES,
    *audit_log.PAGES,
)
ACTS: Final[Sequence[Act]] = (*dossiers.ACTS, *health.ACTS, *runs.ACTS, *quarantine.ACTS, *plan.ACTS, *resync.ACTS)
OPERATIONS: Final[Sequence[Operation]] = (*operations(PAGES, ACTS), *audit.DOWNLOADS)
