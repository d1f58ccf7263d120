"""The verbs: cycle, pull, match, judge, push, resync, plan, apply."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from connectors.base import ConnectorError, Misconfigured
from syncd.cli.context import wired
from syncd.cli.screen import Meter, console, say, shortened, show_json, show_table
from syncd.cli.summaries import show_counts, show_summary
from syncd.daemon import stop_on_signals
from syncd.errors import AlreadyRunning, ConfigError, NotFound, Unavailable
from syncd.sync.counts import Counts
from syncd.sync.cycle import NEEDED, Wiring, cycle
from syncd.sync.judge import judge
from syncd.sync.match import match
from syncd.sync.plan import Plan, make_plan, require_safe
from syncd.sync.pull import pull
from syncd.sync.push import push
from syncd.sync.resync import Scope, resync
from syncd.sync.run import Run
from syncd.sync.tenants import admit

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
Force = Annotated[bool, typer.Option("--force", help="Go past the safety valve: a person has looked at the plan.")]
System = Annotated[str | None, typer.Option("--system", help="hubspot, salesforce or a register such as fdic.")]
Stream = Annotated[str | None, typer.Option("--stream", help="One stream, such as contacts or Opportunity.")]


def cycle_command(
    full: Annotated[bool, typer.Option("--full", help="Read everything again and find what was deleted.")] = False,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Run one cycle: pull → match → judge → push.

    Safe to repeat, to kill and to run again. Exit code 3: something could not be read or written; run it again.

    - `syncd cycle`

    - `syncd cycle --json > run.json`

    - `syncd cycle --full` finds what was deleted without a trace
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        summary = cycle(wiring, Run(stop, meter), mode="full" if full else "news", force=force)
    show_summary(summary, as_json)


def pull_command(system: System = None, stream: Stream = None, as_json: Json = False) -> None:
    """Pull what is new from the remote systems into the store.

    - `syncd pull`

    - `syncd pull --system hubspot --stream contacts`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    failures: dict[str, str] = {}
    wrong = False
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        run, chosen = Run(stop, meter), _chosen(wiring, system, stream)
        admit(wiring.store, [wiring.sources[name] for name in chosen])
        for name, streams in chosen.items():
            shortfall = pull(wiring.sources[name], wiring.mappings[name], wiring.store, run, streams=streams)
            failures.update({where: str(error) for where, error in shortfall.failures.items()})
            wrong |= any(isinstance(error, Misconfigured) for error in shortfall.failures.values())
    show_counts(run.counts, as_json, failures)
    if failures:
        message = f"{len(failures):,} streams could not be read to their end"
        raise ConfigError(message) if wrong else Unavailable(message)


def match_command(as_json: Json = False) -> None:
    """Match what was pulled into accounts, contacts and all that hangs on them.

    After a mapping was changed, this alone applies it to what is stored: nothing is pulled again.

    - `syncd match`
    """
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        match(wiring.store, wiring.readers, run := Run(progress=meter))
    show_counts(run.counts, as_json)


def judge_command(as_json: Json = False) -> None:
    """Judge every account that a change, the agreement or the calendar made stale.

    - `syncd judge`, then `syncd plan` shows what a changed agreement would do
    """
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        wiring.store.use_agreement(wiring.agreement_digest, wiring.agreement.version, wiring.agreement_text)
        judge(wiring.store, wiring.agreement, wiring.today(), run := Run(progress=meter))
    show_counts(run.counts, as_json)


