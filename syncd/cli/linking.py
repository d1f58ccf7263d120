"""Commands by which a person overrules the matching: link, unlink, erase."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.context import opened
from syncd.cli.screen import console, show_json
from syncd.errors import ConfigError, NotFound
from syncd.store import Store

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

_KINDS = {  # stream → what its records become
    "Account": "account",
    "companies": "account",
    "Contact": "contact",
    "Lead": "contact",
    "contacts": "contact",
}


def link(
    record: Annotated[str, typer.Argument(help="system.stream/id, e.g. hubspot.companies/123")],
    to: Annotated[str, typer.Argument(help="The account or contact it belongs to: id, name, e-mail or domain.")],
    as_json: Json = False,
) -> None:
    """Put a record to an account or contact by hand; no evidence ever moves it again.

    - `syncd link hubspot.companies/123 fdic.institutions/4494`

    - `syncd link hubspot.contacts/168 jane.doe@bank.example`
    """
    kind = _kind(record)
    with opened() as store, store.alone():
        golden_id = _one(store, kind, to)
        store.link(record, kind, golden_id)
        store.audit("cli", "link", f"{record} to {golden_id}")
    _tell({"record": record, "belongs_to": golden_id}, f"{record} belongs to {golden_id}", as_json)


def unlink(
    record: Annotated[str, typer.Argument(help="system.stream/id, e.g. hubspot.companies/123")],
    as_json: Json = False,
) -> None:
    """Part a record from what it was matched with, for ever.

    - `syncd unlink hubspot.contacts/168`
    """
    kind = _kind(record)
    with opened() as store, store.alone():
        store.link(record, kind, record)
        store.audit("cli", "unlink", record)
    _tell({"record": record, "belongs_to": record}, f"{record} stands alone", as_json)


def erase(
    who: Annotated[str, typer.Argument(help="A contact: id, e-mail address, name or remote id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Forget a person: everything held about them goes, and stays gone when it comes again.

    HubSpot and Salesforce keep what they have; erase it there as well.

    - `syncd erase jane.doe@bank.example`

    - `syncd erase hubspot.contacts/168 --yes` does not ask
    """
    with opened() as store, store.alone():
        contact_id = _one(store, "contact", who)
        if not yes:
            typer.confirm(f"Forget {contact_id} for ever?", abort=True)
        gone = store.erase(contact_id)
    _tell({"erased": contact_id, "records": gone}, f"forgotten: {gone:,} remote records of one person", as_json)


def _one(store: Store, kind: str, name: str) -> str:
    found = store.find(kind, name)
    if not found:
        raise NotFound(f"no {kind} answers to that: give an id, e-mail address, name, domain or remote id")
    if len(found) > 1:
        raise NotFound(f"{len(found)} {kind}s answer to that: {', '.join(found[:8])}; give one of these ids")
    return found[0]


def _kind(record: str) -> str:
    place, _, remote_id = record.partition("/")
    system, _, stream = place.partition(".")
    if not (system and stream and remote_id):
        raise ConfigError(f"{record!r} names no record; write system.stream/id, e.g. hubspot.companies/123")
    return _KINDS.get(stream, "account")


def _tell(answer: dict[str, object], words: str, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        console.print(f"{words}; the next cycle applies it")
