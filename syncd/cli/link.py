"""`syncd link` and `syncd unlink`: a person overrules the matching."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated

import typer

from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json, Record
from syncd.cli.screen import show_json, show_line
from syncd.errors import ConfigError, NotFound
from syncd.in_force import load_mappings
from syncd.mapping import SystemMapping
from syncd.model import RemoteRef
from syncd.store import UnitOfWork
from syncd.store.doubles import APART
from syncd.sync.names import golden_id, remote_ref

LINKED = ("account", "contact")  # the kinds whose records a person may link


def link(
    record: Record,
    to: Annotated[str, typer.Argument(help="The account or contact it belongs to: id, name, e-mail or domain.")],
    as_json: Json = False,
) -> None:
    """Put a record to an account or contact by hand; no evidence ever moves it again.

    - `syncd link hubspot.companies/123 fdic.institutions/4494`

    - `syncd link hubspot.contacts/168 jane.doe@bank.example`
    """
    ref, configured = remote_ref(record), settings()
    with opened(configured) as store:
        kind = _kind(ref, load_mappings(configured))
        with store.alone(), store.writing() as unit:
            _require_seen(unit, ref)
            belongs_to = golden_id(unit, kind, to)
            _require_one_kind(unit, kind, ref, belongs_to)
            unit.people.link(ref, kind, belongs_to)
            unit.audit.write(actor(), "link", f"{record} to {belongs_to}")
    _tell({"record": record, "belongs_to": belongs_to}, f"{record} belongs to {belongs_to}", as_json)


def unlink(record: Record, as_json: Json = False) -> None:
    """Part a record from what it was matched with, for ever.

    - `syncd unlink hubspot.contacts/168`
    """
    ref, configured = remote_ref(record), settings()
    with opened(configured) as store:
        kind = _kind(ref, load_mappings(configured))
        with store.alone(), store.writing() as unit:
            _require_seen(unit, ref)
            before = unit.links.find([ref])
            unit.people.link(ref, kind, record)
            for parted in before.values():
                unit.doubles.decide(kind, record, parted.golden_id, APART, datetime.now(UTC))
            unit.audit.write(actor(), "unlink", record)
    _tell({"record": record, "belongs_to": record}, f"{record} stands alone", as_json)


def _kind(ref: RemoteRef, mappings: Mapping[str, SystemMapping]) -> str:
    """What the mapping says that the record's stream holds. Raises ConfigError unless it is accounts or people."""
    streams = {
        f"{mapping.system}.{name}": rule.into
        for mapping in mappings.values()
        for name, rule in mapping.streams.items()
        if rule.into in LINKED
    }
    if kind := streams.get(ref.qualified_stream):
        return kind
    known = ", ".join(streams)
    raise ConfigError(f"{ref.qualified_stream} holds neither accounts nor people; the streams that do: {known}")


def _require_seen(unit: UnitOfWork, ref: RemoteRef) -> None:
    """Raise NotFound for a record that the store does not have: nothing would ever come of its link."""
    if not unit.records.named([ref]):
        raise NotFound(f"nothing of the name {ref} was pulled yet; `syncd resync --record {ref}` reads it")


def _require_one_kind(unit: UnitOfWork, kind: str, ref: RemoteRef, belongs_to: str) -> None:
    """Raise ConfigError for a person account and a company, which are two whoever says so."""
    if kind == "account" and bool(unit.golden.persons([belongs_to])) != bool(unit.persons.among([ref])):
        raise ConfigError(f"{ref} and {belongs_to} are not linked: one is a person account, which is no company")


def _tell(answer: dict[str, object], words: str, as_json: bool) -> None:
    if as_json:
        show_json(answer)
    else:
        show_line(f"{words}; the next cycle applies it")
