"""Groups to judge for property tests: odd ones that hold anything the store can, and likely ones that qualify."""

from __future__ import annotations

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from syncd.model import (
    Account,
    Activity,
    Band,
    Campaign,
    Closure,
    Contact,
    ContactRole,
    Group,
    IndustryCode,
    Opportunity,
    User,
)
from syncd.model.facts import WHYS
from tests.rules.builders import CENTRAL, NOON, REP, TITLES, TODAY, a_contact, an_account, an_agreement, an_opportunity

AGREEMENT = an_agreement()
KEY = "bank/fraud-detection"

WORDS = st.text(max_size=12) | st.sampled_from(["", "Fraud", "mortgage\n", "{account}", "x" * 300, "AML 💥", "\x00"])
MAYBE = st.none() | WORDS
STAMPS = st.datetimes(timezones=st.sampled_from([UTC, None])) | st.integers(-40, 400).map(
    lambda days: NOON - timedelta(days=days)
)
NUMBERS = st.none() | st.decimals(-(10**17), 10**17) | st.integers(0, 10**10).map(Decimal)  # the mapping refuses NaN
CURRENCIES = st.sampled_from(["USD", "USD", None, "CAD"])
BANDS = st.none() | st.builds(Band, NUMBERS, NUMBERS, CURRENCIES) | st.just(Band(Decimal(10**9), Decimal(10**9), "USD"))
REMOTE = st.sampled_from(
    [{}, {"salesforce.Contact": ("003",)}, {"salesforce.Lead": ("00Q",)}, {"hubspot.contacts": ("7",)}]
)
FLAGS = st.sampled_from([True, False, None])
RELATIONS = st.sampled_from([None, None, None, "customer", "competitor", "prospect", ""])
IDS = st.sampled_from(["ann", "bob", "cat", "dan", "eve"])
KINDS = [
    *AGREEMENT.engagement.rungs.messaging,
    *AGREEMENT.engagement.rungs.mobilization,
    *AGREEMENT.engagement.rungs.money,
    *AGREEMENT.engagement.explore,
    "email_delivered",
    "unheard_of",
]
ACCOUNTS = st.builds(
    Account,
    id=st.just("bank"),
    name=MAYBE,
    domain=MAYBE,
    state=st.sampled_from([None, "IL", "NY", ""]),
    country=st.sampled_from(["US", "US", None, "??"]),
    codes=st.sampled_from(
        [(IndustryCode("SIC", 1987, "6021"),)] * 3
        + [(), (IndustryCode("?", 0, ""),), (IndustryCode("NAICS", 2017, "522110"), IndustryCode("SIC", 1987, "9999"))]
    ),
    codes_ambiguous=st.booleans(),
    total_assets=BANDS,
    relation=RELATIONS,
    owner=st.sampled_from([None, REP.id, "nobody"]),
    remote_ids=st.sampled_from([{}, {"salesforce.Account": ("001",)}, {"salesforce.Account": ()}]),
)
CONTACTS = st.builds(
    Contact,
    id=IDS,
    account_id=st.just("bank"),
    first_name=MAYBE,
    last_name=MAYBE,
    emails=st.sampled_from([("ann@bank.example",), ("ann@bank.example",), (), ("nonsense",), ("", "@")]),
    phones=st.sampled_from([(), (), ("512-555-0142",), ("512-555-0142", "+44 20 7946 0958"), ("nonsense",)]),
    title=st.sampled_from([*TITLES.values(), None, "Wizard", "Retired CFO"]) | MAYBE,
    closures=st.lists(
        st.builds(Closure, st.sampled_from(["", "ann@bank.example", "512-555-0142"]), st.sampled_from(WHYS)), max_size=3
    ).map(tuple),
    relation=RELATIONS,
    lifecycle=st.sampled_from([None, "customer", "lead"]),
    remote_ids=REMOTE,
)
ENGAGEMENTS = st.builds(
    Activity,
    id=st.uuids().map(str),
    contact_id=IDS | st.just("stranger"),
    kind=st.sampled_from(KINDS),
    at=STAMPS,
    topic=WORDS,
    campaign_id=st.sampled_from([None, "c1", "c9"]),
    by_us=st.booleans(),
    agent=st.sampled_from([None, "curl/8", "Firefox"]),
    message=st.sampled_from([None, "m1"]),
)
DEALS = st.builds(
    Opportunity,
    id=st.uuids().map(str),
    account_id=st.just("bank"),
    key=st.sampled_from([None, None, KEY, "other/fraud-detection", "bank/gone", "nonsense", ""]),
    name=MAYBE,
    offer=st.sampled_from([None, "fraud-detection", "digital-lending", "gone"]),
    text=WORDS,
    close_date=st.none() | st.dates(),
    created_at=st.none() | STAMPS,
    is_closed=st.booleans(),
    touched=st.frozensets(st.sampled_from(["stage", "amount", "close_date", "probability", "owner"])),
    remote_id=st.sampled_from([None, "006"]),
    roles=st.lists(st.builds(ContactRole, id=WORDS, contact_id=IDS | st.none(), role=MAYBE), max_size=2).map(tuple),
)
LIKELY_CONTACTS = st.builds(
    a_contact, id=IDS, role=st.sampled_from([role for role in TITLES if role]), remote_ids=REMOTE, bounced=FLAGS
)
LIKELY_ENGAGEMENTS = st.builds(
    Activity,
    id=st.uuids().map(str),
    contact_id=IDS,
    kind=st.sampled_from(["email_clicked", "webinar", "whitepaper", "demo_booked", "contact_sales"]),
    at=st.integers(-3, 200).map(lambda days: NOON - timedelta(days=days)),
    topic=st.sampled_from(["Fraud", "Fraud", "Loans", "Treasury", "Mortgage fraud", "News"]),
    campaign_id=st.sampled_from([None, "c1"]),
)
LIKELY_DEALS = st.builds(
    an_opportunity,
    id=st.uuids().map(str),
    key=st.sampled_from([None, KEY]),
    offer=st.sampled_from([None, "fraud-detection"]),
    close_date=st.integers(-30, 300).map(lambda days: TODAY + timedelta(days=days)),
)


