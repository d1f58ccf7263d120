"""The table of all pages and acts: a new file of them is added here. The navigation shows them in this order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from syncd.web.operations import Operation
from syncd.web.pages import accounts, dossiers, health, pack, quarantine, queue, radar, runs, searching
from syncd.web.pages.page import Act, Page
from syncd.web.pages.serving import operations

PAGES: Final[Sequence[Page]] = (
    *radar.PAGES,
    *accounts.PAGES,
    *dossiers.PAGES,
    *searching.PAGES,
    *queue.PAGES,
    *pack.PAGES,
    *health.PAGES,
    *runs.PAGES,
    *quarantine.PAGES,
)
ACTS: Final[Sequence[Act]] = (*dossiers.ACTS, *health.ACTS, *runs.ACTS, *quarantine.ACTS)
OPERATIONS: Final[Sequence[Operation]] = operations(PAGES, ACTS)
