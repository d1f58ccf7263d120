"""The OpenAPI document is valid, says what the table says, and the running house keeps to it."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from syncd.store import Store
from syncd.web.openapi import document
from syncd.web.operations import Operation
from syncd.web.table import TABLE
from tests.empty_stores import empty_sqlite
from tests.web import houses

TOKEN = "a-token-of-the-house"
EXAMPLES = 8  # for each operation
# What is named there must be there, which no schema tells; and what breaks one verb's scope may be another's.
UNTOLD = {
    "POST /api/runs": [positive_data_acceptance, negative_data_rejection],
    "POST /api/apply": [positive_data_acceptance],
}
schema = schemathesis.openapi.from_dict(document(TABLE))


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    store = Store(empty_sqlite(tmp_path_factory.mktemp("openapi") / "syncd.db"))
    budgets = {name: {"calls": 0, "daily_remaining": None} for name in ("hubspot", "salesforce")}
    streams = (("hubspot", "contacts"), ("salesforce", "Contact"))
    with houses.served(houses.house(store, streams=streams, budgets=budgets), TOKEN) as address:
        yield address
    store.close()


def test_the_document_is_valid_and_served_as_it_is(here: str) -> None:
    answer = requests.get(f"{here}/api/openapi.json", headers={"authorization": f"Bearer {TOKEN}"}, timeout=10).json()
    assert answer == document(TABLE)
    OpenAPIV31SpecValidator(answer).validate()


@pytest.mark.parametrize("operation", TABLE, ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_operation_stands_in_it_with_its_right(operation: Operation) -> None:
    paths = {path.replace(":int", ""): path for path in (one.path for one in TABLE)}
    described: dict[str, Any] = next(
        methods for path, methods in document(TABLE)["paths"].items() if paths[path] == operation.path
    )[operation.method.lower()]
    assert described.get("x-right") == (operation.right.word if operation.right else None)
    assert bool(described["security"]) == (operation.right is not None)
    assert described["summary"][0].isupper()
    assert not described["summary"].endswith(".")


@schema.auth()
class Token:
    """What every request carries, which Schemathesis takes away or spoils to see whether it is asked for."""

    def get(self, _: Any, __: Any) -> str:
        return TOKEN

    def set(self, case: Any, token: str, _: Any) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_the_house_keeps_to_it_whatever_is_sent(case: Any, here: str) -> None:
    case.call_and_validate(base_url=here, timeout=10, excluded_checks=UNTOLD.get(case.operation.label, []))
