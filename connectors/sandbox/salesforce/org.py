"""The org behind the simulator: its objects, its rows, its clock and its settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from . import ids, places, values
from .access import Access
from .automation import settle
from .duplicates import DuplicateRule
from .refusal import Refusal
from .schema import Schema, SObject, custom_field
from .table import Row, Snapshot, Table

# (object, row as it would be saved, row before or None) → the rule's message, or None where the row may be saved
ValidationRule = Callable[[str, Row, Row | None], str | None]


_OFFERED = {
    "OpportunityStage": ("Opportunity", "StageName"),
    "LeadStatus": ("Lead", "Status"),
    "TaskStatus": ("Task", "Status"),
    "TaskPriority": ("Task", "Priority"),
}


@dataclass
class Settings:
    """What differs between orgs."""

    client_id: str = "sandbox-client"
    client_secret: str = "sandbox-secret"
    refresh_token: str = "sandbox-refresh"  # of the integration user, for the web server flow's clients
    integration_user: str = "005000000000001AAA"
    jwt_keys: Mapping[str, str] = field(default_factory=dict)  # consumer key → PEM certificate or public key
    passwords: Mapping[str, str] = field(default_factory=dict)  # username → password + security token, for SOAP login
    session_seconds: int = 7200
    daily_limit: int = 15000
    currency: str = "USD"  # of every amount: the org keeps a single one
    page_size: int = 2000
    open_locators: int = 10
    locator_seconds: int = 172800
    hidden: Mapping[str, Iterable[str]] = field(default_factory=dict)  # object → fields without field-level access
    grant_deployed: bool = False  # True: what is deployed is visible at once, unlike Salesforce
    validation_rules: Sequence[ValidationRule] = ()
    duplicate_rules: Sequence[DuplicateRule] = ()
    recycle_days: int = 15  # how long deleted rows can be seen by queryAll and brought back
    tracked: frozenset[str] = frozenset({"Amount", "CloseDate", "OwnerId", "StageName"})  # → OpportunityFieldHistory
    ingest_rows: int = 10000  # rows of a bulk job processed at each look; the rest stays unprocessed on abort
    state_and_country_picklists: bool = False  # standard in newer orgs: codes beside states and countries
    bulk_polls: int = 0  # how often a bulk job or deployment says InProgress before it is done


class Org:
    """All state of one org. Not thread-safe: one event loop owns it."""

    def __init__(
        self, rows: Mapping[str, Iterable[Row]], clock: Callable[[], datetime], settings: Settings | None = None
    ) -> None:
        self.settings = settings or Settings()
        self.schema = Schema()
        self.clock = clock
        self.offset = 0.0  # seconds that the org's clock goes ahead of `clock`
        self.mint = ids.Mint()
        self.tables = {name: Table(name) for name in self.schema.objects}
        self.access = Access(self.schema, self.tables["PermissionSetAssignment"], self.settings.hidden)
        self.locked: dict[str, int] = {}  # record id → how many more writes find its row locked
        self.components: dict[tuple[str, str], Any] = {}  # deployed metadata: (type, full name) → component
        self.gone_with: dict[str, str] = {}  # deleted record id → the record whose deletion took it along
        self.writes: list[dict[str, Any]] = []  # every write that took effect, for demo and tests
        self._load(rows)
        if self.settings.state_and_country_picklists:
            places.enable(self)
        self._since = self.now()
        self._begun = (self.schema.revision, self.access.revision)
        self._described: dict[str, tuple[object, datetime]] = {}

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
        found = self.tables.get(sobject.name)
        if found is None:
            found = self.tables[sobject.name] = Table(sobject.name)
        return found

    def row(self, record_id: str | None) -> Row | None:
        """Return the row of any object by its id, deleted or not."""
        sobject = self.schema.of_id(record_id) if record_id else None
        return None if sobject is None else self.table(sobject).rows.get(record_id or "")

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

    def _load(self, given: Mapping[str, Iterable[Row]]) -> None:
        text = resources.files(__package__).joinpath("setup.json").read_text(encoding="utf-8")
        standard: dict[str, list[Row]] = json.loads(text)
        for name, rows in (standard | {key: list(rows) for key, rows in given.items()}).items():
            sobject = self.schema.find(name)
            if sobject is None:
                raise ValueError(f"the sandbox's world has rows of an unknown object {name}")
            self._adopt_custom_fields(sobject, rows)
            self._put(sobject, rows)
        self._put(self.schema.objects["DuplicateRule"], [rule.row() for rule in self.settings.duplicate_rules])
        self._offer_setup_values()
        users = self.tables["User"]
        for row in standard["User"]:
            if row["Id"] not in users.rows:
                self._put(self.schema.objects["User"], [row])

    def _offer_setup_values(self) -> None:
        """Let picklists offer what the setup rows (stages, statuses, priorities) say."""
        for table, (sobject, name) in _OFFERED.items():
            rows = sorted(self.tables[table].live(), key=lambda row: row.get("SortOrder") or 0)
            active = tuple(row["ApiName"] for row in rows if row.get("IsActive", True))
            inactive = tuple(row["ApiName"] for row in rows if not row.get("IsActive", True))
            default = next((row["ApiName"] for row in rows if row.get("IsDefault")), None)
            known = self.schema.objects[sobject].fields[name]
            self.schema.add_field(sobject, replace(known, values=active, inactive=inactive, default=default))

    def _put(self, sobject: SObject, rows: Iterable[Row]) -> None:
        table, fields, now = self.table(sobject), sobject.fields, self.stamp()
        label = "MasterLabel" in fields
        for place, given in enumerate(rows, start=1):
            row = _stored(sobject, given)
            row["Id"] = row.get("Id") or self.mint.next(sobject.prefix)
            if label:
                row = {"MasterLabel": row.get("ApiName"), "IsActive": True, "SortOrder": place} | row
            for name in ("CreatedDate", "LastModifiedDate", "SystemModstamp"):
                if name in fields:
                    row.setdefault(name, row.get("LastModifiedDate") or row.get("CreatedDate") or now)
            for name in ("CreatedById", "LastModifiedById", "OwnerId"):
                if name in fields:
                    row.setdefault(name, self.settings.integration_user)
            table.put(settle(self, sobject.name, row, None, row.keys()))
            if row.get("IsDeleted"):
                table.graves[row["Id"]] = row["SystemModstamp"]

    def _adopt_custom_fields(self, sobject: SObject, rows: Iterable[Row]) -> None:
        """Declare the custom fields that the world's rows carry as text that every profile sees."""
        for name in dict.fromkeys(name for row in rows for name in row if name.endswith("__c")):
            if name not in sobject.fields:
                label = name.removesuffix("__c").replace("_", " ")
                self.schema.add_field(sobject.name, custom_field(name, "string", label, length=255))
                self.access.everyone.add(sobject.name, name, editable=True)


def _stored(sobject: SObject, given: Row) -> Row:
    """Return a world's row in stored form; raises ValueError for what Salesforce could not hold."""
    row: Row = {}
    for name, value in given.items():
        if value is None:
            continue
        try:
            row[name] = values.coerce(sobject.fields[name], value)
        except (KeyError, Refusal) as error:
            raise ValueError(f"the sandbox's world has {sobject.name} {given.get('Id')} with {name}: {error}") from None
    return row
