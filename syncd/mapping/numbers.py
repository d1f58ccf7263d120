"""Numbers as people and machines write them: read as they are surely meant, or refused.

`1.234` is twelve hundred and more in Berlin and one and a bit in Boston. A field's or file's declared `locale` decides;
without one only what has a single meaning is read: a machine's `1234.5`, and groups of three by commas, in which both
vendors write their own ranges (`10,001+`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ENGLISH = re.compile(r"-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?")
_DOUBTFUL = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")  # a decimal point, or thousands
_GROUPED = re.compile(r"-?\d[\d.,'\u2019\u00a0\u202f\u2009 ]*\d")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = re.compile(
    rf"\d{{4}}-\d\d?-\d\d?(?:[T ].*)?|\d\d?[-. ]+{_MONTH}\.?|{_MONTH}[-. ]+\d\d?|\d\d?/\d\d?/\d{{2,4}}", re.IGNORECASE
)
_SCALED = re.compile(
    r"\D{0,4}[\d.,]+\s*(?:k|m|mm|mn|mio|bn|b|mrd|tsd|teur|thousand|million|billion)\b.*", re.IGNORECASE
)
_MARKS = r"\d.,'\u2019\u00a0\u202f\u2009 "
_RANGE = re.compile(rf"(\d[{_MARKS}]*?)\s*(?:-|–|—|\.\.|to|bis|à)\s*(\d[{_MARKS}]*)")
_LARGEST = Decimal(10) ** 17
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP"}


class Unfit(ValueError):
    """A value that cannot be read, and why, without repeating it."""


def why(error: ValueError) -> str:
    """What is wrong with a value; a library's words would quote it."""
    return str(error) if isinstance(error, Unfit) else "cannot be read"


def number(value: Any, options: Mapping[str, Any]) -> Decimal:
    """A decimal number; a dollar sign before it is taken off.

    options: `locale`, in which it is written; `machine`: surely by one, so that a point is never for thousands.

    Raises Unfit saying what is wrong with it.
    """
    words = str(value).strip().lstrip("$").strip()
    try:
        amount = Decimal(words) if isinstance(value, (int, float, Decimal)) else _written(words, options)
    except (InvalidOperation, TypeError) as error:
        raise Unfit("is no number") from error
    if not amount.is_finite():
        raise Unfit("is no number")
    if abs(amount) >= _LARGEST:
        raise Unfit("is too large a number")
    return amount


def parts_of_range(words: str) -> tuple[str, str] | None:
    """The two numbers of a range such as 51-200; None for what is none."""
    match = None if _DAY.fullmatch(words) else _RANGE.fullmatch(words)
    return (match[1], match[2]) if match else None


def is_locale(name: str) -> bool:
    """Whether that is a locale whose numbers are known, such as de-DE."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(name.replace("-", "_")) is not None
    except (UnknownLocaleError, ValueError):
        return False


def _written(words: str, options: Mapping[str, Any]) -> Decimal:
    if locale := options.get("locale"):
        return _read(words, locale)
    if _PLAIN.fullmatch(words) and (options.get("machine") or not _DOUBTFUL.fullmatch(words)):
        return Decimal(words)
    if _ENGLISH.fullmatch(words):
        return Decimal(words.replace(",", ""))
    if _DAY.fullmatch(words):
        raise Unfit("is a date where a number is wanted")
    if _GROUPED.fullmatch(words):
        raise Unfit("can be read as several numbers: declare the `locale` in which it is written, such as de-DE")
    raise Unfit(f"is no number{_hint(words)}")


def _hint(words: str) -> str:
    return ": it names a scale, write the number out" if _SCALED.fullmatch(words) else ""


def _read(words: str, locale: str) -> Decimal:
    """By the locale's own marks, in groups where it has them (Unicode CLDR); any blank or apostrophe is one."""
    from babel.numbers import NumberFormatError, parse_decimal

    group = _group(locale)
    if group == "\u2019":
        words = words.replace("'", group)
    if group.isspace():
        words = re.sub(r"[\u00a0\u202f\u2009 ]", group, words)
    try:
        return parse_decimal(words, locale=locale.replace("-", "_"), strict=True)
    except NumberFormatError as error:
        if _DAY.fullmatch(words):
            raise Unfit("is a date where a number is wanted") from error
        raise Unfit(f"is no number as {locale} writes them{_hint(words)}") from error


@lru_cache(maxsize=16)
def _group(locale: str) -> str:
    from babel.numbers import get_group_symbol

    return get_group_symbol(locale.replace("-", "_"))
