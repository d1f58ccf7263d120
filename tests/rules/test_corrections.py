"""Corrections of titles by hand, as the rules take them."""

from datetime import UTC, datetime

import pytest

from syncd.agreement import load, title_words
from syncd.model import TitleCorrection, TitleReading
from syncd.rules.corrections import correcting, unknown_names
from syncd.rules.titles import lexicon_of, read_title

AGREEMENT = load()
DAY = datetime(2026, 11, 2, tzinfo=UTC)
BY_HAND = ("corrected by hand on 2026-11-02",)


def plain(title: str | None, year: int | None = None) -> TitleReading:
    return read_title(title, lexicon_of(AGREEMENT, title_words()), year)


@pytest.mark.parametrize(
    ("functions", "level", "functions_read", "level_read"),
    [
        (("risk",), "VP", ("risk",), "VP"),
        (("risk",), None, ("risk",), "director"),
        (None, "VP", ("IT",), "VP"),
        ((), "VP", (), "VP"),
        (None, "", ("IT",), None),
    ],
)
def test_each_half_is_corrected_or_left_to_the_rules(
    functions: tuple[str, ...] | None, level: str | None, functions_read: tuple[str, ...], level_read: str | None
) -> None:
    correction = TitleCorrection("Director of IT", functions, level, DAY)
    reading = correcting(plain, [correction], AGREEMENT)("DIRECTOR  of it")
    assert reading == TitleReading(functions_read, level_read, BY_HAND, 1.0)


def test_other_titles_are_read_by_the_rules() -> None:
    read = correcting(plain, [TitleCorrection("Director of IT", ("risk",), None, DAY)], AGREEMENT)
    assert read("Directors of IT") == plain("Directors of IT")
    assert read(None) == plain(None)


def test_a_correction_whose_names_the_agreement_lost_is_not_in_force() -> None:
    correction = TitleCorrection("Director of IT", ("sparkle",), "boss", DAY)
    assert unknown_names(correction, AGREEMENT) == ["sparkle", "boss"]
    assert correcting(plain, [correction], AGREEMENT)("Director of IT") == plain("Director of IT")
