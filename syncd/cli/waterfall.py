"""`syncd waterfall`: what reached each stage, and backwards from bookings what must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import typer

from syncd.agreement import load as load_agreement
from syncd.cli.backwards import show_backwards
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import DAY, Csv, Json, first_day
from syncd.cli.parts import part_names
from syncd.cli.quantities import amount_of, day_of, past_day, past_day_or, share_of
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_aside, show_table
from syncd.errors import ConfigError
from syncd.model.milestones import OF_OPPORTUNITIES, Milestone, Stage
from syncd.planning.journeys import journeys
from syncd.planning.lag import HORIZON, SHARES
from syncd.planning.passages import compile_book
from syncd.planning.target import (
    Backwards,
    Target,
    Way,
    backwards,
    by_hand,
    in_hand,
    learned,
    sourced_share,
    won_amounts,
)
from syncd.planning.waterfall import DIMENSIONS, Difference, Level, Part, Period, Waterfall, compare, monday, priced
from syncd.planning.waterfall import waterfall as counted
from syncd.rules.days import zone
from syncd.today import today_of

WEEKS = 13  # that are counted where no day is named


def waterfall(
    per: Annotated[str, typer.Option("--per", help=f"One of {', '.join(DIMENSIONS)}.")] = "",
    since: Annotated[str, first_day("13 weeks ago")] = "",
    until: Annotated[str, typer.Option("--until", metavar=DAY, help="Last day; else today.")] = "",
    back: Annotated[bool, typer.Option("--backwards", help="From bookings to what must come by when.")] = False,
    bookings: Annotated[str, typer.Option("--bookings", help="What is to be booked, e.g. 10M.")] = "",
    by: Annotated[str, typer.Option("--by", metavar=DAY, help="The last day of the target.")] = "",
    amount: Annotated[str, typer.Option("--amount", help="Of one won opportunity, e.g. 50k; else the mean won.")] = "",
    sourced: Annotated[str, typer.Option("--sourced", help="Percent that marketing sources; else as it was.")] = "",
    lag: Annotated[int | None, typer.Option("--lag", min=0, help="Days from MQL to won; else by history.")] = None,
    conversion: Annotated[str, typer.Option("--conversion", help="Percent of MQLs that win; else by history.")] = "",
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show how many reached each stage, which share goes on, how long it takes, and what it is worth.

    Backwards: how many of marketing's opportunities must be won for the bookings, how many of them can still close in
    time at an even pace, and what each stage must bring by which day.

    - `syncd waterfall --per rep --since 2026-07-01`

    - `syncd waterfall --backwards --bookings 10M --by 2027-12-31`

    - `syncd waterfall --backwards --bookings 10M --by 2027-12-31 --since 2027-01-01 --amount 50k --sourced 50 --lag 90`
    """
    configured = settings()
    agreement = load_agreement(configured.agreement, configured.mappings)
    where = zone(agreement.time_zone)
    today = today_of(agreement)
    if back:
        goal = _target(bookings, by, since, amount, sourced, today)
        with opened(configured) as store, store.reading() as unit:
            kept = History(
                list(priced(unit.milestones.stream(), agreement.currency)), unit.milestones.first_kept(), where, today
            )
        answer = _backwards(goal, kept, agreement.currency, lag, conversion)
        show_backwards(answer, agreement.currency, as_json=as_json, as_csv=as_csv)
        return
    if per and per not in DIMENSIONS:
        raise ConfigError(f"--per {per}: one of {', '.join(DIMENSIONS)}")
    period = _period(since, until, today, where)
    with opened(configured) as store, store.reading() as unit:
        milestones = priced(unit.milestones.stream(), agreement.currency)
        result = counted(milestones, period, per, unit.milestones.first_kept())
        names = part_names(unit, result.by, [part.name for part in result.parts])
        difference = compare(unit.milestones.stream(stages=OF_OPPORTUNITIES), unit.milestones.opportunities())
    if as_json:
        show_json({**plain(result, names), "open_opportunities": asdict(difference)})
    elif as_csv:
        show_csv(COLUMNS, _rows(result, names))
    else:
        _show(result, names)
        _show_difference(difference)


