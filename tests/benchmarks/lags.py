"""What the outlook says on days of the past, and what came: `python -m tests.benchmarks.lags FOLDER`.

FOLDER holds Olist's funnel of the first quarter of 2018, `olist_mqls_2018q1.csv.gz` and
`olist_wins_until_2018-03-31.csv.gz` (the Marketing Funnel by Olist, on Kaggle: for measuring only, not to be shipped).
Without it, the sandbox's world alone is measured, whose laws are known (connectors/sandbox/world/history.py).

What there is to choose (the window, the tail, the deviation to begin with) was chosen on the days of CHOSEN_ON; the
days that are printed are others.
"""

from __future__ import annotations

import argparse
import csv
import gzip
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from connectors.sandbox.world import Size, build, history
from syncd.planning.backtest import BacktestDay, backtest, score
from syncd.planning.lag import Passage, lag, sort

CHOSEN_ON = (
    *(date(2018, 1, 24) + timedelta(days=2 * step) for step in range(30)),
    *(date(2018, 1, 31) + timedelta(weeks=week) for week in range(7)),
)
PUBLISHED = tuple(date(2018, month, day) for month, day in ((2, 2), (2, 6), (2, 10), (2, 18), (2, 22), (2, 26), (3, 2)))
FUNNEL_END = date(2018, 3, 31)
TODAY = date(2026, 11, 1)  # of the sandbox's world


class Subject(NamedTuple):
    """One step of one source, its days and horizons; law: what is known of it."""

    name: str
    way: str
    passages: tuple[Passage, ...]
    days: Sequence[date]
    horizons: Sequence[int]
    until: date
    law: history.Law | None = None


def main() -> None:
    """Print a table for each step and horizon, and the lags beside the laws where these are known."""
    parser = argparse.ArgumentParser("python -m tests.benchmarks.lags", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="of the funnel's files")
    parser.add_argument("--size", choices=("small", "demo"), default="demo", help="of the sandbox's world")
    arguments = parser.parse_args()
    subjects = [*([funnel(arguments.folder)] if arguments.folder else []), *sandbox(arguments.size)]
    for subject in subjects:
        if subject.law is not None:
            print("\n".join(beside_law(subject)), end="\n\n")
        for horizon in subject.horizons:
            for to_come in (True, False):
                days = [day for day in subject.days if day + timedelta(days=horizon) <= subject.until]
                trials = backtest(subject.passages, subject.way, days, horizon, to_come=to_come)
                print("\n".join(table(subject.name, horizon, to_come, trials)), end="\n\n", flush=True)


def funnel(folder: Path) -> Subject:
    """Olist's leads of a quarter and the wins known at its end; two leads' wins precede them by days."""
    leads = _rows(folder / "olist_mqls_2018q1.csv.gz")
    wins = {row["mql_id"]: row["won_date"][:10] for row in _rows(folder / "olist_wins_until_2018-03-31.csv.gz")}
    passages = sort((_passage(row["first_contact_date"], wins.get(row["mql_id"])) for row in leads), FUNNEL_END)
    for reason, number in passages.aside.items():
        print(f"{number} set aside: {reason}")
    return Subject("Olist, lead to win", "won", passages.passages, PUBLISHED, (14, 28), FUNNEL_END)


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _passage(began: str, ended: str | None, way: str = "won") -> Passage:
    return Passage(date.fromisoformat(began), *((date.fromisoformat(ended), way) if ended else ()))


def sandbox(size: str) -> Iterator[Subject]:
    """The world's three steps, as both systems' histories tell of them."""
    world = build(1, TODAY, getattr(Size, size.upper()))
    yesterday = TODAY - timedelta(days=1)
    days = [yesterday - timedelta(days=90 + 28 * step) for step in reversed(range(8))]
    contacts = [record["properties"] for record in world.hubspot["contacts"]]
    for name, way, entry, exit, law in (
        ("inquiry to MQL", "mql", "lead", "marketingqualifiedlead", history.QUALIFIED),
        ("MQL to accepted", "accepted", "marketingqualifiedlead", "salesqualifiedlead", history.ACCEPTED),
    ):
        begins, ends = f"hs_lifecyclestage_{entry}_date", f"hs_lifecyclestage_{exit}_date"
        stays = [_passage(one[begins][:10], (one.get(ends) or "")[:10], way) for one in contacts if one.get(begins)]
        yield Subject(f"sandbox, {name}", way, sort(stays, yesterday).passages, days, (28, 90), yesterday, law)
    opportunities = world.salesforce["Opportunity"]
    stays = [
        _passage(
            row["CreatedDate"][:10],
            row["CloseDate"] if row["IsClosed"] else None,
            "won" if row["IsWon"] else "lost",
        )
        for row in opportunities
    ]
    for way, law in (("won", history.WON), ("lost", history.LOST)):
        kept = sort(stays, yesterday).passages
        yield Subject(f"sandbox, opportunity to {way}", way, kept, days, (28, 90), yesterday, law)


def beside_law(subject: Subject) -> Iterator[str]:
    """The lag that is estimated, beside the one that was put in."""
    said, law = lag(subject.passages, subject.way, subject.until), subject.law
    assert law is not None
    if said.refusal or said.band is None or said.days is None or said.reached is None:
        yield f"{subject.name}: {said.refusal}"
        return
    yield (
        f"{subject.name}: {said.reached:.1%} ({said.band.low:.1%} – {said.band.high:.1%}) of {said.entered:,} within "
        f"{said.horizon} days, half of those by day {said.days[0.5]}, 80 % by day {said.days[0.8]}; "
        f"put in: {f'{law.share:.0%}, ' * (law.share < 1)}half by day {law.median:g}"
    )


def table(name: str, horizon: int, to_come: bool, trials: Iterable[BacktestDay]) -> Iterator[str]:
    """One line a day, and what they say together."""
    trials = list(trials)
    yield f"{name}, the next {horizon} days, {'of those there and those to come' if to_come else 'of those there'}"
    yield ""
    yield "| as of | said | 80 % band | width | came | held | count × conversion |"
    yield "|---|---:|---:|---:|---:|---|---:|"
    for trial in trials:
        said, band = trial.outlook, trial.outlook.band
        if band is None:
            yield f"| {said.as_of} | {said.refusal} | | | {trial.came} | | {trial.plain:.1f} |"
            continue
        shown = f"{band.low:.0f} – {band.high:.0f} | {trial.width:.0f}"
        held = "yes" if trial.held else "no"
        yield f"| {said.as_of} | {said.said:.1f} | {shown} | {trial.came} | {held} | {trial.plain:.1f} |"
    if total := score(trials):
        yield ""
        yield (
            f"Held {total.held} of {total.days}, mean width {total.width:.1f}; mean error {total.error:.1f}, "
            f"count × conversion {total.plain_error:.1f}; nearer on {total.nearer} of {total.days} days."
        )


if __name__ == "__main__":
    main()
