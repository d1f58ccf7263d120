"""Accuracy of the title reader on labelled titles: `python -m tests.benchmarks.titles [FOLDER] [--misread]`.

The measuring sets of two draws (`tests/measures/titles.md`) come first, by language and by kind; `--misread` lists
their errors. The folder (or SYNCD_EVAL_DATA) holds any of these besides; what is missing is left out and said so:

- `rootstrap_title_level*.tsv`, `rootstrap_title_area*.tsv`: hand-labelled titles, title and label
- `onet*_reported_titles.tsv.gz`: O*NET titles with the occupation (SOC) they belong to

Nothing in that folder is part of syncd. Prints the tables of docs/reference/titles.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from syncd.agreement import Agreement, TitleWords, load, title_words
from syncd.agreement.terms import Words
from syncd.model import TitleReading
from syncd.rules.titles import lexicon_of, read_title
from tests.benchmarks.labelled_titles import DRAWS, labelled_titles, misread, naming_all, tables
from tests.benchmarks.title_choices import print_choices

LEVELS = {"C-Suite": "C-level", "VP": "VP", "Director": "director", "Manager": "manager"}
REST = "Other"
SALES_AND_MARKETING = {"sales", "marketing"}
TECHNICAL = {"IT", "engineering", "research", "product"}
LEADING = {"C-level", "VP", "director"}

# SOC prefixes whose titles belong to one function. Others say nothing of a function that an agreement would name.
OCCUPATIONS = {
    "marketing": ("11-2011", "11-2021", "11-2032", "13-1161", "27-3031"),
    "sales": ("11-2022", "41-3", "41-4", "41-9031"),
    "finance": ("11-3031", "13-2011", "13-2031", "13-2051", "13-2081", "13-2082", "43-3031", "43-3021", "43-3051"),
    "IT": ("11-3021", "15-12"),
    "HR": ("11-3121", "11-3111", "11-3131", "13-1071", "13-1141", "13-1151", "43-4161"),
    "lending": ("13-2041", "13-2072", "43-4131", "43-4041"),
    "risk": ("13-2054", "13-2061", "13-1041.07"),
    "operations": ("11-3051", "11-3061", "11-3071", "11-3012", "11-3013", "13-1021", "13-1023", "13-1081", "43-5061"),
}


def main() -> None:
    """Print the tables of every set that is there."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("folder", nargs="?", default=os.environ.get("SYNCD_EVAL_DATA"))
    options.add_argument("--misread", action="store_true")
    arguments = options.parse_args()
    print_measures(list_misread=arguments.misread)
    if arguments.folder and Path(arguments.folder).is_dir():
        print_folder(arguments.folder)
    else:
        print("No other labelled titles: give their folder as an argument, or in SYNCD_EVAL_DATA.\n")
    print_speed(load())


def print_measures(*, list_misread: bool) -> None:
    """The measuring sets, read with an agreement that names every function of them."""
    words = lexicon_of(naming_all(load()), title_words())
    for draw, path in DRAWS.items():
        rows = labelled_titles(path)
        print(f"### Titles in nine languages, {draw}")
        print(*tables(rows, lambda title: read_title(title, words)), "", sep="\n")
        if list_misread:
            print(*misread(rows, lambda title: read_title(title, words)), "", sep="\n")


def print_folder(folder: str) -> None:
    """One table a set of the folder."""
    agreement = load()
    wider = {name: Words() for name in sorted(TECHNICAL - set(agreement.functions))}
    areas = agreement.model_copy(update={"functions": {**agreement.functions, **wider}})
    sets: list[tuple[str, str, Callable[[Path], None]]] = [
        ("Level, hand-labelled titles", "rootstrap_title_level*.tsv", lambda path: print_levels(path, agreement)),
        ("Area, hand-labelled titles", "rootstrap_title_area*.tsv", lambda path: print_areas(path, areas)),
        (
            "Function, O*NET reported titles",
            "onet*_reported_titles.tsv.gz",
            lambda path: print_functions(path, agreement),
        ),
    ]
    for heading, pattern, show in sets:
        print(f"### {heading}\n")
        paths = sorted(Path(folder).glob(pattern))
        if not paths:
            print(f"No data ({pattern}).\n")
        for path in paths:
            show(path)


def labelled(path: Path) -> list[tuple[str, str]]:
    """Title and label of a hand-labelled set; labels come without their carriage returns."""
    lines = path.read_text(encoding="utf-8").replace("\r", "").splitlines()[1:]
    return [(title, label) for title, _, label in (line.rpartition("\t") for line in lines)]


