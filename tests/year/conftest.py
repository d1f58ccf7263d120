"""The calm year: nothing goes wrong in it. It passes once for all who look at it."""

import pytest

from tests.year.clock import MONTH
from tests.year.passing import Year, on_sqlite, pass_through

STEP, STEPS = 2 * MONTH, 6  # a year
NIGHTLY = 3  # steps from one night to the next: what a night lets go of is as old as that


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year in steps of two months."""
    folder = tmp_path_factory.mktemp("calm")
    *_, year = pass_through(on_sqlite(folder), folder, {}, days=STEPS + 1, step=STEP, nightly=NIGHTLY)
    return year
