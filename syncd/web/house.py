"""The house that is served: an installation, and what its daemon knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from syncd.pulse import Pulse
from syncd.store import Store
from syncd.store.status import Stream
from syncd.sync.cycle import Wiring
from syncd.sync.plan import Plan
from syncd.views.radar import Kept
from syncd.web.drawings import Drawings
from syncd.web.metrics import Channels, Memory, nobody


@dataclass(frozen=True)
class House:
    """What every operation works on. draw: makes the plan of now for this actor, which asks the systems.

    channels: what those of alerts took; memory: what figures are kept from one scrape to the next; radar: as it
    was last reckoned; examine: asks the doctor, who asks the systems.
    """

    wiring: Wiring
    pulse: Pulse
    draw: Callable[[str], Plan]
    channels: Channels = nobody
    memory: Memory = field(default_factory=Memory)
    radar: Kept = field(default_factory=Kept)
    drawings: Drawings = field(default_factory=Drawings)
    examine: Callable[[], Sequence[Mapping[str, Any]]] = tuple

    @property
    def store(self) -> Store:
        """The installation's store."""
        return self.wiring.store

    @property
    def streams(self) -> list[Stream]:
        """Every stream that the mappings name, with its system."""
        return [(system, stream) for system, mapping in self.wiring.mappings.items() for stream in mapping.streams]

    def budgets(self) -> dict[str, dict[str, Any]]:
        """What each system still lets us ask."""
        return {system: asdict(source.budget) for system, source in self.wiring.sources.items()}
