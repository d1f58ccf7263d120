"""Open results of queries, and the locators under which their next pages are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .org import Org
from .refusal import Refusal
from .soql.running import Result

INVALID = "invalid query locator"


@dataclass
class Cursor:
    """An open result; `left` is how many rows were not yet shown, 0 frees its place among the open ones."""

    result: Result
    size: int
    ends: datetime
    left: int


class Cursors:
    """The open results of one org. As in Salesforce, opening one too many closes a user's oldest."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._open: dict[str, tuple[str, Cursor]] = {}

    def open(self, user: str, result: Result, size: int) -> str:
        """Keep a result and return its locator."""
        own = [key for key, (owner, cursor) in self._open.items() if owner == user and cursor.left]
        for key in own[: max(0, len(own) + 1 - self._org.settings.open_locators)]:
            del self._open[key]
        locator = self._org.mint.next("0r8")
        ends = self._org.now() + timedelta(seconds=self._org.settings.locator_seconds)
        self._open[locator] = (user, Cursor(result, size, ends, result.total - size))
        return locator

    def get(self, user: str, locator: str) -> Cursor:
        """Return an open result; raises Refusal INVALID_QUERY_LOCATOR where it expired or never was."""
        opened = self._open.get(locator)
        if opened is None or opened[0] != user or opened[1].ends <= self._org.now():
            raise Refusal("INVALID_QUERY_LOCATOR", INVALID)
        return opened[1]

    def close_all(self) -> None:
        """Forget every open result."""
        self._open.clear()
