"""`syncd status`: what stands in the store at a glance."""

from __future__ import annotations

from datetime import UTC, datetime

from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line, show_numbers
from syncd.cli.table import show_table
from syncd.store.status import read_status


def status(as_json: Json = False) -> None:
    """Show freshness per stream, what waits, what is quarantined, and the last runs.

    - `syncd status`

    - `syncd status --json` has every stamp in UTC
    """
    now = datetime.now(UTC)
    with opened() as store:
        standing = read_status(store, now)
    if as_json:
        show_json(standing)
        return
    streams = [
        (s["system"], s["stream"], s["records"], _age(s["complete_at"], now), _age(s["full_at"], now))
        for s in standing["streams"]
    ]
    headings = ("system", "stream", "records", "read to its end", "read in full")
    show_table("streams", headings, streams, right=(2,), empty="nothing was pulled yet; `syncd cycle` starts")
    runs = [
        (run["id"], run["verb"], _age(run["started_at"], now), run["outcome"], run["error"]) for run in standing["runs"]
    ]
    show_table("last runs", ("run", "verb", "started", "outcome", "error"), runs)
    for term in standing["runs"][0]["counts"].get("idle_terms", ()) if standing["runs"] else ():
        show_line(f"agreement: {term}")
    show_numbers("rows", standing["rows"])
    show_numbers("served market", standing["standings"])
    pending = standing["pending"].items()
    wishes = {f"{name} in {system}": number for system, objects in pending for name, number in objects.items()}
    show_numbers("pending wishes", wishes)
    show_numbers("quarantined", {f"at {step}": number for step, number in standing["quarantined"].items()})
    show_line(f"waiting: {standing['unmatched']:,} records to match, {standing['stale']:,} accounts to judge")
    if standing["paused"]:
        show_line("paused: `syncd resume` lets the daemon go on")


def _age(stamp: str | None, now: datetime) -> str:
    if stamp is None:
        return "never"
    seconds = (now - datetime.fromisoformat(stamp)).total_seconds()
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"
