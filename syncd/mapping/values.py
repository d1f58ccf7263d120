"""How a vendor's value becomes ours: one function for each `as:` of a mapping.

Every reader takes the raw value (never None or blank) and its rule's options, and returns our value or raises
Unfit saying what is wrong with it, without repeating personal data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from syncd.mapping import numbers
from syncd.mapping.numbers import Unfit, why
from syncd.model.addresses import PLAIN_ADDRESS, same_address, same_domain
from syncd.model.phones import first_of_several, is_phone

Reader = Callable[..., Any]  # (value) or (value, options)


class Cleaned(Unfit):
    """A value that can be read once what no text may hold is taken out: `value` is what is left.

    That is U+0000, which PostgreSQL keeps in none, and U+FFFD in the place of half a character.
    """

    def __init__(self, value: Any) -> None:
        super().__init__("holds characters that no text may hold")
        self.value = value


class Partly(Cleaned):
    """Of several values some cannot be read: `value` is the others."""

    def __init__(self, value: Any, fault: str) -> None:
        Unfit.__init__(self, fault)
        self.value = value


NONE: Mapping[str, Any] = MappingProxyType({})

LONGEST_TEXT = 1_000  # characters; no name, title or address of a person is longer
LONGEST_WORDS = 2_000
LARGEST_WHOLE = 2**31 - 1
# Soft hyphens, zero-width blanks, marks of the writing's direction; joiners are letters of some scripts and stay.
_UNSEEN = dict.fromkeys(
    (0x00AD, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060, *range(0x2066, 0x206A), 0xFEFF)
)
_EPOCH_MS = re.compile(r"^-?\d{11,14}$")
_SPOILED = re.compile(r"\d+\.0+|\d+(?:[.,]\d+)?[eE]\+?\d+")
_HOST = re.compile(r"(?::?//+)?(?:[a-z]+:/+|https?:|www[.:])*(?:[^@/?#\s]*@)?([^\s/?#:@;,]+)")
_BETWEEN = re.compile(r"[;,\s]+")
_ANSWERS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def text(value: Any, _: Mapping[str, Any] = NONE) -> str | None:
    """A short text without surrounding white space and without characters that nobody sees."""
    if type(value) is str and value.isascii() and value.isprintable() and len(value) <= LONGEST_TEXT:
        return " ".join(value.split()) or None  # as nearly every text is
    if isinstance(value, (dict, list)):
        raise Unfit("is no text")
    words = str(value)
    if "\x00" in words or "\ufffd" in words:
        raise Cleaned(text(_whole(words)))
    if not words.isascii():
        words = words.translate(_UNSEEN)
    if len(words) > LONGEST_TEXT:
        raise Unfit(f"is {len(words):,} characters long; at most {LONGEST_TEXT:,} can be read")
    return " ".join(words.split()) or None


def _whole(words: str) -> str:
    return words.replace("\x00", "").replace("\ufffd", "")


def number(value: Any, options: Mapping[str, Any] = NONE) -> Decimal:
    """A decimal number; options: `locale`, in which it is written."""
    return numbers.number(value, options)


def measure(value: Any, options: Mapping[str, Any] = NONE) -> Decimal:
    """A decimal number; options: `locale`, in which it is written, `times` in whose units (0.001: thousandths)."""
    return number(value, options) * Decimal(str(options.get("times", 1)))


def money(value: Any, options: Mapping[str, Any] = NONE) -> Decimal:
    """An amount, to the cent: of a vendor's own currency field, which a machine writes."""
    return numbers.number(value, {"machine": True, **options}).quantize(Decimal("0.01"))


def whole(value: Any, options: Mapping[str, Any] = NONE) -> int:
    """A whole number (7, 7.0, 1,250), as large as an integer column holds."""
    if type(value) is int and abs(value) <= LARGEST_WHOLE:
        return value
    amount = number(value, options)
    if amount != amount.to_integral_value():
        raise Unfit("is no whole number")
    if abs(amount) > LARGEST_WHOLE:
        raise Unfit("is too large a number")
    return int(amount)


