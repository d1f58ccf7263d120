"""The sandbox's world: the same every time, in the vendors' shapes, whole in its references, safe to show."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.sandbox.world import Size, World, build
from connectors.sandbox.world.companies import institutions
from tests.connectors.sandbox.worlds import FREE_MAIL, MIDNIGHT, TODAY, Record

CRM = ("companies", "contacts", "campaigns", "calls", "emails", "meetings", "notes", "tasks")


def test_same_arguments_make_the_same_world(tiny: World) -> None:
    assert build(1, TODAY, Size.TINY).digest() == tiny.digest()
    assert build(2, TODAY, Size.TINY).digest() != tiny.digest()
    assert build(1, TODAY + timedelta(days=1), Size.TINY).digest() != tiny.digest()


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_another_process_makes_the_same_world(small: World, hash_seed: str) -> None:
    code = "from datetime import date; from connectors.sandbox.world import *; "
    code += "print(build(1, date(2026, 11, 1), Size.SMALL).digest())"
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    root = Path(__file__).parents[3]
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=environment, check=True
    )
    assert run.stdout.strip() == small.digest()


def test_another_day_moves_the_same_peoples_year(tiny: World) -> None:
    later = build(1, TODAY + timedelta(days=40), Size.TINY)
    for world_list in ("contacts", "companies"):
        now, then = tiny.hubspot[world_list], later.hubspot[world_list]
        assert [record["id"] for record in now] == [record["id"] for record in then]
    emails = [[contact["properties"]["email"] for contact in world.hubspot["contacts"]] for world in (tiny, later)]
    assert emails[0] == emails[1]
    assert max(e["created"] for e in later.hubspot["email_events"]) > max(
        e["created"] for e in tiny.hubspot["email_events"]
    )


def _seconds(size: Size) -> float:
    start = time.process_time()
    build(3, TODAY, size)
    return time.process_time() - start


def test_is_built_fast_enough_for_a_test_and_for_the_demo(demo: World) -> None:
    assert any(_seconds(Size.TINY) < 0.05 for _ in range(5))
    assert any(_seconds(Size.DEMO) < 4 for _ in range(3))


def test_the_demo_shows_every_institution_at_its_size(demo: World) -> None:
    banks = institutions()
    assert len(banks) == 4_339
    assert len(demo.hubspot["companies"]) == pytest.approx(4_339 * 0.95 + 260, rel=0.03)
    ours = {(row["CITY"], row["ADDRESS"]) for row in banks}
    accounts = [row for row in demo.salesforce["Account"] if (row["BillingCity"], row["BillingStreet"]) in ours]
    assert len(accounts) == pytest.approx(0.60 * 4_339, rel=0.05)
    customers = [row for row in accounts if str(row["Type"]).startswith("Customer")]
    assert len(customers) == pytest.approx(0.04 * len(accounts), rel=0.2)
    assert len(demo.hubspot["contacts"]) == pytest.approx(30_000, rel=0.02)
    activities = (
        "form_submissions",
        "email_events",
        "marketing_participations",
        "calls",
        "emails",
        "meetings",
        "notes",
        "tasks",
    )
    assert sum(len(demo.hubspot[kind]) for kind in activities) + len(demo.salesforce["Task"]) > 70_000


def test_real_companies_keep_their_facts_and_public_websites(tiny: World) -> None:
    real = {(row["ADDRESS"], row["WEBADDR"]) for row in institutions()}
    shown = [company["properties"] for company in tiny.hubspot["companies"]]
    banks = [company for company in shown if (company["address"], company["website"] or "") in real]
    invented = [company for company in shown if str(company["website"]).endswith(".example")]
    without_address = [company for company in shown if company["address"] is None and company not in invented]
    assert len(banks) >= 13
    assert len(banks) + len(invented) + len(without_address) == len(shown)
    assert all(company["domain"] is None or company["domain"] in company["website"].lower() for company in shown)


# ---- shapes -------------------------------------------------------------------------------------------------------


def _paths(rule: Any) -> Iterator[str]:
    match rule:
        case {"from": [*paths]}:
            yield from paths
        case {"from": str(path)}:
            yield path
        case _:
            return


@pytest.mark.parametrize("stream", CRM)
def test_every_hubspot_record_has_the_properties_that_the_mapping_reads(tiny: World, stream: str) -> None:
    fields = yaml.safe_load((files("mappings") / "hubspot.yaml").read_text("utf-8"))["streams"][stream]["fields"]
    every = [rule for rule in fields.values() if not rule.get("optional")]  # not every portal has the others
    wanted = {path.split(".")[1] for rule in every for path in _paths(rule) if path.startswith("properties.")}
    stamp = "lastmodifieddate" if stream == "contacts" else "hs_lastmodifieddate"
    wanted |= {"createdate", stamp, "hs_object_id"}
    for record in tiny.hubspot[stream]:
        assert wanted <= record["properties"].keys()
        assert record["properties"]["hs_object_id"] == record["id"]
        assert {"createdAt", "updatedAt", "archived"} <= record.keys()
        assert all(value is None or isinstance(value, str) for value in record["properties"].values())


@pytest.mark.parametrize(
    "stream",
    list(yaml.safe_load((files("mappings") / "salesforce.yaml").read_text("utf-8"))["streams"]),
)
def test_every_salesforce_row_has_the_fields_that_the_mapping_reads(tiny: World, stream: str) -> None:
    fields = yaml.safe_load((files("mappings") / "salesforce.yaml").read_text("utf-8"))["streams"][stream]["fields"]
    wanted = {path.split(".")[0] for rule in fields.values() if not rule.get("optional") for path in _paths(rule)}
    # Our own fields come with the deployment of the package; a relationship is found through its id.
    wanted = {name for name in wanted if not name.startswith("Syncd_") and name != "Campaign"}
    for row in tiny.salesforce[stream]:
        assert wanted | {"Id", "SystemModstamp", "CreatedDate"} <= row.keys()


def test_contacts_have_33_properties(tiny: World) -> None:
    assert {len(contact["properties"]) for contact in tiny.hubspot["contacts"]} == {33}


PREFIXES = {
    "Account": "001", "Contact": "003", "User": "005", "Opportunity": "006", "OpportunityHistory": "008", "Lead": "00Q",
    "OpportunityContactRole": "00K", "Task": "00T", "Event": "00U", "CampaignMember": "00v", "Campaign": "701",
}  # fmt: skip


def _checksum(short: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    bits = ["".join("1" if c in alphabet[:26] else "0" for c in reversed(short[i : i + 5])) for i in (0, 5, 10)]
    return "".join(alphabet[int(chunk, 2)] for chunk in bits)


def test_salesforce_ids_are_valid_and_unique(small: World) -> None:
    for sobject, prefix in PREFIXES.items():
        ids = [row["Id"] for row in small.salesforce[sobject]]
        assert len(set(ids)) == len(ids)
        for identifier in ids:
            assert re.fullmatch(rf"{prefix}[A-Za-z0-9]{{15}}", identifier)
            assert identifier[15:] == _checksum(identifier[:15])
    assert small.salesforce["User"][0]["Id"] == "005000000000001AAA"


def test_references_lead_somewhere(small: World) -> None:
    rows = small.salesforce
    ids = {row["Id"] for some in rows.values() for row in some}
    for sobject, some in rows.items():
        for row in some:
            for name, value in row.items():
                if name.endswith("Id") and value is not None:
                    assert value in ids or name == "ProfileId", f"{sobject}.{name}"
    portal = small.hubspot
    known = {kind: {record["id"] for record in portal[kind]} for kind in (*CRM, "owners")}
    for kind in CRM:
        assert len(known[kind]) == len(portal[kind])
        for record in portal[kind]:
            owner = record["properties"].get("hubspot_owner_id")
            assert owner is None or owner in known["owners"]
            for other, links in record.get("associations", {}).items():
                assert {link["id"] for link in links} <= known[other]
    assert {mailing["formId"] for mailing in portal["form_submissions"]} <= {form["id"] for form in portal["forms"]}
    assert {mailing["emailCampaignId"] for mailing in portal["email_events"]} <= {
        mailing["id"] for mailing in portal["email_campaigns"]
    }
    assert {mailing["objectId"] for mailing in portal["marketing_participations"]} <= {
        event["objectId"] for event in portal["marketing_events"]
    }
    crossed = {contact["properties"]["salesforcecontactid"] for contact in portal["contacts"]} - {None}
    assert crossed and crossed <= ids


def test_owners_and_users_are_the_same_people(tiny: World) -> None:
    users = {user["Email"]: user["IsActive"] for user in tiny.salesforce["User"]}
    owners = {owner["email"]: not owner["archived"] for owner in tiny.hubspot["owners"]}
    assert set(users) - set(owners) == {"integration@syncd-demo.example"}
    assert all(users[email] == active for email, active in owners.items())
    assert {f"{name}@syncd-demo.example" for name in ("east", "south", "central", "marketing")} <= set(owners)
    assert list(users.values()).count(False) == 1


# ---- safe to show -------------------------------------------------------------------------------------------------


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)


def test_no_address_and_no_number_can_reach_anybody(small: World) -> None:
    texts = {text for text in _strings([small.hubspot, small.salesforce]) if len(text) < 400}
    addresses = {found.lower() for text in texts for found in re.findall(r"[^\s;,<>]+@[^\s;,<>]+", text)}
    assert len(addresses) > 1_500
    for address in addresses:
        local, _, domain = address.partition("@")
        assert address.isascii()
        impossible = local[0].isdigit() and "_" in local  # no such name can be had at these providers
        assert domain.removesuffix(".crm").endswith(".example") or (domain in FREE_MAIL and impossible), address
    numbers = [
        record["properties"]["phone"] for kind in ("contacts", "companies") for record in small.hubspot[kind]
    ] + [row["Phone"] for sobject in ("Contact", "Lead") for row in small.salesforce[sobject]]
    assert all(re.search(r"555[-.]01\d\d$", number) for number in numbers if number)


def _stamps(record: Record) -> Iterator[datetime]:
    properties = record.get("properties", {})
    for name in (
        "createdAt",
        "updatedAt",
        "archivedAt",
        "occurredAt",
        "CreatedDate",
        "LastModifiedDate",
        "SystemModstamp",
    ):
        if record.get(name):
            yield datetime.fromisoformat(record[name])
    for name in ("createdate", "lastmodifieddate", "hs_lastmodifieddate", "hs_timestamp"):
        if properties.get(name):
            yield datetime.fromisoformat(properties[name])
    for name in ("created", "submittedAt"):
        if record.get(name):
            yield datetime.fromtimestamp(record[name] / 1000, UTC)


def test_everything_happened_before_today(small: World) -> None:
    for world_lists in (small.hubspot, small.salesforce):
        for name, records in world_lists.items():
            for record in records:
                assert all(at < MIDNIGHT for at in _stamps(record)), (name, record)


def test_stamps_are_written_as_the_vendors_do_and_spread_over_the_year(small: World) -> None:
    contacts, accounts = small.hubspot["contacts"], small.salesforce["Account"]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["updatedAt"]) for one in contacts)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000\+0000", row["SystemModstamp"]) for row in accounts)
    months = {contact["updatedAt"][:7] for contact in contacts}
    assert len(months) >= 12
    assert all(contact["createdAt"] <= contact["updatedAt"] for contact in contacts)
    assert all(contact["properties"]["lastmodifieddate"] == contact["updatedAt"] for contact in contacts)


def test_a_bulk_edit_put_one_stamp_on_hundreds_of_contacts(small: World) -> None:
    stamps = Counter(contact["properties"]["lastmodifieddate"] for contact in small.hubspot["contacts"])
    assert stamps.most_common(1)[0][1] > 300
