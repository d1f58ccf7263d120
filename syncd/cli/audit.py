"""`syncd audit`: whom we have where somebody decides, whom we reach, and who is missing."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer

from syncd.cli.acquisition import read_list, show_burn_down, show_list
from syncd.cli.context import settings
from syncd.cli.drift import show_drift
from syncd.cli.installation import opened
from syncd.cli.mark import marked
from syncd.cli.options import Csv, Json, first_day
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_aside, show_table, show_title
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from syncd.legible import legible
from syncd.model import Standing
from syncd.planning.audit import AccountAudit
from syncd.planning.headcount import OF_ROLES, AccountNames, Count, Headcount, RegisterCount, SegmentCount, total
from syncd.rules import Rulebook
from syncd.settings import Settings
from syncd.store import UnitOfWork
from syncd.store.judgements import plain
from syncd.sync.audits import audits
from syncd.today import today_of

SHOWN = 10  # names of a list
WINDOW = 28  # days of drift where none is named


def audit(
    segment: Annotated[str | None, typer.Option("--segment", help="One segment of the agreement, by name.")] = None,
    moved: Annotated[bool, typer.Option("--drift", help="How the counts moved, by facts and by terms.")] = False,
    since: Annotated[str, first_day("28 days ago, of --drift and --burn-down")] = "",
    to: Annotated[str, typer.Option("--list", help="Write the acquisition list there as CSV; - is the screen.")] = "",
    back: Annotated[Path | None, typer.Option("--read", help="Take in such a CSV: source, owner, due.")] = None,
    burn_down: Annotated[bool, typer.Option("--burn-down", help="How the list shrinks, day by day.")] = False,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Count whom we have where somebody decides, whom we reach, and who is missing for the roles required.

    For each segment, function and level; the register's count against what is there; what is known of each field; who
    is unknown for want of which fact; likely doubles; and of whom nothing was heard for long. It only looks. In JSON
    and CSV each account stands with its roles. Every day's first complete run keeps the counts: --drift compares them.

    - `syncd audit`

    - `syncd audit --segment "mid-size US banks" --json`

    - `syncd audit --drift --since 2026-10-01`

    - `syncd audit --list gaps.csv`, then, filled in, `syncd audit --read gaps.csv`; `syncd audit --burn-down`
    """
    configured = settings()
    book = load_rulebook(configured)
    _require(segment, book)
    today = today_of(book.agreement)
    first = past_day_or("--since", since, today, today - timedelta(days=WINDOW))
    if to or back or burn_down:
        with opened(configured) as store:
            if back:
                read_list(store, book.agreement, back, today, as_json=as_json)
            elif to:
                show_list(store, book.agreement, to, segment, today, as_json=as_json)
            else:
                show_burn_down(store, book.agreement, first, today, as_json=as_json, as_csv=as_csv)
    elif moved:
        show_drift(configured, first, segment, as_json=as_json, as_csv=as_csv)
    else:
        _count_now(configured, book, segment, today, as_json=as_json, as_csv=as_csv)


def _count_now(
    configured: Settings, book: Rulebook, segment: str | None, today: date, *, as_json: bool, as_csv: bool
) -> None:
    """The counts of now; in JSON and CSV account by account, as they are read."""
    count = Count(book.agreement, segment)
    with opened(configured) as store, store.reading() as unit:
        counted = _counted(audits(unit, book, today), count, segment)
        if as_csv:
            show_csv(COLUMNS, (row for account in counted for row in _rows(account)))
        elif as_json:
            _stream(counted, lambda: count.headcount(unit.doubles.count_by_kind()), today.isoformat())
        else:
            _show(headcount_of(unit, book, today, segment))


def headcount_of(unit: UnitOfWork, book: Rulebook, today: date, segment: str | None = None) -> Headcount:
    """The counts of all segments, or of one, without the accounts."""
    count = Count(book.agreement, segment)
    for account in audits(unit, book, today):
        count.add(account)
    return count.headcount(unit.doubles.count_by_kind())


def _require(segment: str | None, book: Rulebook) -> None:
    names = [own.name for own in book.agreement.served_market.segments]
    if segment is not None and segment not in names:
        raise ConfigError(f"--segment {segment}: the agreement has {', '.join(names)}")


def _counted(accounts: Iterable[AccountAudit], count: Count, segment: str | None) -> Iterator[AccountAudit]:
    """The accounts of the segments, each of them counted on the way, and all others as well."""
    for account in accounts:
        count.add(account)
        if account.standing is Standing.IN and segment in (None, account.segment):
            yield account


# ---- as data -----------------------------------------------------------------------------------------------------

COLUMNS = ("account id", "account", "segment", "role", *OF_ROLES)


