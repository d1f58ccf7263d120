"""Seeded chance: every choice that the world makes goes through one of these."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Sequence
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weights(Generic[T]):
    """Items with the weights by which they are drawn."""

    __slots__ = ("cumulative", "items", "total")

    def __init__(self, pairs: Iterable[tuple[T, float]]) -> None:
        pairs = tuple(pairs)
        self.items = tuple(item for item, _ in pairs)
        self.cumulative = tuple(accumulate(weight for _, weight in pairs))
        self.total = self.cumulative[-1]


class Dice:
    """One stage's own stream of chance, so that a change to one stage leaves the others as they were."""

    __slots__ = ("bits", "random", "sample", "shuffle")

    def __init__(self, seed: int, stage: str) -> None:
        source = Random(f"{seed}/{stage}")
        self.random = source.random
        self.bits = source.getrandbits
        self.sample = source.sample
        self.shuffle = source.shuffle

    def chance(self, share: float) -> bool:
        """Say yes in that share of the cases."""
        return self.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items, each as likely as the others."""
        return items[int(self.random() * len(items))]

    def within(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return low + int(self.random() * (high - low + 1))

    def draw(self, weights: Weights[T]) -> T:
        """Return one of the items by its weight."""
        return weights.items[bisect(weights.cumulative, self.random() * weights.total)]

    def some(self, items: Sequence[T], share: float, least: int = 0) -> list[T]:
        """Return that share of the items, at least `least` where there are so many, in random order."""
        return self.sample(items, min(len(items), max(least, round(share * len(items)))))

    def guid(self) -> str:
        """Return a random identifier in the shape of a version-4 UUID."""
        text = f"{self.bits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
