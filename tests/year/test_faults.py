"""A year in which everything goes wrong: one answer names each fault and its mend, and it ends as a calm one does."""

from pathlib import Path

from tests.year.clock import MONTH
from tests.year.conftest import MONTHS, NIGHTLY
from tests.year.faults import FAULTS
from tests.year.passing import Year, on_sqlite, pass_through
from tests.year.trials import calendar

SEED = 11


def names(year: Year) -> set[str]:
    return {row.fault.name for row in year.rows}


def test_a_year_with_every_fault_ends_as_a_calm_one(calm: Year, tmp_path: Path) -> None:
    here = [fault for fault in FAULTS if fault.only_on in ("", "sqlite")]
    plan = calendar(MONTHS + 1, here, len(here), seed=SEED)
    *_, year = pass_through(on_sqlite(tmp_path), tmp_path, plan, days=MONTHS + 1, step=MONTH, nightly=NIGHTLY)
    assert names(year) == {fault.name for fault in here}
    assert year.state == calm.state, "nothing is lost, and nothing doubled"
