"""`syncd demo`: the whole job on the built-in sandbox, from real banks to opportunities in (simulated) Salesforce."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from connectors.base import Source
from syncd import logs, shipped
from syncd.cli.meter import ProgressMeter
from syncd.cli.options import Json
from syncd.cli.panels import Panel, panels, printed
from syncd.cli.sandbox import require_sandbox
from syncd.cli.screen import WIDEST, aligned, show_json, show_line
from syncd.daemon import Daemon
from syncd.errors import SyncdError, Unavailable, UnsafePlan, shortened
from syncd.model import RemoteRef
from syncd.settings import Settings
from syncd.signals import stop_on_signals
from syncd.store import Store
from syncd.sync.apply import apply, in_summary
from syncd.sync.counts import Counts, WriteOutcome
from syncd.sync.cycle import Wiring, cycle
from syncd.sync.door import Act, Door
from syncd.sync.drafts import Action
from syncd.sync.run import Progress, Run
from syncd.sync.summary import Summary
from syncd.sync.verbs import draw
from syncd.wiring import administrator, deploy_salesforce, hubspot, waiter, wire

EXAMPLE = "Whose agreement and world: banks, or another example: manufacturers, supplier. Only the banks' has sizes."
DEMO = "demo"  # who asks for what it does
SHOWN = 10  # opportunities, one a line
LONGEST_NAME = WIDEST
_FIELDS = {
    "Opportunity": [
        *("Name", "StageName", "Probability", "Amount", "CloseDate", "AccountId", "NextStep"),
        *("Syncd_Key__c", "Syncd_Qualified__c", "Syncd_Reason__c"),
    ],
    "OpportunityContactRole": ["OpportunityId", "Role"],
}


class DemoSize(StrEnum):
    """How much of the world the sandbox shows."""

    TINY = "tiny"
    SMALL = "small"
    DEMO = "demo"


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the second cycle instead of running on.")] = False,
    size: Annotated[DemoSize, typer.Option(help="How many banks the sandbox shows; demo: all 4,339.")] = DemoSize.DEMO,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Another seed shows another world.")] = 1,
    example: Annotated[str, typer.Option(help=EXAMPLE)] = shipped.BANKS,
    as_json: Json = False,
) -> None:
    """Show the main job: real US banks, a signed agreement, qualified opportunities at 10–20 %, each with its reasons.

    Starts both simulators in a process of their own, deploys the fields that syncd writes, runs two cycles with the
    real client libraries over HTTP, and shows what stands in Salesforce. The second cycle does nothing, and says so.
    Then a few lines each of the queue, a caucus, an open opportunity of sales, the audit and the time lags.

    - `syncd demo --once`

    - `syncd demo --once --size tiny --json`

    - `syncd demo --once --example manufacturers`
    """
    require_sandbox()
    if example != shipped.BANKS:
        shipped.example(example)  # there is none of that name: say so before anything starts
    stop = threading.Event()
    stop_on_signals(stop)
    logs.configure("warning", "text")
    with tempfile.TemporaryDirectory(prefix="syncd-demo-") as folder, _sandbox(size, seed, example) as place:
        settings = _settings(place, Path(folder), example)
        store = Store(settings.database_url)
        store.migrate()
        shown = _run(settings, place, store, stop, quiet=as_json)
        if as_json:
            show_json(shown)
        if not once and not stop.is_set():
            _go_on(settings, store, stop)
        store.close()


def _run(
    settings: Settings, place: Mapping[str, Any], store: Store, stop: threading.Event, *, quiet: bool
) -> dict[str, Any]:
    tell = _silent if quiet else show_line
    tell(
        "sandbox  a HubSpot and a Salesforce simulator answer over HTTP; an administrator deploys the fields that syncd"
    )
    tell("         writes, and grants its minimum-access user what the mapping names, and no more")
    components = _deploy(settings, place)
    wiring = wire(settings, store, sleep=waiter(stop))
    door = Door(wiring, stop)
    agreement = wiring.agreement
    tell(f"cycle 1  pull → match → judge → release → push, by agreement {agreement.version}: {agreement.name}")
    with ProgressMeter().shown() as meter:
        first = _first(wiring, door, meter, tell)
    opportunities, roles = _standing(wiring.sources["salesforce"])
    with store.reading() as unit:
        standings, refused = unit.judgements.count_standings(), unit.quarantine.all()
    tell(f"         {_worked(first)}")
    tell(f"         served market: {', '.join(f'{standings.get(s, 0):,} {s}' for s in ('in', 'out', 'unknown'))}")
    for line in _wrote(first):
        tell(f"         {line}")
    tell(f"         in quarantine: {len(refused):,} records")
    for line in _table(opportunities, roles):
        tell(line)
    tell("cycle 2  nothing has changed since")
    second = door.carry_out(Act("cycle", DEMO), lambda run: cycle(wiring, run)).summary
    tell(f"         {_worked(second)}")
    for line in _wrote(second):
        tell(f"         {line}")
    _require_done(first, second, stop)
    with store.reading() as unit:
        shown = {} if stop.is_set() else _show_panels(panels(unit, wiring.book, wiring.clock()), tell)
    return {
        "deployed": components,
        "first": first.plain(),
        "standings": standings,
        "opportunities": opportunities,
        "second": second.plain(),
        "quarantined": [
            {"record": str(RemoteRef(row["system"], row["stream"], row["remote_id"])), "reason": row["reason"]}
            for row in refused
        ],
        "panels": shown,
    }


def _show_panels(every: Iterable[Panel], tell: Callable[[str], None]) -> dict[str, Any]:
    """Show what both teams see now, a panel after the other; returns the panels as JSON."""
    shown = {}
    for panel in every:
        tell("")
        for line in printed(panel):
            tell(line)
        shown[panel.name] = panel.content
    return shown


def _first(wiring: Wiring, door: Door, progress: Progress, tell: Callable[[str], None]) -> Summary:
    """A new store's cycle, which writes nothing; its first plan, applied; a cycle that reads back what stands."""

    def carry_out(verb: str, work: Callable[[Run], Summary]) -> Summary:
        return door.carry_out(Act(verb, DEMO), work, progress=progress).summary

    summary = carry_out("cycle", lambda run: cycle(wiring, run))
    if not summary.unsafe:
        return summary
    waiting = summary.failures.pop("push")
    plan = draw(door, wiring, DEMO)
    made, changed = plan.count(Action.CREATE), plan.count(Action.CHANGE)
    tell(f"plan     {made:,} to create, {changed:,} to change. A new store pushes nothing until a person has looked at")
    tell("         that and typed `syncd apply`; here the demo applies its own plan")
    try:
        applied = carry_out("apply", lambda run: in_summary(apply(wiring, plan, run, force=False), run))
    except UnsafePlan:
        tell("         It is more than the agreement lets one run do: a person would look again, and type --force")
        applied = carry_out("apply", lambda run: in_summary(apply(wiring, plan, run, force=True), run))
    failures = {where: why for where, why in applied.failures.items() if where.endswith(" push")}
    summary.failures.update(failures)
    again = carry_out("cycle", lambda run: cycle(wiring, run))
    if failures or again.unsafe:
        summary.failures.setdefault("push", waiting)
    return _together(summary, applied.counts, again)


