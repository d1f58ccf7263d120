"""Small groups to judge: a bank in the served market, its people, what they did. TODAY is a Wednesday."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from syncd import rules
from syncd.agreement import load_industries, title_words
from syncd.agreement.terms import Agreement
from syncd.document import read
from syncd.mapping import load_all
from syncd.mapping.destinations import destinations
from syncd.model import (
    Account,
    Activity,
    Ask,
    Band,
    Candidate,
    Closure,
    Contact,
    ContactJudgement,
    Destinations,
    Gate,
    GateName,
    Group,
    How,
    IndustryCode,
    Interest,
    Judgement,
    Opportunity,
    Release,
    Ruling,
    Rung,
    Standing,
    TitleReading,
    User,
)
from syncd.rules import Rulebook, rulebook_of
from syncd.rules.assessment import Assessment
from syncd.rules.caucus import Voter, hold
from syncd.rules.groups import cover, seat
from syncd.rules.opportunities import sort_by_offer

DESTINATIONS = destinations(load_all().values())  # as shipped
TODAY = date(2026, 3, 11)
NOON = datetime(2026, 3, 11, 16, tzinfo=UTC)  # noon in New York, the agreement's time zone
ROOT = Path(__file__).resolve().parents[2]
REP = User("user-1", "Rae Rep", "rae@syncd-demo.example", remote_ids={"salesforce.User": ("005R",)})
CENTRAL = User("user-2", "Cen Tral", "central@syncd-demo.example", remote_ids={"salesforce.User": ("005C",)})
GATES = (GateName.MARKET, GateName.ROLE, GateName.REACHABLE, GateName.RELATION, GateName.RESPONDED)
_numbers = count(1)

TITLES = {
    "Economic Buyer": "Chief Financial Officer",
    "Executive Sponsor": "Chief Executive Officer",
    "Technical Buyer": "Director of Information Technology",
    "Decision Maker": "Chief Risk Officer",
    "Champion": "Director of Fraud Risk",
    "Influencer": "Vice President of Marketing",
    None: "Receptionist",
}


@cache
def _terms() -> dict[str, Any]:
    text = (ROOT / "mappings" / "agreement.yaml").read_text(encoding="utf-8")
    return read(text, "agreement.yaml").content


def an_agreement(**sections: Any) -> Agreement:
    """The shipped agreement; a section that is a mapping replaces only the keys it names, at every depth."""
    return Agreement.model_validate(_merge(_terms(), sections))


def _merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    merged = {
        name: _merge(base[name], value) if isinstance(value, dict) and isinstance(base.get(name), dict) else value
        for name, value in changes.items()
    }
    return {**base, **merged}


def judge(group: Group, agreement: Agreement, today: date, *, destinations: Destinations = DESTINATIONS) -> Judgement:
    """The judgement by that agreement, word list and tables as shipped, when everybody who waits was handed over."""
    judgement = judge_waiting(group, agreement, today, destinations=destinations)
    if not judgement.candidates:
        return judgement
    return judge_waiting(released(group, judgement.candidates), agreement, today, destinations=destinations)


def released(group: Group, candidates: Iterable[Candidate]) -> Group:
    """The group when these were handed to the reps to whom they fall."""
    releases = {
        candidate.key: Release(
            key=candidate.key,
            kind=candidate.kind,
            account_id=candidate.account_id,
            contact_id=candidate.contact_id,
            rep=candidate.rep,
            at=NOON,
            week=TODAY - timedelta(days=2),
            how=How.RANK,
        )
        for candidate in candidates
    }
    return replace(group, releases={**group.releases, **releases})


def judge_waiting(
    group: Group, agreement: Agreement, today: date, *, destinations: Destinations = DESTINATIONS
) -> Judgement:
    """The judgement with the word list and the tables as shipped; nobody is handed over by it."""
    if not _books or _books[0].agreement is not agreement or _books[0].destinations is not destinations:
        _books[:] = [rulebook_of(agreement, title_words(), load_industries(), destinations)]
    return rules.judge(group, _books[0], today)


_books: list[Rulebook] = []  # the latest: to compile one takes longer than a judgement


def exactly(number: int | str) -> Band:
    return Band(Decimal(number), Decimal(number))


def priced(fields: dict[str, Any], currency: str | None) -> dict[str, Any]:
    """The fields of an account with its amounts in that currency, where they name none."""
    amounts = {name: fields[name] for name in ("annual_revenue", "total_assets") if fields.get(name)}
    return fields | {name: replace(size, currency=size.currency or currency) for name, size in amounts.items()}


def an_account(currency: str | None = "USD", **fields: Any) -> Account:
    """A bank of one billion dollars that the agreement serves, known to Salesforce, owned by Rae."""
    known = {
        "id": "bank",
        "name": "First Invented Bank",
        "domain": "first-invented.example",
        "city": "Springfield",
        "state": "IL",
        "country": "US",
        "codes": (IndustryCode("SIC", 1987, "6021"),),
        "total_assets": exactly(1_000_000_000),
        "owner": REP.id,
        "remote_ids": {"salesforce.Account": ("001A",)},
        "sources": {"total_assets": "fdic institutions.ASSET", "relation": "salesforce Account.Type"},
    }
    return Account(**priced(known | fields, currency))


def a_contact(
    id: str,
    role: str | None = "Economic Buyer",
    *,
    bounced: Any = False,
    opted_out: Any = False,
    unsubscribed: Iterable[str] = (),
    do_not_call: Any = False,
    no_contact: bool = False,
    **fields: Any,
) -> Contact:
    """A contact whose title gives that role, reachable by e-mail, known to Salesforce.

    bounced, opted_out, do_not_call: whether all their addresses or numbers are closed so, or which. unsubscribed: from
    which kinds of mail they are at all of their addresses.
    """
    emails = fields.get("emails", (f"{id}@first-invented.example",))
    phones = fields.get("phones", (fields["phone"],) if fields.get("phone") else ())
    closed = {"bounced": (bounced, emails), "opted_out": (opted_out, emails), "do_not_call": (do_not_call, phones)}
    return Contact(
        **{
            "closures": (
                *(
                    Closure(of, why)
                    for why, (said, every) in closed.items()
                    for of in (said if isinstance(said, tuple) else every if said else ())
                ),
                *(Closure(email, "unsubscribed", kind) for kind in unsubscribed for email in emails),
                *([Closure("", "no_contact")] if no_contact else []),
            ),
            "phones": phones,
            "id": id,
            "account_id": "bank",
            "first_name": id.capitalize(),
            "last_name": "Invented",
            "emails": emails,
            "title": TITLES[role],
            "remote_ids": {"salesforce.Contact": (f"003{id}",)},
            "sources": {"title": "hubspot contacts.jobtitle", "emails": "hubspot contacts.email"},
            **fields,
        }
    )


def did(contact_id: str, kind: str, days_ago: float = 1, topic: str = "Fraud webinar", **fields: Any) -> Activity:
    """One activity of a contact, so many days before noon today."""
    at = fields.pop("at", None) or NOON - timedelta(days=days_ago)
    return Activity(
        **{"id": f"e{next(_numbers):06}", "contact_id": contact_id, "kind": kind, "at": at, "topic": topic, **fields}
    )


def an_opportunity(**fields: Any) -> Opportunity:
    """An open opportunity of the bank that sales opened."""
    return Opportunity(
        **{
            "id": "opportunity-1",
            "account_id": "bank",
            "key": None,
            "name": "Fraud platform",
            "text": "Fraud platform New Business",
            "stage": "Prospecting",
            "amount": Decimal(75_000),
            "currency": "USD",
            "probability": Decimal(40),
            "close_date": TODAY + timedelta(days=30),
            "created_at": NOON - timedelta(days=20),
            "owner": CENTRAL.id,
            "remote_id": "006A",
            **fields,
        }
    )


def a_group(contacts: Iterable[Contact] = (), activities: Iterable[Activity] = (), **fields: Any) -> Group:
    return Group(
        **{
            "account": an_account(),
            "contacts": tuple(contacts),
            "activities": tuple(activities),
            "users": {REP.id: REP, CENTRAL.id: CENTRAL},
            **fields,
        }
    )


def mobilized(contact_id: str, topic: str = "Fraud webinar") -> tuple[Activity, ...]:
    """A click, then a webinar: enough for the rung of mobilization."""
    return (did(contact_id, "email_clicked", 9, topic), did(contact_id, "webinar", 2, topic))


def an_interest(**fields: Any) -> Interest:
    """An interest that has responded and reads of nothing in particular."""
    return Interest(
        **{
            "rung": Rung.MESSAGING,
            "strength": 1.0,
            "by_offer": {},
            "last_at": NOON,
            "last_by_offer": {},
            "kinds": {"email_clicked": 1},
            "bots": 0,
            "hand_raised": False,
            "explore": False,
            "responded": True,
            "topics": (),
            **fields,
        }
    )


def a_reading(*functions: str, level: str | None = None, **fields: Any) -> TitleReading:
    return TitleReading(**{"functions": functions, "level": level, "words": (), "confidence": 1.0, **fields})


def a_gate(name: GateName, ruling: Ruling = Ruling.YES) -> Gate:
    return Gate(name, ruling, "", "", f"{name} says {ruling}")


def judged(id: str, role: str | None, closed: Iterable[GateName] = (), **fields: Any) -> ContactJudgement:
    """A contact's judgement with that role; the gates named in `closed` say no."""
    gates = tuple(a_gate(name, Ruling.NO if name in set(closed) else Ruling.YES) for name in GATES)
    return ContactJudgement(
        **{
            "contact_id": id,
            "name": f"{id.capitalize()} Invented",
            "title": TITLES.get(role),
            "reading": a_reading("finance", level="C-level"),
            "role": role,
            "interest": an_interest(),
            "gates": gates,
            "mql": Ruling.NO if closed else Ruling.YES,
            "ask": Ask.INVITE,
            **fields,
        }
    )


