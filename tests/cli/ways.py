"""The ways through a command's function, as its source tells: what each reads, and what a line must say to take it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Through:
    """One way to the end. read: parameters that are read; said, left_out: what must stand on the line, and must not."""

    read: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    ended: bool = False

    @property
    def possible(self) -> bool:
        """Whether a line can take it."""
        return not self.said & self.left_out


def ways_through(function: Callable[..., Any], names: Collection[str]) -> list[Through]:
    """Every way through a function that does not end in a refusal."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function)))).body
    assert isinstance(body, ast.FunctionDef)
    return [way for way in _walk(body.body, Through(), names) if way.possible]


def _walk(statements: Sequence[ast.stmt], way: Through, names: Collection[str]) -> Iterator[Through]:
    if not statements or way.ended:
        yield way
        return
    for after in _step(statements[0], way, names):
        if after.possible:
            yield from _walk(statements[1:], after, names)


def _step(statement: ast.stmt, way: Through, names: Collection[str]) -> Iterator[Through]:
    match statement:
        case ast.Raise():
            return
        case ast.Return():
            yield replace(_reading(statement, way, names), ended=True)
        case ast.If(test=test):
            way = _reading(test, way, names)
            for holds, branch in ((True, statement.body), (False, statement.orelse)):
                for said, left_out in _outcomes(test, holds, names):
                    turned = replace(way, said=way.said | said, left_out=way.left_out | left_out)
                    yield from _walk(branch, turned, names)
        case ast.With(items=parts):
            yield from _walk(statement.body, _reading([part.context_expr for part in parts], way, names), names)
        case ast.For(iter=rows):
            yield from _walk(statement.body, _reading(rows, way, names), names)
        case ast.Try():
            yield from _walk([*statement.body, *statement.finalbody], way, names)
            for handler in statement.handlers:
                yield from _walk(handler.body, way, names)
        case _:
            yield _reading(statement, way, names)


def _reading(nodes: ast.AST | Iterable[ast.AST], way: Through, names: Collection[str]) -> Through:
    roots = [nodes] if isinstance(nodes, ast.AST) else nodes
    read = {node.id for root in roots for node in ast.walk(root) if isinstance(node, ast.Name) and node.id in names}
    return replace(way, read=way.read | read)


Outcome = tuple[frozenset[str], frozenset[str]]  # what is said, and what is left out
NOTHING: frozenset[str] = frozenset()


def _outcomes(test: ast.expr, holds: bool, names: Collection[str]) -> list[Outcome]:
    """What a line may say so that a condition holds, or does not."""
    match test:
        case ast.Name(id=name) if name in names:
            return [_if(name, holds)]
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _outcomes(inner, not holds, names)
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=None)]) if name in names:
            return [_if(name, holds is isinstance(op, ast.IsNot))]
        case ast.BoolOp(op=op, values=parts) if isinstance(op, ast.And) is holds:
            together: list[Outcome] = [(NOTHING, NOTHING)]
            for part in parts:
                together = [
                    (said | more, left_out | fewer)
                    for said, left_out in together
                    for more, fewer in _outcomes(part, holds, names)
                ]
            return together
        case ast.BoolOp(values=parts):
            return [outcome for part in parts for outcome in _outcomes(part, holds, names)]
        case _:
            return [(NOTHING, NOTHING)]


def _if(name: str, holds: bool) -> Outcome:
    return (frozenset({name}), NOTHING) if holds else (NOTHING, frozenset({name}))
