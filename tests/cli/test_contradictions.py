"""A line that contradicts itself is refused in words: nothing on it is heeded or ignored in silence."""

from collections.abc import Iterator
from typing import Any

import pytest

from syncd.cli.commands import COMMANDS, load
from syncd.cli.line import WAYS, require_a_way
from syncd.errors import ConfigError
from tests.cli.conftest import ask
from tests.cli.ways import ways_through

SAID = [
    pytest.param(("title", "CFO", "--level", "VP", "--level", "director"), "--level stands there twice", id="twice"),
    pytest.param(("title", "CFO", "--unread"), "--unread excludes TITLE", id="a list and one of them"),
    pytest.param(("title", "--unread", "--function", "IT"), "--unread excludes --function", id="a list, a word"),
    pytest.param(("title", "CFO", "--forget", "--level", "VP"), "--forget excludes --level", id="forget and say"),
    pytest.param(
        ("title", "CFO", "--function", "none", "--function", "IT"),
        "--function none says that there is none, and IT that there is",
        id="none and some",
    ),
    pytest.param(("title", "CFO", "--level", ""), "--level is empty", id="empty"),
    pytest.param(("title", "CFO", "--function", ""), "--function is empty", id="one of several is empty"),
    pytest.param(("doubles", "a", "b", "--link", "--apart"), "--link excludes --apart", id="one and two"),
    pytest.param(("audit", "--json", "--csv"), "--json excludes --csv", id="two formats"),
    pytest.param(("calendar", "--csv", "--json"), "--json excludes --csv", id="two formats, the other way round"),
    pytest.param(("audit", "--list", "a", "--csv"), "--list excludes --csv", id="a file and a format"),
    pytest.param(("audit", "--read", "a", "--segment", "b"), "--read excludes --segment", id="a file and a segment"),
    pytest.param(("audit", "--drift", "--burn-down"), "--burn-down excludes --drift", id="two questions"),
    pytest.param(("audit", "--since", "2026-01-01"), "say --burn-down or --drift as well", id="of another question"),
    pytest.param(("report", "--since", "2026-01-01"), "say NAME as well", id="days of no report"),
    pytest.param(("waterfall", "--amount", "5k"), "say --backwards as well", id="forwards"),
    pytest.param(("waterfall", "--backwards", "--per", "rep"), "--backwards excludes --per", id="backwards"),
    pytest.param(("lag", "--curve"), "--curve goes with --json", id="a curve in words"),
    pytest.param(("lag", "--horizon", "9", "backtest"), "--horizon stands before backtest", id="before the command"),
    pytest.param(("answer", "o", "--by", "Rae"), "say WHAT as well", id="by whom, and nothing"),
    pytest.param(("answer", "o", "budget", "9", "--forget"), "--forget excludes VALUE", id="take back and give"),
    pytest.param(("answer", "o", "--forget"), "--forget goes with WHAT", id="take back nothing"),
]


@pytest.mark.parametrize(("line", "words"), SAID)
def test_a_line_that_contradicts_itself_is_refused(line: tuple[str, ...], words: str) -> None:
    answer = ask({}, *line)
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def options_with_a_value() -> list[tuple[str, ...]]:
    """Every option that takes one value, behind its command."""
    lines: list[tuple[str, ...]] = []
    for name in COMMANDS:
        made = load(name)
        for word, command in getattr(made, "commands", {"": made}).items():
            lines += [
                (*filter(None, (name, word)), option.opts[0])
                for option in command.params
                if option.param_type_name == "option" and not (option.is_flag or option.multiple)
                if (name, option.name) != ("title", "function")
            ]
    return lines


def every_command() -> Iterator[tuple[str, Any]]:
    """Every command that is called by itself, by its words."""
    for name in COMMANDS:
        made = load(name)
        if getattr(made, "invoke_without_command", True):
            yield name, made
        yield from ((f"{name} {word}", command) for word, command in getattr(made, "commands", {}).items())


@pytest.mark.parametrize("line", options_with_a_value(), ids=" ".join)
def test_no_option_of_any_command_is_taken_twice(line: tuple[str, ...]) -> None:
    *command, option = line
    answer = ask({}, *command, option, "1", option, "1")
    assert answer.code == 2
    assert f"{option} stands there twice" in answer.err or "Invalid value" in answer.err


def test_the_ways_of_a_command_are_declared_by_names_that_it_has() -> None:
    commands = {path: {param.name for param in command.params} for path, command in every_command()}
    for path, ways in WAYS.items():
        assert {name for way in ways for name in (way.by, *way.heeds, *way.needs)} <= commands[path] | {""}, path


@pytest.mark.parametrize(("path", "command"), [pytest.param(*entry, id=entry[0]) for entry in every_command()])
def test_no_option_is_ignored_in_silence(path: str, command: Any) -> None:
    """Whichever way a line takes through a command, it reads all that stands there, or the line is refused."""
    names = {param.name: param.name for param in command.params if param.name != "help"}
    required = {param.name for param in command.params if param.required}
    calls_another = [way for way in ways_through(command.callback, names) if not way.read]  # `lag backtest`: see above
    assert hasattr(command, "commands") or not calls_another or not names
    for way in ways_through(command.callback, names):
        if way in calls_another:
            continue
        for name in names.keys() - way.read:
            line = {word: word for word in {name, *way.said, *required}}
            with pytest.raises(ConfigError):
                require_a_way(WAYS.get(path, ()), line, names, required)
                pytest.fail(f"{path}: beside {', '.join(way.said) or 'nothing else'}, {name} is ignored")
