"""Formula fields that compare: `Rep__c = $User.Id` is another answer for whoever asks.

A formula is worked out when it is read, whatever field-level security hides of the fields that it names. The sandbox
knows one comparison of two operands: fields, fields of the user who asks, texts, numbers, TRUE and FALSE. Every other
formula can be deployed and reads as null.
Source: Salesforce Help, "Formula Operators and Functions by Context", "Global Variables: $User".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from ..org import Org
from ..table import Row, fold

Operand = tuple[str, Any]  # kind: field, user or value; its name or value
_ANY = r'\$User\.\w+|"[^"]*"|-?\d+(?:\.\d+)?|[A-Za-z]\w*'
_COMPARISON = re.compile(rf"\s*({_ANY})\s*(=|==|<>|!=)\s*({_ANY})\s*")
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
_NAME = re.compile(r"(?<![\w.$])([A-Za-z]\w*__c)\b(?!\s*\.)")
_WORDS = {"TRUE": True, "FALSE": False, "NULL": None}


@lru_cache(maxsize=256)
def _read(formula: str) -> tuple[Operand, bool, Operand] | None:
    """Return a comparison's left side, whether both sides are to be equal, and its right side; None for others."""
    match = _COMPARISON.fullmatch(formula)
    return (_operand(match[1]), match[2] in ("=", "=="), _operand(match[3])) if match else None


def _operand(text: str) -> Operand:
    if text.startswith("$User."):
        return "user", text.removeprefix("$User.")
    if text.startswith('"'):
        return "value", text[1:-1]
    if text.upper() in _WORDS:
        return "value", _WORDS[text.upper()]
    return ("field", text) if text[0].isalpha() else ("value", float(text))


def custom_names(formula: str) -> Iterator[str]:
    """Yield the custom fields of its own object that a formula names."""
    yield from dict.fromkeys(_NAME.findall(_TEXT.sub("", formula)))


def reader(org: Org, user: str, formula: str, kind: str) -> Callable[[Row], Any]:
    """Return the function that works a formula out for a row, as the user who asks; a checkbox is never null."""
    comparison = _read(formula)
    if comparison is None:
        return lambda row: False if kind == "boolean" else None
    left, equal, right = comparison

    def work_out(row: Row) -> bool:
        asking = org.tables["User"].rows.get(user) or {}
        first, second = (_value(operand, row, asking) for operand in (left, right))
        return (first == second) is equal

    return work_out


def _value(operand: Operand, row: Row, user: Row) -> Any:
    kind, name = operand
    return name if kind == "value" else fold((user if kind == "user" else row).get(name))


__all__ = ["custom_names", "reader"]
