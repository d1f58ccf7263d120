"""The year's terms: what is kept or waited for by days is over within two months, so that half a year is long."""

from __future__ import annotations

import re
from pathlib import Path

from syncd.model.keeping import Keep
from tests.rules.agreements import SHIPPED

SHORT = Keep(runs=30, failed_runs=60, gone=30, activities=30, snapshots=60, replayed=0)
LONGEST = 30  # days of every term of the agreement


def agreement_of_short_terms(folder: Path) -> Path:
    """The shipped agreement, none of whose terms is longer than a month."""
    text = re.sub(r"(\w+_days): (\d+)", lambda term: f"{term[1]}: {min(int(term[2]), LONGEST)}", SHIPPED)
    text = text.replace("forecast:\n", f"forecast:\n  rest_after_loss_days: {LONGEST}\n", 1)
    text = text.replace("longest_wait_weeks: 8", "longest_wait_weeks: 4")
    file = folder / "agreement.yaml"
    file.write_text(text, encoding="utf-8")
    return file
