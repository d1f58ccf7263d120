"""SOQL text → a tree. What the words mean in an org is decided later, by `compiling`.

Source: Salesforce, SOQL and SOSL Reference. The grammar is in soql.lark.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args

from ..refusal import Refusal


@dataclass(frozen=True)
class Path:
    """A field, through relationships upwards: Account.Owner.Name. `at` is its place in the text, from 0."""

    names: tuple[str, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(self.names)


@dataclass(frozen=True)
class Function:
    """A function of fields or values: COUNT(Id), CALENDAR_YEAR(CloseDate)."""

    name: str
    arguments: tuple[Any, ...]
    at: int


@dataclass(frozen=True)
class Literal:
    """A value. kind: string, number, datetime, date, boolean, null, or range (a date literal such as LAST_N_DAYS:3)."""

    kind: str
    value: Any
    at: int
    count: int = 0


@dataclass(frozen=True)
class Comparison:
    """A field or function held against one value."""

    operand: Path | Function
    operator: str
    value: Literal
    at: int = 0


@dataclass(frozen=True)
class Membership:
    """A field held against a list of values."""

    operand: Path | Function
    operator: str  # IN, NOT IN, INCLUDES, EXCLUDES
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class SemiJoin:
    """A field held against the values of another query: a semi-join or anti-join."""

    operand: Path | Function
    operator: str  # IN, NOT IN
    query: Query


@dataclass(frozen=True)
class Combination:
    """Conditions joined by AND or OR, or one negated by NOT."""

    operator: str  # AND, OR, NOT
    parts: tuple[Any, ...]


@dataclass(frozen=True)
class Item:
    """One selected field or function, with its alias."""

    operand: Path | Function
    alias: str | None


@dataclass(frozen=True)
class AllFields:
    """FIELDS(ALL), FIELDS(STANDARD) or FIELDS(CUSTOM)."""

    group: str


@dataclass(frozen=True)
class TypeOf:
    """TYPEOF What WHEN Account THEN Phone ELSE Name END."""

    path: Path
    branches: tuple[tuple[str, tuple[Path, ...]], ...]
    otherwise: tuple[Path, ...]


@dataclass(frozen=True)
class Ordering:
    """One key of ORDER BY."""

    operand: Path | Function
    descending: bool
    nulls_first: bool


@dataclass(frozen=True)
class Query:
    """A whole query, or one in parentheses within another."""

    items: tuple[Any, ...]  # Item, AllFields, TypeOf or Query (a subquery downwards)
    source: str
    at: int  # place of the object's name
    alias: str | None = None
    where: Any = None
    group: tuple[Path | Function, ...] = ()
    subtotals: str | None = None  # ROLLUP or CUBE
    having: Any = None
    order: tuple[Ordering, ...] = ()
    limit: int | None = None
    offset: int = 0
    all_rows: bool = False
    scope: str = "everything"
    text: str = field(default="", compare=False)


def malformed(text: str, at: int, problem: str, code: str = "MALFORMED_QUERY") -> Refusal:
    """Return Salesforce's refusal of a query: the words around the place, a caret under it, row and column from 1."""
    row = text.count("\n", 0, at) + 1
    begin = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line, column = text[begin : end if end >= 0 else len(text)], at - begin
    # Salesforce shows about 40 characters before and after the place, cut between words
    first = 0 if column <= 40 else line.rfind(" ", 0, column - 40) + 1
    last = len(line) if len(line) <= column + 40 else max(line.rfind(" ", column, column + 40), column + 1)
    shown = f"\n{line[first:last]}\n{' ' * (column - first)}^\nERROR at Row:{row}:Column:{column + 1}\n{problem}"
    return Refusal(code, shown)


@lru_cache(maxsize=512)
def parse(text: str) -> Query:
    """Return the tree of a query. Raises Refusal MALFORMED_QUERY with the place where it stops making sense."""
    if len(text) > _LONGEST:
        raise Refusal("QUERY_TOO_COMPLICATED", "SOQL statements cannot be longer than 100000 characters.")
    if not text.strip():
        raise Refusal("MALFORMED_QUERY", "unexpected token: <EOF>")
    try:
        tree = _PARSER.parse(text)
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(text) if ended or error.pos_in_stream is None else error.pos_in_stream
        word = re.match(r"\w+|.", text[at:])
        raise malformed(text, at, f"unexpected token: '{word.group() if word else '<EOF>'}'") from None
    query: Query = _Trees().transform(tree)
    return Query(**{**vars(query), "text": text})


_LONGEST = 100_000
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "_": "\\_", "%": "\\%"}


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), text[1:-1], flags=re.DOTALL)


class _Clause(tuple[str, Any]):
    """A named part of a query."""


class _Subtotals(tuple[str, Any]):
    """ROLLUP or CUBE, and what it groups by."""


