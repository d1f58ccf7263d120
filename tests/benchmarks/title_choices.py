"""Where a word list may go either way: which way labelled titles speak for, and what the level is worth without them.

Cross-validation: the titles fall into ten parts. For each part every choice is made anew by the other nine, and one
that they do not speak for is not made, even where the shipped list makes it. These choices alone read the part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from syncd.agreement import TitleWords

FOLDS = 10

Edit = Callable[[TitleWords], Mapping[str, Any]]
Label = tuple[str, str]  # a title and its level


@dataclass(frozen=True)
class Choice:
    """One open question of the word list. shipped: whether it is made there; other: the lists as they are otherwise."""

    name: str
    shipped: bool
    other: Edit


def _levels(words: TitleWords, **added: Sequence[str]) -> Mapping[str, Any]:
    """The levels with these phrases added; what is added to one is taken from the others."""
    phrases = {phrase for level in added.values() for phrase in level}
    kept = {level: tuple(one for one in own if one not in phrases) for level, own in words.levels.items()}
    return {"levels": {level: (*own, *added.get(level, ())) for level, own in kept.items()}}


def _without(table: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: value for key, value in table.items() if key not in keys}


ADVICE = ("advisory board", "advisory board member", "member of the advisory board")
FIRMS = ("managing partner", "partner")

CHOICES = (
    Choice("GM says no level", True, lambda words: {"spelled": {**words.spelled, "gm": "general manager"}}),
    Choice("a partner for a part leads no firm", True, lambda words: {"scoped": _without(words.scoped, *FIRMS)}),
    Choice("a president of a part is a director", True, lambda words: {"scoped": _without(words.scoped, "president")}),
    Choice("management and leadership are managers", True, lambda words: {"faint": {}}),
    Choice("who leads those who do a job is a manager", True, lambda _: {"before_a_job": {"chief": "C-level"}}),
    Choice(
        "chief of a job is a manager", False, lambda words: {"before_a_job": {**words.before_a_job, "chief": "manager"}}
    ),
    Choice("advisory boards are C-level", False, lambda words: _levels(words, **{"C-level": ADVICE})),
    Choice("a board member is C-level", True, lambda words: _levels(words, **{"": ("board member", "boardmember")})),
    Choice("a treasurer is a director", True, lambda words: _levels(words, **{"": ("treasurer",)})),
    Choice("a principal is a director", False, lambda words: _levels(words, director=("principal",))),
    Choice("an executive is a manager", False, lambda words: _levels(words, manager=("executive",))),
    Choice("a general manager is a director", False, lambda words: _levels(words, director=("general manager",))),
    Choice("a controller is a contributor", False, lambda words: _levels(words, **{"": ("controller", "comptroller")})),
    Choice("a chief of staff is a manager", True, lambda words: _levels(words, **{"": ("chief of staff",)})),
)

Read = Callable[[TitleWords, str], str]


def print_choices(labels: Sequence[Label], words: TitleWords, read: Read) -> None:
    """The cross-validated share of right levels, and how often each choice was made."""

    @cache
    def right(others: frozenset[Choice]) -> list[bool]:
        """Which titles are read right by the shipped list with these choices turned round."""
        edits: dict[str, Any] = {}
        for choice in sorted(others, key=CHOICES.index):
            edits |= choice.other(words.model_copy(update=edits))
        edited = words.model_copy(update=edits)
        return [read(edited, title) == level for title, level in labels]

    folds = [range(start, len(labels), FOLDS) for start in range(FOLDS)]
    turned = [frozenset(_turned(right, set(range(len(labels))) - set(fold))) for fold in folds]
    hits = sum(right(others)[at] for fold, others in zip(folds, turned, strict=True) for at in fold)
    print(f"Cross-validated over {FOLDS} parts: {hits} of {len(labels)} right: **{hits / len(labels):.1%}**\n")
    print("| choice | shipped | titles for it | against it | made in |\n|---|---|---:|---:|---:|")
    for choice in CHOICES:
        pro, contra = _voices(right, choice)
        made = sum((choice in others) != choice.shipped for others in turned)
        print(f"| {choice.name} | {'yes' if choice.shipped else 'no'} | {pro} | {contra} | {made} of {FOLDS} |")
    print()


def _turned(right: Callable[[frozenset[Choice]], list[bool]], known: set[int]) -> Iterator[Choice]:
    """The choices that the known titles make otherwise than the shipped list does."""
    for choice in CHOICES:
        pro, contra = _voices(right, choice, known)
        if (pro > contra) != choice.shipped:
            yield choice


def _voices(
    right: Callable[[frozenset[Choice]], list[bool]], choice: Choice, known: set[int] | None = None
) -> tuple[int, int]:
    """How many of the known titles are read right only with the choice, and how many only without it."""
    shipped, other = right(frozenset()), right(frozenset([choice]))
    made, left = (shipped, other) if choice.shipped else (other, shipped)
    places = range(len(shipped)) if known is None else known
    pro = sum(made[at] and not left[at] for at in places)
    return pro, sum(left[at] and not made[at] for at in places)
