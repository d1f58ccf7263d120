"""`syncd link` and `syncd unlink`: a person overrules the matching."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.installation import opened
from syncd.cli.names import golden_id, record_parts
from syncd.cli.options import Json, Record
from syncd.cli.screen import show_json, show_line

_KINDS = {  # stream → what its records become
    "Account": "account",
    "companies": "account",
    "Contact": "contact",
    "Lead": "contact",
    "contacts": "contact",
}


def link(
    record: Record,
    to: Annotated[str, typer.Argument(help="The account or contact it belongs to: id, name, e-mail or domain.")],
    as_json: Json = False,
) -> None:
    """Put a record to an account or contact by hand; no evidence ever moves it again.

    - `syncd link hubspot.companies/123 fdic.institutions/4494`

    - `syncd link hubspot.contacts/168 jane.doe@bank.example`
    """
    kind = _kind(record)
    with opened() as store, store.alone():
        belongs_to = golden_id(store, kind, to)
        store.link(record, kind, belongs_to)
        store.audit("cli", "link", f"{record} to {belongs_to}")
    _tell({"record": record, "belongs_to": belongs_to}, f"{record} belongs to {belongs_to}", as_json)


def unlink(record: Record, as_json: Json = False) -> None:
    """Part a record from what it was matched with, for ever.

    - `syncd unlink hubspot.contacts/168`
    """
    kind = _kind(record)
    with opened() as store, store.alone():
        store.link(record, kind, record)
        store.audit("cli", "unlink", record)
    _tell({"record": record, "belongs_to": record}, f"{record} stands alone", as_json)


def _kind(record: str) -> str:
    _, stream, _ = record_parts(record)
    return _KINDS.get(stream, "account")


def _tell(answer: dict[str, object], words: str, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show_line(f"{words}; the next cycle applies it")
