"""Titles of nine languages, read with an agreement that names every function: the cases stand in titles/."""

import pytest

from syncd.agreement import load, title_words
from syncd.model import TitleReading
from syncd.rules.titles import lexicon_of, read_title
from tests.benchmarks.labelled_titles import naming_all
from tests.rules.titles import dutch, english, french, german, italian, japanese, nordic, polish, portuguese, spanish

AGREEMENT = naming_all(load())
LANGUAGES = (german, nordic, french, spanish, italian, portuguese, dutch, polish, japanese, english)
CASES = [case for language in LANGUAGES for case in language.CASES]


def read(title: str) -> TitleReading:
    return read_title(title, lexicon_of(AGREEMENT, title_words()))


@pytest.mark.parametrize(("title", "level", "functions"), CASES, ids=[title for title, _, _ in CASES])
def test_titles_of_other_languages_are_read(title: str, level: str | None, functions: tuple[str, ...]) -> None:
    reading = read(title)
    assert (reading.level, reading.functions, reading.former) == (level, functions, False)


@pytest.mark.parametrize(
    "title",
    [
        "名誉会長",
        "元部長",
        "元・営業部長",
        "Altgeschäftsführer",
        "Ancienne directrice des achats",
        "Expresidente",
        "Exgerente de finanzas",
        "Ex direttore commerciale",
        "Ex-presidente",
        "Voormalig directeur",
        "Była dyrektor",
        "前代表取締役社長",
    ],
)
def test_former_posts_of_other_languages_are_former(title: str) -> None:
    assert read(title).former
