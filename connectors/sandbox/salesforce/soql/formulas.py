"""Formula fields: worked out when they are read, for whoever asks, whatever field-level security hides of their fields.

`Rep__c = $User.Id` is another answer for each user; `TEXT(Contact.Verdict__c)` leads upwards. The sandbox knows one
comparison of two operands, fields, texts, numbers, TRUE, FALSE, NULL, fields of the user who asks, and the functions
below; every other formula can be deployed and reads as null. The grammar is in formula.lark.
Source: Salesforce Help, "Formula Operators and Functions by Context", "Global Variables: $User"; that a picklist
without a value is the text "" to ISPICKVAL and TEXT: "ISPICKVAL", "TEXT".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from ..org import Org
from ..table import Row, fold

Work = Callable[[Row], Any]
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
_NAME = re.compile(r"(?<![\w.$])([A-Za-z]\w*__c)\b(?!\s*\.)")
_WORDS = {"TRUE": True, "FALSE": False, "NULL": None}
_EQUAL = frozenset({"=", "=="})
_PARSER = Lark.open("formula.lark", rel_to=__file__, parser="lalr", start="expression")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _blank(value: Any) -> bool:
    return value in (None, "")


# name → how many arguments it takes, and what it makes of their values
_FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "BLANKVALUE": (2, lambda value, other: other if _blank(value) else value),
    "IF": (3, lambda asked, yes, no: yes if asked else no),
    "ISBLANK": (1, _blank),
    "ISPICKVAL": (2, lambda value, text: fold(_text(value)) == fold(text)),
    "NOT": (1, lambda value: not value),
    "TEXT": (1, _text),
}
_ANY_NUMBER: Mapping[str, Callable[[tuple[Any, ...]], bool]] = {"AND": all, "OR": any}


@lru_cache(maxsize=256)
def _read(formula: str) -> Tree[Token] | Token | None:
    """Return a formula's tree; None for one that the sandbox does not know."""
    try:
        tree: Tree[Token] | Token = _PARSER.parse(formula)
    except UnexpectedInput:
        return None
    calls = tree.find_data("call") if isinstance(tree, Tree) else ()
    return tree if all(_is_known(call) for call in calls) else None


def _is_known(call: Tree[Token]) -> bool:
    name = str(call.children[0]).upper()
    return name in _ANY_NUMBER or (name in _FUNCTIONS and _FUNCTIONS[name][0] == len(call.children) - 1)


def custom_names(formula: str) -> Iterator[str]:
    """Yield the custom fields of its own object that a formula names."""
    yield from dict.fromkeys(_NAME.findall(_TEXT.sub("", formula)))


def reader(org: Org, user: str, sobject: str, formula: str, kind: str) -> Work:
    """Return the function that works a formula out for a row, as the user who asks; a checkbox is never null."""
    tree = _read(formula)
    if tree is None:
        return lambda row: False if kind == "boolean" else None
    work = _compiled(org, user, sobject, tree)
    return (
        (lambda row: bool(work(row))) if kind == "boolean" else (lambda row: None if _blank(work(row)) else work(row))
    )


def _compiled(org: Org, user: str, sobject: str, tree: Any) -> Work:
    parts = tree.children
    match tree.data:
        case "text":
            return lambda row, value=str(parts[0])[1:-1]: value  # type: ignore[misc]
        case "number":
            return lambda row, value=float(parts[0]): value  # type: ignore[misc]
        case "user":
            name = str(parts[0]).partition(".")[2]
            return lambda row: (org.tables["User"].rows.get(user) or {}).get(name)
        case "path":
            return _path(org, sobject, [str(name) for name in parts])
        case "call":
            return _call(str(parts[0]).upper(), [_compiled(org, user, sobject, part) for part in parts[1:]])
    first, second = (_compiled(org, user, sobject, part) for part in (parts[0], parts[2]))
    equal = str(parts[1]) in _EQUAL
    return lambda row: (fold(first(row)) == fold(second(row))) is equal


def _call(name: str, arguments: list[Work]) -> Work:
    if name in _ANY_NUMBER:
        return lambda row: _ANY_NUMBER[name](tuple(bool(argument(row)) for argument in arguments))
    return lambda row: _FUNCTIONS[name][1](*(argument(row) for argument in arguments))


def _path(org: Org, sobject: str, names: list[str]) -> Work:
    """Return the function that reads a field, through lookups upwards; one that leads nowhere is null."""
    if len(names) == 1 and names[0].upper() in _WORDS:
        return lambda row: _WORDS[names[0].upper()]
    *above, last = names
    steps = [*_steps(org, sobject, above)]

    def follow(row: Row) -> Any:
        parent = org.above(row, steps)
        return None if parent is None else parent.get(last)

    return follow


def _steps(org: Org, sobject: str, relationships: list[str]) -> Iterator[str]:
    for relationship in relationships:
        fields = org.schema.objects[sobject].fields.values() if sobject in org.schema.objects else ()
        reference = next((found for found in fields if found.relationship == relationship), None)
        yield reference.name if reference else relationship
        sobject = next(iter(reference.targets), "") if reference else ""


__all__ = ["custom_names", "reader"]
