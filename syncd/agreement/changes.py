"""What two agreements say differently, term by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from syncd.agreement.binding import UNBOUND
from syncd.agreement.terms import Agreement

NAMED_BY = ("name", "role", "rep", "up_to")  # by which entries of a list are known, the first that all of them have


class Change(NamedTuple):
    """One term: where it stands, and what it says in either agreement; None where it is missing."""

    term: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.term}: {_said(self.before)} → {_said(self.after)}"


def changed_terms(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Every term that differs, in the order of the terms; what an agreement is called or signed by is none."""
    before, after = (one.model_dump(mode="json", by_alias=True, exclude=UNBOUND) for one in (old, new))
    return tuple(_differing("", before, after))


def _differing(path: str, before: Any, after: Any) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in dict.fromkeys([*before, *after]):
            yield from _differing(f"{path}.{name}" if path else str(name), before.get(name), after.get(name))
        return
    named = _by_name(before, after)
    if named is None:
        yield Change(path, before, after)
        return
    was, will = named
    changes = [change for name in dict.fromkeys([*was, *will]) for change in _entry(path, name, was, will)]
    yield from changes or [Change(path, [*was], [*will])]  # nothing but their order


def _entry(path: str, name: str, was: Mapping[str, Any], will: Mapping[str, Any]) -> Iterator[Change]:
    yield from _differing(f"{path}[{name}]", was.get(name), will.get(name))


def _by_name(before: Any, after: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The entries of two lists by what each of them is called; None where they have no names of their own."""
    if not isinstance(before, list) or not isinstance(after, list):
        return None
    entries = [*before, *after]
    for key in NAMED_BY:
        if entries and all(isinstance(entry, dict) and entry.get(key) is not None for entry in entries):
            was, will = ({str(entry[key]): entry for entry in part} for part in (before, after))
            if (len(was), len(will)) == (len(before), len(after)):
                return was, will
    return None


def _said(value: Any) -> str:
    match value:
        case None:
            return "(nothing)"
        case dict():
            return "{" + ", ".join(f"{name}: {_said(part)}" for name, part in value.items() if part) + "}"
        case list():
            return "[" + ", ".join(map(_said, value)) + "]"
        case _:
            return str(value)
