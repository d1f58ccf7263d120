"""What a person says that a job title means."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class TitleCorrection:
    """A title's functions and level by hand; None leaves that half to the rules, () and "" say that there is none."""

    title: str
    functions: tuple[str, ...] | None
    level: str | None
    corrected_at: datetime


def title_key(title: str) -> str:
    """What makes two titles one: the same words, whatever their case, their blanks and the width of their letters."""
    return " ".join(unicodedata.normalize("NFKC", title).casefold().split())
