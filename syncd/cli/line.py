"""What stands on a command's line: nothing there is ignored in silence.

A command has ways: `title --unread` lists, `title CFO --level VP` corrects. Which options each way heeds is declared
here, and every other one beside it is refused, as is an option that stands there twice or empty. A test reads the
commands: no path through one leaves an option unread that is not refused here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup

from syncd.errors import ConfigError

JSON: Final = "as_json"
BOTH: Final = (JSON, "as_csv")  # one answer is given, in one of them


@dataclass(frozen=True, slots=True)
class Way:
    """One way of a command, by the names of its parameters. by: the one that chooses it; "": where none is chosen.

    heeds: what may stand beside it, required arguments apart. needs: what must.
    """

    by: str
    heeds: tuple[str, ...]
    needs: tuple[str, ...] = ()


DEPLOYING = ("dashboard_user", "sales", "sign_in", JSON)
# Command → its ways; the first whose own option stands on the line is the one. Whoever is not named here has one alone.
WAYS: Mapping[str, tuple[Way, ...]] = {
    "waterfall": (
        Way("back", ("bookings", "by", "since", "amount", "sourced", "lag", "conversion", *BOTH)),
        Way("", ("per", "since", "until", *BOTH)),
    ),
    "audit": (
        Way("back", (JSON,)),
        Way("to", ("segment", JSON)),
        Way("burn_down", ("since", *BOTH)),
        Way("moved", ("segment", "since", *BOTH)),
        Way("", ("segment", *BOTH)),
    ),
    "salesforce deploy": (
        Way("diff", ("sign_in", JSON)),
        Way("check", DEPLOYING),
        Way("check_only", DEPLOYING),
        Way("", (*DEPLOYING, "yes")),
    ),
    "report": (Way("name", ("since", *BOTH)), Way("", (JSON,))),
    "lag": (
        Way("curve", ("step", "horizon", "by", "minimum", "as_of", JSON), needs=(JSON,)),
        Way("", ("step", "horizon", "by", "minimum", "as_of", JSON)),
    ),
    "doubles": (
        Way("link", ("first", "second", JSON)),
        Way("apart", ("first", "second", JSON)),
        Way("", ("first", "second", JSON)),
    ),
    "pack": (Way("send", ("rep", JSON)), Way("", ("rep", "html", JSON))),
    "runs": (Way("number", ("to_its_end", JSON)), Way("", ("last", JSON))),
    "answer": (
        Way("forget", ("what", JSON), needs=("what",)),
        Way("what", ("value", "by", JSON)),
        Way("", (JSON,)),
    ),
    "title": (
        Way("unread", (JSON,)),
        Way("forget", ("spelled", JSON)),
        Way("", ("spelled", "function", "level", JSON)),
    ),
}


class Once(TyperCommand):
    """A command that says so where the line contradicts itself, instead of heeding the last word silently."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line. Raises ConfigError for an option that stands there twice, empty, or where nobody heeds it."""
        order, _ = _require_once(self, ctx, args)
        rest = super().parse_args(ctx, args)
        _require_heeded(ctx, order)
        return rest


class OnceGroup(TyperGroup):
    """A group of commands that may be called by itself; what belongs to that stands before none of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the line up to the command. Raises ConfigError as `Once`, and for an option before a command."""
        order, words = _require_once(self, ctx, args)
        rest = super().parse_args(ctx, args)
        on_the_line = _require_heeded(ctx, order)
        if words and on_the_line:
            option = next(iter(on_the_line.values()))
            raise ConfigError(f"{option} stands before {words[0]}, which does not heed it there: write it behind")
        return rest


def _require_once(command: Any, ctx: Any, args: Sequence[str]) -> tuple[Sequence[Any], Sequence[str]]:
    """What stands on the line, in its order, and the words left. Raises ConfigError for an option that stands twice."""
    _, words, order = command.make_parser(ctx).parse_args(args=list(args))
    options = [param for param in order if _is_option(param)]
    for param in options:
        if options.count(param) > 1 and not (getattr(param, "is_flag", False) or getattr(param, "multiple", False)):
            raise ConfigError(f"{words_of(param)} stands there {_times(options.count(param))}: say it once")
    return order, words


def _require_heeded(ctx: Any, order: Sequence[Any]) -> Mapping[str, str]:
    """Parameter → how it stands on the line. Raises ConfigError for what is empty, or heeded by nobody there."""
    for param in order:
        value = ctx.params.get(param.name)
        if _is_option(param) and (value == "" or (isinstance(value, list | tuple) and "" in value)):
            raise ConfigError(f"{words_of(param)} is empty: name one, or leave {words_of(param)} out")
    on_the_line = {param.name: words_of(param) for param in order if ctx.params.get(param.name) not in (None, False)}
    known = {param.name: words_of(param) for param in ctx.command.params}
    required = {param.name for param in ctx.command.params if param.required}
    require_a_way(WAYS.get(" ".join(_path(ctx)), ()), on_the_line, known, required)
    return on_the_line


def require_a_way(
    ways: Sequence[Way], on_the_line: Mapping[str, str], known: Mapping[str, str], required: Collection[str]
) -> None:
    """Raise ConfigError for what the way does not heed, or lacks. on_the_line, known: parameter → as people type it."""
    formats = [on_the_line[name] for name in BOTH if name in on_the_line]
    if len(formats) > 1:
        raise ConfigError(f"{formats[0]} excludes {formats[1]}: one answer is given, keep one of them")
    way = next((way for way in ways if way.by in on_the_line or not way.by), None)
    if way is None:
        return
    if lacking := [known[name] for name in way.needs if name not in on_the_line]:
        raise ConfigError(f"{on_the_line[way.by]} goes with {' and '.join(lacking)}: say that as well")
    for name in [name for name in on_the_line if name not in (way.by, *way.heeds, *required)]:
        if way.by:
            raise ConfigError(f"{on_the_line[way.by]} excludes {on_the_line[name]}: give it alone, or leave it out")
        others = " or ".join(known[other.by] for other in ways if name in other.heeds)
        raise ConfigError(f"{on_the_line[name]} goes with {others}: say {others} as well, or leave it out")


def _is_option(param: Any) -> bool:
    return hasattr(param, "secondary_opts")


def _path(ctx: Any) -> Iterator[str]:
    """The words by which a command is called, without the program's own name."""
    if ctx.parent is not None:
        yield from _path(ctx.parent)
        yield ctx.info_name


def words_of(param: Any) -> str:
    """An option or an argument as people type it."""
    return str(max(param.opts, key=len)) if param.opts[0].startswith("-") else str(param.metavar or param.name).upper()


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"
