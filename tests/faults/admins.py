"""What an admin changes in an org between two runs, and syncd by other terms."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from connectors.sandbox.salesforce.loading import record_type_field
from connectors.sandbox.salesforce.schema import custom_field
from connectors.sandbox.salesforce.settings import RecordType
from syncd.sync.cycle import Wiring
from syncd.sync.holds import look_everywhere
from syncd.sync.plan import Plan, make_plan
from syncd.sync.pull import pull
from syncd.sync.run import Run
from syncd.sync.summary import Summary
from tests.sync.conftest import NOON, Place

Change = Callable[[Place], object]
Go = Callable[..., Summary]
OTHERS = ("contact", "qualification", "account")  # what rests on none of an opportunity's premises


def stage_is(**change: Any) -> Change:
    """Have an admin change the agreed stage."""

    def make(place: Place) -> None:
        table = place.sandbox.salesforce.org.tables["OpportunityStage"]
        for row in list(table.rows.values()):
            if row["ApiName"] == "Qualification":
                table.put({**row, **change})

    return make


def field_is(object_: str, name: str, **change: Any) -> Change:
    """Have an admin change a field."""

    def make(place: Place) -> None:
        schema = place.sandbox.salesforce.org.schema
        known = schema.objects[object_].fields[name]
        own = {key: change[key] for key in ("values",) if key in change}
        attributes = {key: value for key, value in change.items() if key not in own}
        schema.add_field(object_, replace(known, attributes={**known.attributes, **attributes}, **own))

    return make


def required_field(object_: str) -> Change:
    def make(place: Place) -> None:
        region = custom_field("Region__c", "string", "Region", length=80, nillable=False, permissionable=False)
        place.sandbox.salesforce.org.schema.add_field(object_, region)

    return make


def sales_process(*stages: str) -> Change:
    """Have an admin make a record type that new opportunities get, whose sales process has these stages."""

    def make(place: Place) -> None:
        org = place.sandbox.salesforce.org
        record_type = RecordType("Partner sales", "012000000000001AAA", offered={"StageName": stages})
        org.settings.record_types = {"Opportunity": (record_type,)}
        org.schema.add_field("Opportunity", record_type_field())
        row = {
            "Name": record_type.name,
            "DeveloperName": "Partner_sales",
            "SobjectType": "Opportunity",
            "IsActive": True,
        }
        org.tables["RecordType"].put({"Id": record_type.id, **row})

    return make


def with_agreement(wiring: Wiring, **terms: Any) -> Wiring:
    """The same by other terms."""
    return replace(
        wiring, book=replace(wiring.book, agreement=wiring.agreement.model_copy(update={"version": "another", **terms}))
    )


def pull_everything(wiring: Wiring) -> None:
    for system, source in wiring.sources.items():
        pull(source, wiring.mappings[system], wiring.store, Run())


def planned(wiring: Wiring) -> Plan:
    holds = look_everywhere(wiring.targets, wiring.agreement, wiring.mappings, Run())
    return make_plan(wiring.store, wiring.targets, wiring.readers, Run(clock=lambda: NOON), holds)
