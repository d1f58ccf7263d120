"""docs/reference/cli.md and exit-codes.md, from the commands' help and the error classes."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from syncd import errors
from syncd.cli import EXIT_CODES
from syncd.cli.commands import COMMANDS, load
from syncd.cli.line import WAYS, words_of
from tests.reference.markdown import head, prose, row, table

TEXT = """
`syncd COMMAND --help` says the same. `--json` answers with one JSON document on standard output; people are told on
standard error. A terminal shows progress bars, everything else plain lines. What a command ends with:
[exit codes](exit-codes.md). Where it finds the systems: [settings](settings.md).
"""
CODES = """
A script may rely on them. Standard error says in one line what, where, and what would mend it; never a traceback for
what a person can mend. A wrong option or a missing argument ends with 2 as well.
"""
WHAT_TO_DO = {
    0: "nothing",
    1: "read the message; it is no passing fault",
    2: "mend what is named, try again",
    3: "run it again, later: what was done stays done",
    4: "look at `syncd plan`; if it is right, `--force`",
    5: "wait for the other one, or stop it",
    6: "give an id, or one of those that are named",
    130: "run it again, if it is still wanted: what was done stays done",
}


def lines() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield from head("Command line", "the help of `syncd/cli/`", TEXT)
    for words, command in commands():
        yield from _command(words, command)


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command as it is called."""
    for name, command in ((name, load(name)) for name in COMMANDS):
        if getattr(command, "invoke_without_command", True):
            yield (name,), command
        yield from (((name, word), below) for word, below in getattr(command, "commands", {}).items())


def _command(words: tuple[str, ...], command: Any) -> Iterator[str]:
    yield from ("", f"## syncd {' '.join(words)}", "", _listed(prose(command.help)))
    parameters = [one for one in command.params if one.name != "help" and not getattr(one, "hidden", False)]
    if parameters:
        yield from table("argument or option", "what it is", "default")
    for parameter in parameters:
        name = str(parameter.name).upper() if parameter.param_type_name == "argument" else ", ".join(parameter.opts)
        default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
        yield row(f"`{name}`", parameter.help or "", "" if default in (None, False, "") else f"`{default}`")
    yield from _ways(" ".join(words), {one.name: _typed(one) for one in parameters})


def _typed(parameter: Any) -> str:
    return f"`{words_of(parameter)}`"


def _ways(words: str, typed: Mapping[str, str]) -> Iterator[str]:
    """Which options go with which, where not all go together."""
    shown = [way for way in WAYS.get(words, ()) if not way.by or way.by in typed]
    for number, way in enumerate(shown):
        beside = ", ".join(typed[name] for name in way.heeds if name in typed)
        needs = f", and needs {' and '.join(typed[name] for name in way.needs)}" if way.needs else ""
        line = f"{typed[way.by]} goes with {beside}{needs}" if way.by else f"otherwise: {beside}"
        yield from ([""] if not number else [])
        yield f"- {line}"


def _listed(text: str) -> str:
    """List items, which the command line keeps apart, closed up."""
    return re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)


def exit_codes() -> Iterator[str]:
    """What each exit code means, and what to do."""
    yield from head("Exit codes", "`syncd/cli/__init__.py` and `syncd/errors.py`", CODES)
    yield from table("code", "meaning", "what to do", "kinds of error")
    kinds = [errors.SyncdError, *_below(errors.SyncdError)]
    for code, says in EXIT_CODES.items():
        names = ", ".join(f"`{kind.__name__}`" for kind in kinds if kind.exit_code == code)
        yield row(code, says, WHAT_TO_DO[code], names)


def _below(kind: type[errors.SyncdError]) -> list[type[errors.SyncdError]]:
    return [one for below in kind.__subclasses__() for one in (below, *_below(below))]
