"""What must come by when for the bookings, as `syncd waterfall --backwards` shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_aside, show_table
from syncd.planning.lag import SHARES
from syncd.planning.target import Backwards, Need

COLUMNS = (
    "stage",
    "must reach it",
    "reached",
    "for half in time by",
    "for four fifths in time by",
    "source",
    "why not",
)


def show_backwards(answer: Backwards, currency: str, *, as_json: bool, as_csv: bool) -> None:
    """Show it in words, as JSON or as CSV."""
    if as_json:
        show_json(_plain(answer, currency))
    elif as_csv:
        show_csv(COLUMNS, _rows(answer))
    else:
        _show(answer, currency)


def _rows(answer: Backwards) -> Iterator[Sequence[Any]]:
    for need in answer.needs:
        days = [need.by[share] if need.by else None for share in SHARES]
        yield need.stage.words, need.wanted, need.actual, *days, need.source, need.refusal


def _plain(answer: Backwards, currency: str) -> dict[str, Any]:
    target, ahead = answer.target, answer.in_hand
    return {
        "bookings": float(target.bookings),
        "currency": currency,
        "target": target.source,
        "first": target.first,
        "last": target.last,
        "amount": float(target.amount),
        "sourced": float(target.sourced),
        "needed": answer.needed,
        "won": answer.won,
        "in_hand": {
            "said": None if ahead.refusal else ahead.said,
            "band": [ahead.band.low, ahead.band.high] if ahead.band else None,
            "refusal": ahead.refusal,
        },
        "missing": answer.missing,
        "pace": str(answer.pace) if answer.pace else None,
        "in_time": answer.in_time,
        "short": answer.short,
        "short_worth": None if answer.short_worth is None else float(answer.short_worth),
        "must_begin": answer.early,
        "stages": [_plain_need(need) for need in answer.needs],
    }


def _plain_need(need: Need) -> dict[str, Any]:
    return {
        "stage": str(need.stage),
        "wanted": need.wanted,
        "actual": need.actual,
        "by": {str(share): day for share, day in need.by.items()} if need.by else None,
        "source": need.source or None,
        "refusal": need.refusal,
    }


def _show(answer: Backwards, currency: str) -> None:
    target, ahead = answer.target, answer.in_hand
    show_line(
        f"{target.bookings:,.0f} {currency} from {target.first} to {target.last}, {target.sourced:.0%} of it by "
        f"marketing, at {target.amount:,.0f} each: {answer.needed:,} opportunities to be won, "
        f"{answer.won:,} of marketing's won since {target.first} ({target.source})"
    )
    if ahead.band:
        show_line(
            f"under way: {ahead.said:,.1f} more will win in time (80 %: {ahead.band.low:,.1f}–{ahead.band.high:,.1f})"
        )
        show_line(f"beyond them {answer.missing:,} must still be won")
    else:
        show_line(f"under way: not told, {ahead.refusal}")
    if answer.in_time is None or answer.short_worth is None:
        show_line("how many can still close in time is not told: too little is known of how long it takes; say --lag")
    else:
        show_line(
            f"at an even pace {answer.in_time:,} of them can still close in time: short by {answer.short:,}, "
            f"{answer.short_worth:,.0f} {currency}"
            + (f"; {answer.early:,} would have to begin" if answer.short and answer.early else "")
        )
    rows = [
        (
            *(need.stage.words, "" if need.wanted is None else need.wanted, need.actual),
            *(need.by[share] if need.by else "" for share in SHARES),
            need.refusal or need.source,
        )
        for need in answer.needs
    ]
    show_table(
        "what must come", ("stage", "must reach it", "reached", "half by", "four fifths by", ""), rows, right=(1, 2)
    )
    show_aside("half, four fifths: the last day on which that share of the winners still wins in time")
