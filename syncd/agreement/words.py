"""The words of job titles: `mappings/titles.yaml` as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Self

from pydantic import model_validator

from syncd import shipped
from syncd.agreement.term import Term
from syncd.document import valid_as

Names = tuple[str, ...]

TITLES = "titles.yaml"


class Ending(Term):
    """Ends of one-word titles, their level, and the function that they show where what stands before shows none."""

    ends: Names
    level: str
    function: str | None = None


class Aliases(Term):
    """What an agreement may call the functions and levels of the word list."""

    functions: Mapping[str, str] = {}
    levels: Mapping[str, str] = {}


class TitleWords(Term):
    """Every word list of `mappings/titles.yaml`; the file says what each is for.

    A list that came later may be missing: a file of a customer's own stays as good as it was.
    """

    spelled: Mapping[str, str]
    dotted: Mapping[str, str] = {}
    alone: Mapping[str, str] = {}
    japanese: Mapping[str, str] = {}
    firm_leads: Names = ()
    no_level: Names = ()
    levels: Mapping[str, Names]
    vice_presidents: Names
    faint: Mapping[str, Names]
    scoped: Mapping[str, str]
    whole: Names
    bare: Mapping[str, str]
    bare_with: Names
    before_a_job: Mapping[str, str]
    chief_no_officer: Names
    subordinate: Names
    serving: Names = ()
    belongs_to: Names
    place_of: Names
    former: Names
    former_beginnings: Names = ()
    retired: Names
    not_former: Names
    company_follows: Names
    units: Names
    boards: Names = ()
    seats: Names = ()
    no_titles: Names = ()
    bodies: Names = ()
    guests: Names = ()
    scope_follows: Names
    joined_by: Names
    jobs: Names
    job_endings: Names
    no_jobs: Names
    endings: tuple[Ending, ...]
    small_units: Names
    stems: Mapping[str, Names]
    beginnings: Mapping[str, Names] = {}
    function_ends: Mapping[str, Names] = {}
    last_words: Mapping[str, Names] = {}
    part_of: Mapping[str, str] = {}
    offices: Mapping[str, Names]
    also_called: Aliases
    functions: Mapping[str, Names]
    faint_functions: Names
    faint_beginnings: Names = ()
    last_functions: Mapping[str, Names]
    no_function: Names

    @model_validator(mode="after")
    def _levels_are_known(self) -> Self:
        """Refuse a level that the list has no words for: whatever shows it would be lost without a word."""
        tables = (self.scoped, self.bare, self.before_a_job)
        shown = [
            *(ending.level for ending in self.endings),
            *self.faint,
            *(level for one in tables for level in one.values()),
        ]
        if unknown := sorted({level for level in shown if level} - set(self.levels)):
            raise ValueError(f"no such level: {', '.join(unknown)}; the levels are {', '.join(self.levels)}")
        return self

    def __hash__(self) -> int:
        """A list is read once: it is itself and no other."""
        return id(self)

    def function(self, name: str) -> str:
        """The word list's name of the function that an agreement calls `name`."""
        return _named(name, self.functions, self.also_called.functions)

    def level(self, name: str) -> str:
        """The word list's name of the level that an agreement calls `name`."""
        return _named(name, self.levels, self.also_called.levels)


def _named(name: str, known: Mapping[str, Names], aliases: Mapping[str, str]) -> str:
    folded = {key.casefold(): key for key in known} | {key.casefold(): value for key, value in aliases.items()}
    return folded.get(name.casefold(), name)


def title_words(folder: Path | None = None) -> TitleWords:
    """The word list, the folder's own before the shipped; raises ConfigError where it cannot be used."""
    return _title_words(*shipped.read_text(TITLES, folder), folder)


@cache
def _title_words(text: str, file: str, folder: Path | None) -> TitleWords:
    """The text is what is kept by: a file that was changed is read anew."""
    return valid_as(TitleWords, shipped.document_of(TITLES, folder, laid_over)[0])


def titles_text(folder: Path | None = None) -> str:
    """Everything that the words of titles were read from."""
    return shipped.document_of(TITLES, folder, laid_over)[1]


def laid_over(beneath: Any, own: Any) -> Any:
    """The shipped lists with the words of one's own added; what those show, they show alone."""
    if isinstance(beneath, list) and isinstance(own, list):
        return [*beneath, *(word for word in own if word not in beneath)]
    if not isinstance(beneath, dict) or not isinstance(own, dict):
        return own
    shown = {word for words in own.values() if isinstance(words, list) for word in words if isinstance(word, str)}
    kept = {
        name: [word for word in words if word not in shown] if shown and isinstance(words, list) else words
        for name, words in beneath.items()
    }
    return kept | {name: laid_over(kept.get(name), words) for name, words in own.items()}
