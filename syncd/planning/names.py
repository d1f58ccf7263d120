"""How reps are called, in every table, alert and list alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from syncd.model import User

NO_REP = "(no rep)"


class RepNames:
    """Golden user id → the name; where two bear one name, with the e-mail address; the address where there is none."""

    def __init__(self, users: Mapping[str, User]) -> None:
        borne = Counter(user.name.casefold() for user in users.values() if user.name)
        self._names = {golden_id: _called(user, borne) for golden_id, user in users.items()}

    def __getitem__(self, rep: str | None) -> str:
        """How a rep is called; an id that nobody bears stands for itself."""
        return self._names.get(rep, rep) if rep else NO_REP


def finder(users: Mapping[str, User]) -> Callable[[str], str | None]:
    """Who is meant by an id, an e-mail address or a name: a golden user id, an active user's before another's."""
    known: dict[str, str] = {}
    for user in sorted(users.values(), key=lambda user: (user.active, user.id)):
        known |= {name.casefold(): user.id for name in (user.id, user.email, user.name) if name}
    return lambda name: known.get(name.strip().casefold())


def _called(user: User, borne: Mapping[str, int]) -> str:
    if user.name and borne[user.name.casefold()] > 1:
        return f"{user.name} ({user.email or user.id})"
    return user.name or user.email or user.id
