"""The tiny world on both simulators, as the tests of whole cycles have it."""

from tests.sync.conftest import mappings, place, run, wiring

__all__ = ["mappings", "place", "run", "wiring"]
