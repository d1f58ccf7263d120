"""What Salesforce refuses in a query's shape, whatever its names mean: aliases, semi-joins, depth, ALL ROWS.

Source: Salesforce, SOQL and SOSL Reference, "Comparison Operators" (semi-joins) and "Understanding Relationship Query
Limitations"; the messages are as users of the REST API quote them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .tree import Combination, Function, Item, Path, Query, SemiJoin, malformed

DEEPEST_PARENT = 5  # relationships upwards in one path
_DEEPEST_CHILD, _DEEPEST_CHILD_BEFORE_58 = 4, 1
_MOST_SEMI_JOINS = 2
_SCOPES = (
    "delegated",
    "everything",
    "mine",
    "mine_and_my_groups",
    "my_territory",
    "my_team_territory",
    "scopingrule",
    "team",
)
_TOO_DEEP = "SOQL statements cannot query aggregate relationships more than 1 level away from the root entity object."
_NESTED_WHERE = (
    "Semi join sub-selects are only allowed at the top level WHERE expressions and not in nested WHERE expressions."
)


def check_shape(query: Query, version: float, *, deleted: bool) -> None:
    """Raise Refusal MALFORMED_QUERY for what no object allows; `deleted` says that queryAll asks."""
    if query.scope not in _SCOPES:
        raise malformed(query.text, query.at, f"Invalid scope name: {query.scope}")
    if query.group and any(isinstance(item, Item) and _is_bare(item.operand) for item in query.items):
        raise malformed(query.text, query.at, "COUNT() can not be used in a grouped query, use COUNT(Id)")
    if query.all_rows and not deleted:
        raise malformed(query.text, query.at, "ALL ROWS not allowed in this context")
    _check_children(query, query.text, _DEEPEST_CHILD if version >= 58 else _DEEPEST_CHILD_BEFORE_58)
    for part in (query, *_children(query)):
        _check_aliases(part, query.text)
        _check_semi_joins(part, query.text)


def _children(query: Query) -> Iterator[Query]:
    for item in query.items:
        if isinstance(item, Query):
            yield item
            yield from _children(item)


def _check_children(query: Query, text: str, left: int) -> None:
    for child in (item for item in query.items if isinstance(item, Query)):
        if left == 0:
            raise malformed(text, child.at, _TOO_DEEP)
        if any(isinstance(item, Item) and _counts(item.operand) for item in child.items):
            raise malformed(text, child.at, "only root queries support aggregate expressions")
        _check_children(child, text, left - 1)


def _counts(operand: Any) -> bool:
    return isinstance(operand, Function) and operand.name in ("COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX")


def _is_bare(operand: Any) -> bool:
    return isinstance(operand, Function) and operand.name == "COUNT" and not operand.arguments


def _check_aliases(query: Query, text: str) -> None:
    grouped = query.group or any(isinstance(item, Item) and _counts(item.operand) for item in query.items)
    for item in query.items:
        if isinstance(item, Item) and item.alias and isinstance(item.operand, Path) and not grouped:
            raise malformed(text, item.operand.at, "only aggregate expressions use field aliasing")


def _check_semi_joins(query: Query, text: str) -> None:
    joins = list(_semi_joins(query.where))
    if len(joins) > _MOST_SEMI_JOINS:
        raise malformed(text, joins[_MOST_SEMI_JOINS][0].query.at, "Maximum 2 semi join sub-selects are allowed")
    for join, above in joins:
        inner = join.query
        if problem := _misplaced(query, inner, above):
            raise malformed(text, inner.at, problem)
        if inner.order or inner.limit is not None or inner.group:
            word = "ORDER" if inner.order else "LIMIT" if inner.limit is not None else "GROUP"
            raise malformed(text, inner.at, f"unexpected token: '{word}'")


def _misplaced(query: Query, inner: Query, above: tuple[str, ...]) -> str | None:
    match above:
        case ("OR",):
            return "Semi join sub-selects are not allowed with the 'OR' operator"
        case () | ("AND",):
            pass
        case _:
            return _NESTED_WHERE
    if next(_semi_joins(inner.where), None):
        return "Nesting of semi join sub-selects is not supported"
    if inner.source.lower() == query.source.lower():
        return "The inner and outer selects should not be on the same object type"
    return None


def _semi_joins(node: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[SemiJoin, tuple[str, ...]]]:
    """Yield every semi-join of a condition, and the operators it stands under from the outside in."""
    if isinstance(node, SemiJoin):
        yield node, above
    elif isinstance(node, Combination):
        for part in node.parts:
            yield from _semi_joins(part, (*above, node.operator))
