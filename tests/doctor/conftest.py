"""The tiny world on both simulators."""

from tests.sync.conftest import mappings, place  # noqa: F401
