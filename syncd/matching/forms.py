"""Legal forms that exclude each other: X AG and X GmbH are two companies in law, whatever else they share."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from syncd.matching.customs import Customs
from syncd.matching.names import form_at_end, form_in_front, parts
from syncd.matching.words import plain


def exclude_each_other(name: str, other: str, customs: Customs) -> bool:
    """Whether the legal forms of two names are of two companies: each of one name excludes each of the other's."""
    left, right = _forms(name, customs), _forms(other, customs)
    return bool(left and right) and not any(_may_be_one(a, b, customs) for a in left for b in right)


def _may_be_one(form: str, other: str, customs: Customs) -> bool:
    """One form somewhere, or two that no country tells apart: Inc. and Ltd. are one in Canada, AG and SA in Zürich."""
    left, right = customs.forms_apart[form], customs.forms_apart[other]
    common = left.keys() & right.keys()
    return not common or any(left[country] == right[country] for country in common)


@lru_cache(maxsize=20_000)
def _forms(name: str, customs: Customs) -> frozenset[str]:
    """The forms that tell companies apart, one of each name: its own, a trade name's, a former name's."""
    return frozenset(form for part in parts(name) if (form := next(_told(part, customs), None)))


def _told(name: str, customs: Customs) -> Iterator[str]:
    """A name's legal forms that tell companies apart, the outermost first."""
    words = plain(name).split()
    while size := form_at_end(words, customs):
        form = " ".join(words[-size:])
        if form in customs.forms_apart:
            yield form
        words = words[:-size]
    form = " ".join(words[: form_in_front(words, customs)])
    if form in customs.forms_apart:
        yield form
