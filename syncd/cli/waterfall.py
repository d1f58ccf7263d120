"""`syncd waterfall`: what reached each stage, and backwards from bookings what must."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Annotated, NamedTuple

import typer

from syncd.agreement import Agreement
from syncd.agreement import load as load_agreement
from syncd.cli.backwards import show_backwards
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import DAY, LONGEST, Csv, Json, first_day
from syncd.cli.parts import part_names
from syncd.cli.quantities import amount_of, day_of, past_day, past_day_or, share_of
from syncd.cli.screen import show_json
from syncd.cli.spreadsheet import show_csv
from syncd.cli.stages import COLUMNS, plain, show_difference, show_words, waterfall_rows
from syncd.errors import ConfigError
from syncd.model.milestones import OF_OPPORTUNITIES, Milestone, Stage
from syncd.planning.aims import BY_HISTORY, aimed, to_be_booked
from syncd.planning.journeys import journeys
from syncd.planning.passages import compile_book
from syncd.planning.target import (
    Backwards,
    Goal,
    WayToWin,
    backwards,
    by_hand,
    in_hand,
    learned,
    sourced_share,
    won_amounts,
)
from syncd.planning.waterfall import DIMENSIONS, Period, compare, monday, priced
from syncd.planning.waterfall import waterfall as counted
from syncd.rules.days import zone
from syncd.store import UnitOfWork
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
    lag: Annotated[
        int | None, typer.Option("--lag", min=0, max=LONGEST, help="Days from MQL to won; else by history.")
    ] = None,
    conversion: Annotated[str, typer.Option("--conversion", help="Percent of MQLs that win; else by history.")] = "",
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show how many reached each stage, which share goes on, how long it takes, and what it is worth.

    Beside what was reached stands what the agreement signs under targets. Backwards, from its bookings or those named
    here: how many of marketing's opportunities must be won for them, how many can still close in time at an even pace,
    and what each stage must bring by which day.

    - `syncd waterfall --per rep --since 2026-07-01`

    - `syncd waterfall --backwards`, by the bookings that are signed

    - `syncd waterfall --backwards --bookings 10M --by 2027-12-31`

    - `syncd waterfall --backwards --bookings 10M --by 2027-12-31 --since 2027-01-01 --amount 50k --sourced 50 --lag 90`
    """
    configured = settings()
    agreement = load_agreement(configured.agreement, configured.mappings)
    where = zone(agreement.time_zone)
    today = today_of(agreement)
    if back:
        goal = _target(agreement, bookings, by, since, amount, sourced, today)
        with opened(configured) as store, store.reading() as unit:
            history = _history(unit, agreement, today)
        answer = _backwards(goal, history, agreement.currency, lag, conversion)
        show_backwards(answer, agreement.currency, as_json=as_json, as_csv=as_csv)
        return
    if per and per not in DIMENSIONS:
        raise ConfigError(f"--per {per}: one of {', '.join(DIMENSIONS)}")
    period = _period(since, until, today, where)
    with opened(configured) as store, store.reading() as unit:
        milestones = priced(unit.milestones.stream(), agreement.currency)
        result = aimed(counted(milestones, period, per, unit.milestones.first_kept()), agreement.targets.weekly)
        names = part_names(unit, result.by, [part.name for part in result.parts])
        difference = compare(unit.milestones.stream(stages=OF_OPPORTUNITIES), unit.milestones.opportunities())
    if as_json:
        show_json({**plain(result, names), "open_opportunities": asdict(difference)})
    elif as_csv:
        show_csv(COLUMNS, waterfall_rows(result, names))
    else:
        show_words(result, names)
        show_difference(difference)


def _period(since: str, until: str, today: date, where: tzinfo) -> Period:
    last = past_day_or("--until", until, today, today)
    first = past_day("--since", since, today) if since else monday(last) - timedelta(weeks=WEEKS - 1)
    if first > last:
        raise ConfigError(f"--since {first} lies behind --until {last}: name an earlier day")
    return Period(first, last, where)


# ---- backwards ---------------------------------------------------------------------------------------------------


def _target(agreement: Agreement, bookings: str, by: str, since: str, amount: str, sourced: str, today: date) -> Goal:
    """What is said on the line, else what was signed."""
    goal = None if bookings or by else to_be_booked(agreement, today)
    if goal is None:
        if not bookings or not by:
            raise ConfigError(
                "--backwards needs --bookings and --by, e.g. `--bookings 10M --by 2027-12-31`, or a target that is "
                "signed: targets.bookings of the agreement"
            )
        goal = Goal(amount_of("--bookings", bookings), today, day_of("--by", by), BY_HISTORY, BY_HISTORY)
    goal = replace(
        goal,
        first=day_of("--since", since) if since else goal.first,
        amount=amount_of("--amount", amount) if amount else goal.amount,
        sourced=share_of("--sourced", sourced) if sourced else goal.sourced,
    )
    if goal.first > goal.last:
        raise ConfigError(f"--by {goal.last} lies before {goal.first}: name a later day, or an earlier --since")
    return goal


class WaterfallHistory(NamedTuple):
    """The store's milestones, since when it keeps them, and the day that it is where it was signed."""

    milestones: Sequence[Milestone]
    since: datetime | None
    where: tzinfo
    today: date


def _history(unit: UnitOfWork, agreement: Agreement, today: date) -> WaterfallHistory:
    milestones = [*priced(unit.milestones.stream(), agreement.currency)]
    return WaterfallHistory(milestones, unit.milestones.first_kept(), zone(agreement.time_zone), today)


def _backwards(target: Goal, history: WaterfallHistory, currency: str, lag: int | None, conversion: str) -> Backwards:
    """The target by what was said, else by this store's history."""
    milestones, since, where, today = history
    whole, book = journeys(milestones), compile_book(milestones, since, where)
    if target.amount == BY_HISTORY:
        amounts = [amount for unit, amount in won_amounts(whole) if unit == currency]
        if not amounts:
            raise ConfigError(f"nothing won in {currency} is known: say --amount, what one opportunity brings")
        target = replace(target, amount=(sum(amounts, Decimal()) / len(amounts)).quantize(Decimal(1)))
    if target.sourced == BY_HISTORY:
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


def _by_hand(known: WayToWin | str, lag: int | None, share: float | None) -> WayToWin | str:
    """The way of an MQL with what was said of it in the place of what history tells."""
    if lag is not None:
        return by_hand(lag, share or (known.share if isinstance(known, WayToWin) else None))
    if share is None:
        return known
    if isinstance(known, str):
        raise ConfigError(f"how long an MQL takes is not known ({known}): say --lag as well")
    return replace(known, share=share, crowd=1.0, source="the share given by hand, the days by this store's history")
