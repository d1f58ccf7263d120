"""What objects look like to the integration user, by describe: what it may not see does not exist there.

A field hidden by field-level security is missing from describe, exactly like one that was never deployed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

CURRENCY = "CurrencyIsoCode"  # only orgs with several currencies have it
RECORD_TYPE = "RecordTypeId"  # an object has it once somebody has made a record type
# The stamp that a change moves, best first: OpportunityStage and history-like objects may lack the first ones.
STAMPS = ("SystemModstamp", "LastModifiedDate", "CreatedDate")


@dataclass(frozen=True, slots=True)
class OrgField:
    """One field as describe tells it. `values`: its active picklist values; `restricted`: it takes no others.

    `required`: a new record without it is refused. `permissionable`: who sees it is a matter of grants; a part of an
    address is granted by its `compound`.
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
    permissionable: bool = False
    compound: str | None = None
    formula: bool = False


@dataclass(frozen=True)
class Shape:
    """One object; `fields` by name. record_type: which one our new records get; None: there is no choice.

    keyless: the org takes no key field of ours on it; where it is merely hidden from us, it is not. left_out: fields of
    ours that deploying was refused, with the type of what stands there by that name, if anything does.
    """

    name: str
    createable: bool
    updateable: bool
    fields: Mapping[str, OrgField] = field(repr=False)
    record_type: str | None = None
    record_types: tuple[str, ...] = ()  # those that we may choose
    keyless: bool = False
    left_out: Mapping[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def relations(self) -> Mapping[str, OrgField]:
        """Reference fields by the name of their relationship upwards."""
        return {field.relation: field for field in self.fields.values() if field.relation}

    @cached_property
    def stamp(self) -> str | None:
        """The field that tells when a record changed."""
        return next((name for name in STAMPS if name in self.fields), None)

    def code(self, name: str) -> OrgField | None:
        """Return the picklist of codes beside a state or country, which the org may have; `name` then takes no code.

        Source: Salesforce Help, "State, Country, and Territory Picklist Fields".
        """
        return self.fields.get(f"{name}Code")

    @cached_property
    def create_only(self) -> frozenset[str]:
        """Fields that can be set when the record is made, and never again."""
        return frozenset(name for name, field in self.fields.items() if field.createable and not field.updateable)


def read(body: Mapping[str, Any]) -> Shape:
    """Return the shape that an answer of describe tells of."""
    fields = {
        described["name"]: OrgField(
            name=described["name"],
            type=described["type"],
            createable=described["createable"],
            updateable=described["updateable"],
            relation=described.get("relationshipName"),
            targets=tuple(described.get("referenceTo") or ()),
            values=tuple(value["value"] for value in described.get("picklistValues") or () if value["active"]),
            restricted=bool(described.get("restrictedPicklist")),
            required=not (described["nillable"] or described["defaultedOnCreate"] or described["type"] == "boolean"),
            external=bool(described.get("externalId")),
            unique=bool(described.get("unique")),
            length=int(described.get("length") or 0),
            permissionable=bool(described.get("permissionable")),
            compound=described.get("compoundFieldName"),
            formula=bool(described.get("calculated")),
        )
        for described in body["fields"]
    }
    return Shape(body["name"], body["createable"], body["updateable"], fields, _record_type(body), _record_types(body))


def _record_type(body: Mapping[str, Any]) -> str | None:
    """The default one for us, unless it is the master, which every org has and which offers every value."""
    infos = body.get("recordTypeInfos") or ()
    own = (info["recordTypeId"] for info in infos if info["defaultRecordTypeMapping"] and not info["master"])
    return next(own, None)


def _record_types(body: Mapping[str, Any]) -> tuple[str, ...]:
    infos = body.get("recordTypeInfos") or ()
    return tuple(info["recordTypeId"] for info in infos if info["available"] and info["active"])
