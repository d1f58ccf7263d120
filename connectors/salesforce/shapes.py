"""What objects look like to the integration user, by describe: what it may not see does not exist there.

A field hidden by field-level security is missing from describe, exactly like one that was never deployed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import orjson

from connectors.base import Refused
from connectors.salesforce.answers import Declined
from connectors.salesforce.session import Session
from connectors.transport import batches

KEEP = timedelta(hours=1)  # so that a deployed field is seen by a running daemon
COMPOSITE = 25  # subrequests in one call

# The stamp that a change moves, best first: OpportunityStage and history-like objects may lack the first ones.
STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


@dataclass(frozen=True, slots=True)
class Field:
    """One field as describe tells it. `values`: its active picklist values; `restricted`: it takes no others.

    `required`: a new record without it is refused.
    """

    name: str
    type: str
    createable: bool = False
    updateable: bool = False
    relation: str | None = None
    targets: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    restricted: bool = False
    required: bool = False
    external: bool = False
    unique: bool = False
    length: int = 0


@dataclass(frozen=True)
class Shape:
    """One object; `fields` by name."""

    name: str
    createable: bool
    updateable: bool
    fields: Mapping[str, Field] = field(repr=False)

    @cached_property
    def relations(self) -> Mapping[str, Field]:
        """Reference fields by the name of their relationship upwards."""
        return {found.relation: found for found in self.fields.values() if found.relation}

    @cached_property
    def stamp(self) -> str | None:
        """The field that tells when a record changed."""
        return next((name for name in STAMPS if name in self.fields), None)

    def code(self, name: str) -> Field | None:
        """Return the picklist of codes beside a state or country, which the org may have; `name` then takes no code.

        Source: Salesforce Help, "State, Country, and Territory Picklist Fields".
        """
        return self.fields.get(f"{name}Code")

    @cached_property
    def create_only(self) -> frozenset[str]:
        """Fields that can be set when the record is made, and never again."""
        return frozenset(name for name, found in self.fields.items() if found.createable and not found.updateable)


class Shapes:
    """Describes of objects, kept for an hour. Safe for several threads."""

    def __init__(self, session: Session, known: Sequence[str]) -> None:
        self._session = session
        self._known = known  # asked for together with the first one: 25 describes are one call
        self._kept: dict[str, tuple[Shape | None, datetime]] = {}
        self._lock = threading.Lock()

    def of(self, name: str) -> Shape:
        """Return the object's shape. Raises Refused where it does not exist for this user."""
        found = self.find(name)
        if found is None:
            raise Refused(f"Salesforce has no object {name} for this user: grant read access in the permission set.")
        return found

    def find(self, name: str) -> Shape | None:
        """Return the object's shape; None where it does not exist for this user."""
        with self._lock:
            due = self._session.clock() - KEEP
            if name not in self._kept or self._kept[name][1] <= due:
                stale = [one for one in self._known if one not in self._kept or self._kept[one][1] <= due]
                self._ask(dict.fromkeys([name, *stale]))
            return self._kept[name][0]

    def forget(self) -> None:
        """Ask again next time: something was deployed."""
        with self._lock:
            self._kept.clear()

    def _ask(self, names: Iterable[str]) -> None:
        for some in batches(names, COMPOSITE):
            now = self._session.clock()
            for name, body in self._describe(some).items():
                self._kept[name] = (body and _shape(body), now)

    def _describe(self, names: Sequence[str]) -> Mapping[str, Any]:
        if len(names) == 1:
            return {names[0]: self._describe_one(names[0])}
        wanted = [
            {"method": "GET", "url": f"{self._session.base}sobjects/{name}/describe", "referenceId": name}
            for name in names
        ]
        try:
            answer = self._session.call("POST", "composite", body=orjson.dumps({"compositeRequest": wanted}))
        except Declined:  # one by one then
            answer = {"compositeResponse": ()}
        parts = {part["referenceId"]: part for part in answer["compositeResponse"]}
        return {name: _body(parts.get(name)) or self._describe_one(name) for name in names}

    def _describe_one(self, name: str) -> Any:
        try:
            return self._session.call("GET", f"sobjects/{name}/describe")
        except Declined as refusal:
            if refusal.code in ("NOT_FOUND", "INVALID_TYPE"):
                return None
            raise


def _body(part: Mapping[str, Any] | None) -> Any:
    return part["body"] if part and part["httpStatusCode"] == 200 else None


def _shape(body: Mapping[str, Any]) -> Shape:
    fields = {
        told["name"]: Field(
            name=told["name"],
            type=told["type"],
            createable=told["createable"],
            updateable=told["updateable"],
            relation=told.get("relationshipName"),
            targets=tuple(told.get("referenceTo") or ()),
            values=tuple(value["value"] for value in told.get("picklistValues") or () if value["active"]),
            restricted=bool(told.get("restrictedPicklist")),
            required=not (told["nillable"] or told["defaultedOnCreate"] or told["type"] == "boolean"),
            external=bool(told.get("externalId")),
            unique=bool(told.get("unique")),
            length=int(told.get("length") or 0),
        )
        for told in body["fields"]
    }
    return Shape(body["name"], body["createable"], body["updateable"], fields)
