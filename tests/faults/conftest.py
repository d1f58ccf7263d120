"""The tiny world on both simulators, as the tests of whole cycles have it, and the command line beside it."""

from tests.cli.conftest import begun, cycled, shared, syncd, synced
from tests.sync.conftest import mappings, place, run, wiring

__all__ = ["begun", "cycled", "mappings", "place", "run", "shared", "syncd", "synced", "wiring"]