def band(value: Any, options: Mapping[str, Any] = NONE) -> str | None:
    """A size: an exact number as `n..n`, a vendor's band such as 51-200 as `51..200`, 10,000+ as `10000..`.

    A sign of the euro or the pound is the amount's currency: `n..n EUR`. Zero and negative sizes are what systems
    write when they do not know: they read as nothing. options: `locale`, and `times`, the units of the number.
    """
    words = str(value).strip()
    if not options and words.isascii() and words.isdecimal() and len(words) < 17:  # nearly every size is
        return f"{int(words)}..{int(words)}" if int(words) else None
    currency = next((code for sign, code in numbers.CURRENCY_SIGNS.items() if sign in (words[:1], words[-1:])), "")
    if currency:
        words = words.strip("".join(numbers.CURRENCY_SIGNS)).strip()
    times = Decimal(str(options.get("times", 1)))
    unit = f" {currency}" if currency else ""
    if parts := numbers.parts_of_range(words):
        low, high = (number(part, options) * times for part in parts)
        if low > high:
            raise Unfit("is a band upside down")
        return f"{low.normalize():f}..{high.normalize():f}{unit}"
    if words.endswith("+"):
        return f"{(number(words[:-1], options) * times).normalize():f}..{unit}"
    size = number(words if currency else value, options) * times
    return f"{size.normalize():f}..{size.normalize():f}{unit}" if size > 0 else None


def moment(value: Any, _: Mapping[str, Any] = NONE) -> datetime:
    """A stamp as aware UTC, from ISO 8601 or milliseconds since 1970; a date alone is its noon UTC.

    Noon is the same calendar day nearly everywhere; midnight UTC is still the day before in all of America.
    """
    words = str(value).strip()
    if len(words) == 10:
        words += "T12:00:00"
    try:
        epoch = _EPOCH_MS.match(words)
        at = datetime.fromtimestamp(int(words) / 1000, UTC) if epoch else datetime.fromisoformat(words)
        if at.tzinfo is not UTC:
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unfit("is no date and time") from error
    if not 1900 <= at.year <= 2200:
        raise Unfit(f"is a date in the year {at.year}")
    return at


def day(value: Any, options: Mapping[str, Any] = NONE) -> date:
    """A calendar day. A plain date is taken as it stands: no zone ever shifts it."""
    words = str(value).strip()
    if len(words) == 10:
        try:
            return date.fromisoformat(words)
        except ValueError as error:
            raise Unfit("is no date") from error
    return moment(value, options).date()


def boolean(value: Any, _: Mapping[str, Any] = NONE) -> bool:
    """true or false, as JSON or as text."""
    if isinstance(value, bool):
        return value
    answer = _ANSWERS.get(str(value).lower())
    if answer is None:
        raise Unfit("is neither true nor false")
    return answer


def present(value: Any, _: Mapping[str, Any] = NONE) -> bool:
    """True where anything stands (a bounce reason, a bounce date)."""
    return value is not False


def absent(value: Any, options: Mapping[str, Any] = NONE) -> bool:
    """The opposite of a boolean field (archived → active)."""
    return not boolean(value, options)


def email(value: Any, options: Mapping[str, Any] = NONE) -> str | None:
    """One address in lower case, domain in ASCII, without what stands around it (`<…>`, `mailto:…?…`, a full stop).

    `smtp:` is Exchange's mark in proxyAddresses; a form or a mailto link (RFC 6068) writes the @ as `%40`.
    """
    words = (text(value, options) or "").lower().strip("<>\"'").removeprefix("smtp:")
    if words.startswith("mailto:"):
        words = words.removeprefix("mailto:").partition("?")[0]
    if "%40" in words and "@" not in words:
        words = words.replace("%40", "@")
    return same_address(words.rstrip(".")) or None


def emails(value: Any, options: Mapping[str, Any] = NONE) -> list[str]:
    """All addresses of a field, lower case, in order; words beside an address (`Jane <jane@…>`) are left out."""
    if (
        isinstance(value, str)
        and value.isascii()
        and PLAIN_ADDRESS.fullmatch(address := value.lower())
        and address[0] != "'"
    ):
        return [address]  # nearly every field holds one address and nothing else
    parts = value if isinstance(value, list) else _BETWEEN.split(str(value))
    if sum(map(len, map(str, parts))) > LONGEST_WORDS:
        raise Unfit("is too long for e-mail addresses")
    words = [word for part in parts if (word := email(part, options))]
    return [word for word in words if "@" in word] or words


def domain(value: Any, _: Mapping[str, Any] = NONE) -> str | None:
    """A website's domain without scheme, www, port and path, the first of several; None where there is none in it."""
    words = str(value)[:LONGEST_TEXT].strip().lower()
    return _host(words) or next((name for part in _BETWEEN.split(words) if (name := _host(part))), None)