def push_command(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        run = Run(stop, meter)
        failures = _push(wiring, None, run, force=force)
    _show_pushed(run.counts, failures, as_json)


def plan_command(as_json: Json = False) -> None:
    """Show what a push would create, change and skip, field by field; writes nothing.

    - `syncd plan`

    - `syncd plan --json > plan.json`, read it, then `syncd apply plan.json`
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
    """Carry out exactly a plan; what changed since it was made is left for the next one.

    Exit code 4: the plan changes more than the agreement allows in one run; look at it, then --force.

    - `syncd apply plan.json`

    - `syncd apply plan.json --force`
    """
    stop = threading.Event()
    stop_on_signals(stop)
    plan = None
    if file is not None:
        try:
            plan = Plan.read(file.read_bytes())
        except OSError as error:
            raise ConfigError(f"{file} cannot be read: {error.strerror}") from error
    with wired(stop) as wiring, wiring.store.alone(), Meter().shown() as meter:
        run = Run(stop, meter)
        failures = _push(wiring, plan, run, force=force)
    _show_pushed(run.counts, failures, as_json)


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

    - `syncd resync --account "Endeavor Bank"`

    - `syncd resync --record hubspot.contacts/168`

    - `syncd resync --system hubspot --stream contacts --full`

    - `syncd resync --full` reads everything again
    """
    stop = threading.Event()
    stop_on_signals(stop)
    with wired(stop) as wiring:
        if stream and not system:
            (system,) = _chosen(wiring, None, stream)
        scope = Scope(system, stream, account, record, full, force)
        _require(wiring, scope)
        try:
            with wiring.store.alone(), Meter().shown() as meter:
                summary = resync(wiring, scope, Run(stop, meter))
        except AlreadyRunning:
            _ask_daemon(wiring, scope, stop, as_json)
            return
    show_summary(summary, as_json)


def _require(wiring: Wiring, scope: Scope) -> None:
    """Refuse a scope that names nothing before anybody works on it."""
    _chosen(wiring, scope.system, scope.stream)
    if scope.account and not (found := wiring.store.find("account", scope.account)):
        raise NotFound(f"no account answers to {scope.account!r}: give its id, name, domain or a remote id")
    if scope.account and len(found) > 1:
        raise NotFound(f"{len(found)} accounts answer to {scope.account!r}: {', '.join(found[:8])}; give one of these")
    if scope.record:
        place, _, remote_id = scope.record.partition("/")
        name, _, stream = place.partition(".")
        if not (name and stream and remote_id):
            raise ConfigError(f"{scope.record!r} names no record; write system.stream/id, e.g. hubspot.contacts/123")
        _chosen(wiring, name, stream)


def _ask_daemon(wiring: Wiring, scope: Scope, stop: threading.Event, as_json: bool) -> None:
    options = {name: getattr(scope, name) for name in Scope.__dataclass_fields__}
    number = wiring.store.ask("cli", "resync", options)
    say(f"the running daemon takes request {number}; waiting for its answer (Ctrl-C leaves it running)")
    while (outcome := wiring.store.answered(number)) is None:
        if stop.wait(0.5):
            return
        _require_daemon(wiring, number)
    if as_json:
        show_json({"request": number, "outcome": outcome})
    else:
        console.print(f"request {number}: {outcome}")
    if outcome not in ("done", "stopped"):
        raise Unavailable(f"request {number}: {outcome}")


def _require_daemon(wiring: Wiring, number: int) -> None:
    try:
        with wiring.store.alone():
            gone = wiring.store.answered(number) is None
    except AlreadyRunning:
        return
    if gone:
        raise Unavailable(f"the daemon ended before request {number} was done; its next start carries it out")


def _push(wiring: Wiring, plan: Plan | None, run: Run, *, force: bool) -> dict[str, ConnectorError]:
    """Push the plan, or all that is pending, into each system; returns what broke it off, by system."""
    now = plan or make_plan(wiring.store, wiring.targets)
    admit(wiring.store, wiring.targets.values())
    _require_sight(wiring)
    if not force:
        require_safe(now.opportunities, wiring.agreement, wiring.store.standings())
    pushed = {
        system: push(remote, wiring.mappings[system], wiring.store, wiring.readers, run, only=now.wanted(system))
        for system, remote in wiring.targets.items()
    }
    return {system: pushing.failure for system, pushing in pushed.items() if pushing.failure}


def _require_sight(wiring: Wiring) -> None:
    """Raise Unavailable where what sales keeps was never read to its end: a push could make it a second time."""
    unread = [f"{system}.{stream}" for system, streams in NEEDED.items() for stream in streams]
    unread = [name for name in unread if not wiring.store.completed(*name.split("."))]
    if unread:
        raise Unavailable(f"nothing is pushed: {', '.join(unread)} was never read to its end; run `syncd pull` first")


def _show_pushed(counts: Counts, failures: Mapping[str, ConnectorError], as_json: bool) -> None:
    """What was pushed; raises the first failure."""
    show_counts(counts, as_json, {system: str(error) for system, error in failures.items()})
    for error in failures.values():
        raise error


def _chosen(wiring: Wiring, system: str | None, stream: str | None) -> dict[str, list[str] | None]:
    """Which streams of which systems are meant: system → streams, None for all. Raises ConfigError for unknown ones."""
    if system is not None and system not in wiring.sources:
        raise ConfigError(f"no system {system!r}; there are: {', '.join(wiring.sources)}")
    systems = [system] if system else list(wiring.sources)
    if stream is None:
        return dict.fromkeys(systems)
    holders = [name for name in systems if stream in wiring.mappings[name].streams]
    if len(holders) != 1:
        streams = (f"{name}.{one}" for name in systems for one in wiring.mappings[name].streams)
        raise ConfigError(f"no stream {stream!r}; there are: {', '.join(streams)}")
    return {holders[0]: [stream]}


def _show_plan(plan: Plan) -> None:
    rows = [
        (
            step.action,
            f"{step.system} {step.object}",
            step.key,
            ", ".join(f"{name}: {_was(was)}{_brief(now)}" for name, (was, now) in step.changes.items()),
            shortened(step.reason, 120),
        )
        for step in plan.steps
    ]
    show_table("plan", ("action", "object", "key", "before → after", "why"), rows, empty="nothing is pending")
    console.print(
        f"{plan.count('create'):,} to create, {plan.count('update'):,} to change, {plan.count('skip'):,} skipped"
    )


def _was(value: Any) -> str:
    return "" if value is None else f"{_brief(value)} → "


def _brief(value: Any) -> str:
    return shortened(" ".join(str(value).split()), 60)
