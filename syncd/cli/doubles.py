"""`syncd doubles`: what may be one and is not certain, and what a person decides of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.agreement import load as load_agreement
from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.errors import ConfigError
from syncd.in_force import load_mappings
from syncd.store import UnitOfWork
from syncd.store.doubles import APART
from syncd.sync.names import golden
from syncd.today import day_in
from syncd.views.doubles import undecided

KINDS = ("account", "contact")


def doubles(
    first: Annotated[str | None, typer.Argument(help="An account or contact: id, name, e-mail or domain.")] = None,
    second: Annotated[str | None, typer.Argument(help="The one that it may be.")] = None,
    link: Annotated[bool, typer.Option("--link", help="They are one.")] = False,
    apart: Annotated[bool, typer.Option("--apart", help="They are two, for good.")] = False,
    as_json: Json = False,
) -> None:
    """List what may be one and waits for a decision, or decide: nothing is created beside a likely double until then.

    - `syncd doubles`

    - `syncd doubles --link hubspot.contacts/168 salesforce.Contact/003000000000001AAA`

    - `syncd doubles --apart hubspot.companies/9 salesforce.Account/001000000000001AAA`
    """
    if link or apart:
        if not first or not second:
            raise ConfigError("say which two: `syncd doubles --link FIRST SECOND`, or `--apart FIRST SECOND`")
        _decide(first, second, link=link, as_json=as_json)
        return
    if first or second:
        raise ConfigError("say what they are: --link (one) or --apart (two)")
    configured = settings()
    agreement = load_agreement(configured.agreement, configured.mappings)
    with opened(configured) as store, store.reading() as unit:
        pairs = undecided(unit)
    if as_json:
        show_json(pairs)
        return
    rows = [
        (
            *(pair["kind"], _shown(pair["first"]), _shown(pair["second"]), pair["evidence"]),
            day_in(agreement, datetime.fromisoformat(pair["since"])),
        )
        for pair in pairs
    ]
    headings = ("kind", "one", "may be", "what speaks for it", "since")
    show_table("likely doubles", headings, rows, empty="nothing waits for a decision")


def _shown(side: dict[str, Any]) -> str:
    return f"{side['name']} ({side['id']})"


def _decide(name: str, other: str, *, link: bool, as_json: bool) -> None:
    with opened(settings()) as store, store.alone(), store.writing() as unit:
        kind, first = golden(unit, name, *KINDS)
        _, second = golden(unit, other, kind)
        if first == second:
            raise ConfigError(f"{name} and {other} are one already")
        if link:
            _unite(unit, kind, first, second)
        else:
            unit.doubles.decide(kind, first, second, APART, datetime.now(UTC))
            unit.golden.mark_stale(_homes(unit, kind, (first, second)))
        unit.audit.write(actor(), "doubles", f"{first} and {second} are {'one' if link else 'two'}")
    answer = {"kind": kind, "first": first, "second": second, "decision": "link" if link else APART}
    if as_json:
        show_json(answer)
    else:
        show_line(f"{first} and {second} are {'one' if link else 'two'}; the next cycle applies it")


def _unite(unit: UnitOfWork, kind: str, first: str, second: str) -> None:
    """Put the records of the one to the other, which is the one that stands where we write, if only one does."""
    live = {f"{mapping.system}.{mapping.live(kind)}" for mapping in load_mappings(settings()).values()}
    records = {golden_id: [link.ref for link in unit.people.links_of(kind, golden_id)] for golden_id in (first, second)}
    stands = {golden_id: any(ref.qualified_stream in live for ref in refs) for golden_id, refs in records.items()}
    if stands[first] and not stands[second]:
        first, second = second, first
    for ref in records[first]:
        unit.people.link(ref, kind, second)


def _homes(unit: UnitOfWork, kind: str, ids: tuple[str, str]) -> list[str]:
    if kind == "account":
        return list(ids)
    return [home for home in unit.golden.homes(ids).values() if home]