def an_assessment(
    group: Group, contacts: Iterable[ContactJudgement], agreement: Agreement | None = None, **fields: Any
) -> Assessment:
    """What the rules see of a group whose contacts were judged so; the caucus is held, the coverage counted."""
    terms = agreement or an_agreement()
    offers = [offer.name for offer in terms.offers]
    by_id = {contact.contact_id: contact for contact in contacts}
    voters = {
        id: Voter(id, judgement.interest.by_offer, judgement.interest.last_by_offer) for id, judgement in by_id.items()
    }
    places, without = sort_by_offer(group, (fields.get("whole") or terms).offers)
    return Assessment(
        **{
            "group": group,
            "agreement": terms,
            "today": TODAY,
            "standing": Standing.IN,
            "segment": "mid-size US banks",
            "market": (a_gate(GateName.SIZE),),
            "judgements": by_id,
            "contacts": {contact.id: contact for contact in group.contacts},
            "preferences": {id: voter.preferences(offers) for id, voter in voters.items()},
            "places": places,
            "without": without,
            "seats": seat(by_id.values()),
            "coverage": {
                offer.name: cover(offer, seat(by_id.values()), TODAY - timedelta(180), UTC) for offer in terms.offers
            },
            "tally": hold(
                [voters[id] for id, judgement in by_id.items() if judgement.mql is Ruling.YES],
                offers,
                terms.caucus.viable_percent,
            ),
            "destinations": DESTINATIONS,
            "whole": terms,
            **fields,
        }
    )
