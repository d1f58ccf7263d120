"""Python's collector of circles, told what this program is like: rows that live for a batch, and hardly a circle.

By its own thresholds, a quarter of matching and a third of judging went into looking through what stays.
"""

from __future__ import annotations

import gc

OBJECTS = 50_000  # new containers between two looks at the young ones; Python's own bound is 700
LOOKS = 20  # at the young ones between two at the older ones


def settle() -> None:
    """Keep what was imported out of its looks, and have it look less often; a second call does nothing."""
    if gc.get_threshold()[0] == OBJECTS:  # to count what is frozen would take a look at all of it
        return
    gc.freeze()
    gc.set_threshold(OBJECTS, LOOKS, LOOKS)
