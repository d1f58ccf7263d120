"""The acquisition list on the command line: out as CSV, back in, and how it burns down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from syncd.agreement import Agreement
from syncd.cli.actor import actor
from syncd.cli.screen import say, show_json, show_line
from syncd.cli.spreadsheet import show_csv, write_csv
from syncd.cli.table import show_table
from syncd.document import Complaint
from syncd.errors import ConfigError
from syncd.planning.acquisition import Item, burn_down
from syncd.planning.names import finder
from syncd.private import open_private
from syncd.sheet import meant, require_none, rows
from syncd.store import Store, UnitOfWork
from syncd.store.gaps import Said
from syncd.store.judgements import plain
from syncd.text_file import text_of
from syncd.views.acquisition import COLUMNS, items, row_of

READ = ("account id", "role", "source", "owner", "due")  # what is read back
STANDARD_OUTPUT = "-"


def show_list(
    store: Store, agreement: Agreement, target: str, segment: str | None, today: date, *, as_json: bool
) -> None:
    """Write the list as CSV, safe to open in a spreadsheet, into a file or on standard output; or JSON there."""
    with store.reading() as unit:
        _require_counted(unit)
        listed = [item for item in items(unit, agreement) if segment in (None, item.gap.segment)]
    table = [row_of(item, today) for item in listed]
    if target == STANDARD_OUTPUT and as_json:
        show_json([dict(zip(COLUMNS, row, strict=True)) for row in table])
        return
    if target == STANDARD_OUTPUT:
        show_csv(COLUMNS, table)
        return
    try:
        with open_private(Path(target)) as file:
            write_csv(file, COLUMNS, table)
    except OSError as error:
        raise ConfigError(f"--list {target}: {error.strerror}: name a file that can be written") from error
    if as_json:
        show_json({"file": target, "gaps": len(listed)})
    say(f"{target}: {len(listed):,} gaps; fill in source, owner and due, then `syncd audit --read {target}`")
    if not agreement.audit.sources:
        say("the agreement lists no sources: name them in audit.sources, and the list proposes one for each gap")


def read_list(store: Store, agreement: Agreement, file: Path, today: date, *, as_json: bool) -> None:
    """Take in what people say of the gaps: source, owner and day. Raises ConfigError with every complaint at once."""
    table = list(rows(text_of(file, str(file)), str(file), READ))
    with store.writing() as unit:
        listed = {(item.gap.account_id, item.gap.role): item for item in items(unit, agreement)}
        said: list[Said] = []
        complaints: list[Complaint] = []
        closed, user_of = 0, finder(unit.groups.users())
        for line, cells in table:
            words = _words(str(file), line, [meant(cell) for cell in cells], agreement)
            if isinstance(words, Complaint):
                complaints.append(words)
            elif item := listed.get((words.account_id, words.role)):
                entry = _beyond(words, item)
                said.append(entry)
                complaints += [Complaint(str(file), line, *wrong) for wrong in _wrong(entry, item, user_of, today)]
            elif unit.gaps.of(words.account_id, words.role):
                closed += 1
            else:
                what = f"no gap {words.role} at {words.account_id}"
                complaints.append(Complaint(str(file), line, what, "keep account id and role as `--list` wrote them"))
        require_none(complaints, "nothing was taken in")
        changed = unit.gaps.say(said)
        unit.audit.write(actor(), "audit --read", f"{len(said)} gaps, {changed} changed")
    if as_json:
        show_json({"read": len(said), "changed": changed, "closed_meanwhile": closed})
        return
    show_line(f"{len(said):,} gaps read, {changed:,} changed" + (f", {closed:,} closed meanwhile" if closed else ""))


def _wrong(entry: Said, item: Item, user_of: Callable[[str], str | None], today: date) -> Iterator[tuple[str, str]]:
    """What is newly said and cannot be: an owner whom nobody knows, a day that is over; what stands there may stay."""
    if entry.owner and entry.owner not in (item.gap.owner, item.owner) and user_of(entry.owner) is None:
        yield f"no user is called {entry.owner!r}", "write the e-mail address of an active user"
    if entry.due and entry.due not in (item.gap.due, item.due) and entry.due < today:
        yield f"due {entry.due} is over", f"write a day from today on; it is {today} there"


def _words(file: str, line: int, cells: Sequence[str], agreement: Agreement) -> Said | Complaint:
    account_id, role, source, owner, day = cells
    names = {own.name.casefold(): own.name for own in agreement.audit.sources}
    if source and source.casefold() not in names:
        mend = f"one of {', '.join(names.values())}" if names else "name it in audit.sources of the agreement first"
        return Complaint(file, line, f"the agreement lists no source {source!r}", mend)
    try:
        due = date.fromisoformat(day) if day else None
    except ValueError:
        return Complaint(file, line, f"due {day!r} is no day", "write it as year-month-day, such as 2026-12-31")
    return Said(account_id, role, names[source.casefold()] if source else None, owner or None, due)


def _beyond(words: Said, item: Item) -> Said:
    """What was said beyond what stands there as proposed anyway: a proposal may change, a word stays."""
    gap = item.gap
    return Said(
        words.account_id,
        words.role,
        gap.source if words.source == item.source else words.source,
        gap.owner if words.owner == item.owner else words.owner,
        gap.due if words.due == item.due else words.due,
    )


# ---- burn-down ---------------------------------------------------------------------------------------------------


def show_burn_down(
    store: Store, agreement: Agreement, since: date, today: date, *, as_json: bool, as_csv: bool
) -> None:
    """How many people were missing on each day since then, how many gaps were closed, and what falls due when."""
    with store.reading() as unit:
        _require_counted(unit)
        closed = unit.gaps.closed_by_day(since, today)
        burnt = burn_down(unit.snapshots.stream(since), closed, items(unit, agreement))
    days = [(day.day, day.missing, day.closed) for day in burnt.days]
    if as_json:
        show_json(
            {"days": plain([asdict(day) for day in burnt.days]), "due": {str(d): n for d, n in burnt.due.items()}}
        )
    elif as_csv:
        show_csv(("day", "missing", "gaps closed"), days)
    else:
        show_table("missing by day", ("day", "missing", "gaps closed"), days, right=(1, 2))
        show_table("falls due", ("by", "missing", "open after it"), list(_falling(burnt.due)), right=(1, 2))


def _falling(due: Mapping[date, int]) -> Iterator[tuple[date, int, int]]:
    left = sum(due.values())
    for day, number in due.items():
        left -= number
        yield day, number, left


def _require_counted(unit: UnitOfWork) -> None:
    if unit.snapshots.last() is None:
        raise ConfigError("no day was counted yet: the first complete run of each day does (`syncd cycle`)")
