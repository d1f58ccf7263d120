"""What a rep's lists, the reports and the dashboard in Salesforce show: the rows that they should, the store's counts.

Lists, actions, reports and dashboard are asked for at their own resources, as the rep, over HTTPS.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from syncd.model import Outcome
from syncd.sync.cycle import Wiring
from syncd.sync.summary import Summary
from tests.cli.banks import asked
from tests.rep import Rep, share_folders
from tests.sync.conftest import AFTER_A_CYCLE, NOON, Place

WAITING, NEW = "Syncd_Waiting_For_My_Verdict", "Syncd_My_New_Opportunities"
GAPS, EXPLORE = "Syncd_Gaps_In_My_Open_Opportunities", "Syncd_My_Explore_Calls"
LISTS = (
    *(("Contact", EXPLORE), ("Lead", EXPLORE), ("Opportunity", NEW), ("Opportunity", GAPS)),
    *((object_, WAITING) for object_ in ("Contact", "Lead", "Opportunity", "Task")),
)
Go = Callable[..., Summary]
Facts = Mapping[str, list[Any]]


# ---- lists -----------------------------------------------------------------------------------------------------------


def shown(rep: Rep) -> dict[tuple[str, str], set[str]]:
    """The rows of each of the package's lists, as this rep sees them."""
    return {(object_, name): {*rep.list(object_, name)} for object_, name in LISTS}


def due(place: Place, wiring: Wiring, rep: Rep) -> dict[tuple[str, str], set[str]]:
    """The rows that they should show, by the store's releases and the opportunities' own fields."""
    with wiring.store.reading() as unit:
        releases = unit.queue.releases((NOON - timedelta(days=7)).date())
    waits = {release.key for release in releases if release.outcome is Outcome.OPEN}
    tasks = [row for row in place.rows("Task", OwnerId=rep.id) if row.get("Syncd_Key__c") in waits]
    people = {row["WhoId"]: row["Syncd_Key__c"] for row in tasks}
    explorers = {person for person, key in people.items() if key.startswith("explore/")}
    mine = place.rows("Opportunity", OwnerId=rep.id, IsClosed=False)
    ours = {row["Id"] for row in mine if row.get("Syncd_Qualified__c")}
    return {
        ("Contact", EXPLORE): {person for person in explorers if person.startswith("003")},
        ("Lead", EXPLORE): {person for person in explorers if person.startswith("00Q")},
        ("Opportunity", NEW): ours,
        ("Opportunity", GAPS): {row["Id"] for row in mine if row.get("Syncd_Gaps__c")},
        ("Contact", WAITING): {person for person in people if person.startswith("003")},
        ("Lead", WAITING): {person for person in people if person.startswith("00Q")},
        ("Opportunity", WAITING): {row["Id"] for row in mine if row["Id"] in ours and not row.get("Syncd_Verdict__c")},
        ("Task", WAITING): {row["Id"] for row in tasks},
    }


@AFTER_A_CYCLE
def test_each_list_shows_exactly_its_rows_and_another_rep_sees_none_of_them(
    place: Place, wiring: Wiring, run: Go
) -> None:
    rep, colleague = Rep(place, "central@"), Rep(place, "south@")
    people = [*place.rows("Contact", OwnerId=rep.id), *place.rows("Lead", IsConverted=False)]
    for person in people:
        if person.get("Email") and not person.get("Syncd_Rep__c"):
            place.submit(person["Email"], "demo")
    run()
    lists = shown(rep)
    assert lists == due(place, wiring, rep)
    assert all(lists.values()), "each list has rows here"
    theirs = shown(colleague)
    assert theirs == due(place, wiring, colleague)
    assert not any(lists[name] & theirs[name] for name in lists)

    (explorer, *_), (lead, *_) = lists["Contact", EXPLORE], lists["Lead", EXPLORE]
    rep.act("Contact.Syncd_Verdict", explorer, Syncd_Verdict__c="rejected", Syncd_Verdict_Reason__c="no need")
    rep.act("Lead.Syncd_Verdict", lead, Syncd_Verdict__c="accepted")
    refused = colleague.call(
        "POST",
        "sobjects/Opportunity/quickActions/Syncd_Verdict",
        {"contextId": next(iter(lists["Opportunity", WAITING])), "record": {"Syncd_Verdict__c": "accepted"}},
    )
    assert refused.json()[0]["errorCode"] == "INSUFFICIENT_ACCESS_OR_READONLY"
    run()
    after = shown(rep)
    for name in (("Contact", EXPLORE), ("Contact", WAITING), ("Lead", EXPLORE), ("Lead", WAITING)):
        assert after[name] == lists[name] - {explorer, lead}, name
    assert after == due(place, wiring, rep), "their tasks too: a word is given once, wherever it is"
    assert len(after["Task", WAITING]) == len(lists["Task", WAITING]) - 2
    rep.edit("Lead", lead, Syncd_Verdict__c=None)
    run()
    assert shown(rep) == due(place, wiring, rep)


