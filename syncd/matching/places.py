"""Where a company is: towns, postal codes, streets and telephones, compared as people write them."""

from __future__ import annotations

import re
from functools import lru_cache

from syncd.agreement.standards import COUNTRIES
from syncd.matching.customs import Customs
from syncd.matching.names import called
from syncd.matching.sightings import Row
from syncd.matching.words import folded, plain

_COUNTRY_IN_FRONT = re.compile(r"^[a-z]{1,3}[- ](?=\d{4,5}$)")
_ZIP_PLUS_4 = re.compile(r"^(\d{5})-\d{4}$")
FEWEST_DIGITS = 7  # of a telephone number without the codes before it


@lru_cache(maxsize=50_000)
def town(city: str, customs: Customs) -> str:
    """A town in the one spelling of all its spellings: St. Jacob is Saint Jacob, Wyk auf Foehr is Wyk auf Föhr."""
    return folded(" ".join(customs.words.get(word, word) for word in plain(city).split()))


@lru_cache(maxsize=50_000)
def postal(code: str) -> str:
    """A postal code without what some write around it: A-6020 → 6020, 55801-0028 → 55801, 702 00 → 70200."""
    words = _ZIP_PLUS_4.sub(r"\1", code.strip().lower())
    return re.sub(r"[^a-z0-9]", "", _COUNTRY_IN_FRONT.sub("", words))


@lru_cache(maxsize=50_000)
def street(line: str) -> str:
    """The house number and the first long word of a street, or its own number: what survives every abbreviation."""
    words = folded(plain(line)).split()
    numbers = [word for word in words if word.isdigit()]
    telling = [_ORDINALS.get(word, word) for word in words if _names_a_street(word)]
    names = [word for word in telling if word not in _ANY_STREET] or telling
    return f"{numbers[0]} {names[0][:5]}" if numbers and names else ""


def _names_a_street(word: str) -> bool:
    return (len(word) > 3 and word.isalpha()) or bool(_NUMBERED.match(word))


_NUMBERED = re.compile(r"\d+(?:st|nd|rd|th)$")
_ORDINALS = {
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
    "ninth": "9th",
    "tenth": "10th",
}
_ANY_STREET = frozenset(  # what one writes in full, another in two letters, and a third leaves out
    (
        *(
            "street",
            "road",
            "avenue",
            "north",
            "south",
            "east",
            "west",
            "suite",
            "calle",
            "strada",
            "boulevard",
            "blvd",
        ),
        *("piazza", "piazzale", "viale", "corso", "largo", "plaza", "place", "quai", "chemin", "avenida", "paseo"),
        *("praca", "ulica", "aleja", "saint", "sainte", "sankt", "santa", "santo"),
    )
)


@lru_cache(maxsize=50_000)
def digits(phone: str) -> str:
    """The last digits of a telephone number, in which all its spellings agree; "" where there are too few."""
    numbers = re.sub(r"\D", "", phone).lstrip("0")
    return numbers[-FEWEST_DIGITS:] if len(numbers) >= FEWEST_DIGITS else ""


def same(a: Row, b: Row, name: str) -> bool | None:
    """Whether two rows agree in one of city, postal_code, street, phone, state, country; None where one is silent."""
    left, right = a.get(name), b.get(name)
    if not left or not right:
        return None
    match name:
        case "postal_code":
            left, right = postal(left), postal(right)
        case "street":
            left, right = street(left), street(right)
        case "phone":
            left, right = digits(left), digits(right)
        case _:
            left, right = folded(plain(left)), folded(plain(right))
    return left == right if left and right else None


def other_country(a: Row, b: Row) -> bool:
    """Whether both countries are known, by their codes, and differ."""
    left, right = a.get("country"), b.get("country")
    return left in COUNTRIES and right in COUNTRIES and left != right


def spots(row: Row, name: str | None, customs: Customs) -> list[str]:
    """Name and place in keys that two records of one company share: name, town and state; in the state's place the
    country where no states are written; name, postal code and country.
    """
    keys = called(name, customs) if name else ()
    city, state, code, country = (row.get(field) for field in ("city", "state", "postal_code", "country"))
    where = []
    if city and state:
        where.append(f"{town(city, customs)}|{state}")
    if city and country and country not in customs.federal:
        where.append(f"{town(city, customs)}|{country}")
    if code and country and (short := postal(code)):
        where.append(f"{short}|{country}")
    return [f"{key}|{spot}" for key in keys for spot in where]


def place(row: Row, customs: Customs) -> str | None:
    """The first of a row's own spots; None where name or place are not known."""
    return next(iter(spots(row, row.get("name"), customs)), None)
