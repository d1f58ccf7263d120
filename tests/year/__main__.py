"""`make year`: the long form, day by day with a night each; tells the figures on the way, and what becomes of faults.

`python -m tests.year [DAYS]` lets so many days pass, 366 unless said, with the simulators in a process of their own,
and ends with 1 unless the memory of syncd's process levels off. `python -m tests.year --faults [TRIALS]` has so many
faults strike thereafter, 80 unless said, in a year of its own, writes their table as Markdown, and ends with 1 unless
that year ends as the calm one does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from syncd import collector
from tests.year.apart import apart
from tests.year.clock import DAY
from tests.year.faults import FAULTS, Fault
from tests.year.figures import Figures
from tests.year.passing import Year, on_sqlite, pass_through
from tests.year.site import Around
from tests.year.trials import Row, calendar

DAYS, PARTS = 366, 12
TRIALS, SEED = 80, 11
GROWTH = 3_000_000  # bytes by which memory may grow within the second half
OUT = sys.stderr  # as it is here: what the daemon says on it is listened to
HEADINGS = ("day", "fault", "as named", "mend as named", "days until told", "days until gone")


def passed(plan: Mapping[int, Sequence[Sequence[Fault]]], days: int, around: Around | None = None) -> Year:
    """A year that passes now; its figures are told on the way, and only those are kept."""
    folder, begun = Path(tempfile.mkdtemp(prefix="syncd-year-")), time.process_time()
    told_on = {(days - 1) * part // PARTS for part in range(PARTS + 1)}
    for year in pass_through(on_sqlite(folder), folder, plan, days=days, step=DAY, nightly=1, around=around):
        number = max(year.figures)
        if number in told_on:
            tell(number, year.figures[number], time.process_time() - begun)
        else:
            del year.figures[number]
    return year


def tell(number: int, figures: Figures, seconds: float) -> None:
    """Tell how large all is on a day."""
    print(
        f"day {number}: store {figures.bytes / 1e6:.2f} MB, memory {figures.memory / 1e6:.1f} MB, of its own "
        f"{figures.own / 1e6:.1f} MB, activities {figures.rows['activity']:,}, runs {figures.rows['run']:,}, "
        f"CPU {seconds:.0f} s",
        file=OUT,
        flush=True,
    )


def growth(year: Year) -> int:
    """Bytes by which the memory of this process alone has grown from the middle of the year to its end."""
    numbers = sorted(year.figures)
    return year.figures[numbers[-1]].own - year.figures[numbers[len(numbers) // 2]].own


def table(rows: Sequence[Row]) -> str:
    """The table of faults, as Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *((str(row.number), *row.cells) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(*options: str) -> int:
    """Walk through a year, or through one with faults and a calm one besides."""
    collector.settle()
    with_faults = "--faults" in options
    number = next((int(option) for option in options if option.isdigit()), None)
    days = DAYS if with_faults else number or DAYS
    calm = passed({}, days, apart)
    grown = growth(calm)
    print(f"memory of its own, from the middle to the end: {grown / 1e6:+.1f} MB", file=OUT)
    if not with_faults:
        return 0 if grown <= GROWTH else 1
    here = [fault for fault in FAULTS if fault.only_on in ("", "sqlite")]
    year = passed(calendar(days, here, number or TRIALS, seed=SEED), days)
    print(table(year.rows))
    return 0 if grown <= GROWTH and year.state == calm.state else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
