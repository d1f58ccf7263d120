"""Commands that look: explain, status, quarantine, agreement check, doctor, links."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from syncd import agreement as agreements
from syncd.cli.context import opened, settings
from syncd.cli.doctoring import doctor
from syncd.cli.explaining import explain
from syncd.cli.screen import console, show_json, show_table
from syncd.errors import AgreementError, ConfigError, NotFound
from syncd.store.status import read_status
from syncd.wiring import agreement_text

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

quarantine = typer.Typer(no_args_is_help=True, help="Records that could not be read or written, with the reason.")
agreement = typer.Typer(no_args_is_help=True, help="The signed agreement.")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (status, doctor, link, unlink, erase):
        app.command(command.__name__)(command)
    app.command("explain")(explain)
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(agreement, name="agreement")


def status(as_json: Json = False) -> None:
    """Show freshness per stream, what waits, what is quarantined, and the last runs."""
    with opened() as store:
        found = read_status(store, datetime.now(UTC))
    if as_json:
        show_json(found)
        return
    rows = [
        (s["system"], s["stream"], s["records"], _age(s["age_seconds"]), s["full_at"] or "never")
        for s in found["streams"]
    ]
    show_table("streams", ("system", "stream", "records", "read to its end", "everything last read"), rows, right=(2,))
    for title in ("rows", "standings", "pending", "quarantined"):
        show_table(title, ("what", "how many"), list(found[title].items()), right=(1,))
    runs = [(run["id"], run["verb"], run["started_at"], run["outcome"], run["error"]) for run in found["runs"]]
    show_table("last runs", ("run", "verb", "started", "outcome", "error"), runs)
    console.print(f"{found['unmatched']:,} records to match, {found['stale']:,} accounts to judge")
    if found["paused"]:
        console.print("paused: `syncd resume` lets the daemon go on")


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"


def link(
    record: Annotated[str, typer.Argument(help="system.stream/id, e.g. hubspot.companies/123")],
    to: Annotated[str, typer.Argument(help="the account or contact it belongs to: id, name, e-mail or domain")],
) -> None:
    """Put a record to an account or contact by hand; no evidence ever moves it again."""
    with opened() as store, store.alone():
        kind = _kind(record)
        found = store.find(kind, to)
        if len(found) != 1:
            raise NotFound(f"{len(found)} {kind}s answer to {to!r}; give one id: {', '.join(found[:5])}")
        store.link(record, kind, found[0])
        store.audit("cli", "link", f"{record} to {found[0]}")
    console.print(f"{record} belongs to {found[0]}; the next cycle applies it")


def unlink(record: Annotated[str, typer.Argument(help="system.stream/id")]) -> None:
    """Part a record from what it was matched with, for ever."""
    with opened() as store, store.alone():
        store.link(record, _kind(record), record)
        store.audit("cli", "unlink", record)
    console.print(f"{record} stands alone; the next cycle applies it")


def erase(
    who: Annotated[str, typer.Argument(help="A contact: id, e-mail address, name or remote id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget a person: everything held about them goes, and stays gone when it comes again.

    HubSpot and Salesforce keep what they have; erase it there as well. Example: `syncd erase 003… --yes`
    """
    with opened() as store, store.alone():
        found = store.find("contact", who)
        if len(found) != 1:
            raise NotFound(
                f"{len(found)} contacts answer; give one id" + (f": {', '.join(found[:8])}" if found else "")
            )
        if not yes:
            typer.confirm(f"Forget {found[0]} for ever?", abort=True)
        gone = store.erase(found[0])
    console.print(f"forgotten: {gone:,} remote records of one person; the next cycle judges the account again")


_KINDS = {
    "Account": "account",
    "companies": "account",
    "institutions": "account",
    "Contact": "contact",
    "Lead": "contact",
}


def _kind(record: str) -> str:
    stream = record.partition("/")[0].rpartition(".")[2]
    if "/" not in record or "." not in record.partition("/")[0]:
        raise ConfigError(f"{record!r} names no record; write system.stream/id, e.g. hubspot.companies/123")
    return _KINDS.get(stream, "contact" if stream == "contacts" else "account")


@quarantine.command("list")
def quarantine_list(as_json: Json = False) -> None:
    """List every record that could not be read or written, and why."""
    with opened() as store:
        found = store.quarantined()
    if as_json:
        show_json(found)
        return
    rows = [(q["system"], q["stream"], q["remote_id"], q["step"], q["attempts"], q["reason"]) for q in found]
    show_table("quarantine", ("system", "stream", "record", "step", "attempts", "reason"), rows, right=(4,))


@quarantine.command("retry")
def quarantine_retry(
    record: Annotated[str | None, typer.Argument(help="system.stream/id; default: all of them")] = None,
) -> None:
    """Let the next cycle try quarantined records again, at once."""
    with opened() as store:
        keys = [(q["system"], q["stream"], q["remote_id"]) for q in store.quarantined()]
        chosen = [key for key in keys if record in (None, f"{key[0]}.{key[1]}/{key[2]}")]
        if record is not None and not chosen:
            raise NotFound(f"{record} is not in quarantine; `syncd quarantine list` shows what is")
        released = store.retry_records([key for key in chosen if not key[1].startswith("wish:")])
        released += sum(store.retry_wishes(key[0], key[2]) for key in chosen if key[1].startswith("wish:"))
        store.audit("cli", "quarantine retry", record or "all")
    console.print(f"{released:,} will be tried again by the next cycle")


@agreement.command("check")
def agreement_check(
    file: Annotated[Path | None, typer.Argument(help="default: SYNCD_AGREEMENT, else the shipped example")] = None,
    as_json: Json = False,
) -> None:
    """Say whether anybody can act on the agreement; every problem at once, with file, line and what would mend it."""
    path = file or settings().agreement
    text, name = agreement_text(path)
    terms, complaints = agreements.check(text, name)
    if as_json:
        show_json([complaint._asdict() for complaint in complaints])
    for complaint in () if as_json else complaints:
        console.print(str(complaint), markup=False)
    if terms is None or complaints:
        raise AgreementError(f"{len(complaints):,} to mend in {name}")
    if not as_json:
        console.print(f"{name}: version {terms.version}, anybody can act on it")
