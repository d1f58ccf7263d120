"""Idle terms, accepted and read by nothing yet: each says so where it is declared, and every run repeats it.

A term without an effect would be a promise that nobody keeps. So it is marked `NotReadYet` in `terms`, with what it
will do, until its reader comes; a test holds that every other term changes something.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pydantic import BaseModel

from syncd.agreement.term import NotReadYet
from syncd.agreement.terms import Agreement
from syncd.document import Path


class IdleTerm(NamedTuple):
    """A term that stands in an agreement and that nothing reads yet, with what it will do."""

    path: Path
    effect: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.path))} is not read yet: {self.effect}"


def idle_terms(agreement: Agreement) -> tuple[IdleTerm, ...]:
    """Those that the agreement itself names, in its sections' order; what it leaves out is nobody's promise."""
    return tuple(_idle(agreement, ()))


def _idle(value: object, path: Path) -> Iterator[IdleTerm]:
    match value:
        case BaseModel():
            for name, field in type(value).model_fields.items():
                if name not in value.model_fields_set:
                    continue
                place = (*path, field.alias or name)
                markers = [marker for marker in field.metadata if isinstance(marker, NotReadYet)]
                yield from (IdleTerm(place, marker.effect) for marker in markers)
                yield from _idle(getattr(value, name), place)
        case tuple():
            for index, item in enumerate(value):
                yield from _idle(item, (*path, index))
        case Mapping():
            for key, item in value.items():
                yield from _idle(item, (*path, str(key)))
