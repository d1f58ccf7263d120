"""What `check` finds before the first cycle, and how it says to mend it."""

from datetime import timedelta

import pytest

from connectors.sandbox.faults import Rule

NEEDED = ["Syncd_Key__c", "Name", "StageName", "CloseDate"]
READS = {"Account": ["Name", "Industry"], "Contact": ["LastName", "Account.Name"]}


@pytest.fixture
def problems(deployed):
    def find(reads=READS, **options):
        with deployed(**options).connect() as connector:
            return [*connector.check(reads)]

    return find


def test_a_ready_org_has_no_problem(problems):
    assert problems() == []


def test_wrong_credentials_are_the_only_problem_told(world):
    with world().connect(client_secret="wrong") as connector:
        (problem,) = connector.check(READS)
    assert problem.level == "error"
    assert "credentials" in problem.mend


def test_a_server_that_does_not_answer_is_the_only_problem_told(world):
    with world().connect(login_url="https://127.0.0.1:9") as connector:
        (problem,) = connector.check(READS)
    assert problem.level == "error"
    assert "try again" in problem.mend


def test_a_version_that_the_org_does_not_speak_is_told_with_the_one_it_speaks(deployed):
    org = deployed()
    with org.connect(version="99.0") as connector:
        by_place = {problem.where: problem for problem in connector.check({})}
    assert "set the version to" in by_place["salesforce version"].mend


def test_fields_that_are_missing_or_hidden_are_told_with_their_mend(problems):
    missing = problems(
        {"Account": ["Name", "Rating", "Syncd_New__c"], "Unicorn": ["Name"]}, hidden={"Account": ["Rating"]}
    )
    assert [(problem.level, problem.where) for problem in missing] == [
        ("error", "salesforce Account.Rating"),
        ("error", "salesforce Account.Syncd_New__c"),
        ("error", "salesforce Unicorn"),
    ]
    assert "grant" in missing[0].mend
    assert "syncd salesforce deploy" in missing[1].mend


def test_a_package_that_is_not_deployed_or_not_assigned_is_told(world):
    with world().connect() as connector:
        (problem,) = connector.check({})
        writes = connector.check_writes({"Opportunity": [*NEEDED, "Syncd_Offer__c"]})
    assert problem.where == "salesforce permissions"
    assert "syncd salesforce deploy" in problem.mend
    assert [problem.where for problem in writes] == [
        "salesforce Opportunity.Syncd_Key__c",
        "salesforce Opportunity.Syncd_Offer__c",
    ]


def test_fields_that_may_not_be_written_are_told(deployed):
    with deployed().connect() as connector:
        write_problems = connector.check_writes(
            {"Opportunity": [*NEEDED, "ExpectedRevenue", "Syncd_Verdict__c"], "OpportunityHistory": []}
        )
    assert [(problem.level, problem.where) for problem in write_problems] == [
        ("error", "salesforce Opportunity.ExpectedRevenue"),
        ("error", "salesforce Opportunity.Syncd_Verdict__c"),
        ("error", "salesforce OpportunityHistory"),
        ("error", "salesforce OpportunityHistory.Syncd_Key__c"),
    ]


def test_what_an_org_insists_on_must_be_written(deployed):
    with deployed().connect() as connector:
        write_problems = connector.check_writes({"Opportunity": ["Name", "StageName"]})
    assert [(problem.level, problem.where) for problem in write_problems] == [
        ("error", "salesforce Opportunity.CloseDate")
    ]
    assert "required" in write_problems[0].what


def test_an_org_that_nobody_may_ask_for_its_duplicate_rules_has_no_problem_with_them(deployed):
    org = deployed()
    with org.connect() as connector:
        connector.check_writes({"Opportunity": NEEDED})
        org.faults.add(Rule("status", path="*/query", status=400))
        assert connector.check_writes({"Opportunity": NEEDED}) == []


def test_how_likely_a_stage_must_be_is_the_agreements_question(deployed):
    org = deployed()
    stages = org.org.tables["OpportunityStage"]
    for row in list(stages.rows.values()):
        stages.put({**row, "DefaultProbability": 50.0})
    with org.connect() as connector:
        assert [*connector.check({})] == []
        assert {stage.probability for stage in connector.pipeline()} == {50}


def test_a_clock_that_is_off_is_told_with_its_seconds(deployed):
    org = deployed()
    with org.connect(clock=lambda: org.clock() - timedelta(minutes=10)) as connector:
        (problem,) = connector.check({})
    assert (problem.level, problem.where) == ("warning", "clock")
    assert "600 s" in problem.what


def test_an_allowance_that_is_nearly_used_up_is_told(deployed):
    org = deployed(daily_limit=1000)
    org.simulator.usage.extra = 950
    with org.connect() as connector:
        (problem,) = connector.check({})
    assert problem.where == "salesforce API calls"
    assert "of 1000" in problem.what


def test_a_call_that_fails_in_the_middle_ends_the_check_and_is_told(deployed):
    org = deployed()
    org.faults.add(Rule("exhausted", path="*/limits"))
    with org.connect() as connector:
        (problem,) = connector.check(READS)
    assert "used up" in problem.what


def test_who_may_not_see_permission_sets_is_told_by_the_fields(world):
    org = world()
    org.faults.add(Rule("status", path="*/query", status=400, count=1))
    with org.connect() as connector:
        (problem,) = connector.check({"Opportunity": ["Syncd_Key__c"]})
    assert problem.where == "salesforce Opportunity.Syncd_Key__c"
