"""One cause is told once: problems that one act mends are one, with the places where each shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from connectors.base import Problem
from syncd.model.runs import PLACES

ACT = re.compile("[,;]")  # what ends the first act of a remedy
KINDS = 3  # things wrong that are told of one cause


class CauseInWords(NamedTuple):
    """A cause as people are told it. problems: what it shows by, the first found first."""

    problems: tuple[Problem, ...]

    @property
    def level(self) -> str:
        """error, warning or note."""
        return self.problems[0].level

    @property
    def mend(self) -> str:
        """The one act that mends all of it, with the most that is said of other ways."""
        return max((problem.mend for problem in self.problems), key=len)

    @property
    def where(self) -> str:
        """The place, or the system where there are several."""
        first = self.problems[0].where
        return first if len(self.problems) == 1 else first.split()[0]

    @property
    def what(self) -> str:
        """What is wrong: each thing once, with the places that show it."""
        if len(self.problems) == 1:
            return self.problems[0].what
        places: dict[str, list[str]] = {}
        for problem in self.problems:
            places.setdefault(problem.what, []).append(problem.where.partition(" ")[2] or problem.where)
        named = [_named(what, where) for what, where in places.items()]
        more = [f"and {len(named) - KINDS:,} more like these"] if len(named) > KINDS else []
        return "; ".join(named[:KINDS] + more)

    @property
    def places(self) -> list[str]:
        """Every place, none left out."""
        return [problem.where for problem in self.problems]

    @property
    def premise(self) -> str:
        """The premise that does not hold, where all of it is one."""
        premises = {problem.premise for problem in self.problems}
        return premises.pop() if len(premises) == 1 else ""

    def plain(self) -> dict[str, str | list[str]]:
        """As JSON, with every place."""
        names = ("level", "where", "what", "mend", "premise", "places")
        return {name: getattr(self, name) for name in names}


def _named(what: str, places: Sequence[str]) -> str:
    more = f" and {len(places) - PLACES:,} more" if len(places) > PLACES else ""
    return (
        f"{', '.join(places[:PLACES])}{more}: {what}"
        if len(places) == 1
        else (f"{len(places):,} × {what} ({', '.join(places[:PLACES])}{more})")
    )


def by_cause(problems: Iterable[Problem]) -> list[CauseInWords]:
    """Put together what the same act mends in the same system, in the order in which it was found.

    The act is what a remedy says first: "run `syncd … deploy`, or grant it …".
    """
    causes: dict[object, list[Problem]] = {}
    for problem in problems:
        system, _, place = problem.where.partition(" ")
        alone = not place or not problem.mend
        causes.setdefault(problem if alone else (problem.level, system, ACT.split(problem.mend)[0]), []).append(problem)
    return [CauseInWords(tuple(found)) for found in causes.values()]
