"""Corrections of titles by hand: they outrank what the rules read, as long as the agreement knows their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from syncd.agreement.terms import Agreement
from syncd.model import TitleCorrection, TitleReading, title_key


class Reads(Protocol):
    """How the rules read titles. year: the calendar year that it is; None: no year that a title tells is over."""

    def __call__(self, title: str | None, year: int | None = None) -> TitleReading:
        """Return the reading of a title."""
        ...


def unknown_names(correction: TitleCorrection, agreement: Agreement) -> list[str]:
    """What a correction names and the agreement does not: while there is any, the correction is not in force."""
    functions = [name for name in correction.functions or () if name not in agreement.functions]
    level = [correction.level] if correction.level and correction.level not in agreement.levels else []
    return functions + level


def correcting(read: Reads, corrections: Iterable[TitleCorrection], agreement: Agreement) -> Reads:
    """A reader of titles that knows the corrections that are in force."""
    in_force = {title_key(one.title): one for one in corrections if not unknown_names(one, agreement)}

    def corrected(title: str | None, year: int | None = None) -> TitleReading:
        reading = read(title, year)
        correction = in_force.get(title_key(title)) if title else None
        return reading if correction is None else _corrected(reading, correction)

    return corrected if in_force else read


def _corrected(reading: TitleReading, correction: TitleCorrection) -> TitleReading:
    return TitleReading(
        functions=reading.functions if correction.functions is None else correction.functions,
        level=reading.level if correction.level is None else correction.level or None,
        words=(f"corrected by hand on {correction.corrected_at:%Y-%m-%d}",),
        confidence=1.0,
    )
