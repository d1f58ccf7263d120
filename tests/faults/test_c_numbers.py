"""A number that may mean two is refused aloud, and none is without bounds: agreement, CSV, option, setting."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args, get_type_hints

import pytest
from typer.models import OptionInfo

import syncd.cli
from syncd.cli.quantities import amount_of
from syncd.errors import ConfigError
from syncd.planning import sends
from syncd.planning.calendar import Responses, by_hand
from syncd.settings import read
from tests.cli.conftest import Syncd
from tests.rules.agreements import changed, complaints

# ---- the agreement -----------------------------------------------------------------------------------------------

SIZE = {"measure": "total_assets", "currency": "USD", "min": 700_111}
TEXT = changed(served_market={"segments": [{"name": "a", "size": SIZE, "countries": ["US"]}]})


@pytest.mark.parametrize("written", ["500.000", "'500.000'", "1.250"])
def test_a_point_between_thousands_is_refused_with_what_would_mend_it(written: str) -> None:
    number = written.strip("'")
    mend = f"write {number.replace('.', '')}, or {float(number):g}"
    assert [problem for problem in complaints(TEXT.replace("700111", written)) if mend in problem]


@pytest.mark.parametrize("written", ["500000", "500_000", "500.5", "1250.25", "0.125"])
def test_a_number_that_means_one_thing_is_read(written: str) -> None:
    assert not [problem for problem in complaints(TEXT.replace("700111", written)) if "thousands" in problem]


# ---- options -----------------------------------------------------------------------------------------------------

SEVERAL = ["10,5M", "1,5k", "60.000", "1.250", "1,25,000", "1,5", "1'5", "10,50", "nan", "-1", "0", "1e9", ""]
ONE = {
    "10.5M": "10500000",
    "1.5k": "1500",
    "1,250,000": "1250000",
    "1_000": "1000",
    "60000.50": "60000.5",
    "2 m": "2000000",
}


@pytest.mark.parametrize("text", SEVERAL)
def test_an_amount_that_may_mean_several_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="--amount"):
        amount_of("--amount", text)


@pytest.mark.parametrize(("text", "amount"), ONE.items())
def test_an_amount_that_means_one_thing_is_read(text: str, amount: str) -> None:
    assert amount_of("--amount", text) == Decimal(amount)


def numeric_options() -> Iterator[tuple[str, OptionInfo]]:
    """Every option of every command that takes a number."""
    for module in pkgutil.iter_modules(syncd.cli.__path__):
        commands = inspect.getmembers(importlib.import_module(f"syncd.cli.{module.name}"), inspect.isfunction)
        for name, command in commands:
            try:
                hints = get_type_hints(command, include_extras=True)
            except NameError:
                continue  # no command: those have no types that are there for checkers alone
            for option, hint in hints.items():
                for part in (hint, *get_args(hint)):
                    infos = [info for info in getattr(part, "__metadata__", ()) if isinstance(info, OptionInfo)]
                    if infos and {int, float} & {part.__origin__, *get_args(part.__origin__)}:
                        yield f"{module.name} {name} {option}", infos[0]


def test_every_option_that_takes_a_number_has_bounds_that_overflow_no_calendar() -> None:
    options = dict(numeric_options())
    assert len(options) >= 8
    assert [name for name, option in options.items() if option.min is None or (option.max or 2**40) > 2**32] == []


@pytest.mark.parametrize("value", ["-1", "1000000000", "nan"])
@pytest.mark.parametrize(
    "command",
    [
        ("lag", "--horizon"),
        ("lag", "backtest", "--horizon"),
        ("lag", "backtest", "--days"),
        ("calendar", "--weeks"),
        ("calendar", "--lag"),
        ("waterfall", "--backwards", "--bookings", "10M", "--by", "2027-12-31", "--lag"),
    ],
    ids=" ".join,
)
def test_a_number_beyond_its_bounds_is_refused(shared: Syncd, command: tuple[str, ...], value: str) -> None:
    answer = shared(*command, value)
    assert (answer.code, "syncd broke" in answer.err) == (2, False)


# ---- a CSV, a setting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", ["1.000", "1,5", "10.5", "-1", "1e3", "nan", "", "99999999999"])
def test_a_number_of_people_is_written_in_digits_alone(people: str) -> None:
    text = f'campaign,day,people\nA,2027-01-04,"{people}"\n'
    with pytest.raises(ConfigError, match="in digits alone"):
        sends.read(text, "a.csv", lambda _: None, {"u": 1.0}, Responses(by_hand(0.1, 0.1, 7)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUBSPOT_REQUESTS_PER_10S", "0"),
        ("HUBSPOT_REQUESTS_PER_10S", "-1"),
        ("HUBSPOT_REQUESTS_PER_10S", "1000000000"),
        ("HUBSPOT_SETTLE_SECONDS", "nan"),
        ("HUBSPOT_SETTLE_SECONDS", "inf"),
        ("INTERVAL_MINUTES", "0"),
        ("INTERVAL_MINUTES", "inf"),
        ("INTERVAL_MINUTES", "1000000000"),
        ("HUBSPOT_LANES", "0"),
        ("HTTP_PORT", "1000000000"),
    ],
)
def test_a_setting_beyond_its_bounds_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"SYNCD_{name}", value)
    with pytest.raises(ConfigError, match=name):
        read()
