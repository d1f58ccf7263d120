"""Reading again at every scope, and the log of what people did by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from syncd.web.rights import Right
from tests.web.pages.rig import Site

JSON = {"accept": "application/json"}


def read(site: Site, path: str) -> Any:
    answer = site.get(path, headers=JSON)
    assert answer.ok, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("fields", "scope"),
    [
        ({"streams": "everything"}, {}),
        ({"streams": "hubspot"}, {"system": "hubspot"}),
        ({"streams": "hubspot.contacts", "full": "true"}, {"system": "hubspot", "stream": "contacts", "full": True}),
        ({"streams": "everything", "full": "true"}, {"full": True}),
        ({"account": "Endeavor Bank"}, {"account": "fdic.institutions/59099"}),
        ({"record": "hubspot.contacts/261"}, {"record": "hubspot.contacts/261"}),
    ],
    ids=["everything", "a system", "a stream in full", "everything in full", "an account", "a record"],
)
def test_each_scope_is_a_run_that_waits(fields: dict[str, str], scope: dict[str, Any], served: Site) -> None:
    sent = served.send("/resync/asked", Right.OPERATE, **fields)
    number = sent.headers["location"].removeprefix("/runs/")
    run = read(served, f"/runs/{number}")
    served.send("/runs/cancelled", Right.OPERATE, run=number)
    assert (run["verb"], run["state"], run["scope"]) == ("resync", "waiting", scope)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"full": "true"},
        {"streams": "nobody"},
        {"streams": "hubspot.nothing"},
        {"account": "nobody at all"},
        {"record": "nothing"},
    ],
    ids=str,
)
def test_what_is_not_there_is_not_read(fields: dict[str, str], served: Site) -> None:
    sent = served.send("/resync/asked", Right.OPERATE, **fields)
    assert sent.status_code in (400, 404)
    assert "What mends it" in sent.text
    assert "nobody" not in sent.text


def test_who_may_only_look_neither_sees_nor_does_it(served: Site) -> None:
    assert served.get("/resync", Right.VIEW).status_code == 403
    assert served.send("/resync/asked", Right.VIEW).status_code == 403


def test_the_log_has_every_act_and_goes_on_by_its_number(served: Site) -> None:
    for path in ("/health/paused", "/health/resumed"):
        served.send(path, Right.OPERATE)
    log = read(served, "/audit-log")
    assert [(line["actor"], line["action"]) for line in log["lines"]["rows"][:2]] == [
        ("page:operate@example.com", "resume"),
        ("page:operate@example.com", "pause"),
    ]
    newest = log["lines"]["rows"][0]["id"]
    assert read(served, f"/audit-log?after={newest}")["lines"]["rows"][0]["id"] < newest


def test_the_log_is_narrowed_to_somebody_an_act_and_days(served: Site) -> None:
    served.send("/health/resumed", Right.ADMINISTER)
    (line, *_) = rows = read(served, "/audit-log?action=resume&actor=page:administer@example.com")["lines"]["rows"]
    assert {(row["actor"], row["action"]) for row in rows} == {("page:administer@example.com", "resume")}
    day = datetime.now(UTC).date()
    around = f"since={day - timedelta(days=1)}&until={day + timedelta(days=1)}"
    assert line in read(served, f"/audit-log?{around}")["lines"]["rows"]
    assert read(served, f"/audit-log?until={day - timedelta(days=2)}")["lines"]["number"] == 0
    assert read(served, f"/audit-log?since={day + timedelta(days=2)}")["lines"]["rows"] == []
    assert served.get("/audit-log?actor=nobody", headers=JSON).status_code == 404
    assert served.get("/audit-log?action=dance", headers=JSON).status_code == 404
    for beyond in ("until=9999-12-31", "since=0001-01-01"):
        assert served.get(f"/audit-log?{beyond}", headers=JSON).status_code == 400
