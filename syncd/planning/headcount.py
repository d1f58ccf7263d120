"""The audit's counts: what was seen account by account, added up for each segment, without keeping the accounts.

A person of two functions stands in the cells of both; the totals of a role, and of people, count everybody once. What
a role lacks stands beside every cell whose people would fill it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from syncd.agreement.segments import terms_for
from syncd.agreement.terms import Agreement
from syncd.model import GateName, Standing
from syncd.planning.audit import AccountAudit, CountedPerson, Seat, documented, needed, role_at

UNREAD = "(not read)"  # a function or level that no title tells
OF_ROLES = ("needed", "have", "reachable", "seated", "missing")
OF_PEOPLE = ("have", "by_mail", "by_phone", "reachable")
OF_SOURCES = ("brought", "fitting", "seated")
NAMES = 1_000  # that are kept of each list; it is counted to its end


@dataclass(frozen=True, slots=True)
class AccountNames:
    """Accounts by id and name, the first of them; `number` counts all."""

    number: int = 0
    accounts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleCount:
    """One required role in one segment: people needed, had, reachable, in their seats, and missing."""

    role: str
    needed: int
    have: int
    reachable: int
    seated: int
    missing: int


@dataclass(frozen=True, slots=True)
class CellCount:
    """The people of one function and level in one segment; role: that they have by the agreement.

    missing: how many people that role lacks, in all its cells together.
    """

    function: str
    level: str
    role: str | None
    have: int
    by_mail: int
    by_phone: int
    reachable: int
    missing: int


@dataclass(frozen=True, slots=True)
class FieldCount:
    """How many of a segment's accounts or contacts have a documented field."""

    kind: str
    field: str
    known: int
    of: int


@dataclass(frozen=True, slots=True)
class RegisterCount:
    """A segment's register: the count agreed on, how many of its accounts stand in the segment, and who is on one side.

    unlisted: in the segment, and not in the register. undecided: in the register, and nobody knows whether in the
    segment. holds: the difference is within the agreed tolerance.
    """

    register: str
    agreed: int
    counted: int
    holds: bool
    unlisted: AccountNames
    undecided: AccountNames


@dataclass(frozen=True, slots=True)
class SegmentCount:
    """One segment. excluded: accounts that nobody sells to; whole: with somebody in every seat."""

    segment: str
    accounts: int
    excluded: int
    whole: int
    people: int
    reachable: int
    left: int
    stale: int
    roles: tuple[RoleCount, ...]
    cells: tuple[CellCount, ...]
    fields: tuple[FieldCount, ...]
    register: RegisterCount | None = None

    @property
    def missing(self) -> int:
        """How many people are missing for all roles."""
        return sum(role.missing for role in self.roles)


@dataclass(frozen=True, slots=True)
class SourceCount:
    """What a source of the agreement has yielded so far: people brought, fitting a required role, in their seats."""

    source: str
    brought: int
    fitting: int
    seated: int


@dataclass(frozen=True, slots=True)
class Headcount:
    """The whole audit. lacking: the criterion that cannot be decided → the accounts that are unknown for it.

    persons: how many of those that are out are person accounts.
    """

    standings: Mapping[str, int]
    segments: tuple[SegmentCount, ...]
    lacking: Mapping[str, AccountNames]
    doubles: Mapping[str, int]  # kind → likely doubles that wait for a decision
    sources: tuple[SourceCount, ...] = ()
    persons: int = 0


@dataclass(slots=True)
class _Names:
    number: int = 0
    accounts: list[tuple[str, str]] = field(default_factory=list)

    def add(self, audit: AccountAudit) -> None:
        self.number += 1
        if len(self.accounts) < NAMES:
            self.accounts.append((audit.account_id, audit.name))

    def names(self) -> AccountNames:
        return AccountNames(self.number, tuple(self.accounts))


