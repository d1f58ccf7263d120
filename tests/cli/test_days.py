"""Days on the command line: as people write them, past where only the past is known, and in the agreement's zone."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from syncd import cli
from syncd.cli.commands import COMMANDS, load
from syncd.cli.options import DAY
from syncd.cli.quantities import day_of, past_day
from syncd.errors import ConfigError
from syncd.model import User
from syncd.planning.names import RepNames
from syncd.today import day_in
from tests.cli.banks import a_store, asked
from tests.rules.agreements import changed
from tests.rules.builders import NOON, an_agreement

TO_COME = {"by"}  # `waterfall --by` is the last day of a target
TODAY = date(2026, 11, 30)


def day_options() -> list[tuple[str, ...]]:
    """Every option that takes a day of the past, behind its command."""
    lines: list[tuple[str, ...]] = []
    for name in COMMANDS:
        made = load(name)
        for word, command in {"": made, **getattr(made, "commands", {})}.items():
            lines += [
                (*filter(None, (name, word)), *{"report": ("premature",), "audit": ("--drift",)}.get(name, ()), option)
                for param in command.params
                if param.metavar == DAY and param.name not in TO_COME
                for option in param.opts
            ]
    return lines


def test_the_commands_that_take_a_day_are_known() -> None:
    assert {line[0] for line in day_options()} == {"agreement", "audit", "lag", "lessons", "report", "waterfall"}


@pytest.mark.parametrize(
    ("day", "words"), [("2999-01-01", "name an earlier day"), ("20261001", "year-month-day"), ("9.10.", "2027-12-31")]
)
@pytest.mark.parametrize("line", day_options(), ids=" ".join)
def test_a_day_that_nobody_can_mean_is_refused_with_what_would_do(
    tmp_path: Path, line: tuple[str, ...], day: str, words: str
) -> None:
    file = ("mappings/agreement.yaml",) if line[0] == "agreement" else ()
    answer = asked(tmp_path / "none.db", *line, day, *file)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err and "Usage" not in answer.err


def test_today_is_past_and_tomorrow_is_not() -> None:
    assert past_day("--since", " 2026-11-30 ", TODAY) == TODAY
    with pytest.raises(ConfigError, match="it is 2026-11-30 there"):
        past_day("--since", "2026-12-01", TODAY)
    assert day_of("--by", "2026-12-01") == TODAY + timedelta(days=1)


def test_a_stamp_falls_on_the_day_of_the_agreements_zone() -> None:
    night = datetime(2026, 11, 30, 3, tzinfo=UTC)
    assert day_in(an_agreement(time_zone="America/Chicago"), night) == TODAY - timedelta(days=1)
    assert day_in(an_agreement(time_zone="UTC"), night) == TODAY


def test_no_command_has_a_way_of_its_own_to_tell_a_day() -> None:
    for path in Path(cli.__file__).parent.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"ZoneInfo|\.date\(\)|date\.today|astimezone", text), path.name


def test_a_table_shows_the_day_of_the_agreements_zone(tmp_path: Path) -> None:
    a_store(tmp_path / "syncd.db").close()  # a likely double since noon, UTC
    file = tmp_path / "agreement.yaml"
    for time_zone, day in (("UTC", NOON.date()), ("Pacific/Kiritimati", NOON.date() + timedelta(days=1))):
        file.write_text(changed(time_zone=time_zone), encoding="utf-8")
        assert f"  {day}" in asked(tmp_path / "syncd.db", "doubles", SYNCD_AGREEMENT=str(file)).out


def test_lag_as_of_an_earlier_day_says_which(tmp_path: Path) -> None:
    path = tmp_path / "syncd.db"
    a_store(path).close()
    assert "time lags as of 2026-01-31" in asked(path, "lag", "--as-of", "2026-01-31").out


def test_reps_are_called_by_name_and_namesakes_by_their_address_as_well() -> None:
    users = [
        User(id="1", name="Rae Rep", email="rae@own.example"),
        User(id="2", name="Sam Same", email="sam@own.example"),
        User(id="3", name="sam same", email="sam.two@own.example"),
        User(id="4", email="nameless@own.example"),
        User(id="5"),
    ]
    names = RepNames({user.id: user for user in users})
    assert [names[user.id] for user in users] == [
        *("Rae Rep", "Sam Same (sam@own.example)", "sam same (sam.two@own.example)", "nameless@own.example", "5")
    ]
    assert (names["gone"], names[None]) == ("gone", "(no rep)")
