"""Of one person's several addresses and numbers each has its own state: a bounce, a quarantine, an objection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Page, Record
from connectors.sandbox.hubspot.merging import join
from syncd.agreement.lead_terms import ReachTerms
from syncd.mapping import load_all
from syncd.mapping.files import tables
from syncd.mapping.reading import LEFT_OUT, reader
from syncd.model import Closure, Contact, Ruling
from syncd.model.facts import WHYS
from syncd.model.phones import same_number
from syncd.rules.marketing import is_potential
from syncd.rules.reach import by_mail, by_phone
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.match import match
from syncd.sync.pull import pull
from syncd.sync.run import Run
from tests.faults.test_e_channels import FRAUD, judged, person
from tests.ledger import find, save
from tests.rules.builders import TODAY, a_contact, a_group, an_account, an_agreement, an_opportunity, judge, mobilized
from tests.sync.conftest import Place

MAPPINGS = load_all()
YES, NO = Ruling.YES, Ruling.NO
OLD, NEW = "ann@old.example", "ann@new.example"
WORK, MOBILE = "512-555-0142", "512-555-0177"


def mailed(contact: Contact, **terms: Any) -> tuple[Ruling, str]:
    """Whether mail reaches somebody, and at which address."""
    return by_mail(contact, ReachTerms(**terms))[:2]


def called(contact: Contact) -> tuple[Ruling, str]:
    return by_phone(contact, an_account())[:2]


# ---- mail --------------------------------------------------------------------------------------------------------

ONE_OF_TWO: Mapping[str, tuple[Any, ...]] = {
    "HubSpot's primary address opted out, an additional one did not": (
        None,
        {"email": OLD, "hs_additional_emails": NEW, "hs_email_optout": "true"},
    ),
    "the primary address is quarantined": (
        None,
        {"email": OLD, "hs_additional_emails": NEW, "hs_email_quarantined": "true"},
    ),
    "the primary address bounced": (
        None,
        {"email": OLD, "hs_additional_emails": NEW, "hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"},
    ),
    "the address in Salesforce opted out, HubSpot's did not": (
        {"Email": OLD, "HasOptedOutOfEmail": True},
        {"email": NEW},
    ),
    "HubSpot's address opted out, that in Salesforce did not": (
        {"Email": NEW, "HasOptedOutOfEmail": False},
        {"email": OLD, "hs_email_optout": "true"},
    ),
}


@pytest.mark.parametrize(("salesforce", "hubspot"), ONE_OF_TWO.values(), ids=ONE_OF_TWO.keys())
def test_an_address_that_is_closed_leaves_the_other_one_open(
    store: Store, salesforce: dict[str, Any] | None, hubspot: dict[str, Any]
) -> None:
    contact = person(store, salesforce or {}, hubspot)
    assert {closure.of for closure in contact.closures} == {OLD}
    assert mailed(contact) == (YES, NEW)


def test_an_objection_counts_for_its_address_wherever_it_was_made(store: Store) -> None:
    same = person(store, {"Email": OLD, "HasOptedOutOfEmail": False}, {"email": OLD.upper(), "hs_email_optout": "true"})
    assert mailed(same)[0] is NO
    both = {"email": NEW, "hs_additional_emails": OLD, "hs_email_optout": "true"}
    assert mailed(person(store, {"Email": OLD, "HasOptedOutOfEmail": True}, both))[0] is NO


def test_who_objects_in_a_record_without_an_address_means_all_of_them(store: Store) -> None:
    contact = person(store, {"HasOptedOutOfEmail": True, "DoNotCall": True}, {"email": NEW, "phone": WORK})
    assert [(closure.of, closure.why) for closure in contact.closures] == [("", "opted_out"), ("", "do_not_call")]
    assert (mailed(contact)[0], called(contact)[0]) == (NO, NO)


def test_a_lead_and_a_contact_of_one_person_keep_what_each_address_said(store: Store) -> None:
    lead = {"Id": "00Q000000000001AAA", "LastName": "Invented", "FirstName": "Ann", "Email": OLD, "Company": "Bank"}
    lead |= {"HasOptedOutOfEmail": True, "DoNotCall": True, "Phone": WORK}
    save(store, "salesforce", "Lead", Page([Record(lead["Id"], None, False, lead)], "x"))
    known = {"email": NEW, "firstname": "Ann", "salesforceleadid": lead["Id"], "mobilephone": MOBILE}
    contact = person(store, {"Email": NEW, "FirstName": "Ann"}, known)
    assert set(contact.emails) == {OLD, NEW}
    assert (mailed(contact), called(contact)) == ((YES, NEW), (YES, "+1 512-555-0177"))


def test_an_opt_out_of_one_kind_of_mail_closes_it_at_that_address_only() -> None:
    closures = (Closure(OLD, "unsubscribed", "Product updates"), Closure(NEW, "unsubscribed", "Event news"))
    ann = a_contact("ann", emails=(OLD, NEW), closures=closures)
    assert mailed(ann, subscription="Product updates") == (YES, NEW)
    assert mailed(ann, subscription="Event news") == (YES, OLD)
    assert mailed(ann) == (YES, OLD)


def test_of_closed_addresses_each_reason_is_told_once_and_no_address_stands_in_it() -> None:
    ann = a_contact("ann", emails=(OLD, NEW, "ann@third.example"), bounced=(OLD, NEW), opted_out=("ann@third.example",))
    channel = by_mail(ann, ReachTerms())
    assert channel.reason == "the e-mail address bounced; they opted out of mail"
    assert channel.mend == "find a working e-mail address, or their own consent, given again"
    assert "@" not in channel.reason


def test_which_record_says_so_is_shown_of_each_address(store: Store) -> None:
    contact = person(store, {"Email": OLD, "HasOptedOutOfEmail": True}, {"email": NEW})
    assert by_mail(contact, ReachTerms()).source == "hubspot contacts.email/hs_additional_emails"
    assert [closure.source for closure in contact.closures] == ["salesforce Contact.HasOptedOutOfEmail"]


def test_an_address_that_cannot_be_read_costs_itself_alone() -> None:
    read = reader(MAPPINGS["hubspot"], "contacts", tables(MAPPINGS["hubspot"]))
    row = read(
        {"properties": {"email": NEW, "hs_additional_emails": "x" * 3_000, "phone": WORK, "mobilephone": "1" * 2_000}}
    )
    assert (row["emails"], row["phones"]) == ([NEW], [WORK])
    assert row[LEFT_OUT].keys() == {"emails", "phone"}


def test_who_moved_to_another_address_is_asked_anew() -> None:
    """HubSpot counts the status of the address that stands there now; so does a record that was read before."""
    read = reader(MAPPINGS["hubspot"], "contacts", tables(MAPPINGS["hubspot"]))
    before = read({"properties": {"email": OLD, "hs_email_optout": "true"}})
    after = read({"properties": {"email": NEW, "hs_email_optout": ""}})
    assert (before["closures"], "closures" in after) == ([(OLD, "opted_out", "")], False)


# ---- telephone ---------------------------------------------------------------------------------------------------


def test_do_not_call_closes_the_numbers_of_its_record_and_no_other(store: Store) -> None:
    contact = person(store, {"Phone": WORK, "DoNotCall": True}, {"phone": "+1 (512) 555-0142", "mobilephone": MOBILE})
    assert contact.phones == (WORK, "+1 (512) 555-0142", MOBILE)
    assert called(contact) == (YES, "+1 512-555-0177")
    closed = person(store, {"Phone": WORK, "MobilePhone": MOBILE, "DoNotCall": True}, {"phone": "(512) 555 0142"})
    assert called(closed)[0] is NO


SPELLINGS = {
    "with and without the country": ("512-555-0142", "+1 (512) 555-0142", True),
    "with a zero in front": ("020 7946 0958", "+44 20 7946 0958", True),
    "with an extension": ("512-555-0142 x12", "512.555.0142", True),
    "another number": ("512-555-0142", "512-555-0177", False),
    "an extension alone": ("0142", "512-555-0142", False),
}


@pytest.mark.parametrize(("left", "right", "same"), SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_number_is_one_in_all_its_spellings(left: str, right: str, same: bool) -> None:
    assert same_number(left, right) is same is same_number(right, left)


def test_a_number_that_is_none_leaves_the_next_one() -> None:
    ann = a_contact("ann", phones=("000-000-0000", WORK))
    assert called(ann) == (YES, "+1 512-555-0142")


# ---- the person --------------------------------------------------------------------------------------------------


def test_who_asks_to_be_left_alone_is_left_alone_everywhere() -> None:
    ann = a_contact("ann", emails=(OLD, NEW), phones=(WORK, MOBILE), no_contact=True)
    assert (mailed(ann)[0], called(ann)[0]) == (NO, NO)
    judgement = judged(a_group([ann], mobilized("ann")), "ann")
    assert (judgement.mql, is_potential(judgement)) == (NO, False)


def test_what_is_meant_for_the_person_is_read_where_a_mapping_names_it() -> None:
    salesforce = MAPPINGS["salesforce"]
    contacts = salesforce.streams["Contact"]
    field = contacts.fields["opted_out"].model_copy(update={"paths": ("Individual.HasOptedOutSolicit",)})
    own = contacts.model_copy(update={"fields": {**contacts.fields, "no_contact": field}})
    mapping = salesforce.model_copy(update={"streams": {**salesforce.streams, "Contact": own}})
    raw = {"LastName": "Invented", "Email": NEW, "Individual": {"HasOptedOutSolicit": True}}
    assert reader(mapping, "Contact", tables(mapping))(raw)["closures"] == [("", "no_contact", "")]
    assert "Individual.HasOptedOutSolicit" in mapping.asked("Contact")


# ---- what is said and done ---------------------------------------------------------------------------------------


def test_the_next_action_says_at_which_address() -> None:
    ann = a_contact("ann", emails=(OLD, NEW), opted_out=(OLD,))
    sales = an_opportunity(offer=FRAUD)
    (picture,) = judge(a_group([ann], mobilized("ann"), opportunities=(sales,)), an_agreement(), TODAY).pictures
    assert {action.reach for action in picture.next} == {f"Ann Invented, at {NEW}"}
    plain = a_contact("ann", emails=(OLD, NEW))
    (picture,) = judge(a_group([plain], mobilized("ann"), opportunities=(sales,)), an_agreement(), TODAY).pictures
    assert {action.reach for action in picture.next} == {"Ann Invented"}


def test_a_new_record_starts_with_what_is_open() -> None:
    fields = {"remote_ids": {"hubspot.contacts": ("7",)}, "emails": (OLD, NEW), "phones": (WORK, MOBILE), "phone": WORK}
    ann = a_contact("ann", **fields, bounced=(OLD,), do_not_call=(WORK,))
    wishes = judge(a_group([ann], mobilized("ann")), an_agreement(), TODAY).wishes
    (created,) = [wish.fields for wish in wishes if wish.object == "contact" and "last_name" in wish.fields]
    assert (created["email"], created["phone"]) == (NEW, MOBILE)


@given(st.lists(st.builds(Closure, st.sampled_from(["", OLD, NEW, WORK, MOBILE]), st.sampled_from(WHYS)), max_size=6))
def test_nobody_is_reached_at_what_is_closed(closures: list[Closure]) -> None:
    ann = a_contact("ann", emails=(OLD, NEW), phones=(WORK, MOBILE), closures=tuple(closures))
    for channel, others in ((by_mail(ann, ReachTerms()), ("do_not_call",)), (by_phone(ann, an_account()), WHYS[:4])):
        against = [closure for closure in closures if closure.why not in (*others, "unsubscribed")]
        at = {closure.of for closure in against}
        if channel.ruling is YES:
            assert "" not in at
            assert not any(of == channel.value or same_number(of or "-", channel.value) for of in at if "@" not in of)
            assert channel.value not in at
        else:
            assert at


# ---- merged ------------------------------------------------------------------------------------------------------


def test_an_opt_out_stays_with_its_address_when_its_record_is_merged_into_another(
    place: Place, wiring: Wiring, sqlite_store: Store
) -> None:
    """HubSpot keeps the status of the address that became an additional one, and shows it in no property."""
    portal = place.sandbox.hubspot.portal
    shelf = portal.shelves["contacts"]
    primary, other, *_ = (one for one in shelf.items.values() if one.archived_at is None and "email" in one.properties)
    portal.change(shelf, primary, {"email": NEW, "hs_email_optout": ""})
    portal.change(shelf, other, {"email": OLD})
    portal.change(shelf, other, {"hs_email_optout": "true"})

    def known(record_id: int) -> Contact:
        assert not pull(wiring.sources["hubspot"], wiring.mappings["hubspot"], sqlite_store, Run()).failures
        match(sqlite_store, wiring.readers, Run())
        (id,) = find(sqlite_store, "contact", f"hubspot.contacts/{record_id}")
        with sqlite_store.reading() as unit:
            group = unit.groups.stray(id)
        assert group
        return group.contacts[0]

    assert known(primary.id).closures == ()
    survivor = join(portal, shelf, primary, other)
    contact = known(survivor.id)
    assert set(contact.emails) >= {OLD, NEW}
    assert [(closure.of, closure.why) for closure in contact.closures] == [(OLD, "opted_out")]
    assert mailed(contact) == (YES, NEW)
    portal.change(shelf, survivor, {"hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"})
    assert mailed(known(survivor.id))[0] is NO
    portal.change(shelf, survivor, {"email": OLD, "hs_email_optout": "", "hs_email_hard_bounce_reason_enum": ""})
    assert mailed(known(survivor.id))[1] == OLD, "the record that has it as its own says otherwise by now"
