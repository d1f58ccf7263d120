"""The verbs over HTTP: what is asked for is left for the daemon, once, and read as the command line has it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

import orjson
import pytest
import requests

from connectors.base import Misconfigured, Page, Record, Refused, TryLater
from syncd.errors import AlreadyRunning, ConfigError, NotFound, Unavailable, UnsafePlan
from syncd.model.runs import OF_KINDS, CauseKind, Ending, RunOutcome
from syncd.store import Store
from syncd.store.at_work import plain, read_run
from syncd.store.notes import ASKED_PLANS
from syncd.sync.plan import Plan
from syncd.web.api.runs import MOST_WAITING
from syncd.web.problems import STATUS_OF, TITLES, of_error
from tests import ledger
from tests.web import houses

TOKEN = "a-token-of-the-house"
KNOWN = (("hubspot", "contacts"), ("salesforce", "Contact"))
BUDGETS = {name: {"calls": 0, "daily_remaining": None} for name in ("hubspot", "salesforce")}


@dataclass
class Api:
    """The house over HTTP, asked with its token."""

    address: str
    store: Store

    def ask(self, method: str, path: str, json: Any = None, **headers: str) -> requests.Response:
        headers = {"authorization": f"Bearer {TOKEN}", **headers}
        return requests.request(method, f"{self.address}/api/{path}", json=json, headers=headers, timeout=10)

    def get(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.ok, answer.text
        return answer.json()


@pytest.fixture
def api(store: Store) -> Iterator[Api]:
    """On either database."""
    with houses.served(houses.house(store, streams=KNOWN, budgets=BUDGETS), TOKEN) as address:
        yield Api(address, store)


def test_what_is_asked_for_waits_for_the_daemon_with_what_it_names(api: Api) -> None:
    record = Record("168", None, False, {"id": "168"})
    ledger.save(api.store, "hubspot", "contacts", Page([record], "behind it"))
    bodies = [
        {"verb": "cycle"},
        {"verb": "pull", "scope": {"stream": "contacts"}},
        {"verb": "resync", "scope": {"record": "hubspot.contacts/168"}},
        {"verb": "resync", "scope": {"system": "salesforce", "full": True}},
    ]
    numbers = [api.ask("POST", "runs", body).json()["run"] for body in bodies]
    waiting = ledger.open_requests(api.store)
    assert [one.id for one in waiting] == numbers
    assert [{"verb": one.verb, **({"scope": one.scope} if one.scope else {})} for one in waiting] == bodies
    assert api.get(f"runs/{numbers[1]}") == _json(plain(read_run(api.store, numbers[1])))


@pytest.mark.parametrize(
    ("scope", "status", "what"),
    [
        ({"stream": "contcats"}, 400, "did you mean hubspot.contacts?"),
        ({"system": "hubspto"}, 400, "no such system; there are: hubspot"),
        ({"record": "168"}, 400, "system.stream/id"),
        ({"record": "hubspot.contacts/1", "account": "Tiny Bank"}, 400, "name different things"),
        ({"account": "Nobody's Bank"}, 404, "no account answers to that name"),
        ({"record": "hubspot.contacts/169"}, 404, "nothing was ever pulled of a record of that name"),
        ({"record": "hubspot.contacts/1", "full": True}, 400, "full"),
    ],
)
def test_what_names_nothing_is_refused_as_on_the_command_line(
    api: Api, scope: dict[str, Any], status: int, what: str
) -> None:
    answer = api.ask("POST", "runs", {"verb": "resync", "scope": scope})
    assert answer.status_code == status
    assert what in answer.json()["detail"]
    assert answer.json()["exit_code"] == (6 if status == 404 else 2)
    assert ledger.open_requests(api.store) == []


# ---- asked once ----------------------------------------------------------------------------------------------------


def test_a_request_that_comes_twice_under_one_key_is_one_run(api: Api) -> None:
    key = {"idempotency-key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
    first, again = (api.ask("POST", "runs", {"verb": "cycle"}, **key) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json()) == (202, {"run": 1})
    assert first.headers["location"] == again.headers["location"] == "/api/runs/1"
    with api.store.reading() as unit:
        assert len(unit.audit.lines()) == 1
    other = api.ask("POST", "runs", {"verb": "judge"}, **key)
    assert (other.status_code, other.json()["exit_code"]) == (400, 2)
    assert "run 1" in other.json()["detail"]
    assert api.ask("POST", "runs", {"verb": "cycle"}, **{"idempotency-key": "another"}).json() == {"run": 2}
    assert api.ask("POST", "runs", {"verb": "cycle"}).json() == {"run": 3}, "without a key, each asks for its own"
    assert "asked_as" not in api.get("runs/1")


def test_requests_that_come_at_one_time_under_one_key_are_one_run(api: Api) -> None:
    answers: list[int] = []

    def ask() -> None:
        answers.append(api.ask("POST", "runs", {"verb": "cycle"}, **{"idempotency-key": "at-once"}).json()["run"])

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(answers), len(set(answers))) == (8, 1)
    assert len(ledger.open_requests(api.store)) == 1


def test_a_plan_that_is_sent_twice_under_one_key_is_applied_once_and_kept_once(api: Api) -> None:
    plan = api.get("plan")
    key = {"idempotency-key": "plan"}
    assert api.ask("POST", "apply", plan, **key).json() == api.ask("POST", "apply", plan, **key).json()
    (asked,) = ledger.open_requests(api.store)
    with api.store.reading() as unit:
        assert [*unit.notes.read_all(ASKED_PLANS)] == [asked.scope["plan"]]
    assert api.ask("POST", "apply", **key).status_code == 400, "the plan of now is something else"


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    assert api.ask("POST", "runs", {"verb": "cycle"}, **{"idempotency-key": key}).status_code == 400
    assert ledger.open_requests(api.store) == []


def test_a_plan_that_was_edited_is_refused(api: Api) -> None:
    answer = api.ask("POST", "apply", api.get("plan") | {"made_at": "2026-11-02", "digest": "0"})
    assert (answer.status_code, "was edited" in answer.json()["detail"]) == (400, True)


def test_more_runs_than_anybody_needs_do_not_wait(sqlite_store: Store) -> None:
    with houses.served(houses.house(sqlite_store), TOKEN) as address:
        api = Api(address, sqlite_store)
        for _ in range(MOST_WAITING - 1):
            ledger.ask(sqlite_store, "cli:ann", "cycle", {})
        last = api.ask("POST", "runs", {"verb": "cycle"}, **{"idempotency-key": "last"})
        full = api.ask("POST", "runs", {"verb": "cycle"})
        assert (last.status_code, full.status_code, full.json()["kind"]) == (202, 429, "unavailable")
        assert api.ask("POST", "apply", api.get("plan")).status_code == 429
        with sqlite_store.reading() as unit:
            assert not unit.notes.read_all(ASKED_PLANS), "a plan that is refused is not kept"
        again = api.ask("POST", "runs", {"verb": "cycle"}, **{"idempotency-key": "last"})
        assert again.json() == last.json(), "what was taken stays taken"


# ---- the list ------------------------------------------------------------------------------------------------------


def test_runs_are_listed_by_verb_and_state_and_in_pages(api: Api) -> None:
    with api.store.writing() as unit:
        for outcome in (RunOutcome.DONE, RunOutcome.FAILED, RunOutcome.DONE):
            unit.runs.finish(unit.runs.start("cycle"), Ending(outcome, 0), {})
        unit.runs.ask("cli:ann", "resync", {})
        unit.runs.start("cycle")  # nobody holds the store
    assert numbers(api.get("runs")) == [5, 4, 3, 2, 1]
    assert numbers(api.get("runs?verb=resync")) == [4]
    assert numbers(api.get("runs?state=done")) == [3, 1]
    assert numbers(api.get("runs?state=waiting")) == [4]
    assert numbers(api.get("runs?state=broken%20off")) == [5]
    assert numbers(api.get("runs?state=working")) == []
    assert numbers(api.get("runs?state=done&verb=cycle&before=3")) == [1]
    shown, path = [], "/api/runs?limit=2"
    while path:
        answer = api.ask("GET", path.removeprefix("/api/"))
        shown += numbers(answer.json())
        path = answer.links.get("next", {}).get("url", "")
    assert shown == [5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "state=over", "before=0", "page=2", "limit=1&limit=2", "verb="]
)
def test_a_query_that_nobody_heeds_is_refused(api: Api, query: str) -> None:
    assert api.ask("GET", f"runs?{query}").status_code == 400


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"verb": "fly"}, "'verb' is none of 'cycle', 'reconcile'"),
        ({"scope": {}}, "'verb' is missing"),
        ({"verb": "cycle", "force": True}, "the body: an unknown field"),
        ({"verb": "cycle", "scope": {"force": True}}, "scope: an unknown field"),
        ({"verb": "pull", "scope": {"stream": ""}}, "scope.stream: it is empty"),
        ({"verb": "pull", "scope": {"stream": "x" * 501}}, "scope.stream: it has more than 500 characters"),
        ({"verb": "pull", "scope": {"stream": 7}}, "scope.stream: a text is expected"),
        ({"verb": "resync", "scope": {"full": "yes"}}, "scope.full: true or false is expected"),
        ({"verb": "resync", "scope": {"record": "a\nb"}}, "scope.record: it holds a character that no name has"),
        ([], "the body: a table of names and values is expected"),
    ],
)
def test_what_is_wrong_with_a_body_is_said_in_our_words(api: Api, body: Any, what: str) -> None:
    assert what in api.ask("POST", "runs", body).json()["detail"]


def test_what_is_wrong_with_a_query_is_said_in_our_words(api: Api) -> None:
    def refusal(path: str) -> str:
        return str(api.ask("GET", path).json()["detail"])

    assert refusal("runs?limit=0") == "limit: it is less than 1"
    assert refusal("runs?limit=x&page=2") == "limit: a whole number is expected; the query: an unknown field"
    assert refusal("runs?state=over").startswith("state: it is none of 'waiting', 'working'")
    assert refusal("explain") == "who: it is missing"
    assert refusal("reports/premature?since=soon") == "since: a day is expected, such as 2026-11-02"


def numbers(rows: list[dict[str, Any]]) -> list[int]:
    return [row["run"] for row in rows]


# ---- at once -------------------------------------------------------------------------------------------------------


def test_a_run_is_taken_back_and_the_daemon_held_with_who_did_it(api: Api) -> None:
    number = api.ask("POST", "runs", {"verb": "cycle"}).json()["run"]
    assert api.ask("POST", f"runs/{number}/cancel").json() == {"run": number, "state": "cancelled"}
    assert api.ask("POST", f"runs/{number}/cancel").json() == {"run": number, "state": "cancelled"}
    assert api.ask("POST", "runs/77/cancel").status_code == 404
    assert api.ask("POST", "pause").json() == {"paused": True}
    assert api.get("status")["paused"] is True
    assert api.ask("POST", "resume").json() == {"paused": False}
    acts = [(line["actor"], line["action"]) for line in api.get("audit-log?last=4")]
    assert acts == [("api:SYNCD_HTTP_TOKEN", action) for action in ("resume", "pause", "cancel", "cycle")]
    assert numbers_of(api.get("audit-log?before=3")) == [2, 1]


def test_what_is_in_quarantine_is_listed_and_tried_again(api: Api) -> None:
    assert api.get("quarantine") == []
    assert api.ask("POST", "quarantine/retry").json() == {"released": 0}
    answer = api.ask("POST", "quarantine/retry", {"record": "hubspot.contacts/1"})
    assert (answer.status_code, answer.json()["kind"]) == (404, "not found")


def numbers_of(lines: list[dict[str, Any]]) -> list[int]:
    return [line["id"] for line in lines]


# ---- kinds ---------------------------------------------------------------------------------------------------------


def test_every_kind_has_its_status_and_its_sentence() -> None:
    assert set(STATUS_OF) == set(TITLES) == set(CauseKind) == set(OF_KINDS)


@pytest.mark.parametrize(
    ("error", "status", "kind", "exit_code"),
    [
        (ConfigError("a"), 400, "configuration", 2),
        (Misconfigured("a"), 400, "configuration", 2),
        (UnsafePlan("a"), 409, "unsafe", 4),
        (AlreadyRunning("a"), 409, "already running", 5),
        (NotFound("a"), 404, "not found", 6),
        (Unavailable("a"), 503, "unavailable", 3),
        (TryLater("a"), 503, "unavailable", 3),
        (Refused("a"), 500, "defect", 1),
        (ValueError("a"), 500, "defect", 1),
    ],
)
def test_an_error_has_the_kind_and_the_exit_code_of_the_command_line(
    error: Exception, status: int, kind: str, exit_code: int
) -> None:
    answer = of_error(error)
    problem = orjson.loads(bytes(answer.body))
    assert (answer.status_code, problem["kind"], problem["exit_code"]) == (status, kind, exit_code)
    assert ("retry-after" in answer.headers) == (status == 503)


def _json(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in content.items()}


def test_a_costly_act_is_done_once_at_a_time(sqlite_store: Store) -> None:
    house = houses.house(sqlite_store)
    begun, may_end = Event(), Event()

    def draw(_: str) -> Plan:
        begun.set()
        may_end.wait(10)
        return Plan(datetime.now(UTC).isoformat(), ())

    house = type(house)(house.wiring, house.pulse, draw)
    with houses.served(house, TOKEN) as address:
        api, answers = Api(address, sqlite_store), []
        first = Thread(target=lambda: answers.append(api.ask("GET", "plan")))
        first.start()
        assert begun.wait(10)
        second = api.ask("GET", "plan")
        may_end.set()
        first.join()
    assert (second.status_code, second.json()["kind"], second.json()["exit_code"]) == (429, "unavailable", 3)
    assert int(second.headers["retry-after"]) > 0
    assert answers[0].status_code == 200
