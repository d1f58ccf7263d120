"""The description of all of it, for clients that are generated, and for whoever reads."""

from __future__ import annotations

from typing import Any

from syncd.web.openapi import document
from syncd.web.operations import Call, Operation, Told
from syncd.web.rights import Right


class Description(Told):
    """An OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]


def describe(call: Call) -> Any:
    """What it takes, answers and refuses; for clients that are generated."""
    return document([operation for operation in call.table if not operation.page])


OPERATIONS = (
    Operation("GET", "/api/openapi.json", Right.VIEW, "Every operation, as OpenAPI 3.1", describe, answer=Description),
)
