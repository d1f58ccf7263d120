"""status, quarantine, agreement check, doctor: what they show, and what they end with."""

from pathlib import Path
from typing import Any

import pytest

from syncd.store import Store, migration
from tests.cli.conftest import Syncd

SHIPPED = Path(__file__).parents[2] / "mappings" / "agreement.yaml"


# ---- status ------------------------------------------------------------------------------------------------------


def test_before_the_first_cycle_status_says_what_to_do(syncd: Syncd) -> None:
    syncd.done("migrate")
    shown = syncd.done("status").out
    assert shown.startswith("health: well\nstreams: nothing was pulled yet; `syncd cycle` starts")
    assert "notifications of reps: none sent in the last seven days, and none waits" in shown


NEED_A_STORE = [
    ("status",),
    ("quarantine", "list"),
    ("quarantine", "retry"),
    ("explain", "jane.doe@bank.example"),
    ("pause",),
    ("resume",),
    ("link", "hubspot.contacts/1", "jane.doe@bank.example"),
    ("unlink", "hubspot.contacts/1"),
    ("erase", "jane.doe@bank.example", "--yes"),
    ("match",),
    ("judge",),
    ("plan",),
    ("apply",),
    ("push",),
    ("resync", "--full"),
    ("runs",),
    ("runs", "1"),
    ("cancel", "1"),
    ("audit-log",),
]


@pytest.mark.parametrize("command", NEED_A_STORE, ids=" ".join)
def test_a_command_that_needs_a_store_makes_none(syncd: Syncd, command: tuple[str, ...]) -> None:
    answer = syncd(*command)
    assert answer.code == 2
    assert answer.err.startswith(f"no store at {syncd.database}")
    assert not syncd.database.exists()


def test_doctor_asks_for_a_store_nowhere_and_makes_none(syncd: Syncd) -> None:
    syncd.done("doctor")
    assert not syncd.database.exists()


def test_status_shows_freshness_what_waits_and_the_last_runs(shared: Syncd) -> None:
    shown = shared.done("status").out
    assert "streams (26)" in shown
    assert "served market: " in shown
    assert "pending wishes: none" in shown
    assert "waiting: 0 records to match, 0 accounts to judge" in shown
    status = shared.done("status", "--json").json
    assert {stream["stream"] for stream in status["streams"]} >= {"contacts", "Opportunity", "institutions"}
    assert all(stream["complete_at"] and stream["age_seconds"] >= 0 for stream in status["streams"])
    assert status["runs"][0]["outcome"] == "done"


def test_status_counts_what_waits_for_either_system(syncd: Syncd) -> None:
    for verb in ("pull", "match", "judge"):
        syncd.done(verb)
    pending = syncd.done("status", "--json").json["pending"]
    assert set(pending) == {"hubspot", "salesforce"}
    assert pending["salesforce"]["opportunity"] == 6  # three to open, and the pictures of three that sales opened
    assert pending["hubspot"]["qualification"] > 0
    shown = syncd.done("status").out
    assert "6 opportunity in salesforce" in shown
    assert f"{pending['hubspot']['qualification']} qualification in hubspot" in shown


# ---- quarantine --------------------------------------------------------------------------------------------------


def spoil(syncd: Syncd) -> str:
    call = syncd.place.portal("calls")[0]
    syncd.place.portal_edit("calls", call["id"], hs_timestamp="2026-13-45T99:00:00Z")
    return str(call["id"])


def test_an_empty_quarantine_says_so(shared: Syncd) -> None:
    assert shared.done("quarantine", "list").out == "quarantine: nothing is in it\n"
    assert shared.done("quarantine", "list", "--json").json == []


def test_a_record_that_cannot_be_read_is_listed_with_its_reason_and_retried(begun: Syncd) -> None:
    syncd = begun
    record = f"hubspot.calls/{spoil(syncd)}"
    syncd.done("cycle")
    shown = syncd.done("quarantine", "list").out
    assert record in shown
    assert "is no date and time" in shown
    assert syncd.done("quarantine", "retry", record, "--json").json == {"released": 1}
    syncd.done("match")
    (record_set_aside,) = syncd.done("quarantine", "list", "--json").json
    assert (record_set_aside["step"], record_set_aside["attempts"]) == ("match", 2)


