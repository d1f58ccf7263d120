"""The people of the world: invented names, and the titles that O*NET found in banks."""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from connectors.sandbox.world.dice import Dice, Weights
from connectors.sandbox.world.model import Title

# Letters that Unicode does not split into a plain letter and an accent.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "'": None, "-": None, " ": None})

# How often a department and rank is met among the people that a vendor to banks knows.
_SLOTS = {
    ("executive", "C-level"): 9,
    ("executive", "VP"): 3,
    ("finance", "C-level"): 6,
    ("finance", "VP"): 3,
    ("finance", "director"): 3,
    ("finance", "manager"): 7,
    ("finance", "staff"): 4,
    ("IT", "C-level"): 5,
    ("IT", "VP"): 1,
    ("IT", "director"): 4,
    ("IT", "manager"): 5,
    ("IT", "staff"): 4,
    ("risk", "director"): 4,
    ("risk", "manager"): 6,
    ("risk", "staff"): 7,
    ("lending", "manager"): 6,
    ("lending", "staff"): 9,
    ("operations", "C-level"): 3,
    ("operations", "VP"): 3,
    ("operations", "director"): 3,
    ("operations", "manager"): 5,
    ("operations", "staff"): 3,
    ("branch", "manager"): 6,
    ("branch", "staff"): 5,
    ("marketing", "VP"): 1,
    ("marketing", "director"): 2,
    ("marketing", "manager"): 3,
    ("marketing", "staff"): 2,
    ("sales", "VP"): 1,
    ("sales", "director"): 1,
    ("sales", "manager"): 2,
    ("HR", "director"): 1,
    ("HR", "manager"): 2,
    ("HR", "staff"): 1,
    ("administration", "staff"): 2,
}


@cache
def names(kind: str) -> tuple[tuple[str, str], ...]:
    """Return the names (`given` or `family`), each with its plain form for e-mail addresses."""
    text = (files(__package__) / "data" / f"{kind}_names.txt").read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    written = [name.replace("_", " ") for line in lines for name in line.split()]
    return tuple((name, plain(name)) for name in written)


def plain(name: str) -> str:
    """Fold a name to lower-case ASCII letters."""
    folded = unicodedata.normalize("NFKD", name.lower().translate(_PLAIN))
    return "".join(letter for letter in folded if letter.isascii() and letter.isalnum())


@cache
def titles() -> Weights[tuple[Title, ...]]:
    """Return the titles of each department and rank, with how often one meets such people."""
    text = (files(__package__) / "data" / "titles.tsv").read_text("utf-8")
    by_slot: dict[tuple[str, str], list[Title]] = {slot: [] for slot in _SLOTS}
    for line in text.splitlines():
        if not line.startswith("#"):
            _, written, department, rank = line.split("\t")
            by_slot[department, rank].append(Title(written, department, rank))
    return Weights((tuple(by_slot[slot]), weight) for slot, weight in _SLOTS.items())


def draw_title(dice: Dice, slots: Weights[tuple[Title, ...]], taken: set[str]) -> Title:
    """Return a title of one of the slots; a C-level title is given once per company (`taken` remembers them)."""
    title = _pick_title(dice, slots)
    while title.text in taken:
        title = _pick_title(dice, slots)
    if title.rank == "C-level":
        taken.add(title.text)
    return title


def _pick_title(dice: Dice, slots: Weights[tuple[Title, ...]]) -> Title:
    slot = dice.draw(slots)
    return dice.pick(slot)


def written(dice: Dice, title: Title) -> str:
    """Write a title as a form or a business card has it: in full, by its short form, or carelessly."""
    full, _, short = title.text.partition(" (")
    way = dice.random()
    if not short:
        return title.text if way < 0.97 else title.text.lower() if way < 0.985 else f"{title.text} "
    return full if way < 0.5 else short[:-1] if way < 0.75 else title.text
