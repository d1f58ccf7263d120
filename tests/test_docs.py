"""The documents hold: generated pages are up to date, links lead somewhere, commands and variables exist."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from connectors.salesforce.components import shipped
from connectors.salesforce.metadata import definitions
from syncd.mapping import load_all
from syncd.model import (
    AccountPicture,
    Ask,
    Choice,
    Knowledge,
    NextAction,
    OfferQuestion,
    PersonPicture,
    Picture,
    PicturedRole,
    PictureFinding,
    RolePerson,
    Ruling,
    Rung,
    ShownGate,
    Strength,
)
from syncd.pulse import Pulse
from syncd.rules.shortening import CLIPS
from syncd.settings import PREFIX, Settings
from syncd.store import Store
from syncd.web.figures import FIGURES
from syncd.web.metrics import Figures
from tests.reference import FOLDER, PAGES, page
from tests.reference.commands import commands

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    [
        *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
COMMANDS = {" ".join(words): command for words, command in commands()}
SANDBOX_READS_ITS_OWN = "sandbox"


def named(document: Path) -> str:
    return str(document.relative_to(ROOT))


@pytest.fixture(params=DOCUMENTS, ids=named)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert text == page(name), "run: .venv/bin/python -m tests.reference"


# ---- links -------------------------------------------------------------------------------------------------------


def links(text: str) -> list[str]:
    targets = re.findall(r"\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return [link for link in targets if "://" not in link]


def anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_link_leads_somewhere(document: Path) -> None:
    for link in links(document.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        target = (document.parent / file).resolve() if file else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_page_is_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached = {(index.parent / link).resolve() for link in links(index.read_text(encoding="utf-8"))}
    assert {path for path in (ROOT / "docs").rglob("*.md") if path != index} - reached == set()


# ---- what is named exists ----------------------------------------------------------------------------------------


def calls(text: str) -> Iterator[list[str]]:
    """The arguments of every `syncd …` that a document shows, in a block or in a line."""
    blocks = re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in [*lines, *inline]:
        if call := re.search(r"(?:^|[\s/])syncd( [^|;&>]*)", line):
            words = shlex.split(call[1].removeprefix(" syncd"), comments=True)
            if words and not words[0].startswith(("-", ".", "C", "…")):
                yield words


def test_every_command_that_is_shown_exists_with_its_options(document: Path) -> None:
    for words in calls(document.read_text(encoding="utf-8")):
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in COMMANDS), None)
        groups = {one.partition(" ")[0] for one in COMMANDS if " " in one}
        assert name or (words == words[:1] and words[0] in groups), words
        if name is None or name == SANDBOX_READS_ITS_OWN:
            continue
        known = {option for one in COMMANDS[name].params for option in one.opts} | {"--help"}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_every_variable_that_is_named_exists(document: Path) -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    known |= {f"{name}_FILE" for name in known}
    named = set(re.findall(r"\bSYNCD_[A-Z0-9_]+\b", document.read_text(encoding="utf-8")))
    assert named <= known | {"SYNCD_EVAL_DATA"}


def test_every_make_target_that_is_shown_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ |^)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "docs/glossary.md"])
def test_every_file_that_is_named_exists(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:syncd|connectors|mappings|migrations|tests|docs)/[\w./-]*)`", text))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


TESTS = {
    name
    for file in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^ *def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


def test_every_test_that_is_named_exists(document: Path) -> None:
    assert set(re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8"))) - TESTS == set()


def test_each_of_the_vendors_habits_has_its_test() -> None:
    lines = (FOLDER / "vendor-points.md").read_text(encoding="utf-8").splitlines()
    habits = [line for line in lines if line.startswith("| ") and not line.startswith(("| habit", "| what users"))]
    assert len(habits) > 70
    assert [habit for habit in habits if not re.search(r"`test_\w+`", habit.rpartition(" | ")[2])] == []


def test_every_metric_is_explained(sqlite_store: Store) -> None:
    families = Figures(sqlite_store, Pulse(), dict, ()).collect()
    served = {f"{one.name}_total" if one.type == "counter" else one.name for one in families}
    text = (FOLDER / "metrics.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"^\| `(syncd_\w+)`", text, re.MULTILINE))
    assert served <= explained
    assert explained == FIGURES.keys()  # an empty store has not all of them


# ---- decisions ---------------------------------------------------------------------------------------------------


KINDS = {
    "### Of an opportunity": Picture,
    "How the offer is said:": OfferQuestion,
    "One choice:": Choice,
    "A role:": PicturedRole,
    "Somebody who fills it:": RolePerson,
    "A finding:": PictureFinding,
    "What comes next:": NextAction,
    "### Of an account": AccountPicture,
    "### Of a contact or a lead": PersonPicture,
    "A gate:": ShownGate,
}
WORDS = {
    ("A role:", "state"): Knowledge,
    ("A role:", "strength"): Strength,
    ("A finding:", "state"): Knowledge,
    ("### Of a contact or a lead", "mql"): Ruling,
    ("### Of a contact or a lead", "ask"): Ask,
    ("### Of a contact or a lead", "rung"): Rung,
    ("A gate:", "ruling"): Ruling,
}


def keys_told_under(heading: str) -> dict[str, str]:
    """Key → what the page of the pictures says of it, of the table behind a heading."""
    text = (ROOT / "docs" / "explanation" / "picture.md").read_text(encoding="utf-8")
    table = text.partition(f"\n{heading}\n")[2].partition("|---|---|\n")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE))


@pytest.mark.parametrize(("heading", "kind"), KINDS.items(), ids=[kind.__name__ for kind in KINDS.values()])
def test_every_key_of_the_json_that_screens_draw_is_told(heading: str, kind: Any) -> None:
    assert [*keys_told_under(heading)] == [field.name for field in fields(kind)]


@pytest.mark.parametrize(("where", "words"), WORDS.items(), ids=[f"{key} {at.strip(':#')}" for at, key in WORDS])
def test_every_word_of_the_json_that_screens_draw_is_told(where: tuple[str, str], words: type[StrEnum]) -> None:
    heading, key = where
    assert set(re.findall(r"`(\w+)`", keys_told_under(heading)[key])) == {*words}


def test_the_room_that_is_told_is_what_is_deployed_and_declared() -> None:
    text = (ROOT / "docs" / "explanation" / "picture.md").read_text(encoding="utf-8")
    deployed = {field.length for (_, name), field in definitions().items() if name.endswith("_JSON__c")}
    writes = load_all()["salesforce"].writes
    declared = {rule.length[name] for rule in writes.values() for name in rule.length if name.endswith("_json")}
    assert deployed == declared == {32_768}
    assert "deployed with 32,768 characters" in text
    assert all(f"{most:,}" in text for most in CLIPS)


def test_decisions_are_numbered_without_gaps_and_say_day_status_context_and_outcome() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(file.name[:4]) for file in files] == list(range(1, len(files) + 1))
    for number, file in enumerate(files, 1):
        text = file.read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. ")
        status = text.split("\n\n")[1]
        assert re.fullmatch(r"\*\d{1,2} [A-Z][a-z]+ 20\d\d · (in force|replaced by \[\d+\]\(\S+\))\*", status), (
            file.name
        )
        assert "**Context.**" in text
        assert "**Outcome.**" in text


def test_pages_count_the_parts_of_the_package_as_it_is() -> None:
    parts = shipped()
    objects = {part.file for part in parts if part.tag}
    counted = {
        "Succeeded: {} components": len(parts) + len(objects),
        "{} would be added, 0": len(parts),
        "{} components removed, 0 stay; permission": len([one for one in parts if one.name.kind != "CustomField"]),
    }
    stated = {words: set[int]() for words in counted}
    for file in (Path(__file__).parents[1] / "docs").rglob("*.md"):
        for words, numbers in stated.items():
            pattern = rf"^{re.escape(words).replace(re.escape('{}'), '([0-9]+)')}"
            numbers |= {int(number) for number in re.findall(pattern, file.read_text(encoding="utf-8"), re.MULTILINE)}
    assert stated == {words: {number} for words, number in counted.items()}


def test_every_row_of_the_security_page_is_held_by_tests_that_there_are() -> None:
    text = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("|") and not re.match(r"\|[-|]+$", line)]
    threats = [row for row in rows if "held by" not in row and "who needs it" not in row]
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"def (test_\w+)", source))
    guarded = text[text.index("## Somebody at the HTTP port") :]
    assert [name for name in re.findall(r"`(test_\w+)`", text) if name not in defined] == []
    assert [row for row in threats if row in guarded and "`test_" not in row] == []
