"""The plan in the browser: drawn, looked at, and carried out exactly; past the safety valve by a person alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from syncd.sync.cycle import Wiring
from syncd.sync.run import Run
from syncd.sync.verbs import act_of
from syncd.web.rights import Right
from tests.ledger import carried_out
from tests.sync.conftest import place, sqlite_store, wiring  # noqa: F401
from tests.sync.test_valve import allowing
from tests.web.pages.rig import Site, site

JSON = {"accept": "application/json"}


def read(pages: Site, path: str) -> Any:
    answer = pages.get(path, headers=JSON)
    assert answer.ok, answer.text
    return answer.json()


@pytest.fixture
def judged(wiring: Wiring) -> Wiring:  # noqa: F811
    """The tiny world, pulled, matched and judged; nothing is pushed yet."""
    for verb in ("pull", "match", "judge"):
        carried_out(wiring, verb)
    return wiring


@pytest.fixture
def pages(judged: Wiring) -> Iterator[Site]:
    with site(judged) as served:
        yield served


def scope_of(store_run: str, pages: Site) -> dict[str, Any]:
    run = read(pages, store_run)
    assert (run["verb"], run["state"]) == ("apply", "waiting")
    scope: dict[str, Any] = run["scope"]
    return scope


def test_what_was_looked_at_is_what_is_written(judged: Wiring, pages: Site) -> None:
    assert read(pages, "/plan")["plan"] is None
    assert pages.send("/plan/drawn").headers["location"] == "/plan"
    plan = read(pages, "/plan")["plan"]
    assert plan["writes"] > 0
    assert plan["excess"] == ""
    assert sum(row["number"] for row in plan["numbers"]) == plan["steps"]["number"]
    assert all(row["action"] == "create" for row in read(pages, "/plan?action=create")["plan"]["steps"]["rows"])
    scope = scope_of(pages.send("/plan/applied", plan=plan["digest"]).headers["location"], pages)
    assert scope["plan"].startswith(plan["digest"])
    assert "force" not in scope
    written = act_of("apply")(judged, scope, Run()).counts.written
    assert written == plan["writes"]


def test_a_plan_is_shown_to_who_drew_it_and_goes_on_part_by_part(pages: Site) -> None:
    pages.send("/plan/drawn", Right.OPERATE)
    assert read(pages, "/plan")["plan"] is None
    first = pages.get("/plan", Right.OPERATE, headers=JSON).json()["plan"]["steps"]
    second = pages.get(f"/plan?after={first['next']}", Right.OPERATE, headers=JSON).json()["plan"]["steps"]
    assert second["begun"]
    assert first["rows"][-1] != second["rows"][0]
    assert pages.get("/plan", Right.OPERATE).text.count('action="/plan/applied"') == 0


@pytest.mark.parametrize("right", [Right.VIEW, Right.OPERATE], ids=lambda right: right.word)
def test_who_may_not_applies_nothing(right: Right, pages: Site) -> None:
    assert pages.send("/plan/applied", right, plan="0123456789abcdef").status_code == 403


def test_a_plan_that_is_not_kept_is_not_applied(pages: Site) -> None:
    pages.send("/plan/drawn")
    assert pages.send("/plan/applied", plan="0123456789abcdef").status_code == 404


def test_what_the_valve_holds_back_passes_by_its_digest_alone(judged: Wiring) -> None:
    with site(allowing(judged, 1)) as pages:
        pages.send("/plan/drawn")
        plan = read(pages, "/plan")["plan"]
        assert "in one run" in plan["excess"]
        assert "Release the valve" in pages.get("/plan").text
        for fields in ({}, {"typed": "yes"}):
            refused = pages.send("/plan/applied", plan=plan["digest"], **fields)
            assert refused.status_code == 400
            assert "type its digest" in refused.text
        passed = pages.send("/plan/applied", plan=plan["digest"], typed=plan["digest"])
        assert scope_of(passed.headers["location"], pages)["force"] is True
        line = read(pages, "/audit-log?action=apply")["lines"]["rows"][0]
        assert line["actor"] == "page:administer@example.com"
        assert "--force" in line["detail"]
