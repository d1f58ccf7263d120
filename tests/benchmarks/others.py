"""Who is who, on other people's data: `python -m tests.benchmarks.pairs FOLDER`, or SYNCD_EVAL_DATA.

The folder holds any of these, which are no part of syncd; what is missing is left out:

- `opensanctions_name_cases.csv`: pairs of names (MIT, OpenSanctions). Companies stand in one town, people in one box:
  a watch list's names, of whom no two ever shared one
- `splink_fake_1000.csv`: invented people with duplicates (MIT, splink)
- `chicago_ece_sites_true_ids*.csv.gz`: sites of early education in Chicago (MIT, dedupe), several records each
"""

from __future__ import annotations

import csv
import gzip
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from syncd.matching import Sighting
from syncd.sync.reader import Readers
from tests.benchmarks.pairs import known, merged, sighting

Cells = Mapping[str, str]


class Score(NamedTuple):
    """Pairs that are one, of them merged, and pairs merged that are two."""

    true: int
    right: int
    wrong: int

    def line(self, title: str) -> str:
        """One row of the table."""
        precision, recall = self.right / max(self.right + self.wrong, 1), self.right / max(self.true, 1)
        return f"| {title} | {self.true} | {self.right} | {self.wrong} | {precision:.3f} | {recall:.2f} |"


def report(folder: Path, read: Readers) -> Iterator[str]:
    """A table with a row for each set that is there."""
    yield "### Other people's data\n"
    yield "| set | pairs that are one | merged | merged wrongly | precision | recall |\n|---|---:|---:|---:|---:|---:|"
    cases = folder / "opensanctions_name_cases.csv"
    if cases.exists():
        for title, schemas in (("company names, one town", COMPANIES), ("people's names, one mailbox", ("Person",))):
            yield names(list(_rows(cases)), schemas, read).line(title)
    people = folder / "splink_fake_1000.csv"
    if people.exists():
        yield clusters("contact", _people(people, read), read).line("invented people")
    for sites in folder.glob("chicago_ece_sites_true_ids*.csv.gz"):
        yield clusters("account", _sites(sites, read), read).line("sites in Chicago")
    yield ""


COMPANIES = ("Company", "Organization", "LegalEntity", "PublicBody")


def names(rows: Sequence[Cells], schemas: Sequence[str], read: Readers) -> Score:
    """Pairs of names, everything else being equal."""
    true = right = wrong = 0
    for number, row in enumerate(rows):
        if row["schema"] not in schemas:
            continue
        left, second = (_named(row["schema"], row[name], f"{number}{name}", read) for name in ("name1", "name2"))
        kind = "contact" if row["schema"] == "Person" else "account"
        same = merged(kind, left, second, read.customs)
        truth = row["is_match"] == "true"
        true, right, wrong = true + truth, right + (same and truth), wrong + (same and not truth)
    return Score(true, right, wrong)


def _named(schema: str, name: str, id: str, read: Readers) -> Sighting:
    if schema == "Person":
        first, _, last = name.rpartition(" ")
        return sighting(
            read, "hubspot.contacts", id, {"email": "box@tiny.example", "firstname": first, "lastname": last}
        )
    place = {"city": "Salem", "country": "Germany"}
    stream = "hubspot.companies" if id.endswith("1") else "salesforce.Account"
    if stream == "hubspot.companies":
        return sighting(read, stream, id, {"name": name, **place})
    return sighting(read, stream, id, {"Name": name, "BillingCity": "Salem", "BillingCountry": "Germany"})


def clusters(kind: str, records: Sequence[tuple[str, Sighting]], read: Readers) -> Score:
    """All pairs of a set whose records carry the id of what they are."""
    of_cluster: dict[str, int] = defaultdict(int)
    by_token: dict[object, list[int]] = defaultdict(list)
    for at, (cluster, record) in enumerate(records):
        of_cluster[cluster] += 1
        for token in known(kind, record, read.customs)[1]:
            by_token[token].append(at)
    met = {pair for sharers in by_token.values() for pair in combinations(sharers, 2)}
    right = wrong = 0
    for a, b in met:
        if merged(kind, records[a][1], records[b][1], read.customs):
            right, wrong = right + (records[a][0] == records[b][0]), wrong + (records[a][0] != records[b][0])
    return Score(sum(n * (n - 1) // 2 for n in of_cluster.values()), right, wrong)


def _people(path: Path, read: Readers) -> list[tuple[str, Sighting]]:
    return [
        (
            row["cluster"],
            sighting(
                read,
                "hubspot.contacts",
                row["unique_id"],
                {
                    "firstname": row["first_name"],
                    "lastname": row["surname"],
                    "email": row["email"],
                    "city": row["city"],
                },
            ),
        )
        for row in _rows(path)
    ]


def _sites(path: Path, read: Readers) -> list[tuple[str, Sighting]]:
    """Each record as of a system of its own kind: the sources are several agencies."""
    return [
        (
            row["True Id"],
            sighting(
                read,
                "hubspot.companies" if at % 2 else "salesforce.Account",
                str(at),
                _site(row, hubspot=bool(at % 2)),
            ),
        )
        for at, row in enumerate(_rows(path))
    ]


def _site(row: Cells, *, hubspot: bool) -> Cells:
    values = (row["Site name"], row["Address"], "Chicago", "IL", row["Zip"], "US", row["Phone"])
    theirs = ("name", "address", "city", "state", "zip", "country", "phone")
    ours = ("Name", "BillingStreet", "BillingCity", "BillingState", "BillingPostalCode", "BillingCountry", "Phone")
    return dict(zip(theirs if hubspot else ours, values, strict=True))


def _rows(path: Path) -> Iterator[Cells]:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("utf-8")
    yield from csv.DictReader(io.StringIO(text))
