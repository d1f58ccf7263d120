"""The words of job titles: `mappings/titles/`, a file a language, as one list of frozen values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from syncd import shipped
from syncd.agreement.term import Term
from syncd.document import Path as Place
from syncd.document import joined, read, validated
from syncd.errors import ConfigError

Names = tuple[str, ...]

LANGUAGES = "titles"  # a folder: the shipped lists, a file a language
FIRST = "titles/english.yaml"  # it names the levels, highest first, and the functions
WHOLE = "titles.yaml"  # a list of one's own that stands for all languages


class TitleEnding(Term):
    """Ends of one-word titles, their level, and the function that they show where what stands before shows none."""

    ends: Names
    level: str
    function: str | None = None


class Aliases(Term):
    """What an agreement may call the functions and levels of the word list."""

    functions: Mapping[str, str] = {}
    levels: Mapping[str, str] = {}


class TitleWords(Term):
    """Every word list of `mappings/titles/`; english.yaml says what each is for.

    A list that came later may be missing: a `titles.yaml` of a customer's own stays as good as it was.
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
    clubs: Names = ()
    honorary: Names = ()
    until: Names = ()
    scope_follows: Names
    joined_by: Names
    jobs: Names
    job_endings: Names
    no_jobs: Names
    endings: tuple[TitleEnding, ...]
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
    return _title_words(title_texts(folder))


def title_texts(folder: Path | None = None) -> tuple[tuple[str, str], ...]:
    """The texts that make the word list, each with what a message calls it; raises ConfigError.

    A `titles.yaml` in the folder stands for the whole list; a file in its `titles/` for that language alone.
    """
    if folder and (folder / WHOLE).exists():
        if (folder / LANGUAGES).is_dir():
            raise ConfigError(f"{folder / WHOLE} is a whole list, and {folder / LANGUAGES} changes parts: keep one")
        return (shipped.read_text(WHOLE, folder),)
    languages = [name for name in shipped.names(LANGUAGES, ".yaml", folder) if name != FIRST]
    return tuple(shipped.read_text(name, folder) for name in (FIRST, *languages))


@cache
def _title_words(texts: tuple[tuple[str, str], ...]) -> TitleWords:
    documents = [read(text, file) for text, file in texts]
    document = joined(documents) if len(documents) > 1 else documents[0]
    words = validated(TitleWords, document)
    known = ", ".join(words.levels)
    unknown = [(place, level) for place, level in _levels_of(words) if level and level not in words.levels]
    if unknown:  # whatever shows it would be lost without a word
        complaints = [
            document.complaint(at, f"no such level: {level}; the levels are {known}") for at, level in unknown
        ]
        raise ConfigError("\n".join(map(str, complaints)))
    return words


def _levels_of(words: TitleWords) -> Iterator[tuple[Place, str]]:
    """Every level that the list's words show, and where it stands."""
    yield from ((("endings", index, "level"), ending.level) for index, ending in enumerate(words.endings))
    yield from ((("faint", level), level) for level in words.faint)
    for name in ("scoped", "bare", "before_a_job"):
        yield from (((name, phrase), level) for phrase, level in getattr(words, name).items())
