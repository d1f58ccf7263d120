"""The verbs: cycle, pull, match, judge, push, resync, plan, apply."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any

import typer

from syncd.cli.context import wired
from syncd.cli.screen import Meter, console, say, show_json, show_table
from syncd.daemon import stop_on_signals
from syncd.errors import AlreadyRunning, ConfigError, Unavailable
from syncd.sync import Summary, Wiring, cycle, judge, make_plan, match, pull, push, require_safe
from syncd.sync.plan import Plan
from syncd.sync.resync import Scope, resync

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Go past the safety valve: a person has looked at the plan.")]
System = Annotated[str | None, typer.Option("--system", help="hubspot, salesforce or a register.")]
Stream = Annotated[str | None, typer.Option("--stream", help="One stream, such as contacts or Opportunity.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (cycle_command, pull_command, match_command, judge_command, push_command):
        app.command(command.__name__.removesuffix("_command"))(command)
    app.command("resync")(resync_command)
    app.command("plan")(plan_command)
    app.command("apply")(apply_command)


def cycle_command(
    full: Annotated[bool, typer.Option("--full", help="Read everything again and find what was deleted.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Run one cycle: pull → match → judge → push.

    Example: `syncd cycle --json`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        summary = cycle(wiring, mode="full" if full else "news", force=force, stop=stop, progress=meter)
    show_summary(summary, as_json)


def pull_command(system: System = None, stream: Stream = None, as_json: Json = False) -> None:
    """Pull what is new from the remote systems into the store.

    Example: `syncd pull --system hubspot --stream contacts`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    counts: dict[str, int] = {}
    failures: dict[str, str] = {}
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        for name in _systems(wiring, system):
            streams = [stream] if stream else None
            outcome = pull(
                wiring.sources[name], wiring.mappings[name], wiring.store, streams=streams, stop=stop, progress=meter
            )
            counts.update(outcome.counts.plain())
            failures.update({where: str(error) for where, error in outcome.failures.items()})
    _show({"counts": counts, "failures": failures}, as_json)
    if failures:
        raise Unavailable("\n".join(f"{where}: {why}" for where, why in failures.items()))


def match_command(as_json: Json = False) -> None:
    """Match what was pulled into accounts, contacts and all that hangs on them."""
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        counts = match(wiring.store, wiring.readers, progress=meter)
    _show({"counts": counts.plain()}, as_json)


def judge_command(as_json: Json = False) -> None:
    """Judge every account that a change, the agreement or the calendar made stale."""
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        wiring.store.use_agreement(wiring.agreement_digest, wiring.agreement.version, wiring.agreement_text)
        counts = judge(wiring.store, wiring.agreement, wiring.today(), progress=meter)
    _show({"counts": counts.plain()}, as_json)


