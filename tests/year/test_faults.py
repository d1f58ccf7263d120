"""A year in which everything goes wrong: one answer names each fault and its mend, and it ends as a calm one does."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from tests.conftest import new_database
from tests.year.conftest import NIGHTLY, STEP, STEPS
from tests.year.faults import FAULTS, Fault
from tests.year.passing import Year, behind_a_relay, on_sqlite, pass_through
from tests.year.site import Opened, within
from tests.year.trials import calendar

SEED = 11
OF_THE_STORE = frozenset({"store", "second", "night", "process", "pause", "tokens"})  # places of faults


def passed(faults: Sequence[Fault], opened: Opened, folder: Path, **around: Any) -> Year:
    """The year in which each of these strikes once, and is named."""
    plan = calendar(STEPS + 1, faults, len(faults), seed=SEED)
    *_, year = pass_through(opened, folder, plan, days=STEPS + 1, step=STEP, nightly=NIGHTLY, **around)
    assert {row.fault.name for row in year.rows} == {fault.name for fault in faults}
    return year


def test_the_page_for_who_is_called_names_the_kinds_that_come_of_it() -> None:
    page = Path("docs/how-to/when-something-is-wrong.md").read_text(encoding="utf-8")
    words = page.partition("These kinds of findings come of it:")[2].partition(".")[0]
    assert set(re.findall(r"`([^`]+)`", words)) == {fault.key.partition(":")[0] for fault in FAULTS}
    here = [fault for fault in FAULTS if fault.only_on in ("", "sqlite")]
    assert f"in `make year`, {len(here)} faults strike" in page


def test_a_year_with_every_fault_ends_as_a_calm_one(calm: Year, tmp_path: Path) -> None:
    year = passed([fault for fault in FAULTS if fault.only_on in ("", "sqlite")], on_sqlite(tmp_path), tmp_path)
    assert year.state == calm.state, "nothing is lost, and nothing doubled"


def test_a_year_on_postgresql_whose_store_fails_ends_as_a_calm_one(calm: Year, postgres: str, tmp_path: Path) -> None:
    here = [fault for fault in FAULTS if fault.at in OF_THE_STORE and fault.only_on in ("", "postgresql")]
    opened, relay = behind_a_relay(make_url(new_database(postgres)))
    year = passed(here, opened, tmp_path, around=within(database=relay))
    assert year.state == calm.state, "nothing is lost, and nothing doubled"
