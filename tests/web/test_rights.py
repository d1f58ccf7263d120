"""Every operation of the table asks for its right, of everybody, wherever the house listens."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from starlette.requests import Request

from syncd.composition import signing_of
from syncd.settings import Settings
from syncd.store import Store
from syncd.web import PAGES, Access, application
from syncd.web.operations import Operation
from syncd.web.rights import BOOTSTRAP, Kind, Principal, Right
from syncd.web.table import TABLE
from tests import ledger
from tests.empty_stores import empty_sqlite
from tests.web import houses

BEHIND_A_RIGHT = [operation for operation in TABLE if operation.right is not None]
WORKS = {"/api/runs": {"verb": "cycle"}}  # bodies of what takes one


class Known:
    """Knows three tokens by their rights."""

    configured = True

    def recognise(self, request: Request) -> Principal | None:
        word = request.headers.get("authorization", "").removeprefix("Bearer ")
        return Principal(word, Right.read(word), Kind.TOKEN) if word.upper() in Right.__members__ else None


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Ask for an operation, as somebody; gives the answer."""
    with stand(tmp_path_factory, Access(Known(), loopback=False)) as asking:
        yield asking


@contextmanager
def stand(tmp_path_factory: pytest.TempPathFactory, access: Access) -> Iterator[Any]:
    store = Store(empty_sqlite(tmp_path_factory.mktemp("rights") / "syncd.db"))
    with houses.listening(application(houses.house(store), access)) as address:

        def ask(operation: Operation, who: str | None = None, **headers: str) -> requests.Response:
            with store.writing() as unit:
                number = unit.runs.start("cycle")
            path = operation.path.replace("{number:int}", str(number))
            headers |= {"authorization": f"Bearer {who}"} if who else {}
            body = WORKS.get(operation.path)
            return requests.request(operation.method, f"{address}{path}", headers=headers, json=body, timeout=10)

        yield ask
    store.close()


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


def test_no_path_is_declared_twice() -> None:
    assert len({named(operation) for operation in TABLE}) == len(TABLE)
    assert len({operation.name for operation in TABLE}) == len(TABLE)


@pytest.mark.parametrize("operation", BEHIND_A_RIGHT, ids=named)
def test_an_operation_is_done_for_whom_has_its_right_and_for_nobody_else(asked: Any, operation: Operation) -> None:
    assert operation.right is not None
    answers = {right: asked(operation, right.word) for right in Right}
    for right, answer in answers.items():
        assert (answer.status_code == 403) == (right < operation.right), answer.text
        assert answer.ok or answer.status_code in (400, 403, 404), answer.text
    for stranger in (None, "", "nobody", "administer2"):
        answer = asked(operation, stranger)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.json()["kind"] == "configuration"


def test_what_acts_asks_for_more_than_looking() -> None:
    assert [named(one) for one in TABLE if one.method != "GET" and one.right is Right.VIEW] == []
    assert {one.path for one in TABLE if one.right is None and not one.probe} == set()


@pytest.fixture(scope="module")
def asked_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same of a house on loopback that knows nobody."""
    with stand(tmp_path_factory, Access(houses.OneToken(), loopback=True)) as asking:
        yield asking


@pytest.fixture(scope="module")
def asked_from_afar(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same of a house that listens elsewhere and knows nobody."""
    with stand(tmp_path_factory, Access(houses.OneToken(), loopback=False)) as asking:
        yield asking


OPEN = {"/static/{name}", "/theme", "/sign-in", "/sign-out", "/livez", "/readyz"}


def test_nothing_of_all_that_is_served_is_open_by_omission(sqlite_store: Store) -> None:
    settings = Settings(
        oidc_issuer="https://id.example.com",
        oidc_client_id="syncd",
        oidc_client_secret=SecretStr("a-secret-of-the-house"),
        oidc_view=("sales",),
        http_url="https://syncd.example.com",
    )
    everything = (*TABLE, *PAGES, *signing_of(settings, sqlite_store).operations())
    assert len({named(operation) for operation in everything}) == len(everything)
    opened = {operation.path for operation in everything if operation.right is None}
    assert {path for path in opened if not path.startswith("/sign-in/")} <= OPEN
    assert not {path for path in opened if path.startswith("/api/")}


@pytest.mark.parametrize("operation", TABLE, ids=named)
def test_on_this_machine_anybody_may_look_where_nothing_is_configured(asked_here: Any, operation: Operation) -> None:
    answer = asked_here(operation)
    proxied = asked_here(operation, **{"x-forwarded-for": "203.0.113.7"})
    assert (answer.status_code == 403) == (operation.right is not None and operation.right > Right.VIEW)
    assert (proxied.status_code == 403) == (not operation.probe), "who comes through a proxy is not on this machine"
    if answer.status_code == 403:
        assert BOOTSTRAP in answer.json()["mend"]


@pytest.mark.parametrize("operation", TABLE, ids=named)
def test_beyond_this_machine_probes_alone_answer_where_nothing_is_configured(
    asked_from_afar: Any, operation: Operation
) -> None:
    answers = [asked_from_afar(operation), asked_from_afar(operation, "a-guess")]
    if operation.probe:
        assert [answer.status_code for answer in answers] == [200, 200]
    else:
        assert [answer.status_code for answer in answers] == [403, 403]
        assert BOOTSTRAP in answers[0].json()["mend"]


def test_who_acts_stands_in_the_run_and_in_the_audit_log(sqlite_store: Store) -> None:
    with houses.served(houses.house(sqlite_store), "a-token-of-the-house") as address:
        known = {"authorization": "Bearer a-token-of-the-house"}
        answer = requests.post(f"{address}/api/runs", json={"verb": "reconcile"}, headers=known, timeout=10)
    number = answer.json()["run"]
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/runs/{number}")
    assert ledger.run_of(sqlite_store, number)["actor"] == f"api:{BOOTSTRAP}"
    with sqlite_store.reading() as unit:
        (line,) = unit.audit.lines()
    assert (line.actor, line.action, line.detail) == (f"api:{BOOTSTRAP}", "reconcile", f"run {number}")