@dataclass(slots=True)
class _Segment:
    """What is added up of one segment."""

    tallies: Counter[str] = field(default_factory=Counter)
    roles: Counter[tuple[str, str]] = field(default_factory=Counter)  # role and what of it
    cells: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # function, level and what of it
    known: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind and field
    unlisted: _Names = field(default_factory=_Names)

    def add(self, audit: AccountAudit) -> None:
        missing = audit.missing
        self.tallies.update({"accounts": 1, "excluded": audit.excluded, "whole": not (audit.excluded or missing)})
        self.known.update(("account", name) for name in audit.known)
        for seat in audit.seats:
            self._add_seat(seat)
        for person in audit.people:
            self._add_person(person)

    def _add_seat(self, seat: Seat) -> None:
        self.roles.update({(seat.role, what): getattr(seat, what) for what in OF_ROLES})

    def _add_person(self, person: CountedPerson) -> None:
        self.tallies.update({"people": 1, "reachable": person.reachable, "left": person.left, "stale": person.stale})
        self.known.update(("contact", name) for name in person.known)
        if person.left:
            return
        counts = {"have": 1, "by_mail": person.by_mail, "by_phone": person.by_phone, "reachable": person.reachable}
        for function in person.functions or (UNREAD,):
            for what, number in counts.items():
                self.cells[function, person.level or UNREAD, what] += number


class Count:
    """Adds up accounts, in whatever order they come; it keeps counts and the first names of each list."""

    def __init__(self, agreement: Agreement, segment: str | None = None) -> None:
        """By the terms of that agreement; of one segment only, where it is named."""
        self._agreement = agreement
        self._terms = {own.name: own for own in agreement.served_market.segments}
        self._segments = {name: _Segment() for name in self._terms if segment in (None, name)}
        self._standings: Counter[str] = Counter({standing.value: 0 for standing in Standing})
        self._persons = 0
        self._lacking: dict[GateName, _Names] = {}
        self._listed: Counter[tuple[str, str]] = Counter()  # segment and register
        self._undecided: dict[str, _Names] = {}  # by register
        self._sources: Counter[tuple[str, str]] = Counter()  # source and what of it

    def add(self, audit: AccountAudit) -> None:
        """Count one account."""
        self._count_sources(audit)
        self._standings[audit.standing.value] += 1
        self._persons += audit.person
        for gate in audit.lacking:
            self._lacking.setdefault(gate, _Names()).add(audit)
        if audit.standing is Standing.UNKNOWN:
            for register in audit.registers:
                self._undecided.setdefault(register, _Names()).add(audit)
        if (segment := self._segments.get(audit.segment or "")) is None:
            return
        segment.add(audit)
        self._listed.update((audit.segment or "", register) for register in audit.registers)
        agreed = self._terms[audit.segment or ""].register_
        if agreed and agreed.name not in audit.registers:
            segment.unlisted.add(audit)

    def headcount(self, doubles: Mapping[str, int] | None = None) -> Headcount:
        """What was counted."""
        return Headcount(
            standings=dict(self._standings),
            segments=tuple(self._segment(name) for name in self._segments),
            lacking={gate.value: names.names() for gate, names in self._lacking.items()},
            doubles=doubles or {},
            sources=tuple(
                SourceCount(own.name, *(self._sources[own.name, what] for what in OF_SOURCES))
                for own in self._agreement.audit.sources
            ),
            persons=self._persons,
        )

    def _count_sources(self, audit: AccountAudit) -> None:
        required = {seat.role for seat in audit.seats}
        for person in audit.people:
            if person.source:
                fits = person.role in required
                whats = {"brought": 1, "fitting": int(fits), "seated": int(fits and person.seated)}
                self._sources.update({(person.source, what): number for what, number in whats.items()})

    def _segment(self, name: str) -> SegmentCount:
        counts, agreement = self._segments[name], terms_for(self._agreement, name)
        roles = tuple(_role(role, counts) for role in needed(agreement))
        of = {"account": counts.tallies["accounts"], "contact": counts.tallies["people"]}
        return SegmentCount(
            segment=name,
            accounts=counts.tallies["accounts"],
            excluded=counts.tallies["excluded"],
            whole=counts.tallies["whole"],
            people=counts.tallies["people"],
            reachable=counts.tallies["reachable"],
            left=counts.tallies["left"],
            stale=counts.tallies["stale"],
            roles=roles,
            cells=tuple(_cells(counts, agreement, {role.role: role.missing for role in roles})),
            fields=tuple(
                FieldCount(kind, name, counts.known[kind, name], number)
                for kind, number in of.items()
                for name in documented(kind)
            ),
            register=self._register(name),
        )

    def _register(self, segment: str) -> RegisterCount | None:
        agreed = self._terms[segment].register_
        if agreed is None:
            return None
        counted = self._listed[segment, agreed.name]
        return RegisterCount(
            register=agreed.name,
            agreed=agreed.count,
            counted=counted,
            holds=agreed.tolerates(counted),
            unlisted=self._segments[segment].unlisted.names(),
            undecided=self._undecided.get(agreed.name, _Names()).names(),
        )


