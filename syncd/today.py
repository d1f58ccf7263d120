"""What day it is where the agreement was signed: one clock for every command."""

from __future__ import annotations

from datetime import UTC, date, datetime

from syncd.agreement import Agreement
from syncd.rules.days import local_day, stamp, zone


def day_in(agreement: Agreement, at: datetime) -> date:
    """The day of a stamp in the agreement's time zone."""
    return local_day(stamp(at), zone(agreement.time_zone))


def today_of(agreement: Agreement) -> date:
    """What day it is in the agreement's time zone."""
    return day_in(agreement, datetime.now(UTC))
