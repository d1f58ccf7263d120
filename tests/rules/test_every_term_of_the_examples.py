"""Nothing in an example is without an effect: each term has a case, and what it says makes a difference there."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from syncd import shipped
from syncd.document import Path
from tests.rules.a_sensitive_world import STRANGE
from tests.rules.an_examples_world import ExamplesWorld
from tests.rules.effects import differ
from tests.rules.terms import get, leaves, put
from tests.rules.test_a_segments_own_terms import OWN_CASES
from tests.rules.test_every_term_has_an_effect import CASES, LEFT_OUT, OF_SEGMENT

WORLDS = {name: ExamplesWorld(name) for name in shipped.examples()}
TRIED = [*CASES, *LEFT_OUT, *OWN_CASES, f"{OF_SEGMENT}.offers", f"{OF_SEGMENT}.capacity.per_rep_per_week"]
LEAVES = [(name, path) for name, world in WORLDS.items() for path in leaves(world.content)]

# Terms whose effect hangs on what they say → the groups in which it shows
SHOWN: Mapping[str, str] = {
    "served_market.segments.*.size.min": "market",
    "served_market.segments.*.size.max": "market",
    "served_market.segments.*.industries.codes": "market",
    "served_market.segments.*.countries": "market",
    "served_market.segments.*.states": "market",
    "served_market.segments.*.terms.territories": "market",
    "handover.territories": "market",
    "served_market.segments.*.terms.roles": "people",
    "roles": "people",
    "functions": "people",
    "levels": "people",
    "served_market.segments.*.terms.offers": "offers",
    "served_market.segments.*.terms.amounts": "offers",
    "served_market.segments.*.terms.sales_cycle_days": "offers",
    "offers.*.words": "offers",
    "offers.*.roles": "offers",
    "offers.*.amount": "offers",
    "forecast.stage": "offers",
    "forecast.sales_cycle_days": "offers",
    "engagement.rungs": "kinds",
    "engagement.explore": "kinds",
}


def another(path: Path, old: Any) -> Any:
    """Something else that could stand there."""
    match old:
        case {}:
            return {"keywords": [STRANGE]}
        case int():
            return old - 1 if path[-1] == "max" else old + 1
        case _ if path[-1] == "by":
            return "total_assets"
        case _ if path[-1] == "role":
            return "Somebody"
        case _:
            return STRANGE


def fits(path: Path, pattern: str) -> bool:
    """Whether the pattern is that of the path, or of a place above it."""
    steps = pattern.split(".")
    return len(steps) <= len(path) and all(a in ("*", str(b)) for a, b in zip(steps, path, strict=False))


def named(name: str, path: Path) -> str:
    return ".".join(map(str, (name, *path)))


@pytest.mark.parametrize("name", WORLDS)
def test_each_term_of_an_example_has_a_case(name: str) -> None:
    without = [path for path in leaves(WORLDS[name].content) if not any(fits(path, pattern) for pattern in TRIED)]
    assert without == []


SAID = [
    (name, path, groups)
    for name, path in LEAVES
    for pattern, groups in SHOWN.items()
    if fits(path, pattern) and path[0] != "reps"
]


@pytest.mark.parametrize(("name", "path", "groups"), SAID, ids=[named(name, path) for name, path, _ in SAID])
def test_what_a_term_of_an_example_says_makes_a_difference(name: str, path: Path, groups: str) -> None:
    world, content = WORLDS[name], deepcopy(WORLDS[name].content)
    put(content, path, another(path, get(content, path)))
    assert differ(as_it_stands(name, groups), world.decisions(content, getattr(world, groups)))


@cache
def as_it_stands(name: str, groups: str) -> list[Any]:
    return list(WORLDS[name].decisions(WORLDS[name].content, getattr(WORLDS[name], groups)))
