"""`syncd demo`: the whole job on the built-in sandbox, from real banks to opportunities in (simulated) Salesforce."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from connectors.base import Record
from connectors.hubspot.deploy import deploy as deploy_hubspot
from syncd import logs
from syncd.cli.screen import Meter, console, show_json, show_table
from syncd.daemon import Daemon, stop_on_signals
from syncd.errors import SyncdError
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync import Summary, Wiring, cycle
from syncd.wiring import hubspot, salesforce, waiter, wire

SHOWN = 12  # opportunities in the table
_FIELDS = [
    *("Name", "StageName", "Probability", "Amount", "CloseDate", "AccountId", "NextStep"),
    *("Syncd_Key__c", "Syncd_Qualified__c", "Syncd_Reason__c"),
]


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the second cycle instead of running on.")] = False,
    size: Annotated[str, typer.Option(help="tiny, small or demo (all 4,339 banks).")] = "demo",
    seed: Annotated[int, typer.Option(help="Another seed shows another world.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Show the main job: real US banks, a signed agreement, qualified opportunities at 10–20 %, each with its reasons.

    Starts both simulators in a process of their own, deploys the Salesforce fields, runs two cycles with the real
    client libraries over HTTP, and shows what stands in Salesforce. The second cycle does nothing, and says so.
    """
    stop = threading.Event()
    stop_on_signals(stop)
    logs.configure("warning", "text")
    with tempfile.TemporaryDirectory(prefix="syncd-demo-") as folder, _sandbox(size, seed) as place:
        found = _settings(place, Path(folder))
        store = Store(found.database_url)
        store.migrate()
        shown = _run(found, store, stop, quiet=as_json)
        if as_json:
            show_json(shown)
        if not once and not stop.is_set():
            _go_on(found, store, stop)
        store.close()
    if shown.get("second", {}).get("written"):
        raise SyncdError("the second cycle wrote something: that must not be")


def _run(found: Settings, store: Store, stop: threading.Event, *, quiet: bool) -> dict[str, Any]:
    tell = (lambda *_, **__: None) if quiet else console.print
    tell("sandbox: HubSpot and Salesforce simulators are up; deploying the Syncd fields to Salesforce")
    with salesforce(found) as org:
        deployed = org.deploy()
    deploy_hubspot(hubspot(found))
    if not deployed.ok:
        raise SyncdError("the simulated org refused the package: " + "; ".join(deployed.errors))
    wiring = wire(found, store, sleep=waiter(stop))
    tell(f"cycle 1: pull → match → judge → push, agreement {wiring.agreement.version}: {wiring.agreement.name}")
    with Meter().shown() as meter:
        first = cycle(wiring, stop=stop, progress=meter)
    opportunities = _opportunities(wiring)
    if not quiet:
        _show_first(first, store, opportunities)
    tell("cycle 2: nothing has changed since")
    second = cycle(wiring, stop=stop)
    if not quiet:
        _show_second(second)
    return {
        "deployed": deployed.components,
        "first": first.plain(),
        "standings": store.standings(),
        "opportunities": [record.raw for record in opportunities],
        "second": second.plain(),
        "quarantined": [
            {"record": f"{q['system']}.{q['stream']}/{q['remote_id']}", "reason": q["reason"]}
            for q in store.quarantined()
        ],
    }


def _opportunities(wiring: Wiring) -> list[Record]:
    """What stands in Salesforce, read back with the real client."""
    source = wiring.sources["salesforce"]
    found = [record for page in source.pull("Opportunity", _FIELDS, None) for record in page.records]
    ours = [record for record in found if record.raw.get("Syncd_Key__c") and not record.deleted]
    return sorted(ours, key=lambda record: (-(record.raw.get("Amount") or 0), record.raw["Name"]))


def _show_first(summary: Summary, store: Store, opportunities: list[Record]) -> None:
    counts = summary.counts
    spent = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in summary.seconds.items())
    calls = ", ".join(f"{system} {number:,}" for system, number in summary.calls.items() if number)
    standings = store.standings()
    console.print(f"  {counts.under('pulled '):,} records pulled with {calls} API calls ({spent})")
    console.print(
        f"  served market: {standings.get('in', 0):,} accounts in, {standings.get('out', 0):,} out, "
        f"{standings.get('unknown', 0):,} unknown"
    )
    created = ", ".join(
        f"{number:,} {name.split()[1]}" for name, number in counts.items() if name.startswith("created ")
    )
    console.print(f"  written to Salesforce: {created}; quarantined: {len(store.quarantined()):,}")
    rows = [_row(record) for record in opportunities[:SHOWN]]
    show_table(
        f"the first {len(rows)} of {len(opportunities):,} opportunities in Salesforce",
        ("opportunity", "stage", "%", "amount", "close date", "why"),
        rows,
        right=(2, 3),
    )
    _show_failures(summary)


def _row(record: Record) -> tuple[Any, ...]:
    raw = record.raw
    reason = (raw.get("Syncd_Reason__c") or "").split("\n")
    amount = f"{raw['Amount']:,.0f}" if raw.get("Amount") else ""
    return raw["Name"], raw["StageName"], raw["Probability"], amount, raw["CloseDate"], "\n".join(reason[:2])


def _show_second(summary: Summary) -> None:
    calls = ", ".join(f"{system} {number:,}" for system, number in summary.calls.items() if number)
    console.print(
        f"  {summary.written:,} remote records written, {summary.counts['judged']:,} accounts judged, "
        f"{summary.counts.under('changed '):,} changes seen; it took {sum(summary.seconds.values()):.1f} s "
        f"and the calls that looking needs: {calls}"
    )
    _show_failures(summary)


def _show_failures(summary: Summary) -> None:
    for where, why in summary.failures.items():
        console.print(f"  failed: {where}: {why}", markup=False)


def _go_on(found: Settings, store: Store, stop: threading.Event) -> None:
    console.print("the daemon runs on, a cycle a minute; Ctrl-C ends it")
    wiring = wire(found, store, sleep=waiter(stop))
    with store.alone():
        Daemon(wiring, interval_minutes=1, reconcile_at=found.reconcile_at, stop=stop).run()


def _settings(place: dict[str, Any], folder: Path) -> Settings:
    return Settings(
        database_url=f"sqlite:///{folder / 'syncd.db'}",
        hubspot_url=place["hubspot_http"],
        hubspot_token=SecretStr(place["hubspot_token"]),
        salesforce_login_url=place["salesforce_https"],
        salesforce_client_id=place["salesforce_client_id"],
        salesforce_client_secret=SecretStr(place["salesforce_client_secret"]),
        ca_file=Path(place["ca_file"]),
        log_level="warning",
        log_format="text",
    )


@contextmanager
def _sandbox(size: str, seed: int) -> Iterator[dict[str, Any]]:
    """Both simulators in a process of their own, without HubSpot's rate limit: the demo is not about waiting."""
    ports = [f"--{name}-port=0" for name in ("hubspot", "hubspot-https", "salesforce", "salesforce-http")]
    options = ["--size", size, "--seed", str(seed), "--tier", "unlimited", "--search-limit", "0", *ports]
    process = subprocess.Popen(
        [sys.executable, "-m", "connectors.sandbox", *options], stdout=subprocess.PIPE, text=True
    )
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SyncdError(f"the sandbox did not start (exit code {process.wait()})")
        yield json.loads(line)
    finally:
        process.terminate()
        _wait(process)


def _wait(process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 10
    while process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    if process.stdout:
        process.stdout.close()
