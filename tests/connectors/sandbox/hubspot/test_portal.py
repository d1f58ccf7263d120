"""Whatever is done to the portal, its indexes and both sides of every association stay true."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from connectors.sandbox.clock import Clock
from connectors.sandbox.hubspot import Options
from connectors.sandbox.hubspot.kinds import LABELS
from connectors.sandbox.hubspot.links import unlink
from connectors.sandbox.hubspot.merging import erase, join
from connectors.sandbox.hubspot.portal import Portal
from connectors.sandbox.hubspot.shelf import Item, Shelf

PAIR = ("contacts", "companies")
picks = st.integers(0, 1000)
emails = st.sampled_from(["", "a@x.example", "b@x.example", "c@x.example"])


class PortalMachine(RuleBasedStateMachine):
    """Creates, changes, archives, restores, merges, forgets and associates at random."""

    @initialize(keeps=st.booleans())
    def begin(self, keeps: bool) -> None:
        self.clock = Clock(datetime(2026, 11, 1, tzinfo=UTC), frozen=True)
        self.portal = Portal({}, clock=self.clock, options=Options(merge_keeps_id=keeps))
        self.contacts, self.companies = (self.portal.shelves[name] for name in PAIR)
        self.portal.create(self.companies, {"name": "First Bank"})

    def pick(self, shelf: Shelf, ids: list[int], number: int) -> Item | None:
        return shelf.items[ids[number % len(ids)]] if ids else None

    def free(self, email: str, but: int = 0) -> bool:
        return self.contacts.unique["email"].get(email, but) == but

    @rule(email=emails)
    def create(self, email: str) -> None:
        if self.free(email):
            self.portal.create(self.contacts, {"email": email})

    @rule(number=picks, email=emails, seconds=st.integers(0, 5))
    def change(self, number: int, email: str, seconds: int) -> None:
        self.clock.advance(seconds)
        item = self.pick(self.contacts, self.contacts.live, number)
        if item is not None and self.free(email, item.id):
            self.portal.change(self.contacts, item, {"email": email})

    @rule(number=picks)
    def archive(self, number: int) -> None:
        if item := self.pick(self.contacts, self.contacts.live, number):
            self.portal.archive(self.contacts, item)

    @rule(number=picks)
    def restore(self, number: int) -> None:
        item = self.pick(self.contacts, self.contacts.archived, number)
        if item is not None and self.free(item.properties.get("email", ""), item.id):
            self.portal.restore(self.contacts, item)

    @rule(number=picks, other=picks)
    def merge(self, number: int, other: int) -> None:
        left, right = (self.pick(self.contacts, self.contacts.live, pick) for pick in (number, other))
        if left is not None and right is not None and left is not right:
            join(self.portal, self.contacts, left, right)

    @rule(number=picks)
    def forget(self, number: int) -> None:
        if item := self.pick(self.contacts, self.contacts.live + self.contacts.archived, number):
            erase(self.portal, self.contacts, item)

    @rule()
    def wait(self) -> None:
        self.clock.advance(91 * 86_400)
        self.portal.forget(self.contacts)

    @rule()
    def found_a_company(self) -> None:
        self.portal.create(self.companies, {"name": "Another Bank"})

    @rule(number=picks)
    def close(self, number: int) -> None:
        if item := self.pick(self.companies, self.companies.live, number):
            self.portal.archive(self.companies, item)

    @rule(number=picks, other=picks, primary=st.booleans())
    def associate(self, number: int, other: int, primary: bool) -> None:
        left, right = (
            self.pick(self.contacts, self.contacts.live, number),
            self.pick(self.companies, self.companies.live, other),
        )
        if left is not None and right is not None:
            self.portal.link(left, right, PAIR, LABELS[PAIR] if primary else LABELS[PAIR][:1])

    @rule(number=picks, other=picks)
    def dissociate(self, number: int, other: int) -> None:
        left, right = (
            self.pick(self.contacts, self.contacts.live, number),
            self.pick(self.companies, self.companies.live, other),
        )
        if left is not None and right is not None:
            unlink(left, right, PAIR)

    @invariant()
    def every_record_is_on_one_list(self) -> None:
        for shelf in (self.contacts, self.companies):
            live = sorted(id for id, item in shelf.items.items() if item.archived_at is None)
            assert shelf.live == live
            assert shelf.archived == sorted(set(shelf.items) - set(live))
            assert shelf.stamps == sorted((shelf.items[id].modified, id) for id in live)
            assert not set(shelf.merged) & set(shelf.items)

    @invariant()
    def unique_values_lead_to_their_records(self) -> None:
        expected = {}
        for id in self.contacts.live:
            values = self.contacts.items[id].properties
            for email in [values.get("email", ""), *values.get("hs_additional_emails", "").split(";")]:
                expected.update({email: id} if email else {})
        assert self.contacts.unique["email"] == expected

    @invariant()
    def both_sides_agree(self) -> None:
        assert sides(self.contacts, "companies") == {
            (left, right, labels) for right, left, labels in sides(self.companies, "contacts")
        }

    @invariant()
    def one_primary_at_most_and_it_stands_in_the_property(self) -> None:
        for id in self.contacts.live:
            item = self.contacts.items[id]
            links: dict[int, Any] = item.links.get("companies", {})
            primary = [str(company) for company, labels in links.items() if any(label.primary for label in labels)]
            assert len(primary) <= 1 and primary == [
                value for value in [item.properties.get("associatedcompanyid")] if value
            ]
            assert all(labels for labels in links.values())


def sides(shelf: Shelf, to: str) -> set[tuple[int, int, int]]:
    """Return (record, other record, how many labels) as the live records of one side show it."""
    return {
        (id, other, len(labels)) for id in shelf.live for other, labels in shelf.items[id].links.get(to, {}).items()
    }


TestPortal = PortalMachine.TestCase
TestPortal.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_a_contact_that_is_restored_names_no_company_that_was_archived_meanwhile() -> None:
    portal = Portal({}, clock=Clock())
    contacts, companies = (portal.shelves[name] for name in PAIR)
    bank, person = portal.create(companies, {"name": "First Bank"}), portal.create(contacts, {})
    portal.link(person, bank, PAIR, LABELS[PAIR])
    assert person.properties["associatedcompanyid"] == str(bank.id)
    portal.archive(contacts, person)
    portal.archive(companies, bank)
    portal.restore(contacts, person)
    assert "associatedcompanyid" not in person.properties
