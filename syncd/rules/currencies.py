"""Amounts in another currency, by the dated rates that the agreement names, and by no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from syncd.agreement.terms import Agreement, Rate
from syncd.model import Band


class Exchanged(NamedTuple):
    """An amount in the currency wanted, and by which rates, in words (empty: it was in it)."""

    band: Band
    words: str = ""


def as_of(agreement: Agreement, day: date) -> Agreement:
    """The agreement with the rates that count on a day: none from before its own."""
    if all(rate.on <= day for rate in agreement.rates):
        return agreement
    return agreement.model_copy(update={"rates": tuple(rate for rate in agreement.rates if rate.on <= day)})


def exchange(band: Band, wanted: str, home: str, rates: Sequence[Rate]) -> Exchanged | None:
    """The amount in `wanted`, by the latest rates into `home`, the agreement's currency; None without them."""
    if band.currency == wanted:
        return Exchanged(band)
    start, end = _rate(band.currency, home, rates), _rate(wanted, home, rates)
    if start is None or end is None:
        return None
    factor = start[0] / end[0]
    words = "; ".join(filter(None, (start[1], end[1])))
    low, high = (None if side is None else side * factor for side in (band.low, band.high))
    return Exchanged(replace(band, low=low, high=high, currency=wanted), words)


def _rate(currency: str | None, home: str, rates: Sequence[Rate]) -> tuple[Decimal, str] | None:
    if currency == home:
        return Decimal(1), ""
    known = [rate for rate in rates if rate.currency == currency]
    if not known:
        return None
    rate = max(known, key=lambda one: one.on)
    source = f", {rate.source}" if rate.source else ""
    return rate.rate, f"{rate.currency} at {rate.rate.normalize():f} {home} ({rate.on}{source})"
