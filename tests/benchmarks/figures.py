"""Figures of one run, each with the mark that it has to meet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """One number. limit: at most this much; binding: a miss makes the run fail, the other limits are aims."""

    name: str
    value: float
    unit: str = ""
    limit: float | None = None
    binding: bool = True

    @property
    def missed(self) -> bool:
        """Whether it is beyond its limit."""
        return self.limit is not None and self.value > self.limit

    def plain(self) -> dict[str, float | str | bool | None]:
        """As JSON."""
        return {**asdict(self), "value": round(self.value, 4), "missed": self.missed}


@dataclass(frozen=True)
class Table:
    """The figures of one piece of work."""

    title: str
    figures: tuple[Figure, ...]

    def lines(self) -> Iterable[str]:
        """Yield the table as text: name, value, unit, and the mark."""
        yield self.title
        for figure in self.figures:
            places = 0 if figure.value == int(figure.value) or abs(figure.value) >= 1000 else 2
            yield f"  {figure.name:46} {figure.value:>12,.{places}f} {figure.unit:10} {_mark(figure)}".rstrip()


def _mark(figure: Figure) -> str:
    if figure.limit is None:
        return ""
    wanted = f"{'mark' if figure.binding else 'aim'} ≤ {figure.limit:,.4g}"
    return f"{wanted}: MISSED" if figure.missed else wanted
