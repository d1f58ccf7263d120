"""Who is who, in whole cycles on the tiny world: doubts, hand-raises, users whom nothing can be handed to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from syncd.doctor import examine
from syncd.store import Store
from syncd.sync.counts import WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.ledger import find
from tests.sync.conftest import AFTER_A_CYCLE, Place, wired
from tests.sync.test_vendor_doubles import hire, served


def host_of(account: Mapping[str, Any]) -> str:
    return str(account["Website"]).removeprefix("https://www.").strip("/")


@AFTER_A_CYCLE
def test_a_hand_raise_of_a_likely_double_goes_out_today_on_the_existing_contact_and_makes_no_second(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    account = served(place)
    contact = hire(place, account, FirstName="Ida", LastName="Ost", Email=f"ida@{host_of(account)}")
    email = f"i.ost@{host_of(account)}"
    names = {"firstname": "Ida", "lastname": "Ost", "jobtitle": "Chief Financial Officer", "phone": "+1 555 010 0000"}
    place.portal_add("contacts", email=email, **names)
    place.submit(email, "contact sales")
    summary = run()
    assert summary.counts.of(WriteOutcome.CREATED, "contact") == 0
    assert place.rows("Contact", Email=email) == []
    (task,) = [row for row in place.rows("Task", WhoId=contact) if row.get("Syncd_Key__c")]
    assert "may be on record already" in task["Description"]
    assert "1 likely doubles wait for a decision: `syncd doubles` lists them" in summary.notes
    assert run().written == 0


@AFTER_A_CYCLE
def test_a_second_account_is_not_wished_beside_a_holding_s_record_at_its_website_and_town(
    place: Place, run: Callable[..., Summary], sqlite_store: Store
) -> None:
    account = served(place)
    (home,) = find(sqlite_store, "account", account["Id"])
    place.edit("Account", account["Id"], Name=f"{account['Name']} Holding Company")
    place.edit("Account", account["Id"], BillingState="Texas")
    before = len(place.rows("Account"))
    run()
    assert len(place.rows("Account")) == before
    assert find(sqlite_store, "account", account["Id"]) == [home]


def test_doctor_names_the_values_of_a_type_that_the_table_lacks(place: Place) -> None:
    field = place.sandbox.salesforce.org.schema.objects["Account"].fields["Type"]
    object.__setattr__(field, "values", (*field.values, "Client"))
    problems = [problem for problem in examine(lambda: place.settings) if "Account.Type" in problem.where]
    assert [problem.level for problem in problems] == ["warning"]
    assert "'Client'" in problems[0].what and "table relations" in problems[0].what


def test_nothing_is_handed_to_whom_syncd_signs_in_as_and_the_run_says_so(
    place: Place, sqlite_store: Store, wiring: Wiring
) -> None:
    book = wiring.book
    nobody = book.agreement.model_copy(
        update={"handover": book.agreement.handover.model_copy(update={"territories": ()})}
    )
    unowned = replace(wired(place, sqlite_store), book=replace(book, agreement=nobody))
    user = next(row["Id"] for row in place.rows("User") if "ntegration" in row["Name"])
    for row in place.rows("Account"):
        place.edit("Account", row["Id"], OwnerId=user)
    summary = cycle(unowned, Run())
    ours = [row for row in place.rows("Task") if row.get("Syncd_Key__c")]
    assert [row for row in ours if row["OwnerId"] == user] == []
    assert any("have no rep" in note for note in summary.notes)
