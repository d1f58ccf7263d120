"""A line that contradicts itself is refused in words: nothing on it is heeded or ignored in silence."""

import pytest

from syncd.cli.commands import COMMANDS, load
from tests.cli.conftest import ask

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


@pytest.mark.parametrize("line", options_with_a_value(), ids=" ".join)
def test_no_option_of_any_command_is_taken_twice(line: tuple[str, ...]) -> None:
    *command, option = line
    answer = ask({}, *command, option, "1", option, "1")
    assert answer.code == 2
    assert f"{option} stands there twice" in answer.err or "Invalid value" in answer.err


def test_what_excludes_each_other_is_declared_by_names_that_the_command_has() -> None:
    for name, entry in COMMANDS.items():
        known = {param.name for param in load(name).params} if entry.alone else set()
        assert {word for apart in entry.alone for word in apart} <= known, name
