"""`syncd lag`: how long each step takes, from this store's own history; and what was said on earlier days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Annotated, Any

import typer

from syncd.agreement import load as load_agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import DAY, LONGEST, Json
from syncd.cli.parts import part_names
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_aside, show_table
from syncd.errors import ConfigError
from syncd.planning import backtest as backtests
from syncd.planning.curves import CurveBand
from syncd.planning.lag import HORIZON, MINIMUM, Lag
from syncd.planning.lag import lag as lag_of
from syncd.planning.outlook import SEED, outlook
from syncd.planning.passages import STEPS, Book, Stretch, Stretches, Traverse, compile_book, stretches
from syncd.rules.days import zone
from syncd.store import UnitOfWork
from syncd.today import today_of

lag = typer.Typer(invoke_without_command=True)

BY = ("segment", "offer", "campaign", "rep")
_FIELDS = {"campaign": "campaign_id"}  # of a milestone, where it has another name
NAMES = ", ".join(step.name for step in STEPS)
StepName = Annotated[str | None, typer.Option("--step", help=f"One of {NAMES}. Default: all.")]
AsOf = Annotated[str, typer.Option("--as-of", metavar=DAY, help="The day that is asked about; else today.")]
Minimum = Annotated[int, typer.Option("--minimum", min=2, max=1_000_000, help="Say nothing where fewer got there.")]


@dataclass(frozen=True, slots=True)
class LagHistory:
    """The store's milestones, the day that is asked about, and how the parts are called by which it goes apart."""

    book: Book
    today: date
    names: Mapping[str, str]

    def of(self, step: Traverse) -> Stretches:
        """The stays of one step."""
        return stretches(self.book, step, self.today)


@lag.callback()
def show(
    context: typer.Context,
    step: StepName = None,
    horizon: Annotated[
        int, typer.Option("--horizon", min=1, max=LONGEST, help="Within how many days they get there.")
    ] = HORIZON,
    by: Annotated[str | None, typer.Option("--by", help=f"Apart by {', '.join(BY)}.")] = None,
    minimum: Minimum = MINIMUM,
    as_of: AsOf = "",
    curve: Annotated[bool, typer.Option("--curve", help="With --json: the whole curve, day by day.")] = False,
    as_json: Json = False,
) -> None:
    """How long each step takes, and what was said of it before.

    Which share takes each step within the horizon, and by which day half and four fifths of those have. Who is still
    there counts as that; where several ways out compete, whoever took another one cannot take this one.

    - `syncd lag`

    - `syncd lag --step sqo-won --by offer`

    - `syncd lag --step mql-accepted --horizon 90 --json --curve`
    """
    if context.invoked_subcommand is not None:
        return
    if by is not None and by not in BY:
        raise ConfigError(f"--by {by}: no such word; say one of {', '.join(BY)}")
    history, steps = _history(as_of, by), _steps(step)
    rows = [row for asked in steps for row in lags(history, asked, horizon, by=by, minimum=minimum, curve=curve)]
    if as_json:
        show_json(rows)
        return
    _show(rows, horizon, history.today, by)


@lag.command("backtest")
def backtest(
    step: StepName = None,
    horizon: Annotated[int, typer.Option("--horizon", min=1, max=LONGEST, help="How many days ahead.")] = 28,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="On how many earlier days.")] = 8,
    there: Annotated[bool, typer.Option("--there", help="Of those who are there alone, not of those to come.")] = False,
    minimum: Minimum = MINIMUM,
    as_of: AsOf = "",
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**32 - 1, help="Of the bands' resampling.")] = SEED,
    as_json: Json = False,
) -> None:
    """Stand on earlier days with what was known then, say what the next days bring, and show what came.

    The last line is what is said today. Plain is count × conversion: as many arrivals as in the last so many days
    (with --there: all who are there) times the share of all so far that took the step.

    - `syncd lag backtest --step sqo-won --horizon 90`

    - `syncd lag backtest --horizon 28 --days 10 --json`
    """
    history = _history(as_of)
    rows = [outlooks(history, asked, horizon, days, there=there, minimum=minimum, seed=seed) for asked in _steps(step)]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        _show_trials(row)


def lags(
    history: LagHistory,
    step: Traverse,
    horizon: int = HORIZON,
    *,
    by: str | None = None,
    minimum: int = MINIMUM,
    curve: bool = False,
) -> Iterator[dict[str, Any]]:
    """How long one step takes, apart by a word of the milestone where one is asked for; as JSON."""
    stays = history.of(step)
    parts = _apart(stays.kept, by).items()
    for group, part in sorted(parts, key=lambda entry: history.names.get(entry[0] or "", entry[0] or "")):
        passages = [stretch.passage for stretch in part]
        said = lag_of(passages, step.exit.value, history.today, horizon, minimum)
        row = _row(step, group, said, stays.aside) | {"name": history.names.get(group or "", group)}
        yield row | (_curve(passages, said, history.today) if curve else {})


def outlooks(
    history: LagHistory,
    step: Traverse,
    horizon: int,
    days: int,
    *,
    there: bool = False,
    minimum: int = MINIMUM,
    seed: int = SEED,
) -> dict[str, Any]:
    """What the next days bring of one step, beside what was said on earlier days and what came; as JSON."""
    passages, way = history.of(step).passages, step.exit.value
    earlier = backtests.earlier_days(passages, history.today, horizon, days)
    trials = backtests.backtest(passages, way, earlier, horizon, to_come=not there, minimum=minimum, seed=seed)
    now = outlook(passages, way, history.today, horizon, to_come=not there, minimum=minimum, seed=seed)
    return {
        "step": step.name,
        "horizon": horizon,
        "of": "those who are there" if there else "those who are there and those to come",
        "trials": [_trial(trial) for trial in trials],
        "score": _score(trials),
        "today": {"as_of": now.as_of.isoformat(), "said": now.said, "band": _band(now.band), "refusal": now.refusal},
    }


