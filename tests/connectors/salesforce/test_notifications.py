"""Custom notifications: sent once at most, each refusal its own, and what holds all of them back is told."""

import pytest

from connectors.base import Payload, Rest
from connectors.salesforce.notifications import ACTION, PERMISSION, TYPE
from connectors.sandbox.faults import Rule

RADAR = "Syncd_Radar"
TASK = "00T000000000001EAA"
WANTED = {ACTION: ["recipientIds", "targetId", "title", "body", TYPE]}
VALUES = {(ACTION, TYPE): (RADAR,)}
ENDPOINT = f"/services/data/v68.0/actions/standard/{ACTION}"


def notification(key="told-raise/ann", rep="005000000000007AAA", **fields):
    said = {"title": "Call Ann Amsel, CFO: asked again", "body": "They asked for sales or a price."}
    return Payload(key, None, {TYPE: RADAR, "recipientIds": rep, "targetId": TASK, **said, **fields})


def kinds(receipts):
    return [receipt.error.kind if receipt.error else None for receipt in receipts]


@pytest.fixture
def org(deployed, accounts):
    return deployed(accounts(1))


@pytest.fixture
def minimal(org):
    """An org whose integration user has a minimum-access profile."""
    org.org.tables["Profile"].put({"Id": "00e000000000099AAA", "Name": "Minimum Access - Salesforce"})
    org.rows("User")[org.ME]["ProfileId"] = "00e000000000099AAA"
    org.org.access.revision += 1
    return org


def problems(connector):
    return [(problem.what, problem.premise, problem.rests) for problem in connector.check_writes(WANTED, VALUES)]


def revoke(org, *, back=False):
    for grant in org.org.access.sets.values():
        (grant.permissions.add if back else grant.permissions.discard)(PERMISSION)
    org.org.access.revision += 1


def test_the_rep_is_told_with_title_body_and_the_task_to_open(org):
    with org.connect() as connector:
        assert problems(connector) == []
        assert connector.push(ACTION, [notification()]) == [("told-raise/ann", None, None, ())]
    got = {"at": org.org.stamp(), "type": RADAR, "user": org.REP, "sender": org.ME, "targetId": TASK}
    said = {"title": "Call Ann Amsel, CFO: asked again", "body": "They asked for sales or a price."}
    assert org.org.notifications == [got | said]


def test_a_look_at_the_premise_costs_one_call_and_a_notification_one(org):
    with org.connect() as connector:
        connector.check_writes(WANTED, VALUES)
        before = len(org.calls())
        connector.check_writes(WANTED, VALUES)
        assert len(org.calls()) == before + 1
        connector.push(ACTION, [notification(), notification("told-mql/bob")])
        assert len(org.calls()) == before + 3


def test_who_is_no_active_user_gets_nothing_and_it_is_no_error(org):
    with org.connect() as connector:
        assert kinds(connector.push(ACTION, [notification(rep="005000000000008AAA")])) == [None]
    assert org.org.notifications == []


def test_a_refused_one_blocks_no_other_and_its_refusal_names_nobody(org):
    wishes = [notification(), notification("told-mql/bob", title="Bob Bussard " * 30), notification("told-mql/cyd")]
    with org.connect() as connector:
        receipts = connector.push(ACTION, wishes)
    assert [receipt.key for receipt in receipts] == ["told-raise/ann", "told-mql/bob", "told-mql/cyd"]
    assert kinds(receipts) == [None, "refused", None]
    assert receipts[1].error.code == "STRING_TOO_LONG"
    assert "Bussard" not in receipts[1].error.message
    assert len(org.org.notifications) == 2


@pytest.mark.parametrize("fault", ["cut_before", "cut_after", "html", "empty"])
def test_one_without_an_answer_is_uncertain_and_not_sent_a_second_time_by_itself(org, fault):
    org.faults.add(Rule(fault, path=ENDPOINT, count=1))
    with org.connect() as connector:
        assert kinds(connector.push(ACTION, [notification(), notification("told-mql/bob")])) == ["uncertain", None]
    assert len(org.org.notifications) <= 2


def test_what_was_surely_not_carried_out_is_repeated(org):
    org.faults.add(Rule("unavailable", path=ENDPOINT, count=1), Rule("expired", path=ENDPOINT, count=1))
    with org.connect() as connector:
        assert kinds(connector.push(ACTION, [notification()])) == [None]
    assert len(org.org.notifications) == 1


def test_without_the_permission_nothing_is_sent_and_the_premise_says_so(minimal):
    with minimal.connect() as connector:
        assert problems(connector) == []
        revoke(minimal)
        ((what, premise, rests),) = problems(connector)
        receipts = connector.push(ACTION, [notification()])
    assert (what, premise) == ("the integration user may not send custom notifications", "notifications")
    assert rests == (Rest(ACTION),)
    assert {receipt.error[:2] for receipt in receipts} == {("retry", "NOT_TRIED")}
    assert len(minimal.calls(ENDPOINT)) == 1


def test_an_action_that_the_org_refuses_as_such_is_a_premise_for_an_hour_and_then_tried_again(minimal):
    with minimal.connect() as connector:
        revoke(minimal)
        connector.push(ACTION, [notification()])
        revoke(minimal, back=True)
        ((what, _, _),) = problems(connector)
        assert "Unsupported action type" in what
        minimal.clock.advance(3601)
        assert problems(connector) == []
        assert kinds(connector.push(ACTION, [notification()])) == [None]


def test_doctor_asks_whether_the_org_offers_the_action_at_all(minimal):
    with minimal.connect() as connector:
        assert [*connector.check_rules(WANTED)] == []
        assert not minimal.calls("/query"), "there are no duplicate rules of notifications"
        revoke(minimal)
        (problem,) = connector.check_rules(WANTED)
    assert (problem.level, problem.premise) == ("error", "notifications")
    assert "Send Custom Notifications" in problem.mend


def test_a_type_that_is_not_deployed_is_a_premise_and_nothing_is_tried(world):
    org = world()
    with org.connect() as connector:
        ((what, premise, _),) = problems(connector)
        assert (what, premise) == (f"the org has no notification type {RADAR}", "notifications")
        assert kinds(connector.push(ACTION, [notification()])) == ["retry"]
    assert org.calls(ENDPOINT) == []


def test_a_type_that_the_tooling_api_alone_shows_is_found(org):
    org.faults.add(Rule("status", status=403, path="/services/data/v68.0/query"))
    with org.connect() as connector:
        assert kinds(connector.push(ACTION, [notification()])) == [None]
    assert len(org.calls("tooling")) == 1


def test_nothing_of_a_notification_can_be_looked_up(org):
    with org.connect() as connector:
        assert connector.find(ACTION, ["told-raise/ann"]) == {}