def print_levels(path: Path, agreement: Agreement) -> None:
    """Accuracy and confusion by level. Everything below a manager counts as the set's "Other"."""
    labels = [(title, LEVELS.get(label, REST)) for title, label in labelled(path)]
    rows = [(label, level(title, agreement, title_words())) for title, label in labels]
    print_confusion(rows, [*LEVELS.values(), REST])
    print_choices(labels, title_words(), lambda words, title: level(title, agreement, words))


def level(title: str, agreement: Agreement, words: TitleWords) -> str:
    """The level read from a title, with "Other" for contributors and for none."""
    read_level = read_title(title, lexicon_of(agreement, words)).level
    return read_level if read_level and read_level in LEVELS.values() else REST


def print_areas(path: Path, agreement: Agreement) -> None:
    """Accuracy and confusion by area."""
    rows = [(label, area(read_title(title, lexicon_of(agreement, title_words())))) for title, label in labelled(path)]
    print_confusion(rows, ["Business", "Technical", "Sales-Marketing", REST])


def area(reading: TitleReading) -> str:
    """The set's area of a reading: it calls leading people "Business" unless they sell, market or build."""
    functions = set(reading.functions)
    if functions & SALES_AND_MARKETING and reading.level != "C-level":
        return "Sales-Marketing"
    if functions & TECHNICAL and "executive" not in functions:
        return "Technical"
    return "Business" if reading.level in LEADING else REST


def print_confusion(rows: list[tuple[str, str]], names: list[str]) -> None:
    """Labels down, readings across."""
    counts = Counter(rows)
    right = sum(counts[name, name] for name in names)
    print(f"{right} of {len(rows)} right: **{right / len(rows):.1%}**\n")
    print(f"| labelled ↓ read → | {' | '.join(names)} | found |\n|---|{'---:|' * (len(names) + 1)}")
    for label in names:
        of = sum(counts[label, name] for name in names)
        cells = " | ".join(str(counts[label, name]) for name in names)
        print(f"| {label} | {cells} | {counts[label, label] / max(of, 1):.0%} |")
    print()


def occupations(path: Path) -> Iterator[tuple[str, str]]:
    """Each title once per function that its occupation belongs to."""
    yielded = set()
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            code, title = row["O*NET-SOC Code"], row["Reported Job Title"]
            for function, prefixes in OCCUPATIONS.items():
                if code.startswith(prefixes) and (title, function) not in yielded:
                    yielded.add((title, function))
                    yield title, function


def print_functions(path: Path, agreement: Agreement) -> None:
    """By function: of its occupations' titles how many are found, and of the titles so read how many belong there."""
    titles = list(occupations(path))
    wanted = Counter(function for _, function in titles)
    hits_by_function: Counter[str] = Counter()
    read: Counter[str] = Counter()
    silent = 0
    for title, function in titles:
        functions = read_title(title, lexicon_of(agreement, title_words())).functions
        silent += not functions
        hits_by_function[function] += function in functions
        read.update(name for name in functions if name in OCCUPATIONS)
    hits, readings = sum(hits_by_function.values()), sum(read.values())
    print(f"{hits} of {len(titles)} titles show their occupation's function: **{hits / len(titles):.1%}**;")
    print(f"{silent} show none; of {readings} functions given, {hits / readings:.1%} are the occupation's.\n")
    print("| function | titles | found | of those so read, right |\n|---|---:|---:|---:|")
    for function in OCCUPATIONS:
        share, right = (
            hits_by_function[function] / wanted[function],
            hits_by_function[function] / max(read[function], 1),
        )
        print(f"| {function} | {wanted[function]} | {share:.0%} | {right:.0%} |")
    print()


def print_speed(agreement: Agreement) -> None:
    """Titles a second, each read for the first time, and again."""
    words = lexicon_of(agreement, title_words())
    titles = [f"Senior Vice President, Information Technology, Region {number}" for number in range(5000)]
    read_title.cache_clear()
    started = time.perf_counter()
    for title in titles:
        read_title(title, words)
    first = time.perf_counter()
    for title in titles:
        read_title(title, words)
    again = time.perf_counter()
    rate, cached = len(titles) / (first - started), len(titles) / (again - first)
    print(f"Speed: {rate:,.0f} titles a second, {cached:,.0f} when cached.")


if __name__ == "__main__":
    main()
