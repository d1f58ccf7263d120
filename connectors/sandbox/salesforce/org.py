"""The org behind the simulator: its objects, its rows, its clock and its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from . import ids, values
from .access import Access
from .schema import Schema, SObject
from .settings import Settings
from .table import Row, Snapshot, Table


class Org:
    """All state of one org, empty at first (see `loading`). Not thread-safe: one event loop owns it."""

    def __init__(self, clock: Callable[[], datetime], settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.schema = Schema()
        self.clock = clock
        self.offset = 0.0  # seconds that the org's clock goes ahead of `clock`
        self.mint = ids.Mint()
        self.tables = {name: Table(name) for name in self.schema.objects}
        self.access = Access(self.schema, self.tables, self.settings.hidden)
        self.locked: dict[str, int] = {}  # record id → how many more writes find its row locked
        self.components: dict[tuple[str, str], Any] = {}  # deployed metadata: (type, full name) → component
        self.gone_with: dict[str, str] = {}  # deleted record id → the record whose deletion took it along
        self.currencies: tuple[str, ...] = ()  # of an org with several, the corporate one first
        self.writes: list[dict[str, Any]] = []  # every write that took effect, for demo and tests
        self.notifications: list[dict[str, Any]] = []  # every custom notification that somebody got
        self._described: dict[str, tuple[object, datetime]] = {}
        self.begin()

    def begin(self) -> None:
        """Take what the org's describes say from here on as what they always said."""
        self._since = self.now()
        self._begun = (self.schema.revision, self.access.revision)

    def now(self) -> datetime:
        """Return the org's time, aware UTC."""
        at = self.clock()
        return at.fromtimestamp(at.timestamp() + self.offset, at.tzinfo)

    def stamp(self) -> str:
        """Return the org's time as a stored datetime."""
        return values.stamp(self.now())

    def described(self, user: str) -> datetime:
        """Return since when the org's describes, as the user sees them, have been what they are, in whole seconds."""
        state = self.access.state(user)
        known = self._described.get(user)
        if known is None or known[0] != state:
            at = self._since if known is None and state[:2] == self._begun else self.now()
            known = self._described[user] = (state, at.replace(microsecond=0))
        return known[1]

    def recycled_since(self) -> str:
        """Return the time before which deleted rows have left the recycle bin."""
        return values.stamp(self.now() - timedelta(days=self.settings.recycle_days))

    def table(self, sobject: SObject) -> Table:
        """Return the object's table; a custom object has one from its deployment on."""
        table = self.tables.get(sobject.name)
        if table is None:
            table = self.tables[sobject.name] = Table(sobject.name)
        return table

    def row(self, record_id: str | None) -> Row | None:
        """Return the row of any object by its id, deleted or not."""
        sobject = self.schema.of_id(record_id) if record_id else None
        return None if sobject is None else self.table(sobject).rows.get(record_id or "")

    def above(self, row: Row, references: Iterable[str]) -> Row | None:
        """Return the row to which these reference fields lead, one after the other; None where one leads nowhere."""
        parent: Row | None = row
        for reference in references:
            parent = self.row(parent.get(reference)) if parent is not None else None
        return parent

    def snapshot(self) -> tuple[dict[str, Snapshot], int]:
        """Return what `restore` needs to take back every write from now on."""
        return {name: table.snapshot() for name, table in self.tables.items()}, len(self.writes)

    def restore(self, snapshot: tuple[dict[str, Snapshot], int]) -> None:
        """Take back every write since the snapshot."""
        tables, written = snapshot
        for name, rows in tables.items():
            self.tables[name].restore(rows)
        del self.writes[written:]

    def zone(self, user: str) -> ZoneInfo:
        """Return the user's time zone, in which Salesforce reads date literals."""
        row = self.tables["User"].rows.get(user) or {}
        return ZoneInfo(row.get("TimeZoneSidKey") or "UTC")
