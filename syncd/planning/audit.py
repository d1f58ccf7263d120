"""The audit: whom we have where somebody decides, whom we reach and how, and who is missing for the roles required.

Pure: one account at a time, from its facts and those of its contacts, by the rulebook of its segment. A role needs as
many people as the offer of the segment that asks for most of them; one person fills it for all offers. Who fills a
seat is who would in the buying group (`rules.groups`): still in office, not excluded, and not known to be out of reach
unless sales meets them anyway. An account that is excluded itself (a customer, a competitor) needs nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from functools import cache
from typing import Any

from syncd.agreement.terms import AcquisitionSource, Agreement
from syncd.model import Account, Band, Contact, Gate, GateName, Ruling, Standing, TitleReading
from syncd.model.kinds import fields
from syncd.rules.amounts import amount_of
from syncd.rules.currencies import as_of
from syncd.rules.days import local_day, plus
from syncd.rules.market import stand
from syncd.rules.mql import relation_gate
from syncd.rules.reach import by_mail, by_phone
from syncd.rules.roles import role_of
from syncd.rules.rulebook import Rulebook

DOCUMENTED = (str, tuple, bool, Band)  # types of the fields that tell of a company or a person; stamps do not
NOT_TOLD = frozenset(
    {"registers", "unsubscribed", "brought", "converted_by", "person"}
)  # of most people and companies rightly empty
NOBODY = Contact(id="")


@dataclass(frozen=True, slots=True)
class AuditScene:
    """One account as the audit looks at it.

    met: contacts whom sales meets on a running opportunity. heard: contact → when anything was last heard of them.
    """

    account: Account
    contacts: Sequence[Contact] = ()
    met: Collection[str] = frozenset()
    heard: Mapping[str, datetime] | None = None


@dataclass(frozen=True, slots=True)
class CountedPerson:
    """One contact as the audit counts them. role: that their title gives; None for who has left."""

    contact_id: str
    functions: tuple[str, ...]
    level: str | None
    role: str | None
    by_mail: bool
    by_phone: bool
    seated: bool
    left: bool
    stale: bool
    known: tuple[str, ...]  # documented fields
    source: str | None = None  # of the agreement's, from which they came

    @property
    def reachable(self) -> bool:
        """By mail or by telephone."""
        return self.by_mail or self.by_phone


@dataclass(frozen=True, slots=True)
class Seat:
    """One required role at one account."""

    role: str
    needed: int
    have: int
    reachable: int
    seated: int

    @property
    def missing(self) -> int:
        """How many more people the role needs."""
        return max(0, self.needed - self.seated)


@dataclass(frozen=True, slots=True)
class AccountAudit:
    """What the audit says of one account.

    lacking: where its standing is unknown, the criteria for which a fact is missing. amount: the largest that an offer
    of its segment has for it, in the agreement's currency. excluded: no account to sell to. person: left out, as a
    person account.
    """

    account_id: str
    name: str
    standing: Standing
    segment: str | None
    lacking: tuple[GateName, ...]
    registers: tuple[str, ...]
    excluded: bool
    people: tuple[CountedPerson, ...]
    seats: tuple[Seat, ...]
    known: tuple[str, ...]
    amount: Decimal | None = None
    person: bool = False

    @property
    def missing(self) -> int:
        """How many people are missing for all roles."""
        return sum(seat.missing for seat in self.seats)


def audit_account(scene: AuditScene, book: Rulebook, today: date, where: tzinfo, stale_days: int) -> AccountAudit:
    """Look at one account as of today, a calendar day in the zone `where`, by the terms of its segment."""
    account = scene.account
    standing, segment, gates = stand(account, as_of(book.agreement, today), book.industries)
    own = book.in_segment(segment)
    excluded = relation_gate(NOBODY, account, own.gates).ruling is Ruling.NO
    since = plus(today, -stale_days)
    people = tuple(_person(contact, scene, own, since, today, where) for contact in scene.contacts)
    served = standing is Standing.IN and not excluded
    return AccountAudit(
        account_id=account.id,
        name=account.name or account.domain or account.id,
        standing=standing,
        segment=segment,
        lacking=_lacking(standing, gates),
        registers=account.registers,
        excluded=excluded,
        people=people,
        seats=tuple(_seats(people, own.agreement)) if served else (),
        known=_known("account", account),
        amount=_amount(account, as_of(own.agreement, today)) if served else None,
        person=bool(account.person),
    )


def needed(agreement: Agreement) -> dict[str, int]:
    """How many people each role needs: as many as the offer that asks for most of them."""
    roles: dict[str, int] = {}
    for offer in agreement.offers:
        for role, number in offer.roles.items():
            roles[role] = max(number, roles.get(role, 0))
    return roles


@cache
def documented(kind: str) -> tuple[str, ...]:
    """The fields of a kind that tell of a company or a person, as they are declared."""
    kept = (field for field in fields(kind) if field.read and field.name not in NOT_TOLD)
    return tuple(field.name for field in kept if field.type in DOCUMENTED)


def _lacking(standing: Standing, gates: Iterable[Gate]) -> tuple[GateName, ...]:
    if standing is not Standing.UNKNOWN:
        return ()
    return tuple(dict.fromkeys(gate.name for gate in gates if gate.ruling is Ruling.UNKNOWN))


def _person(
    contact: Contact, scene: AuditScene, book: Rulebook, since: date, today: date, where: tzinfo
) -> CountedPerson:
    reading, role = book.read(contact.title, today.year)
    mail, phone = by_mail(contact, book.gates.reach).ruling, by_phone(contact, scene.account).ruling
    out_of_reach = mail is Ruling.NO and phone is Ruling.NO and contact.id not in scene.met
    excluded = relation_gate(contact, scene.account, book.gates).ruling is Ruling.NO
    return CountedPerson(
        contact_id=contact.id,
        functions=reading.functions,
        level=reading.level,
        role=role,
        by_mail=mail is Ruling.YES,
        by_phone=phone is Ruling.YES,
        seated=role is not None and not out_of_reach and not excluded,
        left=reading.former,
        stale=_is_stale(contact, scene.heard or {}, since, where),
        known=_known("contact", contact),
        source=source_of(contact.origin, book.agreement.audit.sources),
    )


def source_of(origin: str | None, sources: Sequence[AcquisitionSource]) -> str | None:
    """The first of the sources one of whose words stands in what a system says of where somebody came from."""
    words = (origin or "").casefold().replace("_", " ")
    named = (source for source in sources if any(word.casefold() in words for word in source.words if word.strip()))
    return next((source.name for source in named), None) if words else None


def _is_stale(contact: Contact, heard: Mapping[str, datetime], since: date, where: tzinfo) -> bool:
    """Whether nothing was heard of them since that day; of whom no stamp tells, we do not know it."""
    stamps = [stamp for stamp in (heard.get(contact.id), contact.made) if stamp]
    return bool(stamps) and local_day(max(stamps), where) < since


def _seats(people: Sequence[CountedPerson], agreement: Agreement) -> Iterator[Seat]:
    for role, number in needed(agreement).items():
        theirs = [person for person in people if person.role == role]
        reachable = sum(person.reachable for person in theirs)
        yield Seat(role, number, len(theirs), reachable, sum(person.seated for person in theirs))


def _known(kind: str, record: Account | Contact) -> tuple[str, ...]:
    values: Iterator[tuple[str, Any]] = ((name, getattr(record, name)) for name in documented(kind))
    return tuple(name for name, value in values if value is not None and value not in ("", ()))


def _amount(account: Account, agreement: Agreement) -> Decimal | None:
    amounts = (amount_of(account, offer.amount, agreement.currency, agreement.rates)[0] for offer in agreement.offers)
    return max((amount for amount in amounts if amount is not None), default=None)


def role_at(function: str, level: str, agreement: Agreement) -> str | None:
    """The role that somebody of that function and level has by the agreement."""
    return role_of(TitleReading((function,), level, (), 1.0), agreement)
