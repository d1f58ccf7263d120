"""What the pages of operations say of a world after its first cycle, and what may be done there."""

from typing import Any

import pytest

from syncd.web.rights import Right
from tests.web.pages.rig import Site

JSON = {"accept": "application/json"}


def read(site: Site, path: str) -> Any:
    answer = site.get(path, headers=JSON)
    assert answer.ok, answer.text
    return answer.json()


def run_of(location: str) -> int:
    assert location.startswith("/runs/"), location
    return int(location.removeprefix("/runs/"))


def test_health_says_what_the_status_says_and_leads_to_what_shows_more(served: Site) -> None:
    page, status = read(served, "/health"), read(served, "/api/status")
    assert page["health"]["state"] == status["health"]["state"]
    assert [one["key"] for one in page["health"]["findings"]] == [one["key"] for one in status["health"]["findings"]]
    assert [row["stream"] for row in page["streams"]] == [row["stream"] for row in status["streams"]]
    for finding in page["health"]["findings"]:
        assert not finding["address"] or served.get(finding["address"]).ok


def test_who_holds_the_daemon_is_said_until_it_goes_on(served: Site) -> None:
    assert served.send("/health/paused", Right.OPERATE).headers["location"] == "/health"
    try:
        page = read(served, "/health")
        assert page["paused"]
        assert page["paused_by"]["by"] == "page:operate@example.com"
        assert "paused" in [one["kind"] for one in page["health"]["findings"]]
        assert "page:operate@example.com holds it" in served.get("/health").text
    finally:
        assert served.send("/health/resumed", Right.OPERATE).ok
    assert read(served, "/health")["paused_by"] is None


@pytest.mark.parametrize("path", ["/health/paused", "/health/resumed", "/runs/asked", "/runs/cancelled"])
def test_who_may_only_look_does_nothing_and_sees_no_button_for_it(path: str, served: Site) -> None:
    assert served.send(path, Right.VIEW).status_code == 403
    for page in ("/health", "/runs"):
        assert f'action="{path}"' not in served.get(page, Right.VIEW).text


def test_a_run_that_was_asked_for_waits_before_all_others_and_is_taken_back(served: Site) -> None:
    number = run_of(served.send("/runs/asked", Right.OPERATE, verb="reconcile").headers["location"])
    (waiting,) = read(served, "/runs")["at_work"]
    assert (waiting["run"], waiting["state"], waiting["actor"]) == (number, "waiting", "page:operate@example.com")
    page = served.get(f"/runs/{number}", Right.OPERATE).text
    assert 'hx-trigger="every 3s"' in page
    assert 'action="/runs/cancelled"' in page
    assert served.send("/runs/cancelled", Right.OPERATE, run=str(number)).headers["location"] == f"/runs/{number}"
    assert read(served, f"/runs/{number}")["state"] == "cancelled"
    assert 'hx-trigger="every 3s"' not in served.get(f"/runs/{number}").text
    assert read(served, "/runs")["at_work"] == []


def test_a_run_says_what_it_did_as_the_command_does(served: Site) -> None:
    number = read(served, "/runs?verb=cycle")["ended"]["rows"][-1]["run"]
    page, run = read(served, f"/runs/{number}"), read(served, f"/api/runs/{number}")
    assert {name: page[name] for name in ("verb", "state", "outcome", "counts")} == {
        name: run[name] for name in ("verb", "state", "outcome", "counts")
    }
    assert sum(row["number"] for row in page["writes"] if row["outcome"] == "created") > 0


def test_runs_go_on_by_number_and_those_of_a_verb_alone_are_shown(served: Site) -> None:
    numbers = [run_of(served.send("/runs/asked", Right.OPERATE, verb="prune").headers["location"]) for _ in range(3)]
    for number in numbers:
        served.send("/runs/cancelled", Right.OPERATE, run=str(number))
    chosen = read(served, "/runs?verb=prune&outcome=cancelled")["ended"]
    assert [row["run"] for row in chosen["rows"]] == numbers[::-1]
    assert chosen["number"] == 3
    after = read(served, f"/runs?verb=prune&after={numbers[2]}")["ended"]
    assert [row["run"] for row in after["rows"]] == numbers[1::-1]
    assert after["begun"]
    assert served.get("/runs?verb=dance", headers=JSON).status_code == 404


def test_quarantine_is_told_by_cause_and_the_records_behind_each_are_shown(served: Site) -> None:
    page = read(served, "/quarantine")
    assert [(cause["what"], cause["number"]) for cause in page["causes"]] == [
        ("close_date: no date", 3),
        ("the agreement knows no such country", 1),
    ]
    assert page["number"] == page["records"]["number"] == 4
    behind = read(served, f"/quarantine?cause={page['causes'][1]['name']}")
    assert [row["record"] for row in behind["records"]["rows"]] == ["hubspot.contacts/168"]
    assert [row["record"] for row in read(served, "/quarantine?step=judge")["records"]["rows"]] == [
        "hubspot.contacts/168"
    ]
    for wrong in ("system=nobody", "stream=nothing", "step=dance", "cause=0123456789abcdef"):
        assert served.get(f"/quarantine?{wrong}", headers=JSON).status_code == 404, wrong


def test_all_that_the_filter_matches_is_left_to_a_run_with_its_number(served: Site) -> None:
    (cause,) = [one for one in read(served, "/quarantine")["causes"] if one["number"] == 3]
    address = f"/quarantine?cause={cause['name']}"
    assert "Try all 3 records again" in served.get(address, Right.OPERATE).text
    assert "Try all 3 records again" not in served.get(address, Right.VIEW).text
    assert served.send("/quarantine/retried", Right.VIEW, cause=cause["name"]).status_code == 403
    number = run_of(served.send("/quarantine/retried", Right.OPERATE, cause=cause["name"]).headers["location"])
    run = read(served, f"/runs/{number}")
    assert (run["verb"], run["state"], run["scope"]) == ("retry", "waiting", {"cause": cause["name"]})
    served.send("/runs/cancelled", Right.OPERATE, run=str(number))
    assert served.send("/quarantine/retried", Right.OPERATE, cause="0123456789abcdef").status_code == 404
