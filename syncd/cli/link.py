"""`syncd link` and `syncd unlink`: a person overrules the matching."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.daemon_request import leave
from syncd.cli.installation import opened
from syncd.cli.options import Json, Record
from syncd.cli.screen import show_json, show_line
from syncd.errors import AlreadyRunning
from syncd.in_force import load_mappings
from syncd.sync import by_hand


def link(
    record: Record,
    to: Annotated[str, typer.Argument(help="The account or contact it belongs to: id, name, e-mail or domain.")],
    as_json: Json = False,
) -> None:
    """Put a record to an account or contact by hand; no evidence ever moves it again.

    A running daemon carries it out.

    - `syncd link hubspot.companies/123 fdic.institutions/4494`

    - `syncd link hubspot.contacts/168 jane.doe@bank.example`
    """
    configured = settings()
    with opened(configured) as store:
        mappings = load_mappings(configured)
        by_hand.require_linkable(store, mappings, record, to)
        try:
            with store.alone():
                belongs_to = by_hand.link(store, mappings, record, to, actor())
        except AlreadyRunning:
            leave(store, "link", {"record": record, "to": to}, as_json)
            return
    _tell({"record": record, "belongs_to": belongs_to}, f"{record} belongs to {belongs_to}", as_json)


def unlink(record: Record, as_json: Json = False) -> None:
    """Part a record from what it was matched with, for ever.

    A running daemon carries it out.

    - `syncd unlink hubspot.contacts/168`
    """
    configured = settings()
    with opened(configured) as store:
        mappings = load_mappings(configured)
        by_hand.require_linkable(store, mappings, record)
        try:
            with store.alone():
                by_hand.unlink(store, mappings, record, actor())
        except AlreadyRunning:
            leave(store, "unlink", {"record": record}, as_json)
            return
    _tell({"record": record, "belongs_to": record}, f"{record} stands alone", as_json)


def _tell(answer: dict[str, object], words: str, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show_line(f"{words}; the next cycle applies it")
