"""The shipped agreement, changed as a test needs it, and what its check complains of."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

from syncd.agreement import examine, terms_digest
from syncd.document import read

SHIPPED = resources.files("mappings").joinpath("agreement.yaml").read_text(encoding="utf-8")
CONTENT: dict[str, Any] = read(SHIPPED, "agreement.yaml").content
SCORED: dict[str, Any] = CONTENT["mql"]["scored"]
SIZE = {"measure": "employees", "min": 100}
BANK_CODES = {"system": "SIC", "year": 1987, "codes": ["6021"]}


def complaints(text: str) -> list[str]:
    return [str(complaint) for complaint in examine(text, "agreement.yaml")[1]]


def digest(text: str) -> str:
    """The digest of the terms of an agreement that is in order."""
    agreement, complaints = examine(text, "agreement.yaml")
    assert agreement is not None, complaints
    return terms_digest(agreement)


def changed(**sections: Any) -> str:
    """The shipped agreement with some sections replaced."""
    return yaml.safe_dump({**CONTENT, **sections}, sort_keys=False, allow_unicode=True)


def segment(**terms: Any) -> str:
    return changed(served_market={"segments": [{"name": "ours", **terms}]})