def push_command(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into Salesforce. `syncd plan` shows it first."""
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        _push(wiring, None, force, stop, meter, as_json)


def plan_command(as_json: Json = False) -> None:
    """Show what a push would create, change and skip, field by field; writes nothing.

    Example: `syncd plan --json > plan.json`, read it, then `syncd apply plan.json`
    """
    with wired() as wiring:
        plan = make_plan(wiring.store, wiring.targets)
    if as_json:
        show_json(plan.plain())
    else:
        _show_plan(plan)


def apply_command(
    file: Annotated[
        Path | None, typer.Argument(help="A plan from `syncd plan --json`; default: the plan of now.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Carry out exactly a plan; what changed since it was made is left for the next one."""
    stop = threading.Event()
    stop_on_signals(stop)
    plan = None
    if file is not None:
        try:
            plan = Plan.read(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        _push(wiring, plan, force, stop, meter, as_json)


def resync_command(
    system: System = None,
    stream: Stream = None,
    account: Annotated[str | None, typer.Option(help="One account: id, name, domain or remote id.")] = None,
    record: Annotated[str | None, typer.Option(help="One record: system.stream/id.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Also find what was deleted.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Read again, whatever the cursors say, then run a cycle. A running daemon carries it out.

    Examples: `syncd resync --account "First State Bank"`, `syncd resync --record salesforce.Contact/003…`,
    `syncd resync --system hubspot --stream contacts --full`
    """
    scope = Scope(system, stream, account, record, full, force)
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring:
        try:
            with wiring.store.alone(), Meter().shown() as meter:
                show_summary(resync(wiring, scope, stop=stop, progress=meter), as_json)
        except AlreadyRunning:
            _ask_daemon(wiring, scope, stop, as_json)


def _ask_daemon(wiring: Wiring, scope: Scope, stop: threading.Event, as_json: bool) -> None:
    options = {name: getattr(scope, name) for name in Scope.__dataclass_fields__}
    number = wiring.store.ask("cli", "resync", options)
    say(f"the running daemon takes request {number}; waiting for its answer (Ctrl-C leaves it running)")
    while (outcome := wiring.store.answered(number)) is None:
        if stop.wait(0.5):
            return
    _show({"request": number, "outcome": outcome}, as_json)
    if outcome.startswith("failed"):
        raise Unavailable(outcome)


def _push(wiring: Wiring, plan: Plan | None, force: bool, stop: threading.Event, meter: Meter, as_json: bool) -> None:
    shown: dict[str, Any] = {}
    now = plan or make_plan(wiring.store, wiring.targets)
    if not force:
        require_safe(now.opportunities, wiring.agreement, wiring.store.standings())
    for system, remote in wiring.targets.items():
        done = push(
            remote,
            wiring.mappings[system],
            wiring.store,
            wiring.readers,
            only=now.wanted(system),
            stop=stop,
            progress=meter,
        )
        shown[system] = {"counts": done.counts.plain(), "failure": str(done.failure) if done.failure else None}
        if done.failure:
            _show(shown, as_json)
            raise done.failure
    _show(shown, as_json)


def _systems(wiring: Wiring, system: str | None) -> list[str]:
    if system is not None and system not in wiring.sources:
        raise ConfigError(f"no system {system!r}; there are: {', '.join(wiring.sources)}")
    return [system] if system else list(wiring.sources)


def _show_plan(plan: Plan) -> None:
    rows = []
    for step in plan.steps:
        changes = ", ".join(f"{name}: {before} → {after}" for name, (before, after) in step.changes.items())
        rows.append((step.action, step.system, step.object, step.key, changes[:300], step.reason[:200]))
    show_table("plan", ("action", "system", "object", "key", "before → after", "why"), rows)
    console.print(
        f"{plan.count('create'):,} to create, {plan.count('update'):,} to change, {plan.count('skip'):,} skipped"
    )


def _show(content: dict[str, Any], as_json: bool) -> None:
    if as_json:
        show_json(content)
        return
    for part, values in content.items():
        if isinstance(values, dict):
            show_table(part, ("what", "how many"), [(n, v) for n, v in values.items() if v], right=(1,))
        else:
            console.print(f"{part}: {values}")


def show_summary(summary: Summary, as_json: bool) -> None:
    """What a cycle did; exit code 3 where something must be tried again."""
    if as_json:
        show_json(summary.plain())
    else:
        show_table("counts", ("what", "how many"), [(n, v) for n, v in summary.counts.plain().items() if v], right=(1,))
        spent = ", ".join(f"{verb} {seconds:.1f} s" for verb, seconds in summary.seconds.items())
        calls = ", ".join(f"{system} {number:,}" for system, number in summary.calls.items())
        console.print(f"{summary.outcome}; {summary.written:,} remote records written; API calls: {calls}; {spent}")
        for note in summary.notes:
            console.print(f"note: {note}", markup=False)
        for where, why in summary.failures.items():
            console.print(f"failed: {where}: {why}", markup=False)
    if summary.outcome == "incomplete":
        raise typer.Exit(3)