# ---- reports and the dashboard ---------------------------------------------------------------------------------------


def facts(result: Mapping[str, Any]) -> Facts:
    return {key: [one["value"] for one in fact["aggregates"]] for key, fact in result["factMap"].items()}


def by_group(result: Mapping[str, Any], side: str = "groupingsDown") -> dict[Any, list[Any]]:
    """What is summed up of each group of the first level, by its value."""
    sums, down = facts(result), side == "groupingsDown"
    groups = result[side]["groupings"]
    return {one["value"]: sums[f"{one['key']}!T" if down else f"T!{one['key']}"] for one in groups}


@AFTER_A_CYCLE
def test_reports_and_dashboard_count_what_the_store_says(place: Place, wiring: Wiring, run: Go, tmp_path: Path) -> None:
    rep = Rep(place, "central@")
    assert rep.report("Role_Gaps").status_code == 403, "a deployed folder is shared with nobody"
    share_folders(place)
    words = iter([("rejected", "no need"), ("not yet", "wrong time"), ("accepted", None), ("rejected", "no need")])
    (campaign, *_) = place.rows("Campaign")
    said: Counter[tuple[str, str | None]] = Counter()
    for person, (word, reason) in zip(rep.list("Contact", WAITING), words, strict=False):
        rep.act("Contact.Syncd_Verdict", person, Syncd_Verdict__c=word, Syncd_Verdict_Reason__c=reason)
        place.add("CampaignMember", CampaignId=campaign["Id"], ContactId=person)
        said[word, reason] += 1
    run()
    names = ("New_Qualified_Opportunities", "Role_Gaps", "Single_Threaded_Opportunities", "MQLs_Per_Rep_And_Week",
             "MQL_Leads_Per_Rep_And_Week", "Verdicts_By_Campaign_And_Reason")  # fmt: skip
    results = {name: rep.report(name).json() for name in names}
    opportunities, users = place.rows("Opportunity", IsClosed=False), {row["Id"]: row for row in place.rows("User")}

    offers: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    for row in place.ours():
        if row["Syncd_Qualified__c"]:
            summed = offers[row["Syncd_Offer__c"]]
            offers[row["Syncd_Offer__c"]] = [
                summed[0] + row["Amount"], summed[1] + row["ExpectedRevenue"], summed[2] + 1,
            ]  # fmt: skip
    assert by_group(results["New_Qualified_Opportunities"]) == offers

    gaps: Counter[str] = Counter()
    for row in opportunities:
        picture = json.loads(row.get("Syncd_Picture_JSON__c") or "{}")
        gaps[row["OwnerId"]] += sum(not role["by"] for role in picture.get("roles", ()))
    assert {owner: total for owner, (total, _) in by_group(results["Role_Gaps"]).items()} == dict(+gaps)

    challenge = asked(tmp_path / "syncd.db", "report", "challenge", "--json").json
    single = {row["rep"]: row["single-threaded"] for row in challenge if row["single-threaded"]}
    owners = by_group(results["Single_Threaded_Opportunities"])
    assert {users[owner]["Name"]: count for owner, (_, count) in owners.items()} == single

    with wiring.store.reading() as unit:
        releases = unit.queue.releases((NOON - timedelta(days=90)).date())
    per_rep = Counter(str(release.rep).rpartition("/")[2] for release in releases)
    mqls = results["MQLs_Per_Rep_And_Week"]
    assert {owner: count for owner, (count,) in by_group(mqls).items()} == per_rep
    week = date(2026, 11, 1).isoformat()
    assert by_group(mqls, "groupingsAcross") == {week: [len(releases)]}
    assert facts(results["MQL_Leads_Per_Rep_And_Week"]) == {"T!T": [0]}, "nobody's lead was handed over"

    verdicts = results["Verdicts_By_Campaign_And_Reason"]
    assert by_group(verdicts) == {campaign["Name"]: [sum(said.values())]}
    per_word = Counter(word for word, _ in said.elements())
    assert by_group(verdicts, "groupingsAcross") == {word: [count] for word, count in per_word.items()}
    sums = facts(verdicts)
    reasons = {one["value"]: sums[f"{one['key']}!T"] for one in verdicts["groupingsDown"]["groupings"][0]["groupings"]}
    assert reasons == {reason: [count] for reason, count in Counter(why for _, why in said.elements()).items()}

    radar = rep.dashboard()
    assert radar.keys() == {*names}
    assert by_group(radar["Role_Gaps"]) == {owner: [total] for owner, total in (+gaps).items()}
    assert by_group(radar["Verdicts_By_Campaign_And_Reason"]) == by_group(verdicts)
    assert by_group(radar["MQLs_Per_Rep_And_Week"]) == by_group(mqls, "groupingsAcross")
    weighted = {offer: [revenue] for offer, (_, revenue, _) in offers.items()}
    assert by_group(radar["New_Qualified_Opportunities"]) == weighted
    assert by_group(radar["Single_Threaded_Opportunities"]) == {owner: [count] for owner, (_, count) in owners.items()}
