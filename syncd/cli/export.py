"""`syncd export`: everything the store has about somebody, for them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.mark import marked
from syncd.cli.screen import say, show_json
from syncd.errors import ConfigError, NotFound
from syncd.model import RemoteRef
from syncd.store import UnitOfWork
from syncd.store.export import export_account, export_person, export_record
from syncd.sync.names import golden, nobody


def export(
    who: Annotated[str, typer.Argument(help="A contact, an account or a record: id, e-mail address, domain or name.")],
    to: Annotated[Path | None, typer.Option(help="A new file, made for you alone; else standard output.")] = None,
) -> None:
    """Write down everything the store has about a person, an account with its people, or a record, as JSON.

    It is what `syncd erase` would take away. HubSpot and Salesforce have more: ask there as well.
    The audit log notes that it was done.

    - `syncd export jane.doe@bank.example --to jane.json`

    - `syncd export "Endeavor Bank"`

    - `syncd export salesforce.Opportunity/006Hs0000000000IAA`
    """
    with opened() as store:
        with store.reading() as unit:
            content = _content(unit, who)
        kind = next(iter(content))
        with store.writing() as unit:
            unit.audit.write(actor(), "export", f"one {kind}")
    if to is None:
        show_json(content)
        return
    try:
        with os.fdopen(os.open(to, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(orjson.dumps(marked(content), option=orjson.OPT_INDENT_2, default=str))
    except OSError as error:
        raise ConfigError(f"{to} cannot be written: {error.strerror}; name a new file") from error
    say(f"{to}: everything about one {kind}; it is readable by you alone")


def _content(unit: UnitOfWork, who: str) -> dict[str, Any]:
    try:
        kind, golden_id = golden(unit, who, "contact", "account")
    except NotFound:
        ref = RemoteRef.spelled(who)
        if ref is None or not export_record(unit.connection, ref)["tables"]:
            raise nobody(who, "contact", "account") from None
        return export_record(unit.connection, ref)
    return (export_person if kind == "contact" else export_account)(unit.connection, golden_id)
