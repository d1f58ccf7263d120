"""The measuring sets of titles: their rows, how one is held against a reading, their tables."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from syncd.agreement import Agreement
from syncd.agreement.terms import Words
from syncd.model import TitleReading

MEASURES = Path(__file__).parents[1] / "measures"
SET = MEASURES / "titles.csv"
DRAWS = {"first draw": SET, "second draw": MEASURES / "second" / "titles.csv"}

FUNCTIONS = ("legal", "product", "engineering", "procurement", "customer service")  # beside the shipped agreement's
UNNAMED = {"other", "none"}  # a trade that an agreement does not name reads like a title that names none
TOP, GENERAL = "C-level", "executive"

Read = Callable[[str], TitleReading]


@dataclass(frozen=True)
class LabelledTitle:
    """One row; the two kinds of Portuguese are one language."""

    language: str
    title: str
    functions: frozenset[str]
    level: str | None
    kind: str

    def level_right(self, reading: TitleReading) -> bool:
        """Whether the level is the label's; who held a post formerly has none today."""
        return (None if reading.former else reading.level) == self.level

    def functions_right(self, reading: TitleReading) -> bool:
        """Whether exactly the label's functions are given; "executive" beside them is no fault at C-level."""
        functions = frozenset() if reading.former else frozenset(reading.functions)
        return functions == self.functions or (self.level == TOP and functions - {GENERAL} == self.functions)


@dataclass(frozen=True)
class Score:
    """How many of some rows were read right."""

    rows: int
    level: float
    functions: float
    both: float


def labelled_titles(path: Path = SET) -> list[LabelledTitle]:
    """Every row of a measuring set."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            LabelledTitle(
                language=row["language"].partition("-")[0],
                title=row["title"],
                functions=frozenset(row["functions"].split("|")) - UNNAMED,
                level=None if row["level"] == "none" else row["level"],
                kind=row["kind"],
            )
            for row in csv.DictReader(file)
        ]


def naming_all(agreement: Agreement) -> Agreement:
    """An agreement that names every function of the set."""
    wider = {name: Words() for name in FUNCTIONS if name not in agreement.functions}
    return agreement.model_copy(update={"functions": {**agreement.functions, **wider}})


def score(rows: Iterable[LabelledTitle], read: Read) -> Score:
    """The share of rows whose level, whose functions, and whose both are right."""
    marks = [(row.level_right(reading), row.functions_right(reading)) for row in rows for reading in [read(row.title)]]
    size = len(marks)
    levels, functions = sum(level for level, _ in marks), sum(function for _, function in marks)
    return Score(size, levels / size, functions / size, sum(level and function for level, function in marks) / size)


def tables(rows: list[LabelledTitle], read: Read) -> Iterator[str]:
    """The scores by language and by kind, as two tables."""
    for name in ("language", "kind"):
        yield from ("", f"| {name} | titles | level | functions | both |", "|---|---:|---:|---:|---:|")
        groups: dict[str, list[LabelledTitle]] = {}
        for row in rows:
            groups.setdefault(getattr(row, name), []).append(row)
        for value, group in sorted(groups.items()):
            yield _line(value, score(group, read))
        yield _line("**all**", score(rows, read))


def _line(name: str, of: Score) -> str:
    return f"| {name} | {of.rows} | {of.level:.0%} | {of.functions:.0%} | {of.both:.0%} |"


def misread(rows: list[LabelledTitle], read: Read) -> Iterator[str]:
    """Each row that was not read right: what the label says, what was read."""
    for row in rows:
        reading = read(row.title)
        if not (row.level_right(reading) and row.functions_right(reading)):
            label = f"{'|'.join(sorted(row.functions)) or '-'} {row.level or '-'}"
            reading_says = f"{'|'.join(reading.functions) or '-'} {reading.level or '-'}{' (former)' * reading.former}"
            by = ", ".join(reading.words) or "-"
            yield f"{row.language}  {row.kind}: {row.title!r} is {label}, read {reading_says} by {by}"
