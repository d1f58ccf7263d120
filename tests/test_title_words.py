"""The words of job titles stand in a file a language; one of one's own takes the place of one, or of all."""

from pathlib import Path

import pytest
import yaml

from syncd.agreement import title_words
from syncd.agreement.words import TitleWords, title_texts
from syncd.document import Document, Unreadable, joined, read
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from tests.test_shipped import copied, digest, settings

ENGLISH, GERMAN = "titles/english.yaml", "titles/german.yaml"
TITLE = "Grand Vizier"


def level(folder: Path, title: str = TITLE) -> str | None:
    return load_rulebook(settings(folder)).read(title)[0].level


def add_a_vice_president(folder: Path) -> None:
    copied(ENGLISH, folder, "vice_presidents: [\n", "vice_presidents: [\n  grand vizier,\n")


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def whole() -> dict:
    """The shipped lists of all languages, as a customer's one file held them before."""
    return dict(joined([read(*text) for text in title_texts()]).content)


def test_words_of_ones_own_are_read_by(tmp_path: Path) -> None:
    assert level(tmp_path) != "VP"
    add_a_vice_president(tmp_path)
    assert level(tmp_path) == "VP"


def test_words_of_ones_own_wake_every_account(tmp_path: Path) -> None:
    before = digest(tmp_path)
    add_a_vice_president(tmp_path)
    assert digest(tmp_path) != before


def test_a_titles_file_of_ones_own_stands_for_all_languages(tmp_path: Path) -> None:
    words = whole()
    write(tmp_path, "titles.yaml", yaml.safe_dump(words, allow_unicode=True, sort_keys=False))
    assert title_words(tmp_path) == title_words()
    words["levels"]["VP"] += ["grand vizier"]
    words["levels"]["director"].remove("Leiter")
    write(tmp_path, "titles.yaml", yaml.safe_dump(words, allow_unicode=True, sort_keys=False))
    assert (level(tmp_path), "Leiter" in title_words(tmp_path).levels["director"]) == ("VP", False)


def test_one_language_of_ones_own_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    write(tmp_path, GERMAN, "levels: {VP: [Großwesir]}\n")
    assert level(tmp_path, "Großwesir") == "VP"
    levels = title_words(tmp_path).levels["director"]
    assert ("Leiter" in levels, "directeur" in levels) == (False, True)


def test_a_language_more_is_added(tmp_path: Path) -> None:
    write(tmp_path, "titles/czech.yaml", "levels: {director: [ředitel]}\nfunctions: {finance: [financí]}\n")
    reading = load_rulebook(settings(tmp_path)).read("Ředitel financí")[0]
    assert (reading.level, reading.functions) == ("director", ("finance",))
    assert level(tmp_path, "Abteilungsleiter") == "director"


def test_a_whole_list_beside_a_languages_own_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GERMAN, "levels: {VP: [Großwesir]}\n")
    write(tmp_path, "titles.yaml", yaml.safe_dump(whole()))
    with pytest.raises(ConfigError, match=r"titles\.yaml is a whole list, and .*titles changes parts: keep one"):
        title_words(tmp_path)


@pytest.mark.parametrize("name", ["titles.yaml", GERMAN])
def test_a_file_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, "")
    (tmp_path / name).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=rf"{name}: this is no UTF-8 text"):
        title_words(tmp_path)


MISTAKES = {
    "a level without words": (
        "bare: {Teilhaber: boss}\n",
        "1: no such level: boss; the levels are C-level, VP, director",
    ),
    "of an ending": (
        "endings:\n  - {level: director, ends: [baas]}\n  - {level: boss, ends: [chef]}\n",
        "3: no such level: boss",
    ),
    "another meaning of one abbreviation": (
        "jobs: []\nspelled: {sr: seigneur}\n",
        "2: spelled.sr stands in mappings/titles/english.yaml:",
    ),
    "a list that nobody knows": ("jobs: []\njobz: []\n", "2: jobz: Extra inputs"),
    "a table for a list": ("jobs: {a: b}\n", "1: jobs stands in mappings/titles/english.yaml:"),
    "a word that is none": ("jobs:\n  - Koch\n  - [Koch]\n", "3: jobs.1: "),
}


@pytest.mark.parametrize(("text", "complaint"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_one_of_several_files_is_told_with_its_own_line(tmp_path: Path, text: str, complaint: str) -> None:
    write(tmp_path, "titles/klingon.yaml", text)
    with pytest.raises(ConfigError) as refused:
        title_words(tmp_path)
    assert f"{tmp_path / 'titles/klingon.yaml'}:{complaint}" in str(refused.value)


def test_a_level_without_words_is_refused_in_a_whole_list_too(tmp_path: Path) -> None:
    words = whole()
    words["before_a_job"]["chief"] = "boss"
    write(tmp_path, "titles.yaml", yaml.safe_dump(words, allow_unicode=True))
    with pytest.raises(ConfigError, match=r"titles\.yaml:\d+: no such level: boss; the levels are "):
        title_words(tmp_path)


def test_english_names_every_list_and_says_what_it_is_for() -> None:
    (_, english), *_ = [(file, read(text, file).content) for text, file in title_texts()]
    assert TitleWords.model_fields.keys() - english.keys() == {"japanese"}


def documents(*texts: str) -> list[Document]:
    return [read(text, f"{number}.yaml") for number, text in enumerate(texts)]


def test_several_documents_are_joined_name_by_name_and_list_behind_list() -> None:
    three = documents("a: {b: [1, 2], c: x}", "a: {b: [3]}\nd: 4\n", "a: {c: x}\n")
    document = joined(three)
    assert document.content == {"a": {"b": [1, 2, 3], "c": "x"}, "d": 4}
    assert str(document.complaint(("a", "b", 2), "no")) == "1.yaml:1: no"
    assert str(document.complaint(("d",), "no")) == "1.yaml:2: no"
    assert [part.content for part in three] == [part.content for part in document.parts]
    assert three[0].content == {"a": {"b": [1, 2], "c": "x"}}, "what is joined stays as it was"
    with pytest.raises(Unreadable, match=r"1\.yaml:1: a\.c stands in 0\.yaml:1 as well"):
        joined(documents("a: {c: x}", "a: {c: y}"))
