"""The table of all operations: a new file of them is added here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from syncd.web.api import by_hand, description, health, looking, plans, probes, runs, status
from syncd.web.operations import Operation

TABLE: Final[Sequence[Operation]] = (
    *probes.OPERATIONS,
    *health.OPERATIONS,
    *status.OPERATIONS,
    *runs.OPERATIONS,
    *plans.OPERATIONS,
    *looking.OPERATIONS,
    *by_hand.OPERATIONS,
    *description.OPERATIONS,
)
