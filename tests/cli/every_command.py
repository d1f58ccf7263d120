"""Every way of every command in every format, found from the command tree itself."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from syncd.cli.commands import COMMANDS, load
from syncd.cli.line import BOTH, JSON, WAYS, Way, words_of


class Leaf(NamedTuple):
    """One command that is called by itself, by its words."""

    path: str
    command: Any


class Line(NamedTuple):
    """What is typed to see one way of a command in one format; words: its arguments and options, by parameter."""

    path: str
    way: str
    format: str  # as_json, as_csv, or "" for text
    words: tuple[str, ...]


def leaves() -> Iterator[Leaf]:
    """Every command that is called by itself."""
    for name in COMMANDS:
        made = load(name)
        if getattr(made, "invoke_without_command", True):
            yield Leaf(name, made)
        yield from (Leaf(f"{name} {word}", command) for word, command in getattr(made, "commands", {}).items())


def lines(leaf: Leaf, words_of_ways: Mapping[str, Mapping[str, str]]) -> Iterator[Line]:
    """Every way of a command in every format that it has there, the plain one first.

    words_of_ways: command, or command and way → parameter → what is typed for it.
    """
    params = {param.name: param for param in leaf.command.params}
    for way in reversed(WAYS.get(leaf.path) or _by_flags(leaf)):
        typed = words_of_ways.get(f"{leaf.path} {way.by}", words_of_ways.get(leaf.path, {}))
        words = [
            word
            for name, param in params.items()
            if param.required or name in (way.by, *way.needs) or (name in typed and name in way.heeds)
            if name not in BOTH
            for word in _typed(param, typed)
        ]
        for kind in ("", *(name for name in BOTH if name in way.heeds and name in params)):
            if kind or JSON not in way.needs:
                asked = [words_of(params[kind])] if kind else []
                yield Line(leaf.path, way.by, kind, (*leaf.path.split(), *words, *asked))


def _by_flags(leaf: Leaf) -> Sequence[Way]:
    """The ways of a command that declares none: without any of its flags, and with each of them."""
    names = tuple(param.name for param in leaf.command.params)
    flags = (param.name for param in leaf.command.params if getattr(param, "is_flag", False))
    return [Way(name, names) for name in (*flags, "") if name not in BOTH]


def _typed(param: Any, typed: Mapping[str, str]) -> Iterator[str]:
    """An option without a value by its word alone; a value by what is typed for it."""
    if param.param_type_name == "option":
        yield words_of(param)
        if param.is_flag:
            return
    yield typed[param.name]
