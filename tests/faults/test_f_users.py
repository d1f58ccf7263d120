"""Users and owners: who is a rep, whose address means whom, and who is nobody to hand anything to."""

from collections.abc import Mapping
from typing import Any

from connectors.base import SIGNED_IN_AS
from syncd.store import Store
from syncd.store.notes import settings_of
from tests.faults.who_is_who import ORG_BANK, belongs_to, brought
from tests.rules.builders import an_agreement, an_assessment


def org_user(id: int, email: str = "rep@syncd-demo.example", *, active: bool = True) -> Mapping[str, Any]:
    return {"Id": f"005{id:012d}AAA", "Name": f"Rep {id}", "Email": email, "IsActive": active}


def owner(id: int, email: str = "rep@syncd-demo.example", *, archived: bool = False) -> Mapping[str, Any]:
    return {"id": str(id), "firstName": "Rep", "lastName": str(id), "email": email, "archived": archived}


def test_two_users_of_one_system_with_one_address_are_two_and_the_owner_is_the_active_one(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1, active=False), org_user(2))
    brought(store, "hubspot", "owners", owner(7))
    older, younger = (belongs_to(store, f"salesforce.User/005{id:012d}AAA") for id in (1, 2))
    assert older != younger
    assert belongs_to(store, "hubspot.owners/7") == younger
    with store.reading() as unit:
        users = unit.groups.users()
    assert (users[older].active, users[younger].active) == (False, True)


def test_an_archived_owner_with_the_address_of_the_new_one_is_nobody_else(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1))
    brought(store, "hubspot", "owners", owner(7, archived=True), owner(8))
    assert belongs_to(store, "hubspot.owners/7") == "hubspot.owners/7"
    assert belongs_to(store, "hubspot.owners/8") == belongs_to(store, f"salesforce.User/005{1:012d}AAA")


def test_an_owner_finds_the_user_who_comes_later(store: Store) -> None:
    brought(store, "hubspot", "owners", owner(7))
    brought(store, "salesforce", "User", org_user(1))
    assert belongs_to(store, "hubspot.owners/7") == f"salesforce.User/005{1:012d}AAA"


def test_a_refreshed_sandbox_org_s_addresses_are_the_users_own(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1, "east@syncd-demo.example.invalid"))
    brought(store, "hubspot", "owners", owner(7, "east@syncd-demo.example"))
    assert belongs_to(store, "hubspot.owners/7") == f"salesforce.User/005{1:012d}AAA"
    with store.reading() as unit:
        (user,) = unit.groups.users().values()
    assert user.email == "east@syncd-demo.example"


def test_whom_syncd_signs_in_as_is_nobody_to_hand_anything_to(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1), org_user(2, "integration@syncd-demo.example"))
    with store.writing() as unit:
        unit.notes.keep(settings_of("salesforce").of(SIGNED_IN_AS), f"005{2:012d}AAA")
    with store.reading() as unit:
        assert [user.name for user in unit.groups.users().values()] == ["Rep 1"]


def test_a_queue_owns_nothing_for_us_and_the_territory_s_rep_is_asked(store: Store) -> None:
    queue = "00G000000000001AAA"
    brought(store, "salesforce", "User", org_user(1))
    brought(store, "salesforce", "Account", {**ORG_BANK, "OwnerId": queue, "BillingState": "NY"})
    with store.reading() as unit:
        group = unit.groups.of_account(f"salesforce.Account/{ORG_BANK['Id']}")
    assert group is not None and group.account.owner is None
    agreement = an_agreement(handover={"territories": [{"rep": "rep@syncd-demo.example"}]})
    assert an_assessment(group, [], agreement=agreement).rep == f"salesforce.User/005{1:012d}AAA"
