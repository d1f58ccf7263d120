"""State and Country/Territory Picklists: beside each state and country its code, and neither takes what is not listed.

The names in places.json are the integration values, which the fields without `Code` hold. Salesforce Help: "State and
Country/Territory Picklist Field-Syncing Logic"; the refusals as NPSP#2432, NPSP#6405 and formie#963 quote them.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, KeysView, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from .org import Org
from .refusal import Refusal
from .schema import Field, SObject, type_defaults
from .table import Row

ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "Account": ("Billing", "Shipping"),
    "Contact": ("Mailing", "Other"),
    "Lead": ("",),
}


def enable(org: Org) -> None:
    """Turn the picklists on, as an administrator does in Setup, and convert the addresses that can be."""
    for name, prefixes in ADDRESSES.items():
        sobject, table = org.schema.objects[name], org.tables[name]
        for prefix in prefixes:
            for field in _codes(sobject, prefix):
                org.schema.add_field(name, field)
        for row in list(table.rows.values()):
            table.put(row | {part: value for prefix in prefixes for part, value in _converted(row, prefix).items()})


def agree(sobject: SObject, row: Row, before: Row | None, written: KeysView[str]) -> Row:
    """Return the row with codes and names in step; raises Refusal for a place that the lists lack.

    `before` is None on create; `given` names the fields that the call wrote.
    """
    for prefix in ADDRESSES.get(sobject.name, ()):
        if f"{prefix}CountryCode" in sobject.fields:
            row = row | _country(sobject, prefix).agree(row, before, written)
            row = row | _state(sobject, prefix, row, before, written)
    return row


@dataclass(frozen=True)
class Part:
    """The country or the state of an address: the fields of its name and its code, and what is listed, code → name."""

    name: Field
    code: Field
    listed: Mapping[str, str]
    problem: str  # what is said of a name that is not listed

    def agree(self, row: Row, before: Row | None, written: KeysView[str]) -> Row:
        """Return both fields where the call wrote one; on create the code wins, on update the two may not differ."""
        name, code = row.get(self.name.name), row.get(self.code.name)
        if self.code.name in written and code:
            if code not in self.listed:  # refused later, as no value of the picklist
                return {}
            if before is not None and self.name.name in written and name != self.listed[code]:
                raise self.refusal()
            return {self.name.name: self.listed[code]}
        if self.name.name in written and name:
            fitting = next((key for key, known in self.listed.items() if known == name), None)
            if fitting is None:
                raise self.refusal()
            return {self.code.name: fitting}
        return (
            {} if written.isdisjoint((self.name.name, self.code.name)) else {self.name.name: None, self.code.name: None}
        )

    def refusal(self) -> Refusal:
        """Say that the name is not listed."""
        message = f"There's a problem with this {self.problem}.: {self.name.label}"
        return Refusal("FIELD_INTEGRITY_EXCEPTION", message, [self.name.name])


def _country(sobject: SObject, prefix: str) -> Part:
    problem = "country, even though it may appear correct. Please select a country/territory from the list of valid "
    listed = {code: country["name"] for code, country in _places().items()}
    return Part(*_fields(sobject, f"{prefix}Country"), listed, f"{problem}countries")


def _state(sobject: SObject, prefix: str, row: Row, before: Row | None, changed: KeysView[str]) -> Row:
    """Return the state's two fields, which must be of the row's country."""
    name, code = _fields(sobject, f"{prefix}State")
    country = row.get(f"{prefix}CountryCode")
    if country and country not in _places():
        return {}
    moved = before is not None and country != before.get(f"{prefix}CountryCode")
    written = next((field for field in (code, name) if field.name in changed and row.get(field.name)), None)
    if country is None and written:
        message = f"A country/territory must be specified before specifying a state value for field: {written.label}"
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, [written.name])
    if country is None and moved:
        return {name.name: None, code.name: None}
    listed = _places()[country].get("states", {}) if country else {}
    kept = row.get(code.name)
    if kept and kept not in listed and (written is code or (moved and written is None)):
        message = f"The existing country/territory doesn't recognize the state value for field: {code.label}"
        if kept not in code.values:
            message = f"The {code.name} field contains {kept}, which isn't an available state. "
            message += "Your administrator can add it for you."
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", message, [code.name])
    problem = "state, even though it may appear correct. Please select a state from the list of valid states"
    return Part(name, code, listed, problem).agree(row, before, changed)


def _fields(sobject: SObject, name: str) -> tuple[Field, Field]:
    return sobject.fields[name], sobject.fields[f"{name}Code"]


def _converted(row: Row, prefix: str) -> Row:
    """Return the parts of an address that the lists know; what they do not know stays as text without a code."""
    country = _meant(_places(), row.get(f"{prefix}Country"))
    if country is None:
        return {}
    listed = _places()[country]
    states = {code: {"name": name} for code, name in listed.get("states", {}).items()}
    state = _meant(states, row.get(f"{prefix}State"))
    parts = {f"{prefix}CountryCode": country, f"{prefix}Country": listed["name"]}
    return parts | ({f"{prefix}StateCode": state, f"{prefix}State": states[state]["name"]} if state else {})


def _meant(listed: Mapping[str, Any], text: str | None) -> str | None:
    """Return the code that a text means."""
    return next((code for code, one in listed.items() if text in (code, one["name"], *one.get("converted", ()))), None)


def _codes(sobject: SObject, prefix: str) -> Iterator[Field]:
    """Yield the picklists of codes; which states may be chosen depends on the country."""
    places = _places()
    countries = {code: country["name"] for code, country in places.items()}
    states = {code: name for country in places.values() for code, name in country.get("states", {}).items()}
    valid = {code: _bit(at, len(places)) for at, one in enumerate(places.values()) for code in one.get("states", ())}
    controlled = {"dependentPicklist": True, "controllerName": f"{prefix}CountryCode"}
    yield _picklist(sobject.fields[f"{prefix}Country"], countries)
    yield replace(_picklist(sobject.fields[f"{prefix}State"], states, **controlled), valid_for=valid)


def _picklist(named: Field, listed: Mapping[str, str], **further: Any) -> Field:
    own = {"type": "picklist", "label": f"{named.label} Code", "length": 10, "restrictedPicklist": True}
    attributes = {**type_defaults()["picklist"], **own, "compoundFieldName": named["compoundFieldName"], **further}
    return Field(f"{named.name}Code", attributes, tuple(listed), labels=listed)


def _bit(place: int, of: int) -> str:
    """Return `validFor`: base64 of a bit for each value of the controlling field, the first one highest."""
    bits = bytearray((of + 7) // 8)
    bits[place // 8] = 0x80 >> place % 8
    return b64encode(bits).decode()


@cache
def _places() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("places.json").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded
