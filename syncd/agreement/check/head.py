"""The agreement's own terms: name and version, time zone, currency, and who signed."""

from __future__ import annotations

from collections.abc import Iterator

from syncd.agreement.check.likely import unknown_currency
from syncd.agreement.partial import Mistake, PartialAgreement
from syncd.agreement.standards import CURRENCIES, is_time_zone


def check_head(partial: PartialAgreement) -> Iterator[Mistake]:
    """What the agreement's head lacks."""
    agreement = partial.agreement
    for name in ("version", "name"):
        if not getattr(agreement, name).strip():
            yield Mistake((name,), f"the agreement has no {name}", f"give it a {name}")
    if not is_time_zone(agreement.time_zone):
        yield Mistake(
            ("time_zone",), f"{agreement.time_zone!r} is no time zone", "an IANA name, such as America/New_York"
        )
    if agreement.currency not in CURRENCIES:
        yield Mistake(("currency",), *unknown_currency(agreement.currency))
    for index, rate in enumerate(agreement.rates):
        if rate.currency not in CURRENCIES:
            yield Mistake(("rates", index, "currency"), *unknown_currency(rate.currency))
        if rate.currency == agreement.currency:
            what = f"{rate.currency} is the agreement's own currency"
            yield Mistake(("rates", index, "currency"), what, "leave the rate out")
        if any((rate.currency, rate.on) == (other.currency, other.on) for other in agreement.rates[:index]):
            what = f"a second rate of {rate.currency} on {rate.on}"
            yield Mistake(("rates", index), what, "keep one of them")
    for index, signature in enumerate(agreement.signed):
        if not signature.by.strip():
            yield Mistake(("signed", index, "by"), f"{signature.party} signed without a name", "say who signed")