@v_args(inline=True)
class _Trees(Transformer[Token, Any]):
    """Turns lark's tree into ours."""

    def path(self, *names: Token) -> Path:
        return Path(tuple(map(str, names)), names[0].start_pos or 0)

    def call(self, name: Token, *arguments: Any) -> Function:
        return Function(name.upper(), arguments, name.start_pos or 0)

    def field_item(self, operand: Path, alias: Token | None = None) -> Item:
        return Item(operand, str(alias) if alias else None)

    def function_item(self, operand: Function, alias: Token | None = None) -> Item:
        return Item(operand, str(alias) if alias else None)

    def fields_item(self, group: Token) -> AllFields:
        return AllFields(group.upper())

    def child(self, query: Query) -> Query:
        return query

    def when(self, name: Token, *paths: Path) -> tuple[str, tuple[Path, ...]]:
        return str(name), paths

    def otherwise(self, *paths: Path) -> _Clause:
        return _Clause(("otherwise", paths))

    def typeof(self, path: Path, *branches: Any) -> TypeOf:
        otherwise = branches[-1][1] if isinstance(branches[-1], _Clause) else ()
        return TypeOf(path, tuple(found for found in branches if not isinstance(found, _Clause)), otherwise)

    def selection(self, *items: Any) -> tuple[Any, ...]:
        return items

    def comparison(self, operand: Any, operator: Token, value: Literal) -> Comparison:
        word = "!=" if operator == "<>" else operator.upper()
        return Comparison(operand, word, value, operator.start_pos or 0)

    def membership(self, operand: Any, operator: Token, *values: Literal) -> Membership:
        return Membership(operand, " ".join(operator.upper().split()), values)

    def semi_join(self, operand: Any, operator: Token, query: Query) -> SemiJoin:
        return SemiJoin(operand, " ".join(operator.upper().split()), query)

    def both(self, *parts: Any) -> Combination:
        return Combination("AND", parts)

    def either(self, *parts: Any) -> Combination:
        return Combination("OR", parts)

    def negation(self, part: Any) -> Combination:
        return Combination("NOT", (part,))

    def string(self, token: Token) -> Literal:
        return Literal("string", _unescape(token), token.start_pos or 0)

    def number(self, token: Token) -> Literal:
        return Literal("number", float(token), token.start_pos or 0)

    def datetime(self, token: Token) -> Literal:
        return Literal("datetime", str(token), token.start_pos or 0)

    def date(self, token: Token) -> Literal:
        return Literal("date", str(token), token.start_pos or 0)

    def true(self, token: Token) -> Literal:
        return Literal("boolean", True, token.start_pos or 0)

    def false(self, token: Token) -> Literal:
        return Literal("boolean", False, token.start_pos or 0)

    def null(self, token: Token) -> Literal:
        return Literal("null", None, token.start_pos or 0)

    def date_word(self, token: Token) -> Literal:
        return Literal("range", token.upper(), token.start_pos or 0)

    def relative_date(self, token: Token, count: Token) -> Literal:
        return Literal("range", token.upper(), token.start_pos or 0, int(float(count)))

    def ordering(self, operand: Any, *words: Token) -> Ordering:
        said = {word.type for word in words}
        return Ordering(operand, "DESC" in said, "NULLS_LAST" not in said)

    def having(self, condition: Any) -> _Clause:
        return _Clause(("having", condition))

    def group(self, *operands: Any) -> _Clause:
        return _Clause(("group", operands))

    def subtotals(self, word: Token, *operands: Any) -> _Subtotals:
        return _Subtotals((word.upper(), operands))

    def order(self, *orderings: Ordering) -> _Clause:
        return _Clause(("order", orderings))

    def where(self, condition: Any) -> _Clause:
        return _Clause(("where", condition))

    def limit(self, number: Token) -> _Clause:
        return _Clause(("limit", int(number)))

    def offset(self, number: Token) -> _Clause:
        return _Clause(("offset", int(number)))

    def alias(self, name: Token) -> _Clause:
        return _Clause(("alias", str(name)))

    def scope(self, name: Token) -> _Clause:
        return _Clause(("scope", str(name)))

    def purpose(self, name: Token) -> _Clause:
        return _Clause(("purpose", str(name)))

    def all_rows(self) -> _Clause:
        return _Clause(("all_rows", True))

    def query(self, items: tuple[Any, ...], source: Token, *clauses: _Clause) -> Query:
        parts = dict(clauses)
        group = parts.get("group", ())
        having = group[-1][1] if group and isinstance(group[-1], _Clause) else None
        word = None
        if group and isinstance(group[0], _Subtotals):
            word, group = group[0]
        return Query(
            items,
            str(source),
            source.start_pos or 0,
            alias=parts.get("alias"),
            where=parts.get("where"),
            group=tuple(operand for operand in group if not isinstance(operand, _Clause)),
            subtotals=word,
            having=having,
            order=parts.get("order", ()),
            limit=parts.get("limit"),
            offset=parts.get("offset", 0),
            all_rows="all_rows" in parts,
            scope=parts.get("scope", "everything").lower(),
        )


_PARSER = Lark.open(
    "soql.lark", rel_to=__file__, parser="lalr", lexer="contextual", start="query", propagate_positions=False
)
