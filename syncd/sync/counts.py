"""What a run did, in numbers that add up."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Counts(Counter[str]):
    """Named counters of one verb, such as `pulled hubspot.contacts` or `pushed opportunity`."""

    def under(self, prefix: str) -> int:
        """The sum of all counters whose names start so."""
        return sum(number for name, number in self.items() if name.startswith(prefix))

    def plain(self) -> dict[str, Any]:
        """As JSON, in a stable order."""
        return dict(sorted(self.items()))
