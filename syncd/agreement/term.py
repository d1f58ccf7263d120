"""What every section of the agreement is made of: closed, frozen values, and the bounds of their numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

TEN_YEARS = 3_650  # days
DAY = 86_400  # seconds
MOST = 1_000_000  # of points, and of what is counted

Money = Annotated[Decimal, Field(gt=0, lt=10**15)]  # what both systems can hold, in any currency
Bound = Annotated[Decimal, Field(gt=-(10**18), lt=10**18)]  # of a size
Points = Annotated[int, Field(ge=-MOST, le=MOST)]


class Term(BaseModel):
    """One section of the agreement; unknown keys are refused, so that a typing error never goes unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")