def history_of(unit: UnitOfWork, where: tzinfo, today: date, by: str | None = None) -> LagHistory:
    """The milestones of a store, as they are known on that day, and the names of the parts by which they go apart."""
    milestones = list(unit.milestones.stream())
    parts = {part for milestone in milestones if by and (part := getattr(milestone, _FIELDS.get(by, by)))}
    book = compile_book(milestones, unit.milestones.first_kept(), where)
    return LagHistory(book, today, part_names(unit, by, sorted(parts)))


def _history(as_of: str, by: str | None = None) -> LagHistory:
    configured = settings()
    agreement = load_agreement(configured.agreement, configured.mappings)
    where, today = zone(agreement.time_zone), today_of(agreement)
    day = past_day_or("--as-of", as_of, today, today)
    with opened(configured) as store, store.reading() as unit:
        return history_of(unit, where, day, by)


def _steps(name: str | None) -> tuple[Traverse, ...]:
    steps = tuple(step for step in STEPS if name in (None, step.name))
    if not steps:
        raise ConfigError(f"--step {name}: no such step; say one of {NAMES}")
    return steps


def _apart(kept: tuple[Stretch, ...], by: str | None) -> Mapping[str | None, list[Stretch]]:
    """The stays apart by a word of the milestone with which they began; all of them where none is asked for."""
    if by is None:
        return {None: list(kept)}
    field = _FIELDS.get(by, by)
    groups: dict[str | None, list[Stretch]] = {}
    for stretch in kept:
        groups.setdefault(getattr(stretch.began_with, field) or "(none)", []).append(stretch)
    return dict(sorted(groups.items(), key=lambda item: str(item[0])))


def _row(step: Traverse, group: str | None, said: Lag, aside: Mapping[str, int]) -> dict[str, Any]:
    return {
        "step": step.name,
        "words": step.words,
        "group": group,
        "entered": said.entered,
        "got_there": said.exits,
        "horizon": said.horizon,
        "share": said.reached,
        "band": _band(said.band),
        "days": {f"{share:.0%}": day for share, day in (said.days or {}).items()},
        "refusal": said.refusal,
        "set_aside": dict(aside),
    }


def _curve(passages: Any, said: Lag, today: date) -> dict[str, Any]:
    from syncd.planning.lag import exits

    curve = None if said.refusal else exits(passages, today).by_exit.get(said.exit)
    steps = [step for step in curve.steps if step.day <= said.horizon] if curve else []
    bands = [step.band() for step in steps]
    return {"curve": [[step.day, step.value, *_ends(band)] for step, band in zip(steps, bands, strict=True)]}


def _ends(band: CurveBand) -> tuple[float, float]:
    return band.low, band.high


def _band(band: CurveBand | None) -> list[float] | None:
    return None if band is None else list(_ends(band))


def _trial(trial: backtests.BacktestDay) -> dict[str, Any]:
    said = trial.outlook
    return {
        "as_of": said.as_of.isoformat(),
        "said": said.said,
        "band": _band(said.band),
        "width": trial.width,
        "came": trial.came,
        "held": trial.held,
        "plain": trial.plain,
        "refusal": said.refusal,
    }


def _score(trials: list[backtests.BacktestDay]) -> dict[str, Any] | None:
    total = backtests.score(trials)
    if total is None:
        return None
    return {name: getattr(total, name) for name in ("days", "held", "nearer", "error", "plain_error", "width")}


def _show(rows: list[dict[str, Any]], horizon: int, today: date, by: str | None) -> None:
    cells = [
        (
            row["words"],
            *((row["name"],) if by else ()),
            row["entered"],
            row["got_there"],
            "" if row["share"] is None else f"{row['share']:.1%}",
            "" if row["band"] is None else f"{row['band'][0]:.1%} – {row['band'][1]:.1%}",
            row["days"].get("50%", ""),
            row["days"].get("80%", ""),
            "too few: nothing is said" if row["refusal"] else "",
        )
        for row in rows
    ]
    headings = (
        "step",
        *((by,) if by else ()),
        "entered",
        "got there",
        "share",
        "80 % band",
        "half by day",
        "80 % by day",
        "",
    )
    right = range(1 + bool(by), len(headings) - 1)
    show_table(f"time lags as of {today}, within {horizon} days", headings, cells, right=tuple(right))
    for step, aside in {row["words"]: row["set_aside"] for row in rows}.items():
        for reason, number in aside.items():
            show_aside(f"{step}: {number:,} set aside: {reason}")


def _show_trials(row: dict[str, Any]) -> None:
    cells = [
        (
            trial["as_of"],
            "" if trial["refusal"] else f"{trial['said']:.1f}",
            "" if trial["band"] is None else f"{trial['band'][0]:.0f} – {trial['band'][1]:.0f}",
            trial.get("came", ""),
            "" if "held" not in trial or trial["refusal"] else "yes" if trial["held"] else "no",
            f"{trial['plain']:.1f}" if "plain" in trial else "",
            trial["refusal"] or "",
        )
        for trial in (*row["trials"], row["today"])
    ]
    headings = ("as of", "said", "80 % band", "came", "held", "plain", "")
    show_table(f"{row['step']}, the next {row['horizon']} days, {row['of']}", headings, cells, right=(1, 3, 5))
    if score := row["score"]:
        show_line(
            f"  the bands held {score['held']} of {score['days']} outcomes, {score['width']:.1f} wide on average; "
            f"off by {score['error']:.1f} on average, count × conversion by {score['plain_error']:.1f}; "
            f"nearer than it on {score['nearer']} of {score['days']} days"
        )