def test_a_refused_wish_is_listed_with_its_reason_and_retried(syncd: Syncd) -> None:
    def ask_a_director(name: str, _: Any, __: Any) -> str | None:
        return "Ask a director first" if name == "Opportunity" else None

    for verb in ("pull", "match", "judge"):
        syncd.done(verb)
    settings = syncd.place.sandbox.salesforce.org.settings
    settings.validation_rules = [ask_a_director]
    assert syncd("apply").code == 3, "what was refused is not done"
    refused = [one for one in syncd.done("quarantine", "list", "--json").json if one["stream"] == "wish:opportunity"]
    assert len(refused) == 6
    assert all("Ask a director first" in one["reason"] for one in refused)
    settings.validation_rules = []
    for wish in refused:
        name = f"salesforce.wish:opportunity/{wish['remote_id']}"
        assert syncd.done("quarantine", "retry", name, "--json").json == {"released": 1}
    syncd.done("push")
    assert len(syncd.place.ours()) == 3
    assert "wish:opportunity" not in syncd.done("quarantine", "list").out


def test_a_record_that_is_not_in_quarantine_is_not_retried(shared: Syncd) -> None:
    answer = shared("quarantine", "retry", "hubspot.calls/1")
    assert answer.code == 6
    assert "is not in quarantine" in answer.err


# ---- agreement check ---------------------------------------------------------------------------------------------


def test_the_shipped_agreement_can_be_acted_on(syncd: Syncd) -> None:
    assert "version 2026.1, anybody can act on it" in syncd.done("agreement", "check").out
    assert syncd.done("agreement", "check", str(SHIPPED), "--json").json == []


def test_the_check_says_who_signed_and_whom_the_agreement_serves(syncd: Syncd) -> None:
    out = syncd.done("agreement", "check").out
    assert "signed for sales by Head of Sales on 2026-01-05" in out
    assert "serves mid-size US banks: US commercial banks" in out


def test_every_problem_of_an_agreement_is_named_with_file_and_line(syncd: Syncd, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    wrong = text.replace('"6021"', '"9999"').replace("viable_percent: 15", "viable_percent: 150")
    file = tmp_path / "agreement.yaml"
    file.write_text(wrong, encoding="utf-8")
    answer = syncd("agreement", "check", str(file))
    assert answer.code == 2
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "viable_percent" in one)
    assert f"{file}:{line}: caucus.viable_percent" in answer.out
    assert f"to mend in {file}" in answer.err


