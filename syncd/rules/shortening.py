"""What does not fit where it is kept is left out whole, and it says how many: a JSON text is never cut.

A field of so many characters is taken to hold as many bytes of UTF-8, and a line's end to count as two: what is
counted differs by field and by the way in (Salesforce Help 000382141), and nothing counts more.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

import orjson

from syncd.model import AccountPicture, PersonPicture, Picture, RolePerson
from syncd.model.destinations import clip

T = TypeVar("T", Picture, AccountPicture, PersonPicture)
Shown = TypeVar("Shown", bound=Any)
LISTS = ("next", "unknown", "known")  # of a picture, beside the people of its roles
ROLES = "roles"
OF_A_PERSON = ("topics", "guidance", "would_pass", "gates")
NAMELESS = len(orjson.dumps(RolePerson("", "")))  # characters that somebody takes in JSON, at least
CLIPS = (1_000, 250, 80, 20)  # to how many characters single words are cut where no entry is left that could go


def as_json(picture: Picture | AccountPicture | PersonPicture) -> str:
    """The picture as one JSON text."""
    return orjson.dumps(picture).decode()


def measure(text: str) -> int:
    """How long a text is where it is kept, at most."""
    return len(text) + text.count("\n") if text.isascii() else len(text.encode()) + text.count("\n")


def fits(length: int | None, *texts: str) -> bool:
    """Whether each of these texts has room in so many characters; None: any has."""
    return length is None or all(measure(text) <= length for text in texts)


def may_fit(length: int | None, *pictures: Picture) -> bool:
    """Whether these could have room in so many characters; no, where their people were too many without names even."""
    return length is None or NAMELESS * sum(len(role.by) for picture in pictures for role in picture.roles) <= length


def json_in(picture: Picture | AccountPicture | PersonPicture, length: int | None) -> str | None:
    """The picture as one JSON text; None where not even the shortest has room, so that nothing unreadable stands."""
    return text if fits(length, text := as_json(picture)) else None


def picture_shortened(picture: Picture, fitting: Callable[[Picture], bool]) -> Picture:
    """The picture with as many of its entries as fit; of the roles people go, never the role itself.

    Each time the last entry of the longest list goes. Where nothing is left that could go, long words are cut, and then
    the roles go: what is left may still not fit, where there is hardly any room at all.
    """
    if fitting(picture):
        return picture
    order = [*_order(picture)]
    short = _least(len(order), lambda number: _without(picture, order[:number]), fitting)
    if fitting(short):
        return short
    for most in CLIPS:
        if fitting(clipped := _clipped(short, most)):
            return clipped
    return replace(clipped, roles=(), gaps=(), asks=None, left_out=clipped.left_out + len(clipped.roles))


def person_shortened(picture: PersonPicture, length: int | None) -> PersonPicture:
    """The gates of a person with as many of its entries as have room: topics go first, the gates last."""

    def fitting(short: PersonPicture) -> bool:
        return fits(length, as_json(short))

    if fitting(picture):
        return picture
    order = [name for name in OF_A_PERSON for _ in getattr(picture, name)]
    short = _least(len(order), lambda number: _without_words(picture, order[:number]), fitting)
    return next((one for one in (short, *(_clipped(short, most) for most in CLIPS)) if fitting(one)), short)


def account_shortened_by(picture: AccountPicture, fitting: Callable[[AccountPicture], bool]) -> AccountPicture:
    """The account's picture with as many opportunities as fit; of the first one, as much as fits."""
    every = picture.opportunities

    def without(last: int) -> AccountPicture:
        return AccountPicture(picture.account, every[: len(every) - last], last)

    short = _least(max(len(every) - 1, 0), without, fitting)
    if fitting(short) or not every:
        return short if fitting(short) else _clipped(short, CLIPS[-1])
    for most in (2 * len(picture.account), *CLIPS):  # as it is, first
        named = replace(short, account=clip(picture.account, most))
        first = picture_shortened(every[0], lambda one: fitting(replace(named, opportunities=(one,))))  # noqa: B023
        if fitting(named := replace(named, opportunities=(first,))):
            return named
    return replace(named, opportunities=(), left_out=len(every))


def _least(most: int, without: Callable[[int], T], fitting: Callable[[T], bool]) -> T:
    """The first of these that fits, each shorter than the one before it; the last one in any case."""
    return without(bisect_left(range(most), True, key=lambda number: fitting(without(number))))


# ---- entries -----------------------------------------------------------------------------------------------------


def _order(picture: Picture) -> Iterator[str | int]:
    """In which order a picture's entries go: each the last of its list, or of the people of the role so numbered."""
    sizes = {name: [len(orjson.dumps(entry)) for entry in getattr(picture, name)] for name in LISTS}
    people = [[NAMELESS + len(person.name) + len(person.title) for person in role.by] for role in picture.roles]
    counts = [len(of_role) for of_role in people]
    lengths = {name: sum(of_list) for name, of_list in sizes.items()} | {ROLES: sum(map(sum, people))}
    while lengths[longest := max(lengths, key=lengths.__getitem__)]:
        if longest == ROLES:
            fullest = counts.index(max(counts))
            counts[fullest] -= 1
            lengths[ROLES] -= people[fullest].pop()
            yield fullest
        else:
            lengths[longest] -= sizes[longest].pop()
            yield longest


def _without(picture: Picture, gone: Sequence[str | int]) -> Picture:
    times = Counter(gone)
    kept = {name: getattr(picture, name)[: len(getattr(picture, name)) - times[name]] for name in LISTS}
    roles = tuple(
        replace(role, by=role.by[: len(role.by) - number]) if (number := times[at]) else role
        for at, role in enumerate(picture.roles)
    )
    return replace(picture, **kept, roles=roles, left_out=len(gone))


def _without_words(picture: PersonPicture, gone: Sequence[str]) -> PersonPicture:
    kept = {name: getattr(picture, name)[: len(getattr(picture, name)) - gone.count(name)] for name in OF_A_PERSON}
    return replace(picture, **kept, left_out=len(gone))


def _clipped(value: Shown, most: int) -> Shown:
    """A picture whose words are no longer than that; all that is no text stays."""
    parts: Mapping[str, Any] = {field.name: getattr(value, field.name) for field in fields(value)}
    return replace(value, **{name: _clip(part, most) for name, part in parts.items()})


def _clip(part: Any, most: int) -> Any:
    if type(part) is str:
        return clip(part, most)
    if type(part) is tuple:
        return tuple(_clip(one, most) if type(one) is str else _clipped(one, most) for one in part)
    return part
