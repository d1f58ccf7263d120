"""The pack over the tiny world that a real cycle made."""

from tests.cli.conftest import cycled, shared, synced  # noqa: F401
from tests.sync.conftest import mappings  # noqa: F401