def groups(
    contacts: Any, activities: Any, opportunities: Any, accounts: Any, least: int = 0
) -> st.SearchStrategy[Group]:
    return st.builds(
        Group,
        account=accounts,
        contacts=st.lists(contacts, min_size=least, max_size=5, unique_by=lambda contact: contact.id).map(tuple),
        activities=st.lists(activities, min_size=4 * least, max_size=16).map(tuple),
        opportunities=st.lists(
            opportunities, max_size=3, unique_by=lambda opportunity: opportunity.key or opportunity.id
        ).map(tuple),  # keys are unique
        users=st.sampled_from([{REP.id: REP}, {CENTRAL.id: CENTRAL, "u": User("u")}, {}]),
        campaigns=st.just({"c1": Campaign("c1", "Fraud week", remote_ids={"salesforce.Campaign": ("701",)})}),
        opened=st.frozensets(st.sampled_from([KEY, "mql/ann", "explore/bob", "ann", "bank"])),
    )


ODD = groups(CONTACTS, ENGAGEMENTS, DEALS, ACCOUNTS)
LIKELY = groups(
    LIKELY_CONTACTS,
    LIKELY_ENGAGEMENTS,
    LIKELY_DEALS,
    st.sampled_from([an_account(), an_account(remote_ids={})]),
    least=2,
)
MIXED = groups(
    CONTACTS | LIKELY_CONTACTS, ENGAGEMENTS | LIKELY_ENGAGEMENTS, DEALS | LIKELY_DEALS, ACCOUNTS | st.just(an_account())
)
GROUPS = ODD | LIKELY | LIKELY | MIXED
