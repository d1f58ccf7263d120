"""What every section of an agreement is made of."""

from __future__ import annotations

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

TEN_YEARS = 3_650  # days
DAY = 86_400  # seconds
MOST = 1_000_000  # of points, and of what is counted


class NotReadYet(NamedTuple):
    """Marks a term that is accepted and that nothing reads yet; `effect`: what it will do."""

    effect: str


class Term(BaseModel):
    """One section of the agreement; unknown keys are refused, so that a typing error never goes unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")
