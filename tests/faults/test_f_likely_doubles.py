"""Likely doubles are proposed and never merged, and nothing is created beside one until somebody decides."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import event

from syncd.model import Activity, Double, Group, Ref, Wish
from syncd.store import Store
from syncd.store.doubles import Proposal
from tests.faults.who_is_who import IN_ORG, ORG_BANK, belongs_to, brought, doubles_of, hub, in_portal
from tests.rules.a_sensitive_world import a_likely_double
from tests.rules.builders import NOON, TODAY, a_contact, a_group, an_account, an_agreement, did, judge, mobilized


def test_one_name_account_and_telephone_with_another_address_is_proposed_and_not_merged(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG)
    brought(store, "hubspot", "contacts", in_portal("i.ost@tinybank.example"))
    org, portal = f"salesforce.Contact/{IN_ORG['Id']}", "hubspot.contacts/168"
    assert belongs_to(store, portal) == portal
    evidence = "the same name and telephone at one company"
    assert sorted(doubles_of(store, f"salesforce.Account/{ORG_BANK['Id']}")) == [
        (portal, org, evidence),
        (org, portal, evidence),
    ]


def test_zoe_with_a_composed_and_a_decomposed_letter_is_one_and_no_likely_double(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG | {"FirstName": "Zoë"})
    brought(store, "hubspot", "contacts", in_portal("ida@tinybank.example", firstname="Zoe\u0308"))
    assert belongs_to(store, "hubspot.contacts/168") == f"salesforce.Contact/{IN_ORG['Id']}"
    assert doubles_of(store, f"salesforce.Account/{ORG_BANK['Id']}") == []


def test_a_holding_at_one_website_and_town_is_a_likely_double_of_its_bank(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK | {"BillingCity": "Salem"})
    brought(store, "hubspot", "companies", {"id": "9", "properties": dict(hub(name="Tiny Bank Holding"))})
    assert [pair[:2] for pair in doubles_of(store, "hubspot.companies/9")] == [
        ("hubspot.companies/9", f"salesforce.Account/{ORG_BANK['Id']}")
    ]


def test_of_an_erased_person_no_likely_double_is_left(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG)
    brought(store, "hubspot", "contacts", in_portal("i.ost@tinybank.example"))
    with store.writing() as unit:
        unit.people.erase("hubspot.contacts/168")
    with store.reading() as unit:
        assert unit.doubles.undecided() == []


def test_many_proposals_are_looked_up_at_once(store: Store) -> None:
    asked: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    pairs = [Proposal("contact", "a", f"b{number}", "one name") for number in range(50)]
    with store.writing() as unit:
        event.listen(unit.connection, "before_cursor_execute", keep)
        unit.doubles.propose(pairs, datetime.now(UTC))
    assert len([statement for statement in asked if statement.lstrip().startswith("SELECT")]) == 1


def test_what_a_person_decided_is_asked_no_more_and_outlives_a_merge(store: Store) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    pair = Proposal("contact", "a", "b", "one name")
    with store.writing() as unit:
        assert unit.doubles.propose([pair], now) == {"a", "b"}
        assert unit.doubles.propose([pair], now) == set()
        unit.doubles.decide("contact", "b", "a", "apart", now)
        assert unit.doubles.propose([pair], now) == set()
        assert unit.doubles.undecided() == []
        unit.doubles.rename("contact", "b", "c")
        assert unit.doubles.propose([Proposal("contact", "c", "a", "one name")], now) == set()


def wishes_of(group: Group, day: date = TODAY) -> dict[str, Wish]:
    return {f"{wish.object} {wish.key}": wish for wish in judge(group, an_agreement(), day).wishes}


def ann_twice(*activities: Activity) -> Group:
    return replace(a_likely_double(), activities=activities or mobilized("ann-2"))


def test_nobody_is_created_beside_a_likely_double_until_the_agreed_days_have_passed() -> None:
    held = wishes_of(ann_twice())
    assert "contact ann-2" not in held and "task mql/ann-2" not in held
    assert not any(key.startswith("contact_role") and "ann-2" in key for key in held)
    later = wishes_of(ann_twice(), TODAY + timedelta(days=12))
    assert "contact ann-2" in later and "task mql/ann-2" in later
    assert judge(ann_twice(), an_agreement(), TODAY).review_on <= TODAY + timedelta(days=12)


def test_a_hand_raise_does_not_wait_and_goes_out_on_the_likely_existing_contact() -> None:
    held = wishes_of(ann_twice(did("ann-2", "contact_sales")))
    task = held["task mql/ann-2"]
    assert task.fields["contact"] == Ref("contact", "ann")
    assert "Doubt: Ann Invented may be on record already, as ann" in str(task.fields["description"])
    assert "contact ann-2" not in held


def bank_in_doubt(*activities: Activity) -> Group:
    account = an_account(remote_ids={"hubspot.companies": ("9",)})
    double = Double(
        "account", "bank", "other", "the same website", NOON, other_ids={"salesforce.Account": ("001000000000009",)}
    )
    person = a_contact("ann", remote_ids={"hubspot.contacts": ("9",)})
    return a_group([person], activities, account=account, doubles=(double,))


def test_no_opportunity_is_opened_at_an_account_in_doubt() -> None:
    held = wishes_of(bank_in_doubt(*mobilized("ann")))
    assert [key for key in held if key.split()[0] in ("account", "contact", "opportunity", "task")] == []
    calls = judge(bank_in_doubt(*mobilized("ann")), an_agreement(), TODAY).calls
    assert any("this account may be other" in reason for call in calls for reason in call.reasons)
    later = wishes_of(bank_in_doubt(*mobilized("ann")), TODAY + timedelta(days=14))
    assert {key.split()[0] for key in later} >= {"account", "contact", "opportunity", "task"}


def test_a_hand_raise_at_an_account_in_doubt_goes_out_on_the_account_without_a_person() -> None:
    task = wishes_of(bank_in_doubt(did("ann", "contact_sales")))["task mql/ann"]
    assert (task.fields.get("contact"), task.fields["about"]) == (None, Ref("account", "other"))
