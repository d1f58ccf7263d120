"""`make year`: the long form, day by day with a night each; tells each quarter's figures, and what becomes of faults.

`python -m tests.year --faults [TRIALS]` has so many faults strike, 80 unless said, writes their table as Markdown, and
ends with 1 unless the year ends as the calm one does.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.year.clock import DAY
from tests.year.faults import FAULTS, Fault
from tests.year.passing import Year, on_sqlite, pass_through
from tests.year.trials import Row, calendar

DAYS, QUARTER = 366, 91
TRIALS, SEED = 80, 11
HEADINGS = ("day", "fault", "as named", "mend as named", "days until told", "days until gone")


def passed(plan: Mapping[int, Sequence[Sequence[Fault]]]) -> Year:
    """A year that passes now; its figures are told on the way."""
    folder, begun = Path(tempfile.mkdtemp(prefix="syncd-year-")), time.process_time()
    for year in pass_through(on_sqlite(folder), folder, plan, days=DAYS, step=DAY, nightly=1):
        number = len(year.figures) - 1
        if number and number % QUARTER == 0:
            figures = year.figures[number]
            print(
                f"quarter {number // QUARTER}: store {figures.bytes / 1e6:.1f} MB, memory with the simulators "
                f"{figures.memory / 1e6:.1f} MB, activities {figures.rows['activity']:,}, "
                f"runs {figures.rows['run']:,}, "
                f"CPU {time.process_time() - begun:.0f} s",
                file=sys.stderr,
                flush=True,
            )
    return year


def table(rows: Sequence[Row]) -> str:
    """The table of faults, as Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *((str(row.number), *row.cells) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(*options: str) -> int:
    """Walk through a year, or through one with faults and a calm one besides."""
    calm = passed({})
    if "--faults" not in options:
        return 0
    trials = int(options[-1]) if options[-1].isdigit() else TRIALS
    here = [fault for fault in FAULTS if fault.only_on in ("", "sqlite")]
    year = passed(calendar(DAYS, here, trials, seed=SEED))
    print(table(year.rows))
    return 0 if year.state == calm.state else 1


sys.exit(main(*sys.argv[1:]))
