"""Whether a segment's register can be named, and its count agreed on."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.partial import Mistake
from syncd.agreement.terms import RegisterTerms
from syncd.document import Path


def check_register(path: Path, segment: str, register: RegisterTerms) -> Iterator[Mistake]:
    """What the register of the segment of that name lacks."""
    name = f"segment {segment!r}"
    if register.count <= 0:
        yield Mistake((*path, "count"), f"{name}: the agreed count is not above zero", "agree on a count")
    if not register.name.strip():
        yield Mistake((*path, "name"), f"{name}: the register has no name", "name its mapping file's system")
