"""Round robin: who of a team is next. Who was passed over, for want of a place or for absence, is owed the turn.

The next is who has had the fewest turns, in the agreement's order where several had as many. So a missed turn is made
up for as soon as its owner has a place. Turns are counted as long as the team has the same members: when one comes or
goes all begin anew, and nobody new is flooded with what others have had before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

Team = tuple[str, ...]


class Turns:
    """The turns that each team has had; `take` counts one."""

    def __init__(self, had: Mapping[tuple[Team, str], int]) -> None:
        self._had = Counter(had)

    def next_of(self, team: Team, able: Iterable[str]) -> str | None:
        """Who of those who can is next; None where nobody can."""
        can = set(able)
        return min(
            (rep for rep in team if rep in can),
            key=lambda rep: (self._had[team, rep], team.index(rep)),
            default=None,
        )

    def take(self, team: Team, rep: str) -> None:
        """Count a turn."""
        self._had[team, rep] += 1

    def copy(self) -> Turns:
        """The same turns, to be counted on without changing these."""
        return Turns(self._had)
