"""I. The Salesforce simulator does what the org does: each row was another answer than the vendor's."""

from collections.abc import Callable
from typing import Any

import pytest

from connectors.base import Misconfigured
from connectors.sandbox.salesforce import currencies
from connectors.sandbox.salesforce.currencies import Currency
from connectors.sandbox.salesforce.refusal import Refusal
from connectors.sandbox.salesforce.soql import running
from connectors.sandbox.salesforce.soql.tree import parse
from connectors.sandbox.salesforce.writes import Call, create, delete, update
from connectors.sandbox.world.org import QUEUE
from syncd.sync.summary import Summary
from syncd.wiring import salesforce
from tests.sync.conftest import Place


@pytest.fixture
def call(place: Place) -> Call:
    org = place.sandbox.salesforce.org
    return Call(org, org.settings.administrator)


def rows(call: Call, text: str, *, deleted: bool = False) -> list[dict[str, Any]]:
    return running.run(call.org, call.user, parse(text), "/services/data/v68.0", deleted=deleted).page(0, 2000)


def make(call: Call, name: str, **fields: Any) -> str:
    return create(call, call.org.schema.objects[name], fields)


def opportunity(call: Call) -> str:
    account = next(iter(call.org.tables["Account"].live()))
    return make(
        call, "Opportunity", Name="Deal", AccountId=account["Id"], StageName="Prospecting", CloseDate="2027-01-31"
    )


@pytest.mark.parametrize("name", ["Task", "Event"])
def test_a_lead_s_task_takes_no_what_id(call: Call, name: str) -> None:
    lead = next(row["Id"] for row in call.org.tables["Lead"].live() if not row["IsConverted"])
    more = {"StartDateTime": "2026-11-20T10:00:00Z", "DurationInMinutes": 30} if name == "Event" else {}
    with pytest.raises(Refusal) as refused:
        make(call, name, Subject="Call", WhoId=lead, WhatId=opportunity(call), **more)
    assert (refused.value.code, refused.value.fields) == ("FIELD_INTEGRITY_EXCEPTION", ["WhoId", "WhatId"])
    assert make(call, name, Subject="Call", WhoId=lead, **more)


def test_an_opportunity_has_one_primary_contact_role(call: Call) -> None:
    deal = opportunity(call)
    first, second = (row["Id"] for _, row in zip(range(2), call.org.tables["Contact"].live(), strict=False))
    sobject = call.org.schema.objects["OpportunityContactRole"]
    roles = [
        create(call, sobject, {"OpportunityId": deal, "ContactId": contact, "IsPrimary": True})
        for contact in (first, second)
    ]
    table = call.org.tables["OpportunityContactRole"]
    assert [table.rows[role]["IsPrimary"] for role in roles] == [False, True]
    update(call, sobject, roles[0], {"IsPrimary": True})
    assert [table.rows[role]["IsPrimary"] for role in roles] == [True, False]


def test_a_contact_role_that_was_deleted_directly_is_gone_from_query_all(call: Call) -> None:
    deal, contact = opportunity(call), next(iter(call.org.tables["Contact"].live()))["Id"]
    role = make(call, "OpportunityContactRole", OpportunityId=deal, ContactId=contact)
    text = f"SELECT Id FROM OpportunityContactRole WHERE OpportunityId = '{deal}'"
    delete(call, call.org.schema.objects["OpportunityContactRole"], role)
    assert rows(call, text, deleted=True) == []


def test_a_contact_role_goes_to_the_bin_with_its_opportunity(call: Call) -> None:
    deal, contact = opportunity(call), next(iter(call.org.tables["Contact"].live()))["Id"]
    role = make(call, "OpportunityContactRole", OpportunityId=deal, ContactId=contact)
    delete(call, call.org.schema.objects["Opportunity"], deal)
    text = f"SELECT Id, IsDeleted FROM OpportunityContactRole WHERE Id = '{role}'"
    assert [row["IsDeleted"] for row in rows(call, text, deleted=True)] == [True]


def test_an_org_of_several_currencies_has_a_code_beside_every_amount(call: Call) -> None:
    assert call.org.schema.find("CurrencyType") is None
    rates = {"2026-01-01": 0.95, "2026-07-01": 0.92}
    euro = Currency("EUR", 0.92, dated=rates)
    currencies.enable(call.org, [Currency("USD"), euro], own={call.user: "EUR"})
    kept, new = next(iter(call.org.tables["Opportunity"].live())), opportunity(call)
    assert kept["CurrencyIsoCode"] == "USD"
    assert call.org.tables["Opportunity"].rows[new]["CurrencyIsoCode"] == "EUR"  # its creator's
    types = rows(call, "SELECT IsoCode, ConversionRate, IsActive, IsCorporate FROM CurrencyType ORDER BY IsoCode")
    assert [(row["IsoCode"], row["ConversionRate"], row["IsCorporate"]) for row in types] == [
        ("EUR", 0.92, False),
        ("USD", 1.0, True),
    ]
    dated = rows(call, "SELECT IsoCode, StartDate, NextStartDate, ConversionRate FROM DatedConversionRate")
    assert [(row["StartDate"], row["NextStartDate"], row["ConversionRate"]) for row in dated] == [
        ("2026-01-01", "2026-07-01", 0.95),
        ("2026-07-01", None, 0.92),
    ]


def test_a_currency_that_was_deactivated_is_taken_no_more(call: Call) -> None:
    currencies.enable(call.org, [Currency("USD"), Currency("EUR", 0.92)])
    currencies.deactivate(call.org, "EUR")
    with pytest.raises(Refusal, match="bad value for restricted picklist field: EUR"):
        update(call, call.org.schema.objects["Opportunity"], opportunity(call), {"CurrencyIsoCode": "EUR"})


def test_what_nobody_has_taken_yet_belongs_to_a_queue(place: Place, run: Callable[..., Summary]) -> None:
    """Its owner is no user; the record is read all the same, and no task falls to the queue."""
    assert place.rows("Lead", OwnerId=QUEUE)
    done = run()
    assert done.outcome == "done", done.failures
    assert not done.quarantined
    assert place.rows("Task", OwnerId=QUEUE) == []


def test_a_retired_api_version_answers_410_and_the_setting_is_named(place: Place) -> None:
    old = salesforce(place.settings.model_copy(update={"salesforce_version": "30.0"}))
    with old as org, pytest.raises(Misconfigured, match="SYNCD_SALESFORCE_VERSION"):
        org.shapes.find("Account")
    assert place.sandbox.salesforce.calls[-1]["status"] == 410
