"""Groups among which every term of the shipped agreement makes a difference, and what was decided of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from syncd.agreement import Agreement
from syncd.model import (
    About,
    Activity,
    Answer,
    Candidate,
    Contact,
    Double,
    Gate,
    Group,
    How,
    IndustryCode,
    Judgement,
    QueueEntry,
    Release,
    Return,
    TaskKind,
    User,
    Verdict,
)
from tests.rules.agreements import CONTENT
from tests.rules.builders import (
    CENTRAL,
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_opportunity,
    did,
    exactly,
    judge,
    judge_waiting,
    mobilized,
)

SERVED = str(CONTENT["served_market"]["segments"][0]["name"])
STRANGE = "zeppelin"  # a word that no agreement and no word list has
USERS = (
    REP,
    CENTRAL,
    User("user-3", "Ea St", "east@syncd-demo.example", remote_ids={"salesforce.User": ("005E",)}),
    User("user-4", "Sou Th", "south@syncd-demo.example", remote_ids={"salesforce.User": ("005S",)}),
)
TITLES = (
    "Chief Executive Officer",
    "Vice President",
    *(
        f"{post} of {function}"
        for function in ("Finance", "IT", "Operations", "Risk", "Lending", "Marketing", "Sales", "Human Resources")
        for post in ("Vice President", "Director", "Manager")
    ),
    *(f"Chief {what} Officer" for what in ("Financial", "Information", "Operating", "Risk", "Lending", "Marketing")),
    *(f"{what} Analyst" for what in ("Finance", "IT", "Operations", "Risk", "Lending", "Marketing", "Sales", "HR")),
    f"Director of {STRANGE}",
    f"Finance {STRANGE}",
)
KINDS = [
    *(kind for rung in CONTENT["engagement"]["rungs"].values() for kind in rung),
    *CONTENT["engagement"]["explore"],
]
WORDS = [STRANGE, *(word for offer in CONTENT["offers"] for word in offer["words"])]
DELIVERED = NOON - timedelta(days=3)
WORDING = frozenset({"reason", "standing_reason", "description"})  # fields of wishes that put a decision in words


def world() -> tuple[Group, ...]:
    """Every group, on TODAY."""
    return tuple(replace(group, users={user.id: user for user in USERS}) for group in _groups())


def _groups() -> Iterator[Group]:
    titled = [a_contact(f"t{number:02}", title=title) for number, title in enumerate(TITLES)]
    yield a_group(titled, [did(contact.id, "email_clicked", topic="News") for contact in titled])
    for kind in KINDS:
        yield one_person(did("ann", kind, 2))
    yield one_person(did("ann", "webinar", 9), did("ann", "webinar", 2))
    yield one_person(did("ann", "meeting_held", 2, ends=NOON - timedelta(days=2), outcome="open"))
    yield one_person(
        did("ann", "meeting_held", at=DELIVERED, source="hubspot meetings"),
        did("ann", "meeting_held", at=DELIVERED + timedelta(minutes=10), source="salesforce Event"),
    )
    new = a_contact("ann", remote_ids={"hubspot.contacts": ("7",)}, made=NOON - timedelta(days=1))
    yield a_group([new], mobilized("ann"))
    yield one_person(did("ann", "call_made", 2, by_us=True, disposition="connected", seconds=Decimal(40)))
    for disposition in (STRANGE, *CONTENT["engagement"]["answered_calls"]):
        yield one_person(did("ann", "call_made", 2, by_us=True, disposition=disposition))
    for word in WORDS:
        yield one_person(did("ann", "webinar", topic=f"about {word}"))
    yield from _markets()
    yield from _machines()
    yield one_person(did("ann", "email_clicked", 150))
    yield one_person(did("ann", "contact_sales", 40), account={"relation": "customer"})
    yield a_likely_double()
    for days, contact in ((5, {}), (20, {}), (5, {"opted_out": True, "phone": None})):
        yield handed_over(days, **contact)
    rested = {"mql/ann": Return(NOON - timedelta(days=30), "waited too long")}
    yield replace(one_person(*mobilized("ann")), returned=rested)
    yield from _opportunities()
    for state in ("NY", "TX", "OR", "HI"):
        yield one_person(*mobilized("ann"), account={"owner": None, "state": state})
    for relation in ("customer", "competitor", "colleague", "partner"):
        yield one_person(*mobilized("ann"), account={"relation": relation})
    for domain in (f"{STRANGE}.example", "syncd-demo.example"):
        yield one_person(*mobilized("ann"), account={"domain": domain})


def queues(agreement: Agreement, now: datetime) -> Iterator[list[QueueEntry]]:
    """Those who wait for a rep: many of one rank order and another order of waiting, few, and whom the rules name."""
    many = [
        QueueEntry(Candidate(f"mql/c{n:02}", TaskKind.MQL, f"a{n}", f"c{n:02}", 20.0 - n, now, rep=CENTRAL.id), entered)
        for n in range(20)
        if (entered := now - timedelta(days=n))
    ]
    yield many
    yield many[:3]
    yield [replace(entry, candidate=replace(entry.candidate, segment=SERVED)) for entry in many]
    explorers = [one_person(did("ann", kind, 2), account={"owner": None}) for kind in CONTENT["engagement"]["explore"]]
    users = {user.id: user for user in USERS}
    yield [
        QueueEntry(replace(candidate, key=f"{candidate.key}{number}"), now - timedelta(days=1))
        for number, group in enumerate(explorers)
        for candidate in judge_waiting(replace(group, users=users), agreement, TODAY).candidates
    ]


def one_person(*activities: Activity, role: str = "Economic Buyer", account: dict[str, Any] | None = None) -> Group:
    return a_group(
        [a_contact("ann", role, unsubscribed=("Product updates",))], activities, account=an_account(**account or {})
    )


def handed_over(days: int, **contact: Any) -> Group:
    """Ann, who was handed over so many days ago, and whose task nobody has touched."""
    at = NOON - timedelta(days=days)
    group = a_group([a_contact("ann", **contact)], mobilized("ann"))
    release = Release("mql/ann", TaskKind.MQL, "bank", "ann", REP.id, at, TODAY, How.RANK)
    untouched = Verdict(About.TASK, "mql/ann", None, "", at, remote_id="00T1")
    return replace(group, releases={"mql/ann": release}, sent={"mql/ann": at}, verdicts=(untouched,))


def a_likely_double() -> Group:
    """Ann stands in the org; another Ann, of the portal alone, may be her since two days ago."""
    people = [a_contact("ann"), a_contact("ann-2", first_name="Ann", remote_ids={"hubspot.contacts": ("9",)})]
    double = Double("contact", "ann-2", "ann", "the same name at one company", NOON - timedelta(days=2))
    return a_group(people, mobilized("ann-2"), doubles=(double,))


def _markets() -> Iterator[Group]:
    """Accounts at the bounds, one of each code, abroad, and a size told in another measure."""
    for assets in (400_000_000, 500_000_000, 5_000_000_000, 6_000_000_000):
        yield one_person(account={"total_assets": exactly(assets), "employees": exactly(9)})
    for code in ("6021", "6022", "6029", "6081", "6111"):
        yield one_person(account={"codes": (IndustryCode("SIC", 1987, code),)})
    yield one_person(account={"country": "CA", "state": None})
    yield one_person(account={"country": None})
    yield one_person(account={"parents": (an_account(id="holding", total_assets=exactly(9_000_000_000)),)})
    yield one_person(account={"currency": "EUR", "total_assets": exactly(900_000_000)})


def _machines() -> Iterator[Group]:
    """Clicks by each known agent, right after delivery, and of several links at once."""
    for agent in (STRANGE, *CONTENT["engagement"]["bots"]["agents"]):
        yield one_person(did("ann", "email_clicked", agent=f"Mozilla/5.0 {agent}/1"))
    delivery = did("ann", "email_delivered", at=DELIVERED, message="m1")
    for after in (55.0, 65.0):
        yield one_person(delivery, _click(after))
    yield one_person(delivery, did("ann", "email_opened", at=DELIVERED + timedelta(seconds=6), message="m1"))
    yield one_person(delivery, _click(10.0), _click(600.0))
    yield one_person(*(replace(_click(second), link=f"/{second}", links=3) for second in (3600.0, 3601.0)))
    for subject in (STRANGE, *CONTENT["engagement"]["bots"]["automatic_replies"]):
        yield one_person(did("ann", "email_replied", topic=f"{subject}: fraud"))
    yield one_person(*(_click(second) for second in (60.0, 60.5, 61.0, 62.5)))
    yield one_person(*(_click(second) for second in (60.0, 60.5, 61.0)))


def _click(second: float) -> Activity:
    return did("ann", "email_clicked", at=DELIVERED + timedelta(seconds=second), message="m1")


def _opportunities() -> Iterator[Group]:
    """Groups that qualify: for each offer in each band of amounts, with few and all roles; one shared by offers."""
    topics = [str(offer["words"][0]) for offer in CONTENT["offers"]]
    for topic in topics:
        for assets in (1_000_000_000, 1_050_000_000, 2_000_000_000, 3_050_000_000, 4_000_000_000):
            activities = mobilized("ann", topic)
            yield one_person(*activities, account={"total_assets": exactly(assets), "employees": exactly(40)})
    for topic in topics:
        everybody = [a_contact(f"p{at}", role) for at, role in enumerate(CONTENT["offers"][0]["roles"])]
        everybody.append(a_contact("p9", "Champion"))
        yield a_group(everybody, [activity for who in everybody for activity in mobilized(who.id, topic)])
    unnamed = an_opportunity(name="Platform", text="Platform")
    yield replace(one_person(*mobilized("ann")), opportunities=(unnamed,))
    answer = Answer("opportunity-9", "budget", "200,000", NOON - timedelta(days=100), "Opportunity.Budget__c")
    lapsed = an_opportunity(id="opportunity-9", key="bank/fraud-detection", offer="fraud-detection", answers=(answer,))
    yield replace(one_person(did("ann", "email_clicked")), opportunities=(lapsed,))
    for won in (False, True):
        ended = replace(lapsed, is_closed=True, is_won=won, staged_at=NOON - timedelta(days=300))
        yield replace(one_person(*mobilized("ann")), opportunities=(ended,))
    divided: Sequence[Contact] = [a_contact(f"d{number}", "Champion") for number in range(3)]
    yield a_group(
        divided, [activity for who, topic in zip(divided, topics, strict=True) for activity in mobilized(who.id, topic)]
    )


# ---- what is seen of it ------------------------------------------------------------------------------------------


def judged(groups: Sequence[Group], agreement: Agreement) -> Iterator[Judgement]:
    return (judge(group, agreement, TODAY) for group in groups)


def decided(judgement: Judgement) -> Any:
    """All that a judgement decides, without the words that tell of it: what echoes a term is no effect of it."""
    return (
        (judgement.agreement, judgement.standing, judgement.segment, judgement.review_on),
        _rulings(judgement.market),
        [
            (
                contact.reading,
                contact.role,
                contact.interest,
                _rulings(contact.gates),
                contact.mql,
                contact.ask,
                contact.points,
            )
            for contact in judgement.contacts
        ],
        (judgement.coverage, judgement.tally),
        [replace(call, reasons=()) for call in judgement.calls],
        [
            (wish.object, wish.key, {name: value for name, value in wish.fields.items() if name not in WORDING})
            for wish in judgement.wishes
        ],
    )


def worded(judgement: Judgement) -> Any:
    """The gates' words."""
    return [gate.reason for gate in (*judgement.market, *(gate for one in judgement.contacts for gate in one.gates))]


def _rulings(gates: Sequence[Gate]) -> list[tuple[str, str]]:
    return [(gate.name, gate.ruling) for gate in gates]
