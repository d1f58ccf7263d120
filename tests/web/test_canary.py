"""Nobody finds out whether a word is a secret by sending it: no answer says a word of what was sent, in any shape."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from starlette.requests import Request

from connectors.scrubber import SECRET, know
from syncd.composition import signing_of
from syncd.settings import Settings
from syncd.store import Store
from syncd.web import PAGES, Access, application
from syncd.web.entry import passwords
from syncd.web.entry.limits import Limit, Limits
from syncd.web.operations import Operation
from syncd.web.rights import Kind, Principal, Right
from syncd.web.table import TABLE
from tests.empty_stores import empty_sqlite
from tests.web import houses

CANARY = "Canary-2026-guessed-rightly"
WORD = "Parrot-2027-guessed-wrongly"  # as long, and no secret


HOLDER = {"authorization": "Bearer known"}


class Patient(Limits):
    """Lets everybody ask as often as they like."""

    def wait(self, limit: Limit, key: str) -> int:
        return 0


class Everybody:
    """Knows whoever says so."""

    configured = True

    def recognise(self, request: Request) -> Principal | None:
        known = request.headers.get("authorization") == "Bearer known"
        return Principal("known", Right.ADMINISTER, Kind.TOKEN) if known else None


class House(NamedTuple):
    """A house that is asked."""

    address: str
    table: tuple[Operation, ...]
    browser: requests.Session


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    know(CANARY)
    store = Store(empty_sqlite(tmp_path_factory.mktemp("canary") / "syncd.db"))
    signing = replace(signing_of(Settings(), store), limits=Patient())
    table = (*TABLE, *PAGES, *signing.operations())
    pages = application(houses.house(store), Access(Everybody(), True, Patient()), table=table)
    with (
        pytest.MonkeyPatch.context() as patch,
        requests.Session() as browser,
        houses.listening(pages) as address,
    ):
        patch.setattr(passwords, "is_right", lambda *_: False)  # without what a hash costs
        yield House(address, table, browser)
    store.close()


def shapes(operation: Operation, word: str) -> Iterator[dict[str, Any]]:
    """Everywhere where a word may stand in a request."""
    path = operation.path
    names = [*operation.query.model_fields, "who"]
    yield {"path": f"{path}/"}
    yield {"path": f"{path}/{word}"}
    yield {"path": f"{path}/?{word}=1"}
    yield {"path": path.replace("{name}", word).replace("{number:int}", word)}
    yield {"params": {word: "1"}}
    yield {"params": [(word, "1"), (word, "2")]}
    yield from ({"params": {name: word}} for name in names)
    yield {"headers": {word: word, "idempotency-key": word, "cookie": f"{word}={word}; syncd={word}"}}
    yield {"headers": {"host": word, "origin": f"https://{word}", "x-forwarded-for": word, "x-forwarded-host": word}}
    yield {"headers": {"authorization": f"Bearer {word}"}}
    yield {"headers": {"authorization": f"{word} {word}"}}
    if operation.method != "GET":
        whole: list[Any] = [word, [word], {word: word}, {"record": word}, {"verb": word}, {"verb": "cycle", word: 1}]
        whole += [{"verb": "cycle", "scope": {word: word}}, {"verb": "pull", "scope": {"system": word}}]
        whole += [{"verb": "pull", "scope": {"stream": word}}, {"verb": "resync", "scope": {"record": word}}]
        whole += [{"verb": "resync", "scope": {"account": word}}, {"verb": "resync", "scope": {"system": word}}]
        whole += [{"made_at": word, "digest": word, "steps": [{"system": word, "changes": {word: word}, word: 1}]}]
        whole += [{"made_at": word, "digest": word, "steps": []}, {"record": f"{word}/{word}"}]
        yield from ({"json": body} for body in whole)
        yield {"data": {"name": word, "password": word, word: word}}
        yield {"data": f"{{{word}"}


def asked(house: House, operation: Operation, shape: dict[str, Any], who: str) -> tuple[int, str]:
    """Status and all that is said."""
    headers = {"authorization": who} if who else {}
    options = {**shape, "headers": headers | shape.get("headers", {})}
    address = house.address + options.pop("path", operation.path.replace("{number:int}", "77"))
    house.browser.cookies.clear()
    answer = house.browser.request(operation.method, address, **options, timeout=10, allow_redirects=False)
    said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items() if name != "set-cookie")
    return answer.status_code, f"{said}\n\n{answer.text}"


@pytest.mark.parametrize("who", ["", "Bearer known"], ids=["nobody", "somebody"])
def test_a_secret_that_is_guessed_rightly_is_answered_as_any_other_word(house: House, who: str) -> None:
    for operation in house.table:
        if operation.path == "/metrics":
            continue
        guesses = zip(shapes(operation, CANARY), shapes(operation, WORD), strict=True)
        for right, wrong in guesses:
            (status, said), (other, unsaid) = (asked(house, operation, shape, who) for shape in (right, wrong))
            where = f"{operation.method} {operation.path} {right}"
            assert status == other, where
            assert SECRET not in said, where
            assert CANARY not in said, where
            assert WORD not in unsaid, where
            if status >= 400:
                assert said == unsaid, where


@pytest.mark.parametrize(
    "scope",
    [
        {"record": "hubspot.contacts/{}"},
        {"record": "hubspot.contacts/168 {}"},
        {"account": "{}"},
        {"account": "168/{}"},
    ],
    ids=str,
)
def test_what_is_kept_of_a_request_holds_none_of_its_words(tmp_path: Path, scope: dict[str, str]) -> None:
    """It was shown again in the run and in the audit log, without the part that was a secret."""
    know(CANARY)
    store = Store(empty_sqlite(tmp_path / "syncd.db"))
    with houses.served(houses.house(store, streams=[("hubspot", "contacts")]), "known") as address:

        def asked_for(word: str) -> tuple[int, str]:
            body = {"verb": "resync", "scope": {name: words.format(word) for name, words in scope.items()}}
            answer = requests.post(f"{address}/api/runs", json=body, headers=HOLDER, timeout=10)
            return answer.status_code, answer.text

        assert asked_for(CANARY) == asked_for(WORD)
        for path in ("runs", "audit-log"):
            said = requests.get(f"{address}/api/{path}", headers=HOLDER, timeout=10).text
            assert SECRET not in said
            assert WORD not in said
    store.close()


def test_a_probe_answers_whatever_is_asked_of_it(house: House) -> None:
    for path in ("/livez", "/readyz"):
        assert requests.get(f"{house.address}{path}", params={"verbose": "1", "a": ["b", "c"]}, timeout=5).ok