def domains(value: Any, options: Mapping[str, Any] = NONE) -> list[str]:
    """Every website's domain that stands in a field, in order."""
    words = (text(value, options) or "").lower()
    return list(dict.fromkeys(name for part in _BETWEEN.split(words) if (name := _host(part))))


@lru_cache(maxsize=20_000)
def _host(words: str) -> str | None:
    host = _HOST.match(words)
    return same_domain(host[1]) if host else None


def words(parts: Any, _: Mapping[str, Any] = NONE) -> str:
    """Several texts as one, in which something is looked for; its end may be cut off."""
    return " ".join(_whole(" ".join(map(str, parts))).split())[:LONGEST_WORDS]


def phone(value: Any, options: Mapping[str, Any] = NONE) -> str | None:
    """A telephone number as it was written, the first of several; None for what only stands in its place.

    options: `region`, the country of the record that it stands in.
    """
    region = options.get("region")
    words = text(first_of_several(_whole(str(value)), region), options)
    return words if words and is_phone(words, region) else None


def code(value: Any) -> str | None:
    """An industry's code, without what is written behind it: 522110 of "522110 - Commercial Banking", or of 522110.0.

    Other countries' (K64.19) stay as they are: they stand in no table, and are shown as such.
    """
    words = str(value).split()
    first = re.sub(r"\.0+$", "", words[0].rstrip(":;,.-–—")) if words else ""
    return first if any(map(str.isdigit, first)) else None


def ids(value: Any, _: Mapping[str, Any] = NONE) -> list[str]:
    """A `;`-separated list of ids; `id:stamp` pairs give the id."""
    parts = value if isinstance(value, list) else str(value).split(";")
    return [name for part in parts if (name := str(part).split(":", 1)[0].strip())]


def plain_id(value: str) -> str:
    """An id as it is; of one that went through a number field or a spreadsheet (`284.0`) its digits.

    Raises Unfit where a spreadsheet has cut them off (`7.01E+17`): such an id is nobody's.
    """
    if value.isdecimal() or not _SPOILED.fullmatch(value):
        return value
    if "e" in value.lower():
        raise Unfit("is no id any more: a spreadsheet has rounded it")
    return value.partition(".")[0]


def case_safe(value: str) -> str:
    """An 18-character id, which tells from others in any case of its letters; from 15 characters or 18.

    The suffix encodes which of the 15 are upper case, five a letter (Salesforce, "ID field type").

    >>> case_safe("001A0000006Vm9r")
    '001A0000006Vm9rIAC'
    """
    if len(value) != 15:
        return value
    chunks = (value[start : start + 5] for start in (0, 5, 10))
    return value + "".join(
        _SUFFIX[sum(1 << bit for bit, char in enumerate(chunk) if char.isupper())] for chunk in chunks
    )


def each_once(read: Reader) -> Reader:
    """All that stands in several values, each once."""

    def once(parts: Any) -> list[Any]:
        gathered = read(parts[0]) if len(parts) == 1 else every(read, parts)
        return gathered if len(gathered) < 2 else list(dict.fromkeys(gathered))

    return once


def every(read: Callable[[Any], Sequence[Any]], parts: Iterable[Any]) -> list[Any]:
    """All that is read of several values; what cannot be read costs itself alone: raises Partly with the others."""
    gathered: list[Any] = []
    fault: ValueError | None = None
    for part in parts:
        try:
            gathered += filter(None, read(part))
        except ValueError as error:
            fault = fault or error
            kept = getattr(error, "value", None) or ()
            gathered += [kept] if isinstance(kept, str) else kept
    if fault is None:
        return gathered
    if not gathered:
        raise fault
    raise Partly(list(dict.fromkeys(gathered)), why(fault))


ID_SPELLINGS: dict[str, Callable[[str], str]] = {"plain": plain_id, "case_safe": case_safe}
READERS: dict[str, Reader] = {
    "text": text,
    "number": measure,
    "whole": whole,
    "money": money,
    "band": band,
    "datetime": moment,
    "date": day,
    "boolean": boolean,
    "present": present,
    "absent": absent,
    "email": email,
    "emails": emails,
    "domain": domain,
    "domains": domains,
    "phone": phone,
    "ids": ids,
}
