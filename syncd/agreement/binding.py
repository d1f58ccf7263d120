"""What a signature binds: the terms, in one canonical form, whatever the file looks like.

Comments, blanks, quoting and the order of names change nothing; the order of lists does (the first segment, role or
territory that fits wins). Only what the file says is bound: a term that a later syncd adds changes no old agreement.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from pydantic import BaseModel

from syncd import shipped
from syncd.agreement.terms import Agreement

UNBOUND = {"version", "name", "signed", "reps"}  # what it is called, who signed it, and who is away when, are no terms


def terms_digest(agreement: Agreement) -> str:
    """What tells the terms of two agreements apart."""
    terms = agreement.model_dump(by_alias=True, exclude_unset=True, exclude=UNBOUND, warnings=False)
    return shipped.digest(orjson.dumps(_canonical(terms), option=orjson.OPT_SORT_KEYS).decode())


def _canonical(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(name): _canonical(part) for name, part in value.items()}
        case list() | tuple():
            return [_canonical(part) for part in value]
        case bool() | str() | None:
            return value
        case Decimal() | int() | float():
            return f"{Decimal(str(value)).normalize():f}"
        case date():
            return value.isoformat()
        case BaseModel():
            return _canonical(value.model_dump(by_alias=True, exclude_unset=True))
        case _:
            raise TypeError(f"no canonical form of a {type(value).__name__}")