def _period(since: str, until: str, today: date, where: tzinfo) -> Period:
    last = past_day_or("--until", until, today, today)
    first = past_day("--since", since, today) if since else monday(last) - timedelta(weeks=WEEKS - 1)
    if first > last:
        raise ConfigError(f"--since {first} lies behind --until {last}: name an earlier day")
    return Period(first, last, where)


# ---- backwards ---------------------------------------------------------------------------------------------------


def _target(bookings: str, by: str, since: str, amount: str, sourced: str, today: date) -> Target:
    if not bookings or not by:
        raise ConfigError("--backwards needs --bookings and --by, e.g. `--bookings 10M --by 2027-12-31`")
    first, last = day_of("--since", since) if since else today, day_of("--by", by)
    if first > last:
        raise ConfigError(f"--by {last} lies before {first}: name a later day, or an earlier --since")
    each = amount_of("--amount", amount) if amount else Decimal(0)
    part = share_of("--sourced", sourced) if sourced else Decimal(-1)
    return Target(amount_of("--bookings", bookings), first, last, each, part)


class History(NamedTuple):
    """The store's milestones, since when it keeps them, and the day that it is where it was signed."""

    milestones: Sequence[Milestone]
    since: datetime | None
    where: tzinfo
    today: date


def _backwards(target: Target, history: History, currency: str, lag: int | None, conversion: str) -> Backwards:
    """The target by what was said, else by this store's history."""
    milestones, since, where, today = history
    whole, book = journeys(milestones), compile_book(milestones, since, where)
    if not target.amount:
        amounts = [amount for unit, amount in won_amounts(whole) if unit == currency]
        if not amounts:
            raise ConfigError(f"nothing won in {currency} is known: say --amount, what one opportunity brings")
        target = replace(target, amount=(sum(amounts, Decimal()) / len(amounts)).quantize(Decimal(1)))
    if target.sourced < 0:
        target = replace(target, sourced=sourced_share(whole) or Decimal(1))
    ways = learned(whole, book, today)
    ways[Stage.MQL] = _by_hand(
        ways[Stage.MQL], lag, float(share_of("--conversion", conversion)) if conversion else None
    )
    ahead = in_hand(whole, book, today, target.last)
    if target.first > today:
        return backwards(target, ways, {}, in_hand=ahead)
    so_far = counted(milestones, Period(target.first, min(target.last, today), where), since=since)
    actual = {level.stage: level.volume for level in so_far.whole.levels}
    return backwards(target, ways, actual, so_far.sourced, ahead)


def _by_hand(known: Way | str, lag: int | None, share: float | None) -> Way | str:
    """The way of an MQL with what was said of it in the place of what history tells."""
    if lag is not None:
        return by_hand(lag, share or (known.share if isinstance(known, Way) else None))
    if share is None:
        return known
    if isinstance(known, str):
        raise ConfigError(f"how long an MQL takes is not known ({known}): say --lag as well")
    return replace(known, share=share, crowd=1.0, source="the share given by hand, the days by this store's history")


# ---- shown -------------------------------------------------------------------------------------------------------

COLUMNS = (
    *(
        "part",
        "stage",
        "reached",
        "of which history",
        "stage before",
        "entered",
        "came",
        "conversion",
        "MQLs",
        "of MQLs",
    ),
    *("in the end", "half within days", "four fifths within days", "why not", "worth", "currency"),
)


def _rows(result: Waterfall, names: dict[str, str]) -> Iterator[Sequence[Any]]:
    for part in (result.whole, *result.parts):
        for level in part.levels:
            lag = level.lag
            days = [lag.days[share] if lag and lag.days else None for share in SHARES]
            worths: list[tuple[str, Decimal | None]] = [*sorted(level.worth.items())] or [("", None)]
            for currency, worth in worths:
                yield (
                    *(names.get(part.name, part.name), level.stage.words, level.volume, level.history),
                    *(level.before.words if level.before else None, level.entered, level.came, level.conversion),
                    *(level.mqls, level.of_mqls),
                    *(lag.reached if lag else None, *days, lag.refusal if lag else None, worth, currency),
                )


