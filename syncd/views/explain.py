"""Why somebody is, or is not, a qualified lead; an account with its forecast; an opportunity with its picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from syncd import rules
from syncd.agreement.terms import Agreement
from syncd.mapping import SystemMapping
from syncd.model import ContactJudgement, Group, Judgement, Opportunity, Wait
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.rules.acceptance import rests_until
from syncd.rules.days import zone
from syncd.rules.people import gates_json, stands_as
from syncd.rules.picture_wishes import PictureTexts
from syncd.store import Store, UnitOfWork
from syncd.store.judgements import plain
from syncd.sync.judge import book_of_today
from syncd.sync.names import golden, nobody, opportunity
from syncd.sync.unread import Unread, unread
from syncd.today import day_in
from syncd.views.opportunity import as_written, opportunity_as_json, pictures_on


@dataclass(frozen=True)
class OpportunityExplained:
    """One opportunity, in its account as it is judged today."""

    opportunity_id: str
    group: Group
    judgement: Judgement
    book: Rulebook

    @property
    def opportunity(self) -> Opportunity:
        """The opportunity itself."""
        return next(one for one in self.group.opportunities if one.id == self.opportunity_id)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return opportunity_as_json(self.opportunity, self.group, self.judgement, self.book)


@dataclass(frozen=True)
class Explained:
    """A contact, or an account with all of them (contact_id is None), as they are judged today.

    book: with what people said of titles; own: the agreement of the account's segment. faults: what a system refuses.
    """

    contact_id: str | None
    group: Group
    judgement: Judgement
    book: Rulebook
    own: Rulebook
    links: Sequence[Mapping[str, str]]
    waits: Mapping[str, Wait]
    words: Sequence[Unread]
    faults: Sequence[Mapping[str, Any]]
    handed: Sequence[Mapping[str, Any]]

    @property
    def contacts(self) -> list[ContactJudgement]:
        """Those who are asked for."""
        return [one for one in self.judgement.contacts if self.contact_id in (None, one.contact_id)]

    @property
    def pictures(self) -> PictureTexts | None:
        """The pictures as they stand on the account."""
        return None if self.contact_id else pictures_on(self.group.account, self.judgement, self.book)

    @property
    def deleted(self) -> list[str]:
        """That a person deleted the contact's record where syncd writes."""
        return [*_deleted(self.group, self.contact_id, self.book)] if self.contact_id else []

    @property
    def person_records(self) -> list[str]:
        """Which of the contact's records are a person account's."""
        return _person_records(self.group, self.contact_id)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **plain(self.judgement),
            "contacts": plain(self.contacts),
            **_as_it_stands(self.contact_id, self.contacts, self.group, self.pictures, self.own),
            "links": self.links,
            "queue": plain(self.waits),
            "handed_over": self.handed,
            "refused": self.faults,
            "deleted": self.deleted,
            "never_written": self.person_records,
            "unread": [entry._asdict() for entry in self.words],
        }


def explanation(
    store: Store, book: Rulebook, mappings: Mapping[str, SystemMapping], who: str, today: date
) -> Explained | OpportunityExplained:
    """Explain whoever answers to a name. Raises NotFound where nobody does, or several do."""
    with store.reading() as unit:
        opportunity_id = _opportunity(unit, who)
        contact_id, group = (None, _home(unit, who)) if opportunity_id else _find(unit, who)
        links = _links(unit, contact_id, group)
        corrected = book_of_today(unit, book, today)
        waits = unit.queue.of_account(group.account.id)
        ids = [contact_id] if contact_id else [contact.id for contact in group.contacts]
        words = unread(unit, mappings, ids)
        faults = _refused(unit, contact_id) if contact_id else []
    judgement = rules.judge(group, corrected, today)
    if opportunity_id:
        return OpportunityExplained(opportunity_id, group, judgement, book)
    own = corrected.in_segment(judgement.segment)
    handed = _handed(group, judgement, own.agreement, ids)
    return Explained(contact_id, group, judgement, corrected, own, links, waits, words, faults, handed)


