"""What a name, a country or a currency that does not exist is likely to mean."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from syncd.agreement.standards import COUNTRIES, CURRENCIES, LIKELY_COUNTRIES


def undefined(kind: str, name: str, defined: Collection[str]) -> tuple[str, str]:
    """What is wrong with a name that nothing defines, and the name that is likely meant."""
    close = get_close_matches(name, sorted(defined), n=1, cutoff=0.5)
    mend = f"did you mean {close[0]}?" if close else f"define it, or use one of {', '.join(sorted(defined))}"
    return f"the {kind} {name!r} is not defined", mend


def likely_country(country: str) -> str:
    """What mends a country that is no code."""
    upper = country.upper()
    likely = LIKELY_COUNTRIES.get(upper, upper if upper in COUNTRIES else "")
    return f"did you mean {likely}?" if likely else "two capital letters, such as US"


def unknown_currency(code: str) -> tuple[str, str]:
    """What is wrong with a currency that ISO 4217 lacks, and what mends it."""
    likely = code.strip().upper()
    return (
        f"{code!r} is no ISO 4217 currency",
        f"did you mean {likely}?" if likely in CURRENCIES else "such as USD or EUR",
    )
