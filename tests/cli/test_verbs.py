"""cycle, pull, match, judge, push; a plan and its application; the safety valve."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from syncd.cli.actor import actor
from tests.cli.conftest import Syncd
from tests.ledger import begin_at

ONE_AT_MOST = "safety:\n  opportunities: {percent_of_served_accounts: 0.01, never_below: 1}\n"


@pytest.fixture
def strict(syncd: Syncd, tmp_path: Path) -> Syncd:
    """A syncd whose agreement allows one opportunity a run."""
    shipped = Path(__file__).parents[2] / "mappings" / "agreement.yaml"
    text = shipped.read_text(encoding="utf-8")
    file = tmp_path / "agreement.yaml"
    file.write_text(text[: text.index("safety:")] + ONE_AT_MOST, encoding="utf-8")
    syncd.environment["SYNCD_AGREEMENT"] = str(file)
    return syncd


def retitle(syncd: Syncd, opportunity: dict[str, Any], title: str = "Retired") -> None:
    """Take the opportunity's delegates their roles, as if sales had edited them."""
    roles = {role["ContactId"] for role in syncd.place.rows("OpportunityContactRole", OpportunityId=opportunity["Id"])}
    for contact_id in roles:
        syncd.place.edit("Contact", contact_id, Title=title)


def test_a_cycle_tells_what_it_did_in_a_few_lines(begun: Syncd) -> None:
    shown = begun.done("cycle").out.splitlines()
    assert len(shown) < 15
    assert shown[0].startswith("pulled ")
    assert any(line.startswith("judged ") for line in shown)
    assert any(line.startswith("created ") and "3 opportunity" in line for line in shown)
    assert "done: " in "\n".join(shown)


def test_a_second_cycle_writes_nothing_and_says_so(synced: Syncd) -> None:
    again = synced.done("cycle", "--json").json
    assert (again["outcome"], again["written"], again["counts"]["judged"]["accounts"]) == ("done", 0, 0)


def test_the_four_verbs_one_by_one_end_where_a_cycle_ends(syncd: Syncd) -> None:
    pulled = syncd.done("pull", "--json").json
    assert pulled["failures"] == {}
    assert pulled["counts"]["streams"]["hubspot.contacts"]["pulled"] > 50
    assert syncd.place.ours() == []
    assert syncd.done("match", "--json").json["counts"]["golden"]["contact"] > 50
    assert syncd.done("judge", "--json").json["counts"]["judged"]["standings"]["in"] > 0
    written = syncd.place.written()
    assert syncd("push").code == 4, "a store's first plan is applied, not pushed"
    assert syncd.place.written() == written
    pushed = syncd.done("apply", "--json").json
    assert pushed["counts"]["writes"]["salesforce"]["opportunity"]["created"] == len(syncd.place.ours()) == 3
    syncd.done("push")


def test_a_verb_with_nothing_to_do_says_so(synced: Syncd) -> None:
    for verb in ("match", "judge"):
        assert synced.done(verb).out == "nothing to do\n"


def test_one_stream_is_pulled_alone(syncd: Syncd) -> None:
    counts = syncd.done("pull", "--stream", "Opportunity", "--json").json["counts"]
    assert set(counts["streams"]) == {"salesforce.Opportunity"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("pull", "--system", "pipedrive"), "fdic, hubspot, salesforce"),
        (("pull", "--stream", "nonsense"), "hubspot.contacts"),
        (("pull", "--system", "hubspot", "--stream", "Opportunity"), "hubspot.contacts"),
        (("resync", "--system", "pipedrive"), "fdic, hubspot, salesforce"),
        (("resync", "--stream", "nonsense"), "hubspot.contacts"),
        (("resync", "--record", "contacts/1"), "system.stream/id"),
        (("resync", "--record", "hubspot.nonsense/1"), "hubspot.contacts"),
    ],
)
def test_a_system_or_stream_that_is_not_there_is_answered_with_those_that_are(
    syncd: Syncd, arguments: tuple[str, ...], named: str
) -> None:
    syncd.done("migrate")
    answer = syncd(*arguments)
    assert answer.code == 2
    assert named in answer.err


def test_a_plan_shows_before_and_after_and_writes_nothing(synced: Syncd, opportunity: dict[str, Any]) -> None:
    retitle(synced, opportunity)
    for verb in ("pull", "match", "judge"):
        synced.done(verb)
    written = synced.place.written()
    shown = synced.done("plan")
    assert "qualified: True → False" in shown.out
    assert synced.place.written() == written
    (step,) = [
        step for step in synced.done("plan", "--json").json["steps"] if step["key"] == opportunity["Syncd_Key__c"]
    ]
    assert (step["action"], step["changes"]["qualified"]) == ("change", [True, False])


