"""What the tests of the Salesforce package's own side need: node and the npm packages."""

import pytest

from tests.lightning.toolchain import REQUIRED, Missing, modules


@pytest.fixture(scope="session")
def npm_packages() -> None:
    """Skips where they are missing; where they are required, that is a failure."""
    try:
        modules()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")
