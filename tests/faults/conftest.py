"""The tiny world on both simulators, as the tests of whole cycles have it, and the command line beside it."""

from tests.cli.conftest import begun, cycled, shared, syncd, synced
from tests.sync.conftest import first_cycle, mappings, place, run, sqlite_store, wiring

__all__ = [
    "begun",
    "cycled",
    "first_cycle",
    "mappings",
    "place",
    "run",
    "shared",
    "sqlite_store",
    "syncd",
    "synced",
    "wiring",
]