def test_apply_carries_out_exactly_the_plan_and_leaves_what_changed_since(
    synced: Syncd, opportunity: dict[str, Any], tmp_path: Path
) -> None:
    other = max(synced.place.ours(), key=lambda row: str(row["Name"]))
    for row in (opportunity, other):
        retitle(synced, row)
    for verb in ("pull", "match", "judge"):
        synced.done(verb)
    plan = tmp_path / "plan.json"
    plan.write_text(synced.done("plan", "--json").out, encoding="utf-8")
    retitle(synced, other, "Chief Financial Officer")
    for verb in ("pull", "match", "judge"):
        synced.done(verb)
    synced.done("apply", str(plan))
    now = {row["Id"]: row for row in synced.place.ours()}
    assert now[opportunity["Id"]]["Syncd_Qualified__c"] is False
    assert now[other["Id"]]["Syncd_Reason__c"] == other["Syncd_Reason__c"], "this wish is another one by now"
    synced.done("apply")
    assert [row for row in synced.done("plan", "--json").json["steps"] if row["action"] != "leave"] == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no JSON", "is no plan"),
        ("[]", "is no plan"),
        ('{"made_at": "now", "digest": "0", "steps": []}', "was edited"),
    ],
)
def test_a_file_that_is_no_plan_or_was_edited_is_refused(syncd: Syncd, tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    answer = syncd("apply", str(tmp_path / "plan.json"))
    assert answer.code == 2
    assert f"{tmp_path / 'plan.json'} {why}" in answer.err


def test_a_plan_that_is_not_there_is_named(syncd: Syncd, tmp_path: Path) -> None:
    answer = syncd("apply", str(tmp_path / "nothing.json"))
    assert answer.code == 2
    assert "nothing.json cannot be read" in answer.err


def test_the_safety_valve_stops_a_run_until_a_person_forces_it(strict: Syncd, tmp_path: Path) -> None:
    for verb in ("pull", "match", "judge"):
        strict.done(verb)
    begin_at(strict.environment["SYNCD_DATABASE_URL"])
    for refused in ("push", "apply"):
        answer = strict(refused)
        assert answer.code == 4
        assert "3 opportunities" in answer.err
        assert "--force" in answer.err
    assert strict.place.ours() == []
    plan = tmp_path / "plan.json"
    plan.write_text(strict.done("plan", "--json").out, encoding="utf-8")
    strict.done("apply", str(plan), "--force")
    assert len(strict.place.ours()) == 3
    digest = json.loads(plan.read_text("utf-8"))["digest"]
    assert f"--force of plan {digest}: the plan creates or changes 3 opportunities" in audit_log(strict)
    again = strict.done("apply", str(plan))
    assert "writes of this plan are done already" in again.err
    assert len(strict.place.ours()) == 3


def audit_log(syncd: Syncd) -> str:
    """What people did by hand, one line each."""
    with sqlite3.connect(syncd.database) as connection:
        lines = connection.execute("SELECT actor, action, detail FROM audit_log ORDER BY id").fetchall()
    connection.close()
    return "\n".join(" ".join(line) for line in lines)


def test_what_a_cycle_is_forced_past_stands_in_the_audit_log(strict: Syncd) -> None:
    begin_at(strict.environment["SYNCD_DATABASE_URL"])
    strict.done("cycle", "--force")
    assert f"{actor()} cycle --force" in audit_log(strict)
    assert ": the plan creates or changes 3 opportunities; the agreement allows 1" in audit_log(strict)


def test_a_cycle_behind_the_safety_valve_is_unsafe_and_names_it(strict: Syncd) -> None:
    begin_at(strict.environment["SYNCD_DATABASE_URL"])
    answer = strict("cycle", "--json")
    assert answer.code == 4
    assert "the agreement allows 1 in one run" in json.dumps(answer.json["failures"])
    assert strict.place.ours() == []


def test_a_pull_that_the_days_quota_breaks_off_is_incomplete_and_goes_on_later(syncd: Syncd) -> None:
    syncd.place.fault({"kind": "exhausted", "system": "salesforce", "path": "*/query*", "probability": 1.0})
    answer = syncd("pull", "--system", "salesforce")
    assert answer.code == 3
    assert "could not be read to their end" in answer.err
    syncd.place.fault()
    syncd.done("pull", "--system", "salesforce")


def test_credentials_that_are_refused_are_to_be_mended_not_repeated(syncd: Syncd) -> None:
    answer = syncd("pull", "--system", "hubspot", SYNCD_HUBSPOT_TOKEN="another")
    assert answer.code == 2
    assert "does not accept the access token" in answer.out
    answer = syncd("pull", "--system", "salesforce", SYNCD_SALESFORCE_CLIENT_SECRET="another")
    assert answer.code == 2
    assert "client secret" in answer.out


@pytest.mark.parametrize("verb", ["push", "apply"])
def test_nothing_is_pushed_by_hand_before_sales_was_read(syncd: Syncd, verb: str) -> None:
    """A push that does not know what sales keeps would make it a second time."""
    written = syncd.place.written()
    for system in ("fdic", "hubspot"):
        syncd.done("pull", "--system", system)
    for step in ("match", "judge"):
        syncd.done(step)
    refused = syncd(verb)
    assert refused.code == 3
    assert "salesforce.Account, salesforce.Contact" in refused.err
    assert "run `syncd pull` first" in refused.err
    assert syncd.place.written() == written
    assert syncd.done("plan", "--json").json["steps"]


@pytest.mark.parametrize("verb", ["push", "apply"])
def test_nothing_is_pushed_by_hand_before_marketing_was_read(syncd: Syncd, verb: str) -> None:
    """Who is needed but once must have been read to their end as well: `syncd cycle` asks the same."""
    written = syncd.place.written()
    for system in ("fdic", "salesforce"):
        syncd.done("pull", "--system", system)
    syncd.done("pull", "--system", "hubspot", "--stream", "contacts")
    for step in ("match", "judge"):
        syncd.done(step)
    refused = syncd(verb, "--force")
    assert refused.code == 3
    assert "nothing is pushed: hubspot.companies was never read to its end; run `syncd pull` first" in refused.err
    assert syncd.place.written() == written
    syncd.done("pull", "--system", "hubspot", "--stream", "companies")
    begin_at(syncd.environment["SYNCD_DATABASE_URL"])
    syncd.done(verb)


def test_a_reason_that_many_streams_share_is_told_once(syncd: Syncd) -> None:
    answer = syncd("cycle", SYNCD_SALESFORCE_CLIENT_SECRET="wrong")
    (shown,) = [line for line in answer.out.splitlines() if line.startswith("failed: ")]
    assert "salesforce.Account" in shown
    assert "salesforce.Task" in shown
    assert answer.code == 2, "to run it again is no remedy for credentials that are refused"
