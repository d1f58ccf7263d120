"""The portal's state: everything that survives a request, and the few ways to change it."""

from __future__ import annotations

import random
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connectors.sandbox.hubspot import links, schema
from connectors.sandbox.hubspot.identity import Identity
from connectors.sandbox.hubspot.kinds import BY_NAME, KINDS, LABELS, Kind, Label
from connectors.sandbox.hubspot.limits import TIERS, Limits
from connectors.sandbox.hubspot.refusals import unknown_type
from connectors.sandbox.hubspot.roster import List, read_list
from connectors.sandbox.hubspot.shelf import Item, Selection, Shelf, Version, iso, millis, number, read
from connectors.sandbox.hubspot.webhooks import Webhooks

Json = dict[str, Any]
RESTORABLE = 90 * 86_400_000  # milliseconds for which an archived record is kept
Records = Mapping[str, Iterable[Json]]


STATUSES = ("hs_email_optout", "hs_email_hard_bounce", "hs_email_quarantined", "hs_email_bad_address")


@dataclass(frozen=True, slots=True)
class Options:
    """How this portal behaves where the vendor's portals differ.

    tier: a row of limits.TIERS. search_delay, search_disorder: seconds until a write shows in search, and how much that
    varies from record to record. association_page, association_batch_page: associated ids per record in a list and in a
    v4 batch read. merge_keeps_id: merges keep the primary's id, as they did before 2025. merge_fields: which properties
    name the merged-away records. merged_ids_resolve: reading a merged-away id answers the survivor instead of nothing.
    record_creator: what an admin made required on creation, as (type, property); conditional: what is required where a
    property has a value, as (type, property, value, required one). Both hold in the versions that enforce them.
    salesforce_integration: HubSpot's own is installed, which is what makes the properties `salesforce…id`.
    """

    tier: str = "professional"
    daily_limit: int | None = None  # instead of the tier's
    search_limit: int | None = 5  # searches per second; None: no limit
    search_delay: float = 0.0
    search_disorder: float = 0.0
    association_page: int = 100
    association_batch_page: int = 500
    merge_keeps_id: bool = False
    merge_fields: tuple[str, ...] = ("hs_merged_object_ids", "hs_calculated_merged_vids")
    merged_ids_resolve: bool = True
    record_creator: tuple[tuple[str, str], ...] = ()
    conditional: tuple[tuple[str, str, str, str], ...] = ()
    salesforce_integration: bool = True
    token: str = "sandbox-token"
    portal_id: int = 62515
    compress: bool = False  # gzip for clients that take it; off: it would cost more than all the rest
    url_limit: int = 15_000  # characters, then 414
    seed: int = 0


@dataclass(slots=True)
class Write:
    """One change that somebody made."""

    at: datetime
    who: str
    verb: str
    object: str
    id: str
    fields: Mapping[str, Any] = field(default_factory=dict)


