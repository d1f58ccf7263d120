"""Channels: a bounce belongs to an address, an objection closes its channel, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.base import Page, Record
from syncd.agreement.lead_terms import ReachTerms
from syncd.doctor.configuration import subscriptions
from syncd.mapping import load_all
from syncd.mapping.files import check, tables
from syncd.mapping.reading import reader
from syncd.mapping.values import READERS as READERS_OF
from syncd.model import Contact, ContactJudgement, ContactRole, Ruling
from syncd.model.phones import dialled
from syncd.rules.marketing import is_potential
from syncd.rules.reach import by_mail, by_phone, reachable
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.ledger import find, save
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    judge,
    mobilized,
)
from tests.sync.conftest import Place

MAPPINGS, AGREEMENT = load_all(), an_agreement()
FRAUD = "fraud-detection"
LONDON = "020 7946 0958"
YES, NO, UNKNOWN = Ruling.YES, Ruling.NO, Ruling.UNKNOWN


def person(
    store: Store, salesforce: Mapping[str, Any] | None = None, hubspot: Mapping[str, Any] | None = None
) -> Contact:
    """What one person is known as, by their records of both systems."""
    id = "003000000000001AAA"
    account = Page([Record("001000000000001AAA", None, False, {"Id": "001000000000001AAA", "Name": "Bank"})], "x")
    save(store, "salesforce", "Account", account)
    if salesforce is not None:
        raw = {"Id": id, "LastName": "Invented", "AccountId": "001000000000001AAA", **salesforce}
        save(store, "salesforce", "Contact", Page([Record(id, None, False, raw)], "x"))
    if hubspot is not None:
        known = {"lastname": "Invented", "salesforcecontactid": id, **hubspot}
        save(store, "hubspot", "contacts", Page([Record("7", None, False, {"id": "7", "properties": known})], "x"))
    match(store, Readers(MAPPINGS, load_customs(MAPPINGS.values())), Run())
    with store.reading() as unit:
        group = unit.groups.of_account(find(store, "account", "001000000000001AAA")[0])
    assert group
    (contact,) = group.contacts
    return contact


def reached(contact: Contact, country: str | None = "US", **terms: Any) -> tuple[Ruling, str, str]:
    """Whether somebody is reached, at what, and why."""
    account = an_account(country=country)
    gate = reachable(by_mail(contact, ReachTerms(**terms)), by_phone(contact, account))
    return gate.ruling, gate.value, gate.reason


# ---- addresses ---------------------------------------------------------------------------------------------------


def test_a_bounce_of_the_old_address_does_not_close_the_new_one(store: Store) -> None:
    for bounced, other in (
        ({"Email": "old@bank.example", "EmailBouncedDate": "2026-03-01T00:00:00Z"}, {"email": "new@bank.example"}),
        ({"Email": "new@bank.example"}, {"email": "old@bank.example", "hs_email_hard_bounce_reason_enum": "OTHER"}),
    ):
        contact = person(store, bounced, other)
        assert [(closure.of, closure.why) for closure in contact.closures] == [("old@bank.example", "bounced")]
        assert reached(contact)[:2] == (YES, "new@bank.example")


def test_a_bounce_is_of_its_address_in_whatever_letters(store: Store) -> None:
    bounced = {"email": "Ida@TinyBank.example", "hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"}
    contact = person(store, {"Email": "ida@tinybank.example"}, bounced)
    assert reached(contact)[0] is NO


def test_a_second_address_that_bounced_elsewhere_closes_nobody_s_first_one() -> None:
    contact = a_contact(
        "ann", emails=("ann@tinybank.example", "info@tinybank.example"), bounced=("info@tinybank.example",)
    )
    assert reached(contact)[:2] == (YES, "ann@tinybank.example")


def test_a_soft_bounce_and_what_was_taken_back_are_no_bounce_of_the_address() -> None:
    read = reader(MAPPINGS["hubspot"], "email_events", tables(MAPPINGS["hubspot"]))
    for kind in ("BOUNCE", "UNBOUNCE"):
        row = read(
            {"type": kind, "recipient": "ida@bank.example", "created": 1793534400000, "category": "MAILBOX_FULL"}
        )
        assert "kind" not in row
    row = reader(MAPPINGS["hubspot"], "contacts", tables(MAPPINGS["hubspot"]))(
        {"properties": {"email": "ida@bank.example", "hs_email_bounce": "1", "hs_email_hard_bounce_reason_enum": ""}}
    )
    assert "closures" not in row


def test_somebody_never_mailed_whose_address_is_valid_can_become_a_lead() -> None:
    group = a_group([a_contact("ann", bounced=None)])
    assert is_potential(judged(group, "ann"))


# ---- objections --------------------------------------------------------------------------------------------------


def test_whom_nobody_may_call_and_no_mail_reaches_is_not_reachable(store: Store) -> None:
    dora = {"Email": "dora@bank.example", "EmailBouncedDate": "2026-03-01T00:00:00Z", "Phone": "512-555-0142"}
    contact = person(store, {**dora, "DoNotCall": True})
    ruling, _, reason = reached(contact)
    assert ruling is NO
    assert "not to be called" in reason
    assert reached(person(store, {**dora, "DoNotCall": False}))[0] is YES


def test_do_not_call_closes_one_person_s_telephone_and_not_the_switchboard() -> None:
    dora = a_contact("dora", emails=(), phone="512-555-0142", do_not_call=True)
    emil = a_contact("emil", emails=(), phone="512-555-0142", do_not_call=False)
    assert [reached(one)[0] for one in (dora, emil)] == [NO, YES]


def test_who_opted_out_of_mail_is_reached_by_phone_only_and_on_no_list_for_mail() -> None:
    ann = a_contact("ann", opted_out=True, phone="512-555-0142")
    ruling, _, reason = reached(ann)
    assert (ruling, reason) == (YES, "by phone; they opted out of mail")
    judgement = judged(a_group([ann], mobilized("ann")), "ann")
    assert (judgement.mql, judgement.by_mail, is_potential(judgement)) == (YES, False, False)


OPT_OUTS = {
    "of another kind of mail": (("Event news",), YES),
    "of the kind that we send": (("Event news", "Product updates"), NO),
}


@pytest.mark.parametrize(("unsubscribed", "ruling"), OPT_OUTS.values(), ids=OPT_OUTS.keys())
def test_an_opt_out_closes_the_kind_of_mail_that_it_names(unsubscribed: tuple[str, ...], ruling: Ruling) -> None:
    ann = a_contact("ann", unsubscribed=unsubscribed)
    assert reached(ann, subscription="Product updates")[0] is ruling


def test_kinds_of_mail_are_read_under_the_names_that_the_mapping_gives_them() -> None:
    text = (
        "system: hubspot\nstreams: {contacts: {into: contact, fields: {unsubscribed: "
        "{from: [properties.a, properties.b], as: flags, called: [Event news, Product updates]}}}}\n"
    )
    mapping, complaints = check(text, "hubspot.yaml")
    assert (complaints, mapping is not None) == ([], True)
    assert mapping
    row = reader(mapping, "contacts", tables(mapping))({"properties": {"a": "true", "b": "false"}})
    assert row == {"closures": [("", "unsubscribed", "Event news")]}
    _, complaints = check(text.replace(", Product updates", ""), "hubspot.yaml")
    assert "flags need `called`" in str(complaints[0])


BASES = {
    "none on record": (None, NO),
    "not applicable": ("Not applicable", NO),
    "consent": ("Freely given consent", YES),
}


@pytest.mark.parametrize(("basis", "ruling"), BASES.values(), ids=BASES.keys())
def test_without_a_legal_basis_nobody_is_written_to_where_one_is_required(basis: str | None, ruling: Ruling) -> None:
    ann = a_contact("ann", legal_basis=basis)
    assert reached(ann, legal_basis="required")[0] is ruling
    assert reached(ann)[0] is YES
    called = a_contact("ann", legal_basis=basis, phone="512-555-0142")
    assert reached(called, legal_basis="required")[0] is YES


def test_who_gets_no_marketing_mail_is_shown_as_that_and_stays_reachable() -> None:
    ruling, _, reason = reached(a_contact("ann", marketable=False))
    assert (ruling, "not set to get marketing mail" in reason) == (YES, True)


# ---- a running opportunity ---------------------------------------------------------------------------------------


def judged(group: Any, contact_id: str) -> ContactJudgement:
    return next(one for one in judge(group, AGREEMENT, TODAY).contacts if one.contact_id == contact_id)


def running(*activities: Any, **contact: Any) -> Any:
    """A group whose opportunity of ours runs, with Ann on it."""
    role = ContactRole("00K1", "ann", "Economic Buyer", True)
    key = f"bank/{FRAUD}"
    ours = an_opportunity(key=key, offer=FRAUD, stage="Qualification", roles=(role,))
    group = a_group([a_contact("ann", **contact)], [*mobilized("ann"), *activities], opportunities=(ours,))
    (call,) = [call for call in judge(group, AGREEMENT, TODAY).calls if call.offer == FRAUD]
    return call


def test_a_running_opportunity_goes_on_while_sales_meets_whom_marketing_may_not_write_to() -> None:
    meetings = [did("ann", "meeting_held", days) for days in (20, 5)]
    assert running(*meetings, opted_out=True).qualified
    assert running(*meetings, opted_out=True).delegates == ("ann",)
    assert not running(opted_out=True).qualified


def test_a_meeting_that_is_set_keeps_a_running_opportunity_and_opens_no_channel() -> None:
    tomorrow = did("ann", "meeting_held", at=NOON + timedelta(days=1), outcome="open")
    closed = {"bounced": True, "do_not_call": True, "phone": "512-555-0142"}
    assert running(tomorrow, **closed).qualified
    assert not running(did("ann", "meeting_held", at=NOON + timedelta(days=1), outcome="missed"), **closed).qualified
    called_off = replace(tomorrow, id="off", outcome="missed", source="salesforce Event")
    assert not running(replace(tomorrow, source="hubspot meetings"), called_off, **closed).qualified
    group = a_group([a_contact("ann", **closed)], [*mobilized("ann"), tomorrow])
    judgement = judged(group, "ann")
    assert (judgement.mql, is_potential(judgement)) == (NO, False)


# ---- telephone numbers -------------------------------------------------------------------------------------------

PHONES = {
    "zeros": ("0000000", "US", None),
    "nines": ("999-999-9999", "US", None),
    "a date": ("call me 2024-01-01", "US", None),
    "no country anywhere": (LONDON, None, None),
    "of an account in the United Kingdom": (LONDON, "GB", "+44 20 7946 0958"),
    "with its own country": ("+44 20 7946 0958", None, "+44 20 7946 0958"),
    "with two zeros in front": ("0044 20 7946 0958", None, "+44 20 7946 0958"),
    "American, and nobody says so": ("512-472-0142", None, None),
    "American": ("512-472-0142", "US", "+1 512-472-0142"),
}


@pytest.mark.parametrize(("words", "country", "number"), PHONES.values(), ids=PHONES.keys())
def test_a_number_is_called_by_the_plan_of_its_country(words: str, country: str | None, number: str | None) -> None:
    assert dialled(words, country) == number


@pytest.mark.parametrize("words", ["0000000", "999-999-9999", "call me 2024-01-01", "n/a"])
def test_what_is_no_number_is_not_read_as_one(words: str) -> None:
    assert READERS_OF["phone"](words, {"region": "US"}) is None


def test_a_number_without_a_country_is_unknown_and_says_so() -> None:
    ann = a_contact("ann", emails=(), phone=LONDON)
    ruling, _, reason = reached(ann, country=None)
    assert (ruling, "no country is known" in reason) == (UNKNOWN, True)
    assert reached(ann, country="GB")[:2] == (YES, "+44 20 7946 0958")


def test_a_mobile_number_counts_where_the_other_field_holds_none(store: Store) -> None:
    contact = person(store, {"Phone": "n/a", "MobilePhone": "+44 20 7946 0958", "DoNotCall": False})
    assert reached(contact)[:2] == (YES, "+44 20 7946 0958")


def test_a_fax_is_no_telephone(store: Store) -> None:
    assert reached(person(store, {"Fax": "+44 20 7946 0011"}))[0] is NO


def test_a_number_without_its_country_s_code_is_called_in_the_person_s_country_before_the_account_s(
    store: Store,
) -> None:
    contact = person(store, {"Phone": LONDON, "MailingCountry": "United Kingdom"})
    assert contact.country == "GB"
    assert reached(contact)[:2] == (YES, "+44 20 7946 0958")


def test_a_kind_of_mail_whose_opt_outs_nobody_reads_is_found_by_doctor(place: Place, wiring: Wiring) -> None:
    agreement = an_agreement(mql={"reach": {"subscription": "Product updates"}})
    named = replace(wiring, book=replace(wiring.book, agreement=agreement))
    (problem,) = subscriptions(named)
    assert problem.what == "no mapping reads who opted out of 'Product updates'"
    assert [*subscriptions(wiring)] == []
