"""The end of support for an API version is told half a year before, with what to set or to upgrade."""

import json
from datetime import UTC, date, datetime

import pytest
import time_machine
from typer.testing import CliRunner

from connectors.hubspot import paths as hubspot
from connectors.salesforce import paths as salesforce
from syncd.cli import app
from syncd.doctor.endpoints import ending
from tests.doctor.troubles import environment, examine
from tests.sync.conftest import Place

NUMBERED = hubspot.endpoints("numbered", oauth=False)
KEPT = hubspot.endpoints("dated", oauth=False)


@pytest.mark.parametrize(
    ("system", "endpoints", "today", "expected"),
    [
        ("hubspot", KEPT, date(2026, 11, 30), {}),
        ("hubspot", NUMBERED, date(2026, 9, 27), {}),
        ("hubspot", NUMBERED, date(2026, 9, 28), {"v4": "warning"}),
        ("hubspot", NUMBERED, date(2027, 3, 29), {"v4": "warning", "v3": "warning", "v2": "warning", "v1": "warning"}),
        ("hubspot", NUMBERED, date(2027, 3, 30), {"v4": "error", "v3": "warning", "v2": "warning", "v1": "warning"}),
        ("hubspot", KEPT, date(2027, 8, 31), {"v3": "warning", "v2": "warning", "v1": "warning"}),
        ("hubspot", KEPT, date(2027, 9, 6), {"v3": "error", "v2": "error", "v1": "error"}),
        ("hubspot", KEPT, date(2028, 3, 8), {"2026-09": "error", "v3": "error", "v2": "error", "v1": "error"}),
        ("salesforce", salesforce.endpoints(), date(2029, 3, 31), {}),
        ("salesforce", salesforce.endpoints(), date(2029, 4, 1), {"68.0": "warning"}),
        ("salesforce", salesforce.endpoints(), date(2029, 10, 1), {"68.0": "warning"}),  # promised, not announced
        ("salesforce", salesforce.endpoints("40.0"), date(2026, 11, 29), {}),
        ("salesforce", salesforce.endpoints("40.0"), date(2026, 11, 30), {"40.0": "warning"}),
        ("salesforce", salesforce.endpoints("40.0"), date(2027, 6, 1), {"40.0": "error"}),
    ],
)
def test_an_end_is_a_warning_for_half_a_year_and_then_an_error(system, endpoints, today, expected):
    problems = list(ending(system, endpoints, today))
    assert {problem.where.removeprefix(f"{system} API "): problem.level for problem in problems} == expected
    assert all(problem.mend for problem in problems)


def test_each_way_to_mend_is_said_once_with_the_endpoints_that_it_is_for():
    problems = list(ending("hubspot", NUMBERED, date(2027, 3, 2)))
    (links,) = [problem for problem in problems if problem.where == "hubspot API v4"]
    assert links.what == ("support ends on 2027-03-30, in 28 days: POST /crm/v4/associations/{object}/{to}/batch/read")
    assert links.mend == "set SYNCD_HUBSPOT_API=dated, or take that variable away"
    third = {problem.mend: problem.what for problem in problems if problem.where == "hubspot API v3"}
    assert "more that `syncd endpoints` lists" in third[links.mend]
    (forms,) = [mend for mend, what in third.items() if "/marketing/v3/forms/" in what]
    assert "upgrade" in forms and "SYNCD_WITHOUT=hubspot.form_submissions" in forms


def test_doctor_tells_of_the_versions_in_force_and_of_no_stream_that_nobody_reads(place: Place, tmp_path) -> None:
    def ends(**more: str) -> dict[str, str]:
        _, problems = examine(environment(place, tmp_path / "syncd.db") | more)
        mends = {place: problem["mend"] for problem in problems for place in problem["places"]}
        return {place: mend for place, mend in mends.items() if " API v" in place}

    with time_machine.travel(datetime(2027, 3, 29, 12, tzinfo=UTC), tick=True):
        assert ends(SYNCD_HUBSPOT_API="numbered")["hubspot API v4"].startswith("set SYNCD_HUBSPOT_API=dated")
        assert ends().keys() == {"hubspot API v3", "hubspot API v2", "hubspot API v1"}
        assert ends(SYNCD_WITHOUT="hubspot.form_submissions,hubspot.email_events").keys() == {"hubspot API v2"}


def test_endpoints_are_shown_without_credentials_or_a_store(tmp_path) -> None:
    env = {"SYNCD_DATABASE_URL": f"sqlite:///{tmp_path}/none.db"}
    shown = CliRunner().invoke(app, ["endpoints"], env=env)
    assert shown.exit_code == 0
    assert "GET /crm/objects/2026-09/{object}" in shown.output and "not before 2029-10-01" in shown.output
    old = CliRunner().invoke(app, ["endpoints", "--json"], env=env | {"SYNCD_HUBSPOT_API": "numbered"})
    rows = json.loads(old.output)
    assert rows[0]["version"] == "v4" and rows[0]["ends"] == "2027-03-30"
    assert {row["path"] for row in rows} >= {"/crm/v3/objects/{object}", "/services/data/v68.0/query"}
    assert not (tmp_path / "none.db").exists()