class Portal:
    """One HubSpot account in memory."""

    def __init__(
        self,
        records: Records,
        *,
        clock: Callable[[], datetime],
        options: Options | None = None,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = clock
        self.options = options or Options()
        tier = TIERS[self.options.tier]
        if self.options.daily_limit is not None:
            tier = replace(tier, daily=self.options.daily_limit)
        self.limits = Limits(tier, self.options.search_limit, clock, timer)
        self.origin = "https://api.hubapi.com"  # what paging links start with; see HubSpotSimulator.answer
        self.identity = Identity(self.now)
        self.identity.grant(self.options.token)
        self.random = random.Random(self.options.seed)
        self.shelves = {kind.plural: Shelf(kind) for kind in KINDS}
        self.schema = {kind.plural: schema.known(kind) for kind in KINDS}
        self.groups = {kind.plural: schema.groups(kind) for kind in KINDS}
        self.selections: dict[tuple[object, ...], Selection] = {}  # see drawing.select
        self.rows: dict[str, list[Json]] = {}
        self.guids: dict[str, int] = {}  # campaigns are known by a GUID outside the CRM
        self.calls: Counter[tuple[str, str]] = Counter()
        self.write_count = 0
        self.writes: deque[Write] = deque(maxlen=10_000)
        self.unseen: dict[
            tuple[str, int], tuple[int, dict[str, str] | None]
        ] = {}  # what search still shows, until when
        self._answers = 0
        self._ordered: dict[str, int] = {}
        self._by_event: dict[str, list[Json]] = {}
        self.lists: dict[str, List] = {}
        self.webhooks: Webhooks | None = None  # of the one app that is installed
        self.statuses: dict[str, dict[str, str]] = {}  # address → what was said of it, while it is nobody's primary one
        self._stock(records)
        if not self.options.salesforce_integration:
            self._lack("salesforce")

    def _lack(self, prefix: str) -> None:
        """Take properties away that another product of the vendor makes."""
        for plural, definitions in self.schema.items():
            names = [name for name in definitions if name.startswith(prefix)]
            for name in names:
                del definitions[name]
            for item in self.shelves[plural].items.values():
                for name in names:
                    item.properties.pop(name, None)

    def now(self) -> int:
        """Return the portal's time in epoch milliseconds."""
        return millis(self.clock())

    def kind(self, name: str) -> Kind:
        """Return the object type of this name, singular or id; refuse what is none."""
        kind = BY_NAME.get(name) or BY_NAME.get(name.lower())
        if kind is None:
            raise unknown_type(name)
        return kind

    def shelf(self, name: str) -> Shelf:
        """Return the records of one type."""
        return self.shelves[self.kind(name).plural]

    def find(self, shelf: Shelf, id: str, *, by: str = "", archived: bool = False) -> Item | None:
        """Return a record by id or unique property; the id of a merged-away record leads to its survivor."""
        if archived:
            self.forget(shelf)
        item = shelf.find(id, by=by, archived=archived)
        if item is None and not by and self.options.merged_ids_resolve:
            survivor = shelf.survivor(number(id))
            return shelf.find(str(survivor), archived=archived) if survivor else None
        return item

    def schema_changed(self) -> None:
        """Forget what was concluded from the properties that there were."""
        self.selections.clear()

    def forget(self, shelf: Shelf) -> None:
        """Remove archived records that can no longer be restored."""
        shelf.forget(self.now() - RESTORABLE)

    def correlation(self) -> str:
        """Return a fresh correlation id, in the form of a UUID; every answer carries one, so it must cost nothing."""
        self._answers += 1
        return f"019db114-55c7-7cc4-a2d3-{self._answers:012x}"

    def note(self, who: str, verb: str, object: str, id: object, fields: Mapping[str, Any] | None = None) -> None:
        """Remember a change for whoever looks at the sandbox."""
        self.write_count += 1
        self.writes.append(Write(self.clock(), who, verb, object, str(id), fields or {}))
        if self.webhooks is not None:
            self.webhooks.happened(self.writes[-1])

    def newest(self, name: str, key: str) -> list[Json]:
        """Return rows with the newest first; the order is kept from call to call."""
        rows = self.rows.setdefault(name, [])
        if self._ordered.get(name) != len(rows):
            rows.sort(key=lambda row: row[key], reverse=True)
            self._ordered[name] = len(rows)
        return rows

    def memberships(self, type_id: str) -> list[dict[int, int]]:
        """Return the members of every list of one object type: record id → when it was added (epoch milliseconds)."""
        return [one.members for one in self.lists.values() if one.type_id == type_id]

    def drop_rows(self, email: str) -> None:
        """Remove what forms, e-mails and events hold about an e-mail address."""
        for name, holds in _PERSONAL.items():
            if rows := self.rows.get(name):
                rows[:] = [row for row in rows if not holds(row, email)]
                self._ordered.pop(name, None)

    def participations(self, event: str) -> list[Json]:
        """Return who registered for one marketing event."""
        rows = self.rows.get("marketing_participations", [])
        if self._ordered.get("marketing_participations") != len(rows):
            self._by_event = {}
            for row in rows:
                self._by_event.setdefault(str(row["objectId"]), []).append(row)
            self._ordered["marketing_participations"] = len(rows)
        return self._by_event.get(event, [])

    def link(self, left: Item, right: Item, pair: tuple[str, str], labels: Iterable[Label]) -> None:
        """Associate two records in both directions; see links.link."""
        links.link(self.shelves, left, right, pair, labels)

    def unlink(self, left: Item, right: Item, pair: tuple[str, str]) -> None:
        """Remove every association between two records, in both directions."""
        links.unlink(left, right, pair)

    def create(self, shelf: Shelf, values: Mapping[str, str], who: str = "api") -> Item:
        """Put a new record on the shelf, stamped now."""
        now, id = self.now(), shelf.last_id + 1
        own = {"hs_object_id": str(id), shelf.kind.created: iso(now), shelf.kind.stamp: iso(now)}
        item = Item(id, {**{name: value for name, value in values.items() if value}, **own}, now, now)
        shelf.add(item)
        self.hide(shelf.kind.plural, item, None)
        self.note(who, "create", shelf.kind.plural, id, values)
        return item

    def change(self, shelf: Shelf, item: Item, values: Mapping[str, str | None], who: str = "api") -> None:
        """Change a live record; its stamp moves even where nothing differs."""
        before = dict(item.properties) if self.lags else None
        shelf.set(item, self.readdressed(item, values), self.now(), self.source(who))
        self.hide(shelf.kind.plural, item, before)
        self.note(who, "update", shelf.kind.plural, item.id, values)

    def readdressed(self, item: Item, values: Mapping[str, str | None]) -> Mapping[str, str | None]:
        """What a change of the primary address changes besides: opt-outs and bounces are the address's.

        «Opt-out status is tied to a contact's email address, not the record» (knowledge.hubspot.com, "Resubscribe
        contacts"): the former address keeps its own for when it comes back.
        """
        email, former = (values.get("email") or "").lower(), item.properties.get("email", "").lower()
        if not email or not former or email == former:
            return values
        known = self.statuses[former] = _statuses(item)
        return {**dict.fromkeys(known), **self.statuses.get(email, {}), **values}

    def without_statuses(self, other: Item, primary: Item) -> dict[str, str]:
        """What a record brings into one that it is merged into: what is said of its address stays with that address."""
        if not (primary.properties.get("email") and (email := other.properties.get("email"))):
            return other.properties
        known = self.statuses[email.lower()] = _statuses(other)
        return {name: value for name, value in other.properties.items() if name not in known}

    def archive(self, shelf: Shelf, item: Item, who: str = "api") -> None:
        """Archive a live record. The others no longer show it; it keeps its own side, for when it is restored."""
        type = shelf.kind.plural
        for to, ids in item.links.items():
            for id in ids:
                other = self.shelves[to].items[id]
                other.links.get(type, {}).pop(item.id, None)
                other.drawn = None
                links.name_company(other, item, (to, type))
        for members in self.memberships(shelf.kind.type_id):
            members.pop(item.id, None)
        shelf.archive(item, self.now())
        self.note(who, "archive", type, item.id)

    def restore(self, shelf: Shelf, item: Item, who: str = "api") -> None:
        """Bring an archived record back, associated with whatever is still there."""
        type, known = shelf.kind.plural, item.links
        item.links = {}
        item.properties.pop("associatedcompanyid", None)  # its company may be gone; else the link names it again
        shelf.restore(item)
        for to, ids in known.items():
            for id, labels in ids.items():
                other = self.shelves[to].items.get(id)
                if other is not None and other.archived_at is None:
                    self.link(item, other, (type, to), labels)
        self.note(who, "restore", type, item.id)

    @property
    def lags(self) -> bool:
        """Say whether search lags behind."""
        return bool(self.options.search_delay or self.options.search_disorder)

    def hide(self, type: str, item: Item, before: dict[str, str] | None) -> None:
        """Keep a change from search for a while, as the vendor's index does."""
        if self.lags:
            delay = self.options.search_delay + self.random.random() * self.options.search_disorder
            shown = self.unseen.get((type, item.id))
            until = self.now() + round(delay * 1000)
            self.unseen[type, item.id] = (until, shown[1] if shown and shown[0] > self.now() else before)

    def _stock(self, records: Records) -> None:
        filled = []
        for name, rows in records.items():
            kind = BY_NAME.get(name)
            if kind is None:
                self.rows[name] = [dict(row) for row in rows]
            else:
                filled += self._fill(kind, rows)
        for kind, item, associations in filled:
            self._relate(kind, item, associations)
        for row in self.rows.pop("lists", ()):
            made = read_list(row)
            self.lists[made.id] = made

    def _fill(self, kind: Kind, records: Iterable[Json]) -> list[tuple[Kind, Item, Json]]:
        known = self.schema[kind.plural]
        items, filled = [], []
        for place, record in enumerate(records, start=1):
            id = str(record["id"])
            if not id.isdigit():
                self.guids[id] = place
            items.append(item := read(kind, record, self.guids.get(id) or int(id)))
            if associations := record.get("associations"):
                filled.append((kind, item, associations))
            for name in item.properties.keys() - known.keys():
                known[name] = schema.define(kind, name)
        self.shelves[kind.plural].stock(items)
        return filled

    def _relate(self, kind: Kind, item: Item, associations: Json) -> None:
        for to, others in associations.items():
            other = self.shelf(to)
            pair = (kind.plural, other.kind.plural)
            labels = LABELS[pair]
            for link in others:
                right = other.items.get(int(link["id"]))
                if right is None or right.archived_at is not None:
                    continue
                chosen = labels if link.get("primary") else labels[:1]
                if item.archived_at is None:
                    self.link(item, right, pair, chosen)
                else:
                    for label in chosen:
                        links.join(item, pair[1], right.id, label)

    def source(self, who: str) -> Version:
        """Return what property history says of a change by `who`."""
        source = "CRM_UI" if who != "api" else "INTEGRATION"
        return Version(None, 0, source, f"userId:{who}" if who != "api" else "sandbox-app")


def _statuses(item: Item) -> dict[str, str]:
    """What a contact's properties say of its primary address."""
    return {name: value for name, value in item.properties.items() if name.startswith(STATUSES)}


def _submitted(row: Json, email: str) -> bool:
    return any(
        field.get("name") == "email" and str(field.get("value", "")).lower() == email for field in row.get("values", ())
    )


_PERSONAL: dict[str, Callable[[Json, str], bool]] = {
    "form_submissions": _submitted,
    "email_events": lambda row, email: str(row.get("recipient", "")).lower() == email,
    "marketing_participations": lambda row, email: str(row.get("email", "")).lower() == email,
}
