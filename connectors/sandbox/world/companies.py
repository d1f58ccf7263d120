"""The companies of the world: real institutions from the FDIC's list, and invented ones outside the market."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files

from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Company, State

COMMERCIAL = frozenset({"N", "NM", "SM", "OI", "NC"})
CORE_ASSETS = range(500_000, 5_000_001)  # thousands of USD: the banks that the sandbox's vendor courts most


@cache
def states() -> dict[str, State]:
    """Return the states by the FDIC's spelling."""
    text = (files(__package__) / "data" / "states.csv").read_text("utf-8")
    return {row["name"]: State(row["name"], row["code"], row["area"]) for row in csv.DictReader(io.StringIO(text))}


@cache
def institutions() -> tuple[dict[str, str], ...]:
    """Return the rows of the FDIC's list (January 2026, US public domain)."""
    packed = (files("mappings") / "registers" / "fdic.csv.gz").read_bytes()
    return tuple(csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8"))))


def _is_core(row: dict[str, str]) -> bool:
    return row["BKCLASS"] in COMMERCIAL and bool(row["ASSET"]) and int(row["ASSET"]) in CORE_ASSETS


def banks(dice: Dice, wanted: int) -> list[Company]:
    """Return the institutions, all of them or `wanted` of which half are of the core size, in the list's order."""
    rows: Sequence[dict[str, str]] = institutions()
    if wanted < len(rows):
        core = [row for row in rows if _is_core(row)]
        rest = [row for row in rows if not _is_core(row)]
        many = min(len(core), (wanted + 1) // 2)
        rows = dice.sample(core, many) + dice.sample(rest, wanted - many)
        rows.sort(key=lambda row: int(row["CERT"]))
    return [_bank(row) for row in rows]


def slug(name: str) -> str:
    """Return a name's letters and digits for a domain, at most 24 of them."""
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())[:24]


def _bank(row: dict[str, str]) -> Company:
    return Company(
        kind="bank",
        name=row["NAME"],
        street=row["ADDRESS"],
        city=row["CITY"],
        state=states()[row["STNAME"]],
        zip=row["ZIP"],
        website=row["WEBADDR"],
        mail=f"{slug(row['NAME'])}-{row['CERT']}.example",
        charter=row["BKCLASS"],
        assets=int(row["ASSET"]) if row["ASSET"] else None,
        core=_is_core(row),
    )


_OUTSIDERS = Weights(
    (
        (("credit union", "prospect", ("Credit Union", "Federal Credit Union", "Community Credit Union")), 45),
        (("insurer", "prospect", ("Mutual Insurance", "Insurance Group", "Life & Casualty")), 15),
        (("software", "prospect", ("Software", "Technologies", "Systems")), 14),
        (("competitor", "competitor", ("Risk Analytics", "Lending Cloud", "Fraud Shield")), 4),
        (("consultant", "partner", ("Advisory", "Consulting Partners", "Integration Services")), 12),
        (("dealer", "prospect", ("Equipment Finance", "Auto Group", "Leasing")), 10),
    )
)
_STREETS = ("Main St", "Market St", "Elm St", "Commerce Blvd", "State St", "Lakeside Dr", "Mill Rd", "Union Ave")


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (files(__package__) / "data" / "outsiders.txt").read_text("utf-8")
    lines = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return {kind: tuple(words) for kind, *words in lines}


def outsiders(dice: Dice, wanted: int) -> Iterator[Company]:
    """Yield invented companies outside the market, the colleagues' own first, each under its own .example domain."""
    yield Company(
        kind="colleague",
        name="Syncd Demo",
        street="1 Example Plaza",
        city="New York",
        state=states()["New York"],
        zip="10001",
        website="https://www.syncd-demo.example",
        mail="syncd-demo.example",
        relation="colleague",
    )
    fifty = [state for state in states().values() if state.name not in {"Guam", "Federated States Of Micronesia"}]
    words = _words()
    for number in range(1, wanted):
        kind, relation, endings = dice.draw(_OUTSIDERS)
        name = f"{dice.pick(words['first'])} {dice.pick(words['second'])} {dice.pick(endings)}"
        host = f"{slug(name)}-{number}.example"
        yield Company(
            kind=kind,
            name=name,
            street=f"{dice.within(1, 9800)} {dice.pick(_STREETS)}",
            city=dice.pick(words["town"]),
            state=dice.pick(fifty),
            zip=f"{dice.within(10001, 99499)}",
            website=f"https://www.{host}",
            mail=host,
            relation=relation,
        )
