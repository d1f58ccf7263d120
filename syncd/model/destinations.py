"""Where wishes go, as the mappings say it: what the rules need to know of the systems, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the wishes for one object are written.

    system: "" where no mapping writes them; then nothing is wished. stream: `system.stream` whose records they change.
    forerunners: the streams whose records are turned into those of `stream`, as leads are into contacts.
    lengths: how many characters each of our fields may have there, as `clip` counts them. decimals: how many digits
    behind the point a number may have there. values: what a word of ours is called there, by field. answers: what is
    asked of an opportunity (`offer`, and of its decision) → the vendor's name of the field in which people answer it.
    titles: the same → how that field is called on screens.
    """

    system: str = ""
    stream: str = ""
    forerunners: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    decimals: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def offer_field(self) -> str:
        """The field in which people say which offer an opportunity is for, as a sentence names it."""
        title = self.titles.get("offer")
        return f"its field “{title}”" if title else "its offer field"

    def fitted(self, name: str, value: Any) -> Any:
        """The value of one of our fields as it may stand there; what is not declared stays as it is."""
        match value:
            case str() if name in self.values:
                return self.values[name].get(value, value)
            case str() if name in self.lengths:
                return clip(value, self.lengths[name])
            case Decimal() if name in self.decimals:
                return value.quantize(Decimal(1).scaleb(-self.decimals[name]), ROUND_HALF_UP)
        return value


def clip(text: str, length: int) -> str:
    """The text, at most so many units of UTF-16 long; a cut shows, and is between characters as people see them.

    Salesforce counts a character beyond the first 65,536, as most emoji are, as two (Salesforce Help 005166849,
    "Surrogate Pair Characters Are Treated as Two Characters"). What is one to the eye is kept or goes whole: a letter
    with its accents, a flag, a family (extended grapheme clusters, https://www.unicode.org/reports/tr29/).
    """
    if 2 * len(text) <= length or units(text) <= length:
        return text
    if text.isascii():
        return text[: length - 1] + "…"
    from regex import finditer  # 35 ms that only those need who cut such a text

    end, room = 0, length - 1
    for cluster in finditer(r"\X", text):
        room -= units(cluster[0])
        if room < 0:
            break
        end = cluster.end()
    return text[:end] + "…"


def units(text: str) -> int:
    """How many units of UTF-16 a text has."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


Destinations = Mapping[str, Destination]  # by object: account, contact, …, and user, of which nothing is wished
