"""The worlds that the tests look at: their day, and what every one of them may hold."""

from datetime import UTC, date, datetime
from typing import Any

TODAY = date(2026, 11, 1)
MIDNIGHT = datetime(2026, 11, 1, tzinfo=UTC)
FREE_MAIL = {"gmail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com"}
Record = dict[str, Any]
