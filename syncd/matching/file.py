"""What `mappings/matching.yaml` may say, as frozen, typed values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator
from pydantic_core import PydanticCustomError

Kind = Literal["account", "contact", "user"]  # whose records of several systems become one


def _order(value: Any) -> Any:
    if value == "any" or (isinstance(value, list) and all(isinstance(system, str) for system in value)):
        return value
    raise PydanticCustomError("order", "a list of systems is expected, or the word any")


def _default(orders: dict[str, Any]) -> dict[str, Any]:
    if orders.get("default") == "any":
        raise PydanticCustomError("default", "the default is a list of systems, the one before first")
    return orders


Order = Annotated[list[str] | str, PlainValidator(_order)]


class MatchingFile(BaseModel):
    """Whose word counts by kind and field, and which words identify nobody; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prefer: Mapping[Kind, Annotated[dict[str, Order], AfterValidator(_default)]]
    legal_forms: tuple[str, ...]
    no_legal_forms: tuple[str, ...] = ()
    leading_legal_forms: tuple[str, ...] = ()
    legal_forms_apart: Mapping[str, tuple[tuple[str, ...], ...]] = {}
    behind_comma: tuple[str, ...] = ()
    words: Mapping[str, str] = {}
    joining: tuple[str, ...] = ()
    common_words: tuple[str, ...] = ()
    other_companies: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    department_endings: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    authority_endings: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    no_names: tuple[str, ...] = ()
    countries_with_states: tuple[str, ...] = ()
    free_mail: tuple[str, ...]
    mail_hosts_that_are_one: Mapping[str, tuple[str, ...]] = {}
    tags_before_user: tuple[str, ...] = ()
    role_mailboxes: tuple[str, ...]
    role_endings: tuple[str, ...] = ()
    fillers: tuple[str, ...] = ()
    salutations: tuple[str, ...] = ()
    particles: tuple[str, ...] = ()
    nicknames: Mapping[str, tuple[str, ...]] = {}
