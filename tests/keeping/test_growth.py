"""Every table says how it grows, and what bounds it."""

import pytest
from sqlalchemy import Date

from syncd.errors import ConfigError
from syncd.model.keeping import Keep
from syncd.settings import Settings, read
from syncd.tables.columns import UtcDateTime, metadata
from syncd.tables.growth import GROWTH, Bound


def test_every_table_says_what_bounds_it_and_no_other_is_named() -> None:
    assert GROWTH.keys() == metadata.tables.keys()


@pytest.mark.parametrize("name", GROWTH)
def test_what_goes_by_days_has_a_setting_and_what_stays_has_none(name: str) -> None:
    growth = GROWTH[name]
    assert growth.why
    if growth.bound is Bound.DAYS:
        assert f"keep_{growth.keep}_days" in Settings.model_fields
    else:
        assert growth.keep is None
        assert not growth.dated


@pytest.mark.parametrize("name", GROWTH)
def test_the_columns_that_a_table_goes_by_are_days_or_stamps(name: str) -> None:
    for column in filter(None, (GROWTH[name].dated, GROWTH[name].oldest)):
        assert isinstance(metadata.tables[name].c[column].type, Date | UtcDateTime)


@pytest.mark.parametrize("name", ["milestone", "verdict", "erased", "audit_log", "agreement_version"])
def test_what_was_reached_said_erased_and_done_by_hand_stays_for_ever(name: str) -> None:
    assert GROWTH[name].bound is Bound.EVER


def test_settings_say_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNCD_KEEP_RUNS_DAYS", "30")
    monkeypatch.setenv("SYNCD_KEEP_ACTIVITIES_DAYS", "0")
    keep = read().keep
    assert (keep.runs, keep.activities, keep.gone) == (30, 0, Keep().gone)


@pytest.mark.parametrize("days", ["7", "-1", "40000"])
def test_too_short_to_find_out_what_went_wrong_is_refused(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("SYNCD_KEEP_RUNS_DAYS", days)
    with pytest.raises(ConfigError, match="SYNCD_KEEP_RUNS_DAYS"):
        read()