def _together(summary: Summary, applied: Counts, again: Summary) -> Summary:
    """One summary of a cycle, of what was applied after it, and of the cycle that read it back."""
    summary.outcome, summary.unsafe = again.outcome, again.unsafe
    summary.counts.add(applied)
    summary.counts.add(again.counts)
    for system, calls in again.calls.items():
        summary.calls[system] = summary.calls.get(system, 0) + calls
    for verb, seconds in again.seconds.items():
        summary.seconds[verb] = summary.seconds.get(verb, 0.0) + seconds
    summary.failures.update(again.failures)
    return summary


def _silent(_: str) -> None:
    """Leave standard output to the JSON."""


def _deploy(settings: Settings, place: Mapping[str, Any]) -> int:
    """Prepare both systems, as their administrators: the daemon's own user could not."""
    secrets = {name: str(place[f"salesforce_admin_{name}"]) for name in ("client_id", "client_secret")}
    with administrator(settings, **secrets) as somebody:
        deployed = deploy_salesforce(settings, somebody)
    if not deployed.ok:
        raise SyncdError("the simulated org refused the package: " + "; ".join(deployed.errors))
    hubspot(settings).deploy()
    return deployed.components


def _standing(org: Source) -> tuple[list[dict[str, Any]], dict[str, Counter[str]]]:
    """Our opportunities as they stand in Salesforce, the weightiest first, and the contact roles on each."""
    rows = {
        stream: [
            {**record.raw, "Id": record.id}
            for page in org.pull(stream, fields, None)
            for record in page.records
            if not record.deleted
        ]
        for stream, fields in _FIELDS.items()
    }
    roles: dict[str, Counter[str]] = {}
    for row in rows["OpportunityContactRole"]:
        roles.setdefault(row["OpportunityId"], Counter())[row["Role"] or "no role"] += 1
    ours = (row for row in rows["Opportunity"] if row.get("Syncd_Key__c"))
    return sorted(ours, key=lambda row: (-row["Probability"] * (row.get("Amount") or 0), row["Name"])), roles


