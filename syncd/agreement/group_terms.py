"""The agreement's terms of a buying group: how strength is told in words, and how long an answer holds."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from syncd.agreement.term import MOST, TEN_YEARS, Term


class StrengthBands(Term):
    """From which strength on a role is weak, fair or strong: the decayed weights of those who fill it, in one sum."""

    weak: Annotated[float, Field(gt=0, le=MOST)] = 1
    fair: Annotated[float, Field(gt=0, le=MOST)] = 4
    strong: Annotated[float, Field(gt=0, le=MOST)] = 12


class GroupTerms(Term):
    """How a buying group is told. answer_days: so many calendar days after it was given an answer is stale."""

    answer_days: Annotated[int, Field(gt=0, le=TEN_YEARS)] = 180
    strength: StrengthBands = StrengthBands()
