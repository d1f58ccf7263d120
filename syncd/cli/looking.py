"""Commands that look: status, quarantine, agreement check."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from syncd import agreement as agreements
from syncd.cli.context import opened, settings
from syncd.cli.screen import console, show_json, show_numbers, show_table
from syncd.errors import AgreementError, NotFound
from syncd.store.status import read_status
from syncd.wiring import agreement_text

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]

quarantine = typer.Typer(no_args_is_help=True, help="Records that could not be read or written, with the reason.")
agreement = typer.Typer(no_args_is_help=True, help="The signed agreement.")


def status(as_json: Json = False) -> None:
    """Show freshness per stream, what waits, what is quarantined, and the last runs.

    - `syncd status`

    - `syncd status --json` has every stamp in UTC
    """
    now = datetime.now(UTC)
    with opened() as store:
        found = read_status(store, now)
    if as_json:
        show_json(found)
        return
    streams = [
        (s["system"], s["stream"], s["records"], _age(s["complete_at"], now), _age(s["full_at"], now))
        for s in found["streams"]
    ]
    headings = ("system", "stream", "records", "read to its end", "read in full")
    show_table("streams", headings, streams, right=(2,), empty="nothing was pulled yet; `syncd cycle` starts")
    runs = [
        (run["id"], run["verb"], _age(run["started_at"], now), run["outcome"], run["error"]) for run in found["runs"]
    ]
    show_table("last runs", ("run", "verb", "started", "outcome", "error"), runs)
    show_numbers("rows", found["rows"])
    show_numbers("served market", found["standings"])
    pending = found["pending"].items()
    wishes = {f"{name} in {system}": number for system, objects in pending for name, number in objects.items()}
    show_numbers("pending wishes", wishes)
    show_numbers("quarantined", {f"at {step}": number for step, number in found["quarantined"].items()})
    console.print(f"waiting: {found['unmatched']:,} records to match, {found['stale']:,} accounts to judge")
    if found["paused"]:
        console.print("paused: `syncd resume` lets the daemon go on")


def _age(stamp: str | None, now: datetime) -> str:
    if stamp is None:
        return "never"
    seconds = (now - datetime.fromisoformat(stamp)).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"


@quarantine.command("list")
def quarantine_list(as_json: Json = False) -> None:
    """List every record that could not be read or written, and why.

    - `syncd quarantine list`
    """
    with opened() as store:
        found = store.quarantined()
    if as_json:
        show_json(found)
        return
    rows = [(_name(one), one["step"], one["attempts"], one["reason"]) for one in found]
    show_table("quarantine", ("record", "step", "attempts", "reason"), rows, right=(2,), empty="nothing is in it")


@quarantine.command("retry")
def quarantine_retry(
    record: Annotated[str | None, typer.Argument(help="system.stream/id as `list` shows it; default: all.")] = None,
    as_json: Json = False,
) -> None:
    """Let the next cycle try quarantined records again, at once.

    - `syncd quarantine retry`

    - `syncd quarantine retry hubspot.contacts/168`
    """
    with opened() as store:
        chosen = [one for one in store.quarantined() if record in (None, _name(one))]
        if record is not None and not chosen:
            raise NotFound(f"{record} is not in quarantine; `syncd quarantine list` shows what is")
        released = store.retry_records([_key(one) for one in chosen if not _is_wish(one)])
        released += sum(store.retry_wishes(one["system"], one["remote_id"]) for one in chosen if _is_wish(one))
        store.audit("cli", "quarantine retry", record or "all")
    if as_json:
        show_json({"released": released})
    else:
        console.print(f"{released:,} will be tried again by the next cycle")


def _name(one: dict[str, Any]) -> str:
    return f"{one['system']}.{one['stream']}/{one['remote_id']}"


def _key(one: dict[str, Any]) -> tuple[str, str, str]:
    return one["system"], one["stream"], one["remote_id"]


def _is_wish(one: dict[str, Any]) -> bool:
    return bool(one["stream"].startswith("wish:"))


@agreement.command("check")
def agreement_check(
    file: Annotated[Path | None, typer.Argument(help="Default: SYNCD_AGREEMENT, else the shipped example.")] = None,
    as_json: Json = False,
) -> None:
    """Say whether anybody can act on the agreement; every problem at once, with file, line and what would mend it.

    Exit code 2: something must be mended.

    - `syncd agreement check`

    - `syncd agreement check our-agreement.yaml`
    """
    path = file or settings().agreement
    text, name = agreement_text(path)
    terms, complaints = agreements.examine(text, name)
    if as_json:
        show_json([complaint._asdict() for complaint in complaints])
    for complaint in () if as_json else complaints:
        console.print(str(complaint))
    if terms is None or complaints:
        raise AgreementError(f"{len(complaints):,} to mend in {name}")
    if not as_json:
        console.print(f"{name}: version {terms.version}, anybody can act on it")
