"""What every section of the agreement is made of: closed, frozen values, and the bounds of their numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from syncd.document import is_grouped

TEN_YEARS = 3_650  # days
DAY = 86_400  # seconds
MOST = 1_000_000  # of points, and of what is counted

Money = Annotated[Decimal, Field(gt=0, lt=10**15)]  # what both systems can hold, in any currency
Bound = Annotated[Decimal, Field(gt=-(10**18), lt=10**18)]  # of a size
Points = Annotated[int, Field(ge=-MOST, le=MOST)]


def kinds(annotation: Any) -> tuple[Any, ...]:
    """What a field may hold, however deep: an optional one holds what it is of."""
    return annotation, *(kind for part in get_args(annotation) for kind in kinds(part))


FRACTIONS = frozenset(("rate",))  # numbers of which three decimals are nothing strange


class Term(BaseModel):
    """One section of the agreement; unknown keys are refused, so that a typing error never goes unseen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _is_one_number(cls, value: Any, field: ValidationInfo) -> Any:
        """Refuse a number that people read as another one than YAML does."""
        if field.field_name in FRACTIONS or not is_grouped(value):
            return value
        if isinstance(value, str) and Decimal not in kinds(cls.model_fields[field.field_name or ""].annotation):
            return value
        number = float(value)
        raise ValueError(
            f"{number:.3f} is {number:g} here, and {number * 1000:.0f} to who writes points between thousands: "
            f"write {number * 1000:.0f}, or {number:g}"
        )
