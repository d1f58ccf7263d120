"""The audit: whom we have, whom we reach, who is missing; a register's count; who is unknown for which fact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syncd.agreement import Agreement, load_industries, title_words
from syncd.model import Account, Contact, GateName
from syncd.planning.audit import AccountAudit, AuditScene, audit_account, needed
from syncd.planning.headcount import UNREAD, Count, Headcount, SegmentCount
from syncd.rules import Rulebook, judge, rulebook_of
from syncd.rules.days import zone
from tests.rules.builders import (
    DESTINATIONS,
    NOON,
    TITLES,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    exactly,
    mobilized,
)

ROLES = {"Executive Sponsor": 1, "Economic Buyer": 1, "Decision Maker": 1, "Technical Buyer": 1, "Champion": 2}
EVERYBODY = [*(a_contact(f"p{at}", role) for at, role in enumerate(ROLES)), a_contact("p9", "Champion")]


def book_of(agreement: Agreement) -> Rulebook:
    return rulebook_of(agreement, title_words(), load_industries(), DESTINATIONS)


BOOK = book_of(an_agreement())
WHERE = zone(BOOK.agreement.time_zone)


def look(
    contacts: Sequence[Contact] = (), account: Account | None = None, book: Rulebook = BOOK, **scene: Any
) -> AccountAudit:
    return audit_account(AuditScene(account or an_account(), contacts, **scene), book, TODAY, WHERE, 365)


def count(*audits: AccountAudit, agreement: Agreement = BOOK.agreement, segment: str | None = None) -> Headcount:
    counted = Count(agreement, segment)
    for audit in audits:
        counted.add(audit)
    return counted.headcount()


def one_segment(*audits: AccountAudit, agreement: Agreement = BOOK.agreement) -> SegmentCount:
    (segment,) = count(*audits, agreement=agreement).segments
    return segment


def test_a_role_needs_as_many_as_the_offer_that_asks_for_most() -> None:
    assert needed(BOOK.agreement) == ROLES  # two champions for one offer, one for the others


def test_an_account_without_contacts_lacks_everybody() -> None:
    assert look().missing == sum(ROLES.values())


def test_an_account_with_somebody_in_every_seat_lacks_nobody() -> None:
    assert look(EVERYBODY).missing == 0
    assert one_segment(look(EVERYBODY), look()).whole == 1


@pytest.mark.parametrize(
    ("contact", "have", "reachable", "missing"),
    [
        (a_contact("ann"), 1, 1, 0),
        (a_contact("ann", bounced=True), 1, 0, 1),
        (a_contact("ann", bounced=True, phone="+1 212 555 2368"), 1, 1, 0),
        (a_contact("ann", bounced=True, phone="+1 212 555 2368", do_not_call=True), 1, 0, 1),
        (a_contact("ann", opted_out=True), 1, 0, 1),
        (a_contact("ann", relation="competitor"), 1, 1, 1),
        (a_contact("ann", title="Former Chief Financial Officer"), 0, 0, 1),
        (a_contact("ann", title="Receptionist"), 0, 0, 1),
        (a_contact("ann", title=None), 0, 0, 1),
    ],
)
def test_who_fills_the_seat_of_the_economic_buyer(contact: Contact, have: int, reachable: int, missing: int) -> None:
    (seat,) = (seat for seat in look([contact]).seats if seat.role == "Economic Buyer")
    assert (seat.have, seat.reachable, seat.missing) == (have, reachable, missing)


def test_whom_sales_meets_fills_their_seat_though_marketing_does_not_reach_them() -> None:
    ann = a_contact("ann", bounced=True)
    (seat,) = (seat for seat in look([ann], met={"ann"}).seats if seat.role == "Economic Buyer")
    assert (seat.reachable, seat.missing) == (0, 0)


def test_a_number_without_a_country_is_not_known_to_be_out_of_reach() -> None:
    nowhere = an_account(country=None, state=None)
    (person,) = look([a_contact("ann", emails=(), phone="(212) 555-2368", country=None)], nowhere).people
    assert (person.reachable, person.seated) == (False, True)


def test_an_excluded_account_needs_nobody() -> None:
    customer = look(account=an_account(relation="customer"))
    assert customer.missing == 0
    segment = one_segment(customer)
    assert (segment.accounts, segment.excluded, segment.whole, segment.missing) == (1, 1, 0, 0)


def test_outside_the_market_nobody_is_missing() -> None:
    assert look(account=an_account(country="CA", state=None)).seats == ()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([*TITLES]), st.booleans(), st.sampled_from(["customer", None])),
        max_size=6,
        min_size=0,
    )
)
def test_a_seat_is_filled_by_whom_the_buying_group_counts(people: list[tuple[str | None, bool, str | None]]) -> None:
    contacts = [
        a_contact(f"p{at}", role, bounced=bounced, relation=relation)
        for at, (role, bounced, relation) in enumerate(people)
    ]
    judgement = judge(a_group(contacts, mobilized("p0")), BOOK, TODAY)
    members = {role.role: len(role.contacts) for cover in judgement.coverage for role in cover.roles}
    assert {seat.role: seat.seated for seat in look(contacts).seats} == members


# ---- counts ------------------------------------------------------------------------------------------------------


def test_a_cell_has_its_people_by_channel_and_what_its_role_lacks() -> None:
    phoned = a_contact("bob", bounced=True, phone="+1 212 555 2368")
    segment = one_segment(look([a_contact("ann"), phoned, a_contact("cyd", bounced=True)]), look())
    cell = next(cell for cell in segment.cells if (cell.function, cell.level) == ("finance", "C-level"))
    assert (cell.have, cell.by_mail, cell.by_phone, cell.reachable) == (3, 1, 1, 2)
    assert (cell.role, cell.missing) == ("Economic Buyer", 1)  # at the second account


def test_who_cannot_be_read_stands_in_a_cell_of_their_own() -> None:
    segment = one_segment(look([a_contact("ann", title="Zeppelin")]))
    cell = next(cell for cell in segment.cells if cell.function == UNREAD)
    assert (cell.level, cell.have, cell.role) == (UNREAD, 1, None)


def test_who_has_left_is_counted_as_that_and_in_no_cell() -> None:
    segment = one_segment(look([a_contact("ann", title="Retired Chief Financial Officer")]))
    assert (segment.people, segment.left) == (1, 1)
    assert not any(cell.have for cell in segment.cells)


def test_the_order_of_accounts_makes_no_difference() -> None:
    audits = [look(), look(EVERYBODY), look(account=an_account(relation="customer"))]
    assert count(*audits).segments == count(*reversed(audits)).segments


def test_a_contact_of_whom_nothing_was_heard_for_long_is_stale() -> None:
    ann = a_contact("ann", made=NOON - timedelta(days=400))
    assert one_segment(look([ann])).stale == 1
    assert one_segment(look([ann], heard={"ann": NOON - timedelta(days=3)})).stale == 0
    assert one_segment(look([a_contact("bob")])).stale == 0  # no stamp tells


def test_a_documented_field_is_counted_where_it_is_known() -> None:
    segment = one_segment(look([a_contact("ann"), a_contact("bob", emails=())]))
    known = {(field.kind, field.field): (field.known, field.of) for field in segment.fields}
    assert known["contact", "emails"] == (1, 2)
    assert known["account", "total_assets"] == (1, 1)
    assert known["account", "employees"] == (0, 1)


def test_an_unknown_account_is_named_by_the_fact_that_it_lacks() -> None:
    lacking = count(look(account=an_account(id="b2", name="Unmeasured Bank", total_assets=None))).lacking
    assert lacking[GateName.SIZE].accounts == (("b2", "Unmeasured Bank"),)


# ---- registers ---------------------------------------------------------------------------------------------------


def agreed(number: int, tolerance: int = 0) -> Agreement:
    segments = an_agreement().served_market.segments[0].model_dump(by_alias=True)
    segments["register"] = {"name": "fdic", "count": number, "tolerance_percent": tolerance}
    return Agreement.model_validate(
        an_agreement().model_dump(by_alias=True) | {"served_market": {"segments": [segments]}}
    )


LISTED = look(account=an_account(id="b1", registers=("fdic",)))
UNLISTED = look(account=an_account(id="b2", name="Unlisted Bank"))
UNDECIDED = look(account=an_account(id="b3", name="Unmeasured Bank", registers=("fdic",), total_assets=None))
TOO_BIG = look(account=an_account(id="b4", registers=("fdic",), total_assets=exactly(9_000_000_000)))


def test_the_registers_count_has_the_names_on_either_side() -> None:
    register = one_segment(LISTED, UNLISTED, UNDECIDED, TOO_BIG, agreement=agreed(1)).register
    assert register is not None
    assert (register.counted, register.agreed, register.holds) == (1, 1, True)
    assert register.unlisted.accounts == (("b2", "Unlisted Bank"),)
    assert register.undecided.accounts == (("b3", "Unmeasured Bank"),)


@pytest.mark.parametrize(("number", "tolerance", "holds"), [(1, 0, True), (2, 0, False), (2, 50, True), (3, 50, False)])
def test_a_difference_beyond_the_tolerance_does_not_hold(number: int, tolerance: int, holds: bool) -> None:
    register = one_segment(LISTED, agreement=agreed(number, tolerance)).register
    assert register is not None and register.holds is holds


def test_a_segment_that_is_not_asked_for_is_not_counted() -> None:
    assert count(look(), segment="another").segments == ()
    assert count(look(), segment="mid-size US banks").segments[0].accounts == 1
