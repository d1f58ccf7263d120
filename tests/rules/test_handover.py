"""Whose somebody is: owners first, then whom they were handed to, then territories and teams."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncd.agreement.handing_over import Handover, Territory
from syncd.model import Account, Candidate, TaskKind, User
from syncd.rules.handover import Falls, Place, territory_of
from tests.rules.builders import (
    CENTRAL,
    NOON,
    REP,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_assessment,
    released,
)

AGREEMENT = an_agreement()
EAST = User("user-3", "Ea St", "EAST@syncd-demo.example", remote_ids={"salesforce.User": ("005E",)})
HUBSPOT_ONLY = User("user-4", "Hub Only", "hub@syncd-demo.example", remote_ids={"hubspot.owners": ("77",)})
USERS = {user.id: user for user in (REP, CENTRAL, EAST, HUBSPOT_ONLY)}
LINES = AGREEMENT.handover
OWNERS = {
    "the account's owner": ({}, USERS, LINES, REP.id),
    "the territory, where it has none": ({"owner": None, "state": "NY"}, USERS, LINES, EAST.id),
    "the rest": ({"owner": None, "state": "IL"}, USERS, LINES, CENTRAL.id),
    "an unknown state is the rest's": ({"owner": None, "state": None}, USERS, LINES, CENTRAL.id),
    "an owner who has left": ({}, {**USERS, REP.id: replace(REP, active=False)}, LINES, CENTRAL.id),
    "an owner without a Salesforce user": ({"owner": HUBSPOT_ONLY.id}, USERS, LINES, CENTRAL.id),
    "an owner nobody knows": ({"owner": "user-99"}, USERS, LINES, CENTRAL.id),
    "a territory's rep who has left": ({"owner": None}, {CENTRAL.id: replace(CENTRAL, active=False)}, LINES, None),
    "no territories": ({"owner": None}, USERS, Handover(), None),
    "both state and country": (
        {"owner": None, "state": "ON", "country": "CA"},
        USERS,
        Handover(territories=(Territory(states=("on",), countries=("US",), rep="x"), Territory(rep=EAST.email))),
        EAST.id,
    ),
}


@pytest.mark.parametrize(("fields", "users", "lines", "owner"), OWNERS.values(), ids=OWNERS.keys())
def test_a_rep_is_the_owner_or_the_territorys(
    fields: dict[str, Any], users: dict[str, User], lines: Handover, owner: str | None
) -> None:
    group = replace(a_group(account=an_account(**fields)), users=users)
    assessment = an_assessment(group, [], agreement=AGREEMENT.model_copy(update={"handover": lines}))
    assert assessment.rep == owner


NY = an_account(owner=None, state="NY")
TO_REP = {"rep": CENTRAL.email}
BOTH = {"states": ["NY"], "offers": ["digital-lending"]}
TERRITORIES = {
    "a named account": ({"accounts": ["first invented bank"]}, Place(NY), True),
    "its domain": ({"accounts": ["First-Invented.example"]}, Place(NY), True),
    "another account": ({"accounts": ["Second Invented Bank"]}, Place(NY), False),
    "a segment": ({"segments": ["mid-size US banks"]}, Place(NY, "mid-size US banks"), True),
    "another segment": ({"segments": ["mid-size US banks"]}, Place(NY, "large US banks"), False),
    "no segment": ({"segments": ["mid-size US banks"]}, Place(NY), False),
    "an offer": ({"offers": ["digital-lending"]}, Place(NY, offer="digital-lending"), True),
    "another offer": ({"offers": ["digital-lending"]}, Place(NY, offer="fraud-detection"), False),
    "everything named fits": (BOTH, Place(NY, None, "digital-lending"), True),
    "one of it does not": (BOTH | {"states": ["TX"]}, Place(NY, None, "digital-lending"), False),
}


@pytest.mark.parametrize(("line", "place", "fits"), TERRITORIES.values(), ids=TERRITORIES.keys())
def test_what_a_territory_line_names_must_all_fit(line: dict[str, Any], place: Place, fits: bool) -> None:
    handover = Handover.model_validate({"territories": [line | TO_REP]})
    assert territory_of(place, USERS, handover, "salesforce.User") == Falls(CENTRAL.id if fits else None)


def test_a_team_is_those_of_its_members_who_take_records() -> None:
    line = Territory(team=("east@syncd-demo.example", "gone@syncd-demo.example", "hub@syncd-demo.example", REP.email))
    falls = territory_of(Place(NY), USERS, Handover(territories=(line,)), "salesforce.User")
    assert falls == Falls(None, (EAST.id, REP.id))


def a_bank(account: Account = NY, **contact: Any):
    return replace(a_group([a_contact("ann", **contact), a_contact("bob")], account=account), users=USERS)


def handed(contact_id: str, rep: str) -> Candidate:
    return Candidate(f"mql/{contact_id}", TaskKind.MQL, "bank", contact_id, 1.0, NOON, rep=rep)


def test_where_the_account_has_no_owner_the_contacts_is_asked() -> None:
    bank = a_bank(owner=REP.id)
    assert an_assessment(bank, []).falls(bank.contacts[0]) == Falls(REP.id)
    assert an_assessment(bank, []).falls(bank.contacts[1]) == Falls(EAST.id)


def test_who_was_handed_to_a_rep_stays_with_that_one_and_so_do_their_colleagues() -> None:
    bank = released(a_bank(), [handed("ann", REP.id)])
    assert [an_assessment(bank, []).falls(contact).rep for contact in bank.contacts] == [REP.id, REP.id]
    both = released(a_bank(), [handed("ann", REP.id), handed("bob", CENTRAL.id)])
    assert [an_assessment(both, []).falls(contact).rep for contact in both.contacts] == [REP.id, CENTRAL.id]


def test_an_owner_is_asked_before_whom_they_were_handed_to() -> None:
    bank = released(a_bank(an_account()), [handed("ann", CENTRAL.id)])
    assert an_assessment(bank, []).falls(bank.contacts[0]).rep == REP.id
