"""What an opportunity is worth by the agreement's rule: fixed, or by the band that the account's size falls into."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from syncd.agreement.terms import Amount, Rate
from syncd.model import Account, Band
from syncd.rules.currencies import Exchanged, exchange


def amount_of(account: Account, rule: Amount, currency: str, rates: Sequence[Rate] = ()) -> tuple[Decimal | None, str]:
    """The amount in the agreement's currency, and how it came about; None where the size does not decide it.

    Never a placeholder: a missing size, a vendor's band that straddles two amounts, or a size in another currency
    without a rate leave the amount open.
    """
    if rule.fixed is not None:
        return rule.fixed, "fixed"
    if rule.by is None:
        return None, "the agreement has no amount for this offer"
    what = rule.by.replace("_", " ")
    size: Band | None = getattr(account, rule.by)
    if size is None:
        return None, f"{what} not known"
    exchanged = Exchanged(size) if rule.by == "employees" else exchange(size, currency, currency, rates)
    if exchanged is None:
        unit = f"is in {size.currency}" if size.currency else "has no known currency"
        return None, f"{what} {unit}, the amounts are in {currency}"
    low, high = _band(exchanged.band.low, rule), _band(exchanged.band.high, rule)
    if low is None or high is None or low != high:
        return None, f"{what} of {size} fits no one band of amounts"
    return low, f"by {what} of {size}" + (f", {exchanged.words}" if exchanged.words else "")


def _band(size: Decimal | None, rule: Amount) -> Decimal | None:
    if size is None or not size.is_finite():
        return None
    return next((band.amount for band in rule.bands if band.up_to is None or size <= band.up_to), None)