def _rows(account: AccountAudit) -> Iterator[Sequence[Any]]:
    for seat in account.seats:
        numbers = (getattr(seat, what) for what in OF_ROLES)
        yield account.account_id, account.name, account.segment, seat.role, *numbers


def _stream(accounts: Iterable[AccountAudit], headcount: Any, day: str) -> None:
    """One JSON document: the accounts as they come, then what they add up to."""
    write = sys.stdout.write
    first = orjson.dumps(marked({"day": day})).decode().removesuffix("}")
    write(f'{legible(first)},\n"accounts": [')
    for number, account in enumerate(accounts):
        write(("," if number else "") + "\n" + legible(orjson.dumps(_plain(account)).decode()))
    rest = legible(orjson.dumps(plain(headcount()), option=orjson.OPT_INDENT_2).decode())
    write(f"\n],\n{rest.removeprefix('{').lstrip()}\n")


def _plain(account: AccountAudit) -> dict[str, Any]:
    return {
        "id": account.account_id,
        "name": account.name,
        "segment": account.segment,
        "excluded": account.excluded,
        "registers": account.registers,
        "missing": account.missing,
        "roles": [{"role": seat.role} | {what: getattr(seat, what) for what in OF_ROLES} for seat in account.seats],
    }


# ---- on the screen -----------------------------------------------------------------------------------------------


def _show(headcount: Headcount) -> None:
    standings = ", ".join(f"{number:,} {standing}" for standing, number in headcount.standings.items())
    show_line(f"accounts: {standings}")
    if headcount.persons:
        show_line(f"left out: {headcount.persons:,} of those out are person accounts, which are no companies")
    for segment in headcount.segments:
        _show_segment(segment)
    for fact, names in headcount.lacking.items():
        _show_names(f"{names.number:,} accounts are unknown for want of their {fact}", names)
    doubles = ", ".join(f"{number:,} of {kind}s" for kind, number in headcount.doubles.items())
    show_line(f"likely doubles that wait for a decision: {doubles or 'none'}")


def _show_segment(segment: SegmentCount) -> None:
    excluded = f", {segment.excluded:,} of them excluded" if segment.excluded else ""
    show_title(f"{segment.segment}: {segment.accounts:,} accounts{excluded}")
    show_line(
        f"every seat is taken at {segment.whole:,} of {segment.accounts - segment.excluded:,} accounts to sell to; "
        f"{segment.missing:,} people are missing"
    )
    roles = (*segment.roles, total(segment.roles))
    rows = [(role.role, *(getattr(role, what) for what in OF_ROLES)) for role in roles]
    show_table("by role", ("role", *OF_ROLES), rows, right=range(1, 6))
    show_aside("missing is counted account by account: whom one has beyond its seats fills none of another's")
    columns = ("function", "level", "have", "by mail", "by phone", "reachable", "role", "missing for it")
    cells = [
        (c.function, c.level, c.have, c.by_mail, c.by_phone, c.reachable, c.role, c.missing or None)
        for c in segment.cells
    ]
    show_table("by function and level", columns, cells, right=(2, 3, 4, 5, 7), empty="no contacts yet")
    show_aside("who has two functions stands in both; what a role lacks stands beside every cell that would fill it:")
    show_aside("neither column adds up to the sum over roles")
    known = [(field.kind, field.field, field.known, _share(field.known, field.of)) for field in segment.fields]
    show_table("known of each field", ("kind", "field", "known", "share"), known, right=(2, 3))
    show_line(
        f"of {segment.people:,} contacts {segment.reachable:,} are reachable, {segment.left:,} have left, "
        f"and of {segment.stale:,} nothing was heard for long"
    )
    if segment.register:
        _show_register(segment.register)


def _show_register(register: RegisterCount) -> None:
    gap = register.counted - register.agreed
    held = "as agreed" if not gap else "within the agreed tolerance" if register.holds else "which does not hold"
    against = "" if not gap else f", {gap:+,} against {register.agreed:,} agreed"
    show_line(
        f"register {register.register}: {register.counted:,} of its accounts stand in the segment{against}: {held}"
    )
    if register.unlisted.number:
        _show_names(f"{register.unlisted.number:,} stand in the segment, and not in the register", register.unlisted)
    if register.undecided.number:
        what = f"{register.undecided.number:,} stand in the register, and nobody knows whether in the segment"
        _show_names(what, register.undecided)


def _show_names(what: str, names: AccountNames) -> None:
    shown = ", ".join(name for _, name in names.accounts[:SHOWN])
    more = f" and {names.number - SHOWN:,} more: --json has them" if names.number > SHOWN else ""
    show_line(f"{what}: {shown}{more}")


def _share(known: int, of: int) -> str:
    return f"{known / of:.0%}" if of else ""
