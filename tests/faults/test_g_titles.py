"""Titles: every kind in which a title was misread once, and its cousins. All titles are invented."""

import pytest

from syncd.agreement import load, title_words
from syncd.model import TitleReading
from syncd.rules.titles import lexicon_of, read_title

SHIPPED = load()
C, VP, DIRECTOR, MANAGER, IC = "C-level", "VP", "director", "manager", "individual contributor"


def read(title: str) -> TitleReading:
    return read_title(title, lexicon_of(SHIPPED, title_words()))


@pytest.mark.parametrize(
    ("title", "level", "functions"),
    [
        ("VP of Operations", VP, ("operations",)),
        ("SVP Technology", VP, ("IT",)),
        ("EVP Digital", VP, ("IT",)),
        ("Vice President, Product Technology", VP, ("IT",)),
        ("Head of Innovation and IT", DIRECTOR, ("IT",)),
        ("VP, Strategic Human Resources", VP, ("HR",)),
        ("Director of Transformation & Finance", DIRECTOR, ("finance",)),
    ],
)
def test_a_word_without_a_function_never_hides_one_that_has_one(
    title: str, level: str, functions: tuple[str, ...]
) -> None:
    assert (read(title).level, read(title).functions) == (level, functions)
