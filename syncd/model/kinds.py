"""What follows from the declaration of golden fields: the kinds, what a mapping may read into them, their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass
from dataclasses import fields as fields_of
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from syncd.model import evidence, facts
from syncd.model.facts import Fact

# Kind → its facts, and what matching alone reads beside them; in the order in which match places them, for a record
# points at earlier kinds.
DECLARED: Mapping[str, tuple[type, type | None]] = {
    "user": (facts.User, None),
    "account": (facts.Account, evidence.AccountEvidence),
    "contact": (facts.Contact, evidence.ContactEvidence),
    "campaign": (facts.Campaign, None),
    "campaign_member": (facts.CampaignMember, evidence.CampaignMemberEvidence),
    "opportunity": (facts.Opportunity, evidence.OpportunityEvidence),
    "stage_change": (facts.StageChange, None),
    "line_item": (facts.LineItem, None),
    "contact_role": (facts.ContactRole, evidence.ContactRoleEvidence),
    "activity": (facts.Activity, evidence.ActivityEvidence),
}
_LISTS = (tuple, frozenset, Mapping)
READABLE = (str, bool, int, Decimal, facts.Band, date, datetime, tuple)  # what a mapping can read a field as


@dataclass(frozen=True, slots=True)
class Field:
    """One golden field as declared. type: without None; of a list its origin, and `each` what it holds."""

    name: str
    read: str  # by a mapping under this name; "" by none
    column: str  # "" for none
    type: Any
    each: Any
    empty: Any  # what stands in its column where nothing is known
    fact: Fact

    @property
    def listed(self) -> bool:
        """Whether its column holds JSON."""
        return self.type in _LISTS


@cache
def fields(kind: str) -> tuple[Field, ...]:
    """The golden fields of a kind, as declared."""
    return tuple(_fields(DECLARED[kind][0]))


@cache
def read(kind: str) -> Mapping[str, Field]:
    """What a mapping may read into a kind, by the name it reads it under; also what matching alone looks at."""
    only = DECLARED[kind][1]
    known = {field.read: field for field in fields(kind) if field.read}
    return known | ({field.read: field for field in _fields(only)} if only else {})


@cache
def columns(kind: str) -> Mapping[str, tuple[str, Any]]:
    """The columns that match fills as they are read: column → the name read, and what stands for nothing."""
    own = (field for field in fields(kind) if field.column and field.read and not field.fact.points)
    return {field.column: (field.read, field.empty) for field in own}


def row(kind: str, reading: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a mapped record that are filled as they are read."""
    get = reading.get
    return {column: get(name, empty) for column, (name, empty) in columns(kind).items()}


@cache
def telling(kind: str) -> tuple[str, ...]:
    """The columns that matching compares before it says that two records are one."""
    return tuple(field.column for field in fields(kind) if field.fact.tells)


@cache
def wholes(kind: str) -> tuple[tuple[str, ...], ...]:
    """The fields that are one fact together, under the names that mappings read; the leading one first."""
    together: dict[str, list[Field]] = {}
    for field in fields(kind):
        if field.fact.whole:
            together.setdefault(field.fact.whole, []).append(field)
    return tuple(
        tuple(field.read for field in sorted(parts, key=lambda part: not part.fact.leads))
        for parts in together.values()
        if any(part.fact.leads for part in parts)
    )


@cache
def listed() -> frozenset[str]:
    """The names of all columns that hold JSON."""
    return frozenset(field.column for kind in DECLARED for field in fields(kind) if field.column and field.listed)


def _fields(declared: type) -> Iterator[Field]:
    hints = get_type_hints(declared, include_extras=True)
    for field in fields_of(declared):
        hint, *marks = (
            get_args(hints[field.name]) if hasattr(hints[field.name], "__metadata__") else (hints[field.name],)
        )
        fact = next((mark for mark in marks if isinstance(mark, Fact)), Fact())
        kind, each = _type(hint)
        read = field.name if fact.read is None else fact.read
        if read and kind not in READABLE:
            known = ", ".join(readable.__name__ for readable in READABLE)
            raise TypeError(f"{declared.__name__}.{field.name} is a {kind.__name__}: mappings can read {known}")
        yield Field(
            name=field.name,
            read=read,
            column=field.name if fact.column is None else fact.column,
            type=kind,
            each=each,
            empty=[] if kind in _LISTS else None if field.default is MISSING else field.default,
            fact=fact,
        )


def _type(hint: Any) -> tuple[Any, Any]:
    """A type without its None, and what it holds where it is a list of something."""
    if isinstance(hint, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
    origin = get_origin(hint)
    return (origin, get_args(hint)[0]) if origin else (hint, None)
