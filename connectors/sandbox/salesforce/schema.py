"""The org's objects and fields as describe tells them: standard ones from schema.json, custom ones once deployed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import Any, NamedTuple

ACTIVITIES = ("Task", "Event")  # a custom field of Activity stands on both


@dataclass(frozen=True)
class Field:
    """One field; `attributes` holds every attribute of describe that is not derived from the others."""

    name: str
    attributes: Mapping[str, Any]
    values: tuple[str, ...] = ()  # active picklist values
    inactive: tuple[str, ...] = ()
    default: str | None = None  # picklist default
    labels: Mapping[str, str] = field(default_factory=dict)  # picklist value → label, where they differ
    valid_for: Mapping[str, str] = field(default_factory=dict)  # picklist value → which values of the controlling field
    children: str | None = None  # name of the relationship from the parent's side
    cascade: bool = False

    @cached_property
    def type(self) -> str:
        """Describe's type, e.g. string, reference, picklist."""
        return str(self.attributes["type"])

    @cached_property
    def label(self) -> str:
        """What people see."""
        return str(self.attributes["label"])

    @cached_property
    def relationship(self) -> str | None:
        """The name of the relationship upwards, None where there is none."""
        return self.attributes.get("relationshipName")

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The objects that a reference may point at."""
        return tuple(self.attributes.get("referenceTo", ()))

    @cached_property
    def polymorphic(self) -> bool:
        """True where it may point at more than one object."""
        return len(self.targets) > 1

    def __getitem__(self, attribute: str) -> Any:
        return self.attributes[attribute]

    @cached_property
    def required(self) -> bool:
        """True where a create without the field is refused."""
        writable = self["createable"] and not self["nillable"]
        return bool(writable and not self["defaultedOnCreate"] and self.type != "boolean")


@dataclass
class SObject:
    """One object with its fields in describe's order."""

    name: str
    prefix: str
    attributes: dict[str, Any]
    fields: dict[str, Field] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lower = {name.lower(): found for name, found in self.fields.items()}
        self._changed()

    def _changed(self) -> None:
        """Work out what every create needs to know of the fields."""
        known = self.fields.values()
        self.required = tuple(field for field in known if field.required)
        self.never_null = tuple(field for field in known if field["createable"] and not field["nillable"])
        self.defaults: dict[str, Any] = {
            field.name: field.default for field in known if field.default and field["createable"]
        }
        self.defaults |= {
            field.name: field["defaultValue"] for field in known if field.type == "boolean" and field["custom"]
        }

    def add(self, new: Field) -> None:
        """Add a field, or put it in the place of the one with its name."""
        self.fields[new.name] = new
        self.lower[new.name.lower()] = new
        self._changed()

    def remove(self, name: str) -> None:
        """Take a field away."""
        del self.fields[name], self.lower[name.lower()]
        self._changed()

    def find(self, name: str) -> Field | None:
        """Return the field of that name in any case."""
        return self.lower.get(name.lower())

    @cached_property
    def name_field(self) -> str | None:
        """The field that names a record."""
        return next((found.name for found in self.fields.values() if found["nameField"]), None)


class Child(NamedTuple):
    """One relationship downwards: the child object, its reference field, and the relationship's name if it has one."""

    sobject: SObject
    field: Field


class Schema:
    """All objects of one org. `revision` rises with every change, so that compiled queries know when they are stale."""

    def __init__(self) -> None:
        self.objects = dict(_standard())
        self.lower = {name.lower(): found for name, found in self.objects.items()}
        self.prefixes = {found.prefix: found for found in self.objects.values()}
        self.revision = 0
        self._custom_prefixes = 0

    def find(self, name: str) -> SObject | None:
        """Return the object of that name in any case."""
        return self.lower.get(name.lower())

    def of_id(self, record_id: str) -> SObject | None:
        """Return the object that an id's key prefix means."""
        return self.prefixes.get(record_id[:3])

    def add_object(self, name: str, attributes: dict[str, Any]) -> SObject:
        """Declare a custom object with its system fields and a name field."""
        prefix = f"a{self._custom_prefixes:02d}"
        self._custom_prefixes += 1
        template = self.objects["Campaign"].fields
        system = ("Id", "IsDeleted", "Name", "OwnerId", "CreatedDate", "CreatedById")
        stamps = ("LastModifiedDate", "LastModifiedById", "SystemModstamp")
        made = SObject(name, prefix, attributes, {key: template[key] for key in (*system, *stamps)})
        self.objects[name] = self.lower[name.lower()] = self.prefixes[prefix] = made
        self.revision += 1
        return made

    def add_field(self, sobject: str, new: Field) -> None:
        """Declare a field, or declare it anew; one of Activity goes to Task and Event."""
        for name in ACTIVITIES if sobject == "Activity" else (sobject,):
            self.objects[name].add(new)
        self.revision += 1

    def remove_field(self, sobject: str, name: str) -> None:
        """Forget a custom field."""
        for owner in ACTIVITIES if sobject == "Activity" else (sobject,):
            self.objects[owner].remove(name)
        self.revision += 1

    def children(self, parent: str) -> Iterator[Child]:
        """Yield every reference field of any object that may point at `parent`."""
        for sobject in self.objects.values():
            for reference in sobject.fields.values():
                if parent in reference.targets:
                    yield Child(sobject, reference)


@cache
def type_defaults() -> Mapping[str, Mapping[str, Any]]:
    """Return the commonest attributes of each field type."""
    defaults: Mapping[str, Mapping[str, Any]] = _declared()["types"]
    return defaults


def custom_field(name: str, kind: str, label: str, **attributes: Any) -> Field:
    """Return a custom field of that describe type with its type's common attributes."""
    own = {
        key: attributes.pop(key) for key in ("values", "inactive", "default", "children", "cascade") & attributes.keys()
    }
    known = {**type_defaults()[kind], "type": kind, "label": label, "custom": True, "referenceTo": ()}
    return Field(name, known | attributes, **own)


@cache
def _declared() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _standard() -> Iterator[tuple[str, SObject]]:
    for name, declared in _declared()["objects"].items():
        attributes = {key: value for key, value in declared.items() if key not in ("fields", "prefix")}
        fields = {key: _field(key, dict(line)) for key, line in declared["fields"].items()}
        yield name, SObject(name, declared["prefix"], attributes, fields)


def _field(name: str, line: dict[str, Any]) -> Field:
    values, inactive = tuple(line.pop("values", ())), tuple(line.pop("inactive", ()))
    own: dict[str, Any] = {"default": line.pop("default", None), "children": line.pop("children", None)}
    own |= {"labels": line.pop("labels", {}), "cascade": line.pop("cascade", False)}
    return Field(name, {**type_defaults()[line["type"]], **line}, values, inactive, **own)