def _role(role: str, counts: _Segment) -> RoleCount:
    return RoleCount(role, *(counts.roles[role, what] for what in OF_ROLES))


def _cells(counts: _Segment, agreement: Agreement, missing: Mapping[str, int]) -> Iterator[CellCount]:
    """Every function and level of the agreement, and what titles were not read as, in the agreement's order."""
    for function in (*agreement.functions, UNREAD):
        for level in (*agreement.levels, UNREAD):
            role = _role_of(function, level, agreement)
            numbers = [counts.cells[function, level, what] for what in OF_PEOPLE]
            if any(numbers) or (role and missing.get(role)):
                have, mail, phone, reachable = numbers
                yield CellCount(function, level, role, have, mail, phone, reachable, missing.get(role or "", 0))


def _role_of(function: str, level: str, agreement: Agreement) -> str | None:
    return None if UNREAD in (function, level) else role_at(function, level, agreement)


def total(roles: Iterable[RoleCount]) -> RoleCount:
    """The sum over roles."""
    every = [*roles]
    return RoleCount("all roles", *(sum(getattr(role, what) for role in every) for what in OF_ROLES))


def by_name(headcount: Headcount) -> dict[str, int]:
    """Every count under a name of its own, as a snapshot keeps them."""
    counts = {f"accounts / {standing}": number for standing, number in headcount.standings.items()}
    if headcount.persons:
        counts["left out / person accounts"] = headcount.persons
    counts |= {f"unknown for want of / {fact}": names.number for fact, names in headcount.lacking.items()}
    counts |= {f"likely doubles / {kind}": number for kind, number in headcount.doubles.items()}
    for source in headcount.sources:
        counts |= {f"source {source.source} / {what}": getattr(source, what) for what in OF_SOURCES}
    for segment in headcount.segments:
        counts |= {f"{segment.segment} / {what}": number for what, number in _of_segment(segment)}
    return counts


def _of_segment(segment: SegmentCount) -> Iterator[tuple[str, int]]:
    for what in ("accounts", "excluded", "whole", "people", "reachable", "left", "stale"):
        yield what, getattr(segment, what)
    if segment.register:
        yield f"register {segment.register.register}", segment.register.counted
    for role in segment.roles:
        for what in OF_ROLES:
            yield f"{role.role} / {what}", getattr(role, what)
    for cell in segment.cells:
        for what in OF_PEOPLE:
            yield f"{cell.function} {cell.level} / {what.replace('_', ' ')}", getattr(cell, what)
    for known in segment.fields:
        yield f"{known.kind} {known.field} / known", known.known


def missing_in_all(counts: Mapping[str, int]) -> int:
    """How many people were missing in all, by a snapshot's counts."""
    return sum(number for name, number in counts.items() if name.endswith(" / missing"))
