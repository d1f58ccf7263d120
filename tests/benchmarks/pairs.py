"""Who is who, measured on pairs of records: `python -m tests.benchmarks.pairs`.

Each pair is mapped as records of HubSpot and Salesforce are, and put to the rules in both orders, as match would meet
them. Merged means that either order makes them one; a pair is found where both do. The sets of two draws and how their
truth was decided: tests/measures/pairs.md. The register is met by copies of its own rows, spoiled by a program.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from syncd.mapping import load_all
from syncd.matching import TOKENS, Candidate, Customs, Sighting, Token, recognise_account, recognise_contact
from syncd.model import RemoteRef
from syncd.sync.reader import Readers, load_customs

MEASURES = Path(__file__).parents[1] / "measures"
DRAWS = {"first draw": MEASURES, "second draw": MEASURES / "second"}
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Pair:
    """Two records, and whether they are one: yes, no or undecided."""

    id: str
    same: str
    level: str
    records: tuple[tuple[str, Cells], tuple[str, Cells]]  # stream and raw record


def readers() -> Readers:
    """The shipped mappings, compiled."""
    mappings = load_all()
    return Readers(mappings, load_customs(mappings.values()))


# ---- the sets ----------------------------------------------------------------------------------------------------


def account_pairs(draw: str = "first draw") -> list[Pair]:
    """The pairs of companies, one side as Salesforce shows it, the other as HubSpot does."""
    return [
        Pair(row["id"], row["same"], row["level"], (_salesforce_account(row, "left"), _hubspot_company(row, "right")))
        for row in _rows(draw, "accounts.csv")
    ]


def people_pairs(draw: str = "first draw") -> list[Pair]:
    """The pairs of people, both as HubSpot shows them: only there a contact has several addresses."""
    return [
        Pair(row["id"], row["same"], row["level"], (_hubspot_contact(row, "left"), _hubspot_contact(row, "right")))
        for row in _rows(draw, "people.csv")
    ]


def _rows(draw: str, name: str) -> list[dict[str, str]]:
    with (DRAWS[draw] / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _salesforce_account(row: Cells, side: str) -> tuple[str, Cells]:
    names = {
        "name": "Name",
        "street": "BillingStreet",
        "city": "BillingCity",
        "state": "BillingState",
        "postal_code": "BillingPostalCode",
        "country": "BillingCountry",
        "website": "Website",
        "phone": "Phone",
    }
    return "salesforce.Account", {theirs: row[f"{side}_{ours}"] for ours, theirs in names.items()}


def _hubspot_company(row: Cells, side: str) -> tuple[str, Cells]:
    names = {
        "name": "name",
        "street": "address",
        "city": "city",
        "state": "state",
        "postal_code": "zip",
        "country": "country",
        "website": "website",
        "phone": "phone",
    }
    return "hubspot.companies", {theirs: row[f"{side}_{ours}"] for ours, theirs in names.items()}


def _hubspot_contact(row: Cells, side: str) -> tuple[str, Cells]:
    names = {
        "first": "firstname",
        "last": "lastname",
        "email": "email",
        "other_emails": "hs_additional_emails",
        "title": "jobtitle",
        "phone": "phone",
        "company": "company",
    }
    return "hubspot.contacts", {theirs: row[f"{side}_{ours}"] for ours, theirs in names.items()}


# ---- what the rules say ------------------------------------------------------------------------------------------


def sighting(read: Readers, stream: str, id: str, raw: Cells) -> Sighting:
    """A raw record as match meets it."""
    system, _, name = stream.partition(".")
    shaped = {"properties": raw} if system == "hubspot" else raw
    return Sighting(RemoteRef(system, name, id), read.row(system, name, shaped))


def known(kind: str, record: Sighting, customs: Customs) -> tuple[Candidate, list[Token]]:
    """A record as a golden one of its own."""
    return Candidate(str(record.ref), record.row, frozenset((record.ref.qualified_stream,))), TOKENS[kind](
        record.row, customs
    )


def merged(kind: str, first: Sighting, second: Sighting, customs: Customs) -> bool:
    """Whether the second record joins the first."""
    candidate, tokens = known(kind, first, customs)
    met = {token: [candidate] for token in TOKENS[kind](second.row, customs) if token in tokens}
    if kind == "account":
        return recognise_account(second, met, customs) is not None
    return bool(recognise_contact(second, met, customs))


def verdicts(kind: str, pairs: Sequence[Pair], read: Readers) -> dict[str, tuple[bool, bool]]:
    """By pair: whether the second record joins the first, and the first the second."""
    answers = {}
    for pair in pairs:
        left, right = (
            sighting(read, stream, f"{pair.id}{side}", raw)
            for side, (stream, raw) in zip("ab", pair.records, strict=True)
        )
        answers[pair.id] = (
            merged(kind, left, right, read.customs),
            merged(kind, right, left, read.customs),
        )
    return answers


# ---- the register, spoiled ---------------------------------------------------------------------------------------

SHORT = {
    "national": "Natl",
    "first": "1st",
    "second": "2nd",
    "savings": "Svgs",
    "association": "Assn",
    "federal": "Fed",
    "company": "Co",
    "trust": "Tr",
    "and": "&",
    "saint": "St.",
    "county": "Cnty",
    "international": "Intl",
}


def spoiled(row: Cells, dice: random.Random) -> tuple[Cells, str]:
    """A bank of the register as somebody typed it into Salesforce, and how it was spoiled.

    Every copy has another case or scheme somewhere; the kinds take turns.
    """
    copy = {
        "Name": row["NAME"],
        "BillingStreet": row["ADDRESS"],
        "BillingCity": row["CITY"],
        "BillingState": row["STNAME"],
        "BillingPostalCode": row["ZIP"],
        "BillingCountry": "United States",
        "Website": row["WEBADDR"],
    }
    kind = dice.choice(SPOILERS)
    kind(copy, dice)
    return copy, kind.__name__.strip("_").replace("_", " ")


def _as_it_stands(copy: dict[str, str], dice: random.Random) -> None:
    copy["Name"] = copy["Name"].upper()


def _words_abbreviated(copy: dict[str, str], dice: random.Random) -> None:
    words = copy["Name"].replace(",", "").split()
    copy["Name"] = " ".join(SHORT.get(word.lower(), word) for word in words)


def _no_website(copy: dict[str, str], dice: random.Random) -> None:
    copy["Website"] = ""


def _website_only_and_name(copy: dict[str, str], dice: random.Random) -> None:
    copy.update(dict.fromkeys(("BillingStreet", "BillingCity", "BillingState", "BillingPostalCode"), ""))


def _no_state(copy: dict[str, str], dice: random.Random) -> None:
    copy["BillingState"] = ""


def _legal_form_written_otherwise(copy: dict[str, str], dice: random.Random) -> None:
    name = copy["Name"].replace(", National Association", " NA")
    copy["Name"] = name if name != copy["Name"] else f"{name}, Inc."


def _letters_swapped(copy: dict[str, str], dice: random.Random) -> None:
    name = copy["Name"]
    at = dice.randrange(1, max(2, len(name) - 2))
    copy["Name"] = f"{name[:at]}{name[at + 1 : at + 2]}{name[at : at + 1]}{name[at + 2 :]}"


def _another_town(copy: dict[str, str], dice: random.Random) -> None:
    copy.update(BillingCity="Elsewhere", BillingStreet="", BillingPostalCode="")


SPOILERS: Sequence[Callable[[dict[str, str], random.Random], None]] = (
    _as_it_stands,
    _words_abbreviated,
    _no_website,
    _website_only_and_name,
    _no_state,
    _legal_form_written_otherwise,
    _letters_swapped,
    _another_town,
)


def register_copies(read: Readers) -> dict[str, Counter[str]]:
    """By kind of spoiling: how many copies were matched to their own row, to another one, to none."""
    with gzip.open(str(files("mappings").joinpath("registers/fdic.csv.gz")), "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    index: dict[Token, list[Candidate]] = {}
    for row in rows:
        candidate, tokens = known("account", sighting(read, "fdic.institutions", row["CERT"], row), read.customs)
        for token in tokens:
            index.setdefault(token, []).append(candidate)
    dice, answers = random.Random(29), dict[str, Counter[str]]()
    for row in rows:
        copy, kind = spoiled(row, dice)
        typed = sighting(read, "salesforce.Account", row["CERT"], copy)
        met = {token: index[token] for token in TOKENS["account"](typed.row, read.customs) if token in index}
        account = recognise_account(typed, met, read.customs)
        answer = "none" if account is None else "right" if account[0].id.endswith(f"/{row['CERT']}") else "wrong"
        answers.setdefault(kind, Counter())[answer] += 1
    return answers


# ---- what is printed ---------------------------------------------------------------------------------------------


def report() -> Iterator[str]:
    """The tables, line by line."""
    read = readers()
    for draw in DRAWS:
        for kind, title, of in (("account", "Accounts", account_pairs), ("contact", "People", people_pairs)):
            pairs = of(draw)
            yield from _pairs(f"{title}, {draw}", pairs, verdicts(kind, pairs, read))
    yield "### The register, spoiled by a program\n"
    yield "| spoiled how | copies | right | none | wrong |\n|---|---:|---:|---:|---:|"
    copies = register_copies(read)
    for kind, counts in sorted(copies.items()):
        yield f"| {kind} | {counts.total()} | {counts['right']} | {counts['none']} | {counts['wrong']} |"
    total = sum(copies.values(), Counter[str]())
    yield f"| all | {total.total()} | {total['right']} | {total['none']} | {total['wrong']} |\n"


def _pairs(title: str, pairs: Sequence[Pair], answers: Mapping[str, tuple[bool, bool]]) -> Iterator[str]:
    wrong = [pair for pair in pairs if pair.same != "yes" and any(answers[pair.id])]
    right = [pair for pair in pairs if pair.same == "yes" and all(answers[pair.id])]
    merged_pairs = len(wrong) + len(right)
    yield f"### {title}: {len(pairs)} pairs\n"
    yield f"Precision {len(right) / max(merged_pairs, 1):.3f} ({len(wrong)} merged that must not be).\n"
    yield "| pairs that are one | of | merged | recall |\n|---|---:|---:|---:|"
    for level in ("plain", "hard"):
        of = [pair for pair in pairs if pair.same == "yes" and pair.level == level]
        hits = sum(pair in right for pair in of)
        yield f"| {level} | {len(of)} | {hits} | {hits / len(of):.2f} |"
    missed = [pair.id for pair in pairs if pair.same == "yes" and pair not in right]
    yield f"\nMerged wrongly: {', '.join(pair.id for pair in wrong) or 'none'}."
    yield f"Missed: {', '.join(missed) or 'none'}.\n"


def main() -> None:
    """Print the tables; those of other people's data where a folder has it."""
    start, folder = time.perf_counter(), (sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SYNCD_EVAL_DATA"))
    for line in report():
        print(line)
    if folder:
        from tests.benchmarks import others

        for line in others.report(Path(folder), readers()):
            print(line)
    print(f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
