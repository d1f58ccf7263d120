"""What HubSpot gets back: qualification per contact, and the list of potential MQLs."""

from dataclasses import replace

import pytest

from syncd.model import Activity, Contact, Group, Wish
from tests.rules.builders import TODAY, a_contact, a_group, an_agreement, did, judge


def wishes(group: Group) -> dict[tuple[str, str], Wish]:
    made = judge(group, an_agreement(), TODAY).wishes
    return {(wish.object, wish.key): wish for wish in made if wish.system == "hubspot"}


def marketed(*, title: str = "Chief Financial Officer") -> Contact:
    return replace(a_contact("ann", title=title), remote_ids={"hubspot.contacts": ("51",)})


def test_a_contact_in_the_market_gets_qualification_reason_and_next_ask() -> None:
    wish = wishes(a_group([marketed()]))["qualification", "hubspot.contacts/51"]
    assert wish.remote_id == "51"
    assert wish.fields["mql"] == "no"
    assert wish.fields["next_ask"] == "listen"
    assert "responded: no" in str(wish.fields["reason"])
    assert wish.fields["rep"] is None


def test_an_mql_gets_the_named_rep() -> None:
    response: list[Activity] = [did("ann", "webinar")]
    wish = wishes(a_group([marketed()], response))["qualification", "hubspot.contacts/51"]
    assert (wish.fields["mql"], wish.fields["rep"]) == ("yes", "Rae Rep")


@pytest.mark.parametrize(
    ("title", "member"),
    [("Chief Financial Officer", True), ("Janitor", None)],
    ids=["all gates but the response", "no role"],
)
def test_the_list_holds_who_could_become_an_mql(title: str, member: bool | None) -> None:
    wish = wishes(a_group([marketed(title=title)])).get(("potential", "potential/51"))
    assert (wish.fields["member"] if wish else None) == member


def test_who_was_on_the_list_and_passes_no_more_is_taken_off() -> None:
    group = replace(a_group([marketed(title="Janitor")]), opened=frozenset({"potential/51"}))
    assert wishes(group)["potential", "potential/51"].fields == {"member": False}


def test_duplicates_in_hubspot_all_get_it() -> None:
    twice = replace(marketed(), remote_ids={"hubspot.contacts": ("51", "52")})
    keys = {key for object_, key in wishes(a_group([twice])) if object_ == "qualification"}
    assert keys == {"hubspot.contacts/51", "hubspot.contacts/52"}


def test_who_has_no_role_is_left_alone() -> None:
    assert wishes(a_group([marketed(title="Janitor")])) == {}


def test_outside_the_market_nothing_is_written_unless_it_was_before() -> None:
    group = a_group([marketed()])
    outside = replace(group, account=replace(group.account, country="FR"))
    assert wishes(outside) == {}
    before = replace(outside, opened=frozenset({"qualification/hubspot.contacts/51"}))
    assert wishes(before)["qualification", "hubspot.contacts/51"].fields["mql"] == "no"
