"""Telephone numbers: whether what somebody wrote is one, by the world's numbering plans, and how it is dialled."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

# 555-01… rings nobody: kept for examples, as .example is among domains.
_FICTION = re.compile(r"1?(?:55501\d\d|\d{3}55501\d\d|55501\d{5})")
_EXTENSION = re.compile(r"(?:\bext[a-z]*|x|#)[.:\s]*\d{1,7}\W*$", re.IGNORECASE)
_DATE = re.compile(r"\b(?:(?:19|20)\d\d([-./])\d\d?\1\d\d?|\d\d?([-./])\d\d?\2(?:19|20)\d\d)\b")
_NO_DIGITS = re.compile(r"\D+")
_SIGNS = str.maketrans("", "", " ()-./+\u00a0")
# Where numbers are written with a leading zero at home: tried on a number that has one and is none of its country's.
_TRUNK_ZERO = ("DE", "GB", "FR", "IT", "NL", "AT", "CH", "BE", "SE", "AU", "JP", "ZA")
# Kinds of numbers by the numbering plans: for what costs the caller, shows a text, or takes a message.
_NOBODY_S = (
    phonenumbers.PhoneNumberType.PREMIUM_RATE,
    phonenumbers.PhoneNumberType.PAGER,
    phonenumbers.PhoneNumberType.VOICEMAIL,
)
_BETWEEN = re.compile(r"\s*[;,|\n]\s*|\s+[/&]\s+|\s+(?:or|and|oder|und|ou|et|o|e|y|of|en|lub)\s+|\s+(?=\+)")
_SHORTEST_AT_HOME = 7  # digits
_SHORTEST_ABROAD = 10  # digits, country code and all, from which a number may lack its plus


def is_phone(words: str, region: str | None = None) -> bool:
    """Whether that is a telephone number. region: ISO 3166-1 alpha-2 of the country where it was written, if known.

    Somebody may have their number in another country than their address: a number that is none there may still be one
    of North America's, or one with its country's code.
    """
    return _american(words.translate(_SIGNS)) or _is_phone(words, region)


def first_of_several(words: str, region: str | None = None) -> str:
    """The first of several telephone numbers in one field; one number, with what stands beside it, as it is."""
    parts = _BETWEEN.split(words.strip())
    if len(parts) == 1:
        return words
    numbers = [part for part in parts if is_phone(part, region)]
    return next((part for part in numbers if "fax" not in part.lower()), numbers[0]) if len(numbers) > 1 else words


@lru_cache(maxsize=50_000)
def dialled(words: str, region: str | None) -> str | None:
    """A number as it is dialled from anywhere (+44 20 7946 0958); None where it is none, or of no known country.

    region: ISO 3166-1 alpha-2 of the country that its owner sits in; without one only a number that names its country
    (`+44 …`, `0044 …`) can be called: every country has numbers that begin alike.
    """
    if region in phonenumbers.SUPPORTED_REGIONS:
        return (_spelled(words, region) or words) if is_phone(words, region) else None
    digits = words.strip()
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    return (_spelled(digits, None) or words) if digits.startswith("+") and is_phone(digits) else None


def same_number(words: str, others: str) -> bool:
    """Whether two spellings are of one number: with its country's code or a zero in front, or without either.

    Extensions are left out. Of one person's numbers: of two people's, the last digits may agree.
    """
    left, right = (_NO_DIGITS.sub("", _EXTENSION.sub("", number)).lstrip("0") for number in (words, others))
    short, long = sorted((left, right), key=len)
    return left == right or (len(short) >= _SHORTEST_AT_HOME and long.endswith(short))


@lru_cache(maxsize=50_000)
def countries_named(words: str) -> tuple[str, ...]:
    """The countries whose code a number carries (+1 is of several); none where it carries no code."""
    digits = words.strip()
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(phonenumbers.region_codes_for_country_code(number.country_code or 0))


def _spelled(words: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(words, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


@lru_cache(maxsize=1)
def _numbering() -> re.Pattern[str]:
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("US", None)
    assert metadata is not None and metadata.fixed_line is not None
    return re.compile(f"1?(?:{metadata.fixed_line.national_number_pattern})")


def _american(digits: str) -> bool:
    """The usual case without the library's 30 µs: ten digits of a place in the United States, by its own pattern."""
    return len(digits) in (10, 11) and _numbering().fullmatch(digits) is not None


@lru_cache(maxsize=50_000)
def _is_phone(words: str, region: str | None) -> bool:
    digits = _NO_DIGITS.sub("", words)
    if "55501" in digits and _FICTION.fullmatch(_NO_DIGITS.sub("", _EXTENSION.sub("", words))):
        return True
    if not digits or _DATE.search(words):
        return False
    regions = [region] if region in phonenumbers.SUPPORTED_REGIONS else []
    regions += ["US", *(_TRUNK_ZERO if digits.startswith("0") else ())]
    if any(_valid(words, place) for place in regions):
        return True
    return len(digits) >= _SHORTEST_ABROAD and _valid(f"+{digits}", None)


def _valid(words: str, region: str | None) -> bool:
    """Whether it is a number of that region's plan, or a text that holds one ("cell 512-555-0142, home …")."""
    try:
        numbers = [phonenumbers.parse(words, region)]
    except phonenumbers.NumberParseException:
        numbers = []
    if not any(map(phonenumbers.is_valid_number, numbers)):
        numbers = [match.number for match in phonenumbers.PhoneNumberMatcher(words, region)]
    return any(map(_is_answered, numbers))


def _is_answered(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a person may answer: 999 999 9999 is a number, and nobody's; +1 900 … sells something to its caller."""
    return len(set(str(number.national_number))) > 1 and phonenumbers.number_type(number) not in _NOBODY_S