def test_codes_of_another_system_are_named_with_what_they_mean(syncd: Syncd, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("system: SIC, year: 1987", "system: NAICS, year: 2022")
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    answer = syncd("agreement", "check", str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    assert "National Commercial Banks" in answer.out


def test_no_command_works_by_an_agreement_that_nobody_can_act_on(begun: Syncd, tmp_path: Path) -> None:
    file = tmp_path / "agreement.yaml"
    file.write_text("version: 1\n", encoding="utf-8")
    begun.done("migrate")
    for command in (("cycle",), ("plan",), ("judge",), ("explain", "somebody")):
        answer = begun(*command, SYNCD_AGREEMENT=str(file))
        assert answer.code == 2, command
        assert f"{file}:1" in answer.err


# ---- doctor ------------------------------------------------------------------------------------------------------


def problems(answer: Any, level: str = "error") -> list[tuple[str, str]]:
    return [(one["where"], one["what"]) for one in answer.json if one["level"] == level]


def test_a_healthy_installation_has_nothing_that_stops_a_cycle(shared: Syncd) -> None:
    assert problems(shared.done("doctor", "--json")) == []
    assert shared.done("doctor").out.splitlines()[-1].startswith(("0 errors", "nothing to mend"))


@pytest.mark.parametrize(
    ("variable", "value", "where"),
    [
        ("SYNCD_HUBSPOT_TOKEN", "another", "hubspot"),
        ("SYNCD_SALESFORCE_CLIENT_SECRET", "another", "salesforce"),
        ("SYNCD_HUBSPOT_URL", "http://127.0.0.1:9", "hubspot"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "https://127.0.0.1:9", "salesforce"),
        ("SYNCD_SALESFORCE_VERSION", "12.0", "salesforce version"),
        ("SYNCD_HUBSPOT_TOKEN", None, "configuration"),
        ("SYNCD_HUBSPOT_CLIENT_ID", "sandbox-client", "configuration"),
        ("SYNCD_REGISTERS", "nonsense", "configuration"),
    ],
)
def test_what_is_wrong_in_the_settings_is_found_with_what_mends_it(
    shared: Syncd, variable: str, value: str | None, where: str
) -> None:
    answer = shared("doctor", "--json", **{variable: value})
    assert answer.code == 2
    assert [place for place, _ in problems(answer)] == [where]
    assert all(one["mend"] for one in answer.json)


def of_an_oauth_app(refresh: str) -> dict[str, str | None]:
    return {
        "SYNCD_HUBSPOT_TOKEN": None,
        "SYNCD_HUBSPOT_CLIENT_ID": "sandbox-client",
        "SYNCD_HUBSPOT_CLIENT_SECRET": "sandbox-secret",
        "SYNCD_HUBSPOT_REFRESH_TOKEN": refresh,
    }


def test_an_oauth_app_does_as_well_as_a_private_one(shared: Syncd) -> None:
    assert problems(shared.done("doctor", "--json", **of_an_oauth_app("sandbox-refresh"))) == []


def test_a_refresh_token_that_is_refused_is_found(shared: Syncd) -> None:
    answer = shared("doctor", "--json", **of_an_oauth_app("of-another-portal"))
    assert answer.code == 2
    ((where, what),) = problems(answer)
    assert where == "hubspot"
    assert what == "HubSpot refuses the refresh token: connect the app to the portal again"


def test_a_missing_field_is_found(syncd: Syncd) -> None:
    del syncd.place.sandbox.salesforce.org.schema.objects["Opportunity"].fields["Syncd_Key__c"]
    answer = syncd("doctor", "--json")
    assert answer.code == 2
    ((where, what),) = problems(answer)
    assert where == "salesforce" and "Opportunity.Syncd_Key__c: does not exist for the integration user" in what


def test_a_stage_that_is_not_weighted_as_agreed_is_found(shared: Syncd, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("stage: Qualification", "stage: Negotiation")
    text = text.replace('"2026.1"', '"2026.2"')  # other terms want another version
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    answer = shared("doctor", "--json", SYNCD_AGREEMENT=str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    ((where, what),) = problems(answer)
    assert where == "agreement forecast.stage"
    assert "'Negotiation' does not exist in the org" in what


def test_a_role_that_the_org_does_not_offer_is_an_error(shared: Syncd, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("role: Champion", "role: Cheerleader")
    text = text.replace("Champion: ", "Cheerleader: ").replace('"2026.1"', '"2026.2"')
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    answer = shared("doctor", "--json", SYNCD_AGREEMENT=str(tmp_path / "agreement.yaml"))
    assert answer.code == 2
    assert problems(answer) == [("agreement roles", "the org's OpportunityContactRole.Role picklist lacks Cheerleader")]


def test_a_database_that_was_not_migrated_is_found_and_migrated(shared: Syncd, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    store = Store(url)
    migration.migrate(store.database, "0001")
    store.close()
    answer = shared("doctor", "--json", SYNCD_DATABASE_URL=url)
    assert answer.code == 2
    assert [where for where, _ in problems(answer)] == ["database"]
    assert "run `syncd migrate`" in answer.json[0]["what"]
    refused = shared("status", SYNCD_DATABASE_URL=url)
    assert refused.code == 2
    assert "run `syncd migrate`" in refused.err
    revision = shared.done("migrate", "--json", SYNCD_DATABASE_URL=url).json["revision"]
    assert f"revision {revision}" in shared.done("migrate", SYNCD_DATABASE_URL=url).out
    assert problems(shared.done("doctor", "--json", SYNCD_DATABASE_URL=url)) == []


def test_the_fields_are_deployed_by_a_command_that_may_be_repeated(shared: Syncd) -> None:
    done = shared.done("salesforce", "deploy", "--sign-in", "-", "--json", typed="sandbox-admin-token\n").json
    assert (done["state"], done["errors"]) == ("Succeeded", [])
    assert shared.done("hubspot", "deploy").out == "everything stands already\n"