def _opportunity(unit: UnitOfWork, who: str) -> str | None:
    """The golden id of the opportunity that answers to a name; None where none does."""
    return opportunity(unit, who)[0] if unit.opportunities.find(who) else None


def _home(unit: UnitOfWork, who: str) -> Group:
    group = unit.groups.of_account(opportunity(unit, who)[1])
    if group is None:
        raise nobody(who, "opportunity")
    return group


def _find(unit: UnitOfWork, who: str) -> tuple[str | None, Group]:
    kind, golden_id = golden(unit, who, "contact", "account")
    contact_id = golden_id if kind == "contact" else None
    account_id = unit.people.account_of(golden_id) if contact_id else golden_id
    group = unit.groups.of_account(account_id) if account_id else unit.groups.stray(golden_id)
    if group is None:
        raise nobody(who, "contact", "account")
    return contact_id, group


def _links(unit: UnitOfWork, contact_id: str | None, group: Group) -> list[dict[str, Any]]:
    kind, golden_id = ("contact", contact_id) if contact_id else ("account", group.account.id)
    links = unit.people.links_of(kind, golden_id)
    return [{"record": str(link.ref), "evidence": link.evidence} for link in links]


def _as_it_stands(
    contact_id: str | None,
    contacts: Sequence[ContactJudgement],
    group: Group,
    pictures: PictureTexts | None,
    book: Rulebook,
) -> dict[str, Any]:
    """What stands in Salesforce, or would: the picture of an account, the gates of a person."""
    if contact_id is None:
        return {"picture": as_written(pictures and pictures.json)}
    person = next(contact for contact in group.contacts if contact.id == contact_id)
    destination = stands_as(person, book.destinations)
    return {"gates": as_written(gates_json(contacts[0], group.account, book.agreement, destination))}


def _handed(
    group: Group, judgement: Judgement, agreement: Agreement, contact_ids: Sequence[str]
) -> list[dict[str, Any]]:
    """To whom these contacts were handed over, the latest first, and what became of it by today."""
    releases = {**group.releases, **{release.key: release for release in judgement.outcomes}}
    return [
        {
            "contact_id": release.contact_id,
            "for": release.kind.value,
            "offer": release.offer,
            "rep": RepNames(group.users)[release.rep] if release.rep else None,
            "on": day_in(agreement, release.at),
            "outcome": release.outcome.value,
            "why": release.why,
            "rests_until": rests_until(release, agreement.handover, zone(agreement.time_zone))
            if release.outcome.ends
            else None,
        }
        for release in sorted(releases.values(), key=lambda release: (release.at, release.key), reverse=True)
        if release.contact_id in contact_ids
    ]


def _deleted(group: Group, contact_id: str, book: Rulebook) -> Iterator[str]:
    """That a person deleted their record where syncd writes, and no other stands there."""
    contact = next((contact for contact in group.contacts if contact.id == contact_id), None)
    at, destination = group.gone.get(contact_id), book.destinations["contact"]
    if at and contact and not contact.remote_ids.get(destination.stream):
        day = day_in(book.agreement, at)
        yield f"deleted: a person deleted their {destination.system} record on {day}; it is not made again"


def _person_records(group: Group, contact_id: str | None) -> list[str]:
    """Which of somebody's records are a person account's."""
    return [record for contact in group.contacts if contact.id == contact_id for record in contact.person_records]


def _refused(unit: UnitOfWork, contact_id: str) -> list[dict[str, Any]]:
    """What is not written of a contact, because a system refuses it or a person deleted the record."""
    return [
        {"record": f"{row['system']} {row['stream'].removeprefix('wish:')}", "error": row["reason"]}
        for row in unit.quarantine.all()
        if row["step"] == "push" and f"/{row['remote_id']}".endswith(f"/{contact_id}")
    ]