def plain(result: Waterfall, names: dict[str, str]) -> dict[str, Any]:
    """The waterfall as JSON."""
    return {
        "first": result.period.first,
        "last": result.period.last,
        "per": result.by or None,
        "whole": _plain_part(result.whole, names),
        "parts": [_plain_part(part, names) for part in result.parts],
        "won_with_an_mql": result.sourced,
        "closed_without_qualification": result.unqualified,
    }


def _plain_part(part: Part, names: dict[str, str]) -> dict[str, Any]:
    beside = {str(stage): number for stage, number in part.beside.items()}
    called = {"id": part.name, "name": names[part.name]} if part.name in names else {"name": part.name}
    return {**called, "stages": [_plain_level(level) for level in part.levels], "beside": beside}


def _plain_level(level: Level) -> dict[str, Any]:
    lag = level.lag
    return {
        "stage": str(level.stage),
        "reached": level.volume,
        "of_which_history": level.history,
        "before": str(level.before) if level.before else None,
        "entered": level.entered,
        "came": level.came,
        "conversion": level.conversion,
        "mqls": level.mqls,
        "of_mqls": level.of_mqls,
        "lag": lag
        and {
            "n": lag.entered,
            "exits": lag.exits,
            "horizon": lag.horizon,
            "reached": lag.reached,
            "band": [lag.band.low, lag.band.high] if lag.band else None,
            "days": {str(share): days for share, days in (lag.days or {}).items()},
            "refusal": lag.refusal,
        },
        "worth": {currency: float(worth) for currency, worth in sorted(level.worth.items())},
    }


def _show(result: Waterfall, names: dict[str, str]) -> None:
    period = result.period
    show_line(f"waterfall from {period.first} to {period.last}")
    for part in (result.whole, *sorted(result.parts, key=lambda part: names.get(part.name, part.name))):
        _show_part(part, names.get(part.name, part.name))
    show_aside(
        f"in the end: the share that gets there within {HORIZON} days, with its 80 % band; "
        "half, four fifths: of those, the days by which so many have"
    )
    won = result.whole.level(Stage.WON).volume
    show_line(f"an MQL stands behind {result.sourced:,} of {won:,} won opportunities")
    if result.unqualified:
        show_line(f"{result.unqualified:,} opportunities were closed that never met the agreement's bar")


def _show_difference(difference: Difference) -> None:
    """Where marketing's and sales' count of the same thing differ."""
    show_line(f"open qualified opportunities: {difference.both:,}, the same in both counts")
    if difference.kept_alone:
        show_line(f"kept here, and not open where sales works: {', '.join(difference.kept_alone)}")
    if difference.standing_alone:
        show_line(f"{len(difference.standing_alone):,} more are open that sales opened and that never met the bar")


def _show_part(part: Part, name: str) -> None:
    headings = ("stage", "reached", "of the stage before", "of MQLs", "in the end", "half", "four fifths", "worth")
    show_table(name, headings, [_cells(level) for level in part.levels], right=(1, 5, 6, 7))
    if any(part.beside.values()):
        show_aside(", ".join(f"{number:,} {stage.words}" for stage, number in part.beside.items() if number))


def _cells(level: Level) -> Sequence[Any]:
    share = f"{level.came:,} of {level.entered:,} ({level.conversion:.0%})" if level.conversion is not None else ""
    worth = ", ".join(f"{worth:,.0f} {currency}".strip() for currency, worth in sorted(level.worth.items()))
    of_mqls = f"{level.of_mqls / level.mqls:.0%}" if level.mqls and level.stage is not Stage.MQL else ""
    lag = level.lag
    if lag is None or lag.days is None or lag.band is None or lag.reached is None:
        why = f"too few: {lag.exits:,} of {lag.entered:,}" if lag else ""
        return level.stage.words, level.volume, share, of_mqls, why, "", "", worth
    end = f"{lag.reached:.0%} ({lag.band.low:.0%}–{lag.band.high:.0%}), n {lag.entered:,}"
    return level.stage.words, level.volume, share, of_mqls, end, *(f"{lag.days[q]:,} days" for q in SHARES), worth
