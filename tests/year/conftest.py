"""The calm year: nothing goes wrong in it. It passes once for all who look at it."""

import pytest

from tests.year.clock import MONTH
from tests.year.passing import Year, on_sqlite, pass_through

MONTHS = 12
NIGHTLY = 3  # months from one night to the next: what a night lets go of is as old as that


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Year:
    """A year in steps of a month."""
    folder = tmp_path_factory.mktemp("calm")
    *_, year = pass_through(on_sqlite(folder), folder, {}, days=MONTHS + 1, step=MONTH, nightly=NIGHTLY)
    return year
