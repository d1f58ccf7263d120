"""The sandbox's world as a life: messy as real systems are, with a believable year of activities and deals."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.resources import files
from itertools import islice
from typing import Any

import pytest
import yaml

from connectors.sandbox.world import World, bulk_contacts, bulk_salesforce
from connectors.sandbox.world.companies import institutions
from syncd.mapping import load
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.mapping.wording import FORM_KINDS
from tests.connectors.sandbox.worlds import FREE_MAIL, MIDNIGHT, Record


def _contacts(world: World) -> list[Record]:
    return [contact["properties"] | {"_": contact} for contact in world.hubspot["contacts"]]


MESS: dict[str, Callable[[Record], Any]] = {
    "no e-mail address": lambda c: c["email"] is None,
    "no title": lambda c: c["jobtitle"] is None,
    "no name at all": lambda c: c["firstname"] is None and c["lastname"] is None,
    "free mail": lambda c: c["email"] and c["email"].partition("@")[2] in FREE_MAIL,
    "further addresses": lambda c: c["hs_additional_emails"],
    "no company attached": lambda c: not c["_"]["associations"],
    "bounced": lambda c: c["hs_email_hard_bounce_reason_enum"],
    "opted out": lambda c: c["hs_email_optout"] == "true",
    "changed employer": lambda c: len(c["_"]["associations"].get("companies", ())) == 2,
    "archived": lambda c: c["_"]["archived"] and c["_"]["archivedAt"],
    "merged": lambda c: c["hs_merged_object_ids"] or c["hs_calculated_merged_vids"],
    "name with an accent": lambda c: not ((c["firstname"] or "") + (c["lastname"] or "")).isascii(),
}


@pytest.mark.parametrize("kind", MESS)
def test_even_the_smallest_world_has_every_kind_of_mess(tiny: World, kind: str) -> None:
    spoilt = [contact for contact in _contacts(tiny) if MESS[kind](contact)]
    assert 1 <= len(spoilt) <= len(tiny.hubspot["contacts"]) // 3


def test_merged_records_name_losers_that_are_gone(demo: World) -> None:
    live = {contact["id"] for contact in demo.hubspot["contacts"]}
    ways = Counter[tuple[bool, bool]]()
    for contact in _contacts(demo):
        objects, visitors = contact["hs_merged_object_ids"], contact["hs_calculated_merged_vids"]
        losers = {*filter(None, (objects or "").split(";"))} | {
            pair.partition(":")[0] for pair in filter(None, (visitors or "").split(";"))
        }
        assert not losers & live
        ways[bool(objects), bool(visitors)] += 1
    assert min(ways[True, True], ways[True, False], ways[False, True]) > 0  # ids stand in either field, or in both


def test_duplicates_differ_in_case_or_lack_the_address(demo: World) -> None:
    emails = Counter((contact["email"] or "").lower() for contact in _contacts(demo))
    twice = {email for email, count in emails.items() if email and count > 1}
    assert 20 < len(twice) < 200
    written = defaultdict(set)
    for contact in _contacts(demo):
        written[(contact["email"] or "").lower()].add(contact["email"])
    assert all(len(written[email]) > 1 for email in twice)


def test_salesforce_has_its_own_mess(small: World) -> None:
    rows = small.salesforce
    assert any(row["IsDeleted"] and row["MasterRecordId"] for row in rows["Account"])
    assert any(row["IsDeleted"] and not row["MasterRecordId"] for row in rows["Contact"])
    converted = [row for row in rows["Lead"] if row["IsConverted"]]
    assert converted and all(row["ConvertedContactId"] and row["ConvertedAccountId"] for row in converted)
    assert len(converted) < len(rows["Lead"]) / 2
    bin_since = (MIDNIGHT - timedelta(days=15)).isoformat()
    assert all(row["SystemModstamp"] > bin_since for row in rows["Account"] if row["IsDeleted"])


# ---- what happened ------------------------------------------------------------------------------------------------


def test_scanners_click_many_links_at_once_and_people_hours_later(demo: World) -> None:
    delivered = {
        (event["recipient"], event["emailCampaignId"]): event["created"]
        for event in demo.hubspot["email_events"]
        if event["type"] == "DELIVERED"
    }
    clicks = defaultdict(list)
    for event in demo.hubspot["email_events"]:
        if event["type"] == "CLICK":
            key = event["recipient"], event["emailCampaignId"]
            clicks[key].append((event["created"] - delivered[key], event["userAgent"]))
    fast = [[one for one in some if one[0] <= 3_000] for some in clicks.values()]
    scanned = [some for some in fast if some]
    assert len(scanned) > 500 and all(len(some) >= 3 for some in scanned)
    named = [
        agent for some in scanned for _, agent in some if re.search("Barracuda|Proofpoint|Mimecast|SafeLinks", agent)
    ]
    assert 0.5 < len(named) / sum(map(len, scanned)) < 1  # the rest looks like a browser
    slow = [delay for some in clicks.values() for delay, _ in some if delay > 3_000]
    assert len(slow) > 1_000 and min(slow) > 60_000
    assert sorted(slow)[len(slow) // 2] > 3_600_000


def test_forms_speak_of_one_offer_each_and_of_every_purpose(tiny: World) -> None:
    agreement = yaml.safe_load((files("mappings") / "agreement.yaml").read_text("utf-8"))
    words = {offer["name"]: [word.lower() for word in offer["words"]] for offer in agreement["offers"]}
    mapping = load("hubspot")
    kind_of = reader(mapping, "form_submissions", tables(mapping))
    offers_by_kind: dict[str, set[str]] = defaultdict(set)
    for form in tiny.hubspot["forms"]:
        name = form["name"].lower()
        offers = [offer for offer, some in words.items() if any(re.search(rf"\b{word}", name) for word in some)]
        assert len(offers) <= 1, name
        kind = kind_of({"formName": form["name"]})["kind"]
        offers_by_kind[kind].update(offers)
    for kind in set(FORM_KINDS) - {"page_viewed", "event"}:
        assert offers_by_kind[kind] == set(words), kind


def _served_domains() -> set[str]:
    rows = (row for row in institutions() if row["BKCLASS"] in {"N", "NM", "SM", "OI", "NC"} and row["ASSET"])
    served = [row for row in rows if 500_000 <= int(row["ASSET"]) <= 5_000_000]
    assert len(served) == 1_301
    return {row["WEBADDR"].lower().split("://")[-1].removeprefix("www.").rstrip("/") for row in served} - {""}


def test_engagement_is_concentrated_in_a_few_hundred_served_banks(demo: World) -> None:
    companies = {company["id"]: company["properties"] for company in demo.hubspot["companies"]}
    domain_of = {
        str(contact["properties"]["email"]).lower(): companies[contact["associations"]["companies"][0]["id"]]["domain"]
        for contact in demo.hubspot["contacts"]
        if contact["associations"]
    }
    since = (MIDNIGHT - timedelta(days=180)).timestamp() * 1000
    forms = {form["id"]: form["name"] for form in demo.hubspot["forms"]}
    strong = {
        domain_of.get(str(submission["values"][0]["value"]).lower())
        for submission in demo.hubspot["form_submissions"]
        if submission["submittedAt"] >= since and not forms[submission["formId"]].startswith(("Newsletter", "E-mail"))
    } | {
        domain_of.get(attendance["email"])
        for attendance in demo.hubspot["marketing_participations"]
        if attendance["attended"] and datetime.fromisoformat(attendance["occurredAt"]).timestamp() * 1000 >= since
    }
    served = _served_domains()
    assert 120 < len(strong & served) < 260
    assert len(strong - served) > 120  # and some is wasted outside the market


def test_deals_have_a_history_that_ends_where_they_stand(demo: World) -> None:
    rows = demo.salesforce
    deals = {row["Id"]: row for row in rows["Opportunity"]}
    assert sum(not row["IsClosed"] for row in deals.values()) == 60
    stages = {row["ApiName"]: row for row in rows["OpportunityStage"]}
    assert [name for name, row in stages.items() if row["IsActive"]][-2:] == ["Closed Won", "Closed Lost"]
    assert sum(row["IsActive"] for row in stages.values()) == 10
    assert len(stages) == 11
    steps = defaultdict(list)
    for step in rows["OpportunityHistory"]:
        steps[step["OpportunityId"]].append((step["CreatedDate"], step["StageName"]))
    for identifier, deal in deals.items():
        taken = steps[identifier]
        assert taken == sorted(taken) and taken[-1][1] == deal["StageName"]
        stage = stages[deal["StageName"]]
        assert (deal["Probability"], deal["IsClosed"], deal["IsWon"]) == (
            stage["DefaultProbability"], stage["IsClosed"], stage["IsWon"],
        )  # fmt: skip
    open_text = [deal["Name"] for deal in deals.values() if not deal["IsClosed"]]
    named = [
        text
        for text in open_text
        if re.search("fraud|aml|lending|loan|mortgage|treasury|liquidity|interest rate", text, re.I)
    ]
    assert 10 < len(named) < 50


def test_contact_roles_stand_at_their_deals_account(small: World) -> None:
    rows = small.salesforce
    deals = {row["Id"]: row["AccountId"] for row in rows["Opportunity"]}
    people = {row["Id"]: row["AccountId"] for row in rows["Contact"]}
    assert rows["OpportunityContactRole"]
    assert all(people[role["ContactId"]] == deals[role["OpportunityId"]] for role in rows["OpportunityContactRole"])


# ---- records for benchmarks ---------------------------------------------------------------------------------------


def test_of_the_history_more_people_stood_on_what_was_won_and_more_often_one_who_signs(demo: World) -> None:
    roles = defaultdict(list)
    for row in demo.salesforce["OpportunityContactRole"]:
        roles[row["OpportunityId"]].append(row["Role"])
    people: dict[bool, list[int]] = {True: [], False: []}
    signers: dict[bool, list[bool]] = {True: [], False: []}
    for row in demo.salesforce["Opportunity"]:
        if row["IsClosed"]:
            people[row["IsWon"]].append(len(roles[row["Id"]]))
            signers[row["IsWon"]].append(any(roles[row["Id"]]))
    assert sum(people[True]) / len(people[True]) > 1.5 * sum(people[False]) / len(people[False])
    assert sum(signers[True]) / len(signers[True]) > 1.5 * sum(signers[False]) / len(signers[False])


def test_events_to_come_have_guests_and_past_ones_some_who_came(demo: World) -> None:
    statuses = {row["Id"]: row["Status"] for row in demo.salesforce["Campaign"] if "Webinar" in row["Type"]}
    members = [row for row in demo.salesforce["CampaignMember"] if row["CampaignId"] in statuses]
    ahead = Counter(row["CampaignId"] for row in members if statuses[row["CampaignId"]] == "Planned")
    assert len(ahead) == 3 and min(ahead.values()) > 300
    assert not any(row["HasResponded"] for row in members if row["CampaignId"] in ahead)
    past = [row["HasResponded"] for row in members if statuses[row["CampaignId"]] == "Completed"]
    assert 0.08 < sum(past) / len(past) < 0.3


@pytest.mark.parametrize("properties", [10, 32, 45])
def test_bulk_contacts_have_exactly_so_many_properties(properties: int) -> None:
    made = list(bulk_contacts(500, properties))
    assert {len(contact["properties"]) for contact in made} == {properties}
    assert all(value for contact in made for value in contact["properties"].values())
    ids = [int(contact["id"]) for contact in made]
    assert ids == sorted(set(ids))


def test_bulk_contacts_are_made_as_they_are_asked_for() -> None:
    first = list(islice(bulk_contacts(10**9), 100))
    assert len({contact["properties"]["email"] for contact in first}) == 100
    assert first == list(islice(bulk_contacts(10**9), 100))


def test_bulk_salesforce_yields_three_objects_that_belong_together() -> None:
    rows = defaultdict(list)
    for sobject, row in bulk_salesforce(3_400):
        rows[sobject].append(row)
    assert {sobject: len(some) for sobject, some in rows.items()} == {"Account": 400, "Contact": 2_000, "Lead": 1_000}
    accounts = {row["Id"] for row in rows["Account"]}
    assert {row["AccountId"] for row in rows["Contact"]} <= accounts
    assert sum(1 for _ in bulk_salesforce(1_003)) == 1_003
