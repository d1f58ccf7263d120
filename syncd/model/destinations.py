"""Where wishes go, as the mappings say it: what the rules need to know of the systems, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the wishes for one object are written.

    system: "" where no mapping writes them; then nothing is wished. stream: `system.stream` whose records they change.
    forerunners: the streams whose records are turned into those of `stream`, as leads are into contacts.
    lengths: how many characters each of our fields may have there.
    """

    system: str = ""
    stream: str = ""
    forerunners: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)


Destinations = Mapping[str, Destination]  # by object: account, contact, …, and user, of which nothing is wished
