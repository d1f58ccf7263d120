"""Which agreements stood in a store: who looks at it by another one is told, and by another company's refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from syncd import agreement as agreements
from syncd.document import Unreadable, glance
from syncd.errors import AgreementError
from syncd.store import Store
from syncd.store.judgements import Stood

WHICH_STORE = "name its own in SYNCD_AGREEMENT, or the store of this one in SYNCD_DATABASE_URL"


class Newcomer(NamedTuple):
    """An agreement that never stood in a store where another did.

    label: its version. last: the version that stood there last. rebound: whether its version stands there with other
    terms. strange: whether it shares no segment and no offer with any that stood there.
    """

    label: str
    last: str
    rebound: bool
    strange: bool

    def __str__(self) -> str:
        before = "other terms of that version" if self.rebound else self.last
        what = f"{self.label} never stood in this store, which was judged by {before}"
        if self.strange:
            return f"{what}, and no segment and no offer is in both: is one another company's? {WHICH_STORE}"
        if self.rebound:
            return f"{what}: give the new terms a version of their own, or {WHICH_STORE}"
        return f"{what}; the next cycle judges by it"

    @property
    def is_other(self) -> bool:
        """Whether what the store kept cannot be held against it."""
        return self.strange or self.rebound


def newcomer(store: Store, path: Path | None, folder: Path | None) -> Newcomer | None:
    """What is to be said of an agreement's file and a store by which it was never judged; None where nothing is.

    Of one that nobody signed, and that is only tried, it is that it is another company's. Of one that cannot be read
    nothing is said here: whoever needs it says why. Raises nothing but what the database does.
    """
    with store.reading() as unit:
        stood = unit.judgements.stood()
    if not stood:
        return None
    try:
        text, _ = agreements.read_text(path, folder)
        if any(text == one.body for one in stood):
            return None
        agreement = agreements.load(path, folder)
    except AgreementError:
        return None
    strange = _is_strange(text, stood)
    if agreement.unsigned:
        return Newcomer(agreement.label, stood[-1].version, rebound=False, strange=True) if strange else None
    digest = agreements.terms_digest(agreement)
    same = [one for one in stood if one.version == agreement.version]
    if any(one.terms in (None, digest) for one in same):  # None: by an older syncd, which kept no digest of the terms
        return None
    return Newcomer(agreement.label, stood[-1].version, rebound=bool(same), strange=strange)


def _is_strange(text: str, stood: list[Stood]) -> bool:
    """Whether it names none of the segments and offers that one of those named."""
    ours = set(_names(text))
    return bool(ours) and not any(ours.intersection(_names(one.body)) for one in stood)


def _names(text: str) -> Iterator[tuple[str, str]]:
    """The segments and offers of an agreement's text, whichever syncd could read it."""
    try:
        content = glance(text)
    except Unreadable:
        return
    served = content.get("served_market") if isinstance(content, Mapping) else None
    segments = served.get("segments") if isinstance(served, Mapping) else None
    offers = content.get("offers") if isinstance(content, Mapping) else None
    for kind, entries in (("segment", segments), ("offer", offers)):
        yield from ((kind, name) for entry in _list(entries) if (name := _name(entry)))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(entry: Any) -> str | None:
    return str(entry["name"]).casefold() if isinstance(entry, Mapping) and entry.get("name") else None