def _worked(summary: Summary) -> str:
    counts = summary.counts
    return (
        f"{counts.pulled.total():,} records pulled with {sum(summary.calls.values()):,} API calls, "
        f"{len(counts.judged):,} accounts judged, in {sum(summary.seconds.values()):.1f} s"
    )


def _wrote(summary: Summary) -> Iterator[str]:
    for outcome in (WriteOutcome.CREATED, WriteOutcome.CHANGED):
        objects = sorted(summary.counts.by_object(outcome).items())
        listed = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in objects)
        yield f"{outcome}: {listed or 'nothing'}"


def _table(opportunities: Sequence[Mapping[str, Any]], roles: Mapping[str, Counter[str]]) -> Iterator[str]:
    """One line an opportunity, and the whole reason of the first, as it stands in Salesforce."""
    if not opportunities:
        yield "no opportunity: nobody passed every gate"
        return
    shown = opportunities[:SHOWN]
    many = "opportunity" if len(opportunities) == 1 else "opportunities"
    part = f", {len(shown):,} of them" if len(shown) < len(opportunities) else ""
    yield f"Salesforce now holds {len(opportunities):,} {many} of ours{part}:"
    yield from aligned(
        [
            ("%", "amount", "closes", "opportunity", "who stands behind it"),
            *(_row(row, roles.get(row["Id"], Counter())) for row in shown),
        ],
        right=(0, 1),
    )
    yield f"why {shown[0]['Name']}:"
    yield from (f"  {line}" for line in str(shown[0].get("Syncd_Reason__c") or "").splitlines())
    yield f"  next step: {shown[0].get('NextStep') or 'none'}"


def _row(row: Mapping[str, Any], roles: Counter[str]) -> tuple[str, ...]:
    people = ", ".join(f"{number} {role}" for role, number in sorted(roles.items())) or "no contact role"
    account, dash, offer = str(row["Name"]).rpartition(" – ")
    name = f"{shortened(account, LONGEST_NAME - len(dash + offer))}{dash}{offer}"
    return f"{row['Probability']:.0f}", f"{row.get('Amount') or 0:,.0f}", str(row["CloseDate"]), name, people


def _require_done(first: Summary, second: Summary, stop: threading.Event) -> None:
    if stop.is_set():
        return
    failures = {**first.failures, **second.failures}
    if failures:
        raise Unavailable("\n".join(f"{where}: {why}" for where, why in failures.items()))
    if second.written:
        raise SyncdError("the second cycle wrote something: that must not be")


def _go_on(settings: Settings, store: Store, stop: threading.Event) -> None:
    show_line("the daemon runs on, a cycle a minute; Ctrl-C ends it")
    wiring = wire(settings, store, sleep=waiter(stop))
    with store.alone():
        Daemon(wiring, interval_minutes=1, reconcile_at=settings.reconcile_at, stop=stop).run()


def _settings(place: Mapping[str, Any], folder: Path, example: str) -> Settings:
    """Settings of the sandbox alone: the environment of a real installation has no part in the demo."""
    own: dict[str, Any] = {}
    if example != shipped.BANKS:
        own = {"mappings": shipped.example(example), "registers": ()}
    return Settings(
        **own,
        _env_prefix="SYNCD_DEMO_",
        database_url=f"sqlite:///{folder / 'syncd.db'}",
        hubspot_url=place["hubspot_http"],
        hubspot_token=SecretStr(place["hubspot_token"]),
        hubspot_settle_seconds=0,  # the sandbox's search shows a change at once
        salesforce_login_url=place["salesforce_https"],
        salesforce_client_id=place["salesforce_client_id"],
        salesforce_client_secret=SecretStr(place["salesforce_client_secret"]),
        ca_file=Path(place["ca_file"]),
        log_level="warning",
        log_format="text",
    )


@contextmanager
def _sandbox(size: DemoSize, seed: int, example: str) -> Iterator[dict[str, Any]]:
    """Both simulators in a process of their own, without HubSpot's rate limit: the demo is not about waiting."""
    ports = [f"--{name}-port=0" for name in ("hubspot", "hubspot-https", "salesforce", "salesforce-http")]
    shown = ["--example", example, "--size", size, "--seed", str(seed)]
    options = [*shown, "--tier", "unlimited", "--search-limit", "0", *ports]
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
