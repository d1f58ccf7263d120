"""The walk through a year: each day the world changes, a cycle runs; some nights a full read and a prune behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from connectors.sandbox.salesforce.api.admin import person
from syncd.model.keeping import Keep
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.wiring import wire
from tests.ledger import begin, carried_out
from tests.rules.agreements import SHIPPED
from tests.sync.conftest import Place
from tests.year.changes import CHANGES, Change, Day
from tests.year.clock import MONTH, days
from tests.year.figures import Figures, take

SHORT = Keep(runs=30, failed_runs=60, gone=30, activities=30, snapshots=60, replayed=0)
NIGHTLY = ("reconcile", "prune")
LONGEST = 30  # days of every term of the agreement, so that half a year is long


@dataclass(frozen=True)
class Month:
    """How things stand as a month ends. outcomes: of its runs."""

    number: int
    figures: Figures
    outcomes: tuple[str, ...]


def agreement_of_short_terms(folder: Path) -> Path:
    """The shipped agreement, none of whose terms is longer than a month."""
    text = re.sub(r"(\w+_days): (\d+)", lambda term: f"{term[1]}: {min(int(term[2]), LONGEST)}", SHIPPED)
    text = text.replace("forecast:\n", f"forecast:\n  rest_after_loss_days: {LONGEST}\n", 1)
    text = text.replace("longest_wait_weeks: 8", "longest_wait_weeks: 4")
    file = folder / "agreement.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def wired(place: Place, store: Store, folder: Path) -> Wiring:
    """syncd at the place, by the clock that everybody has."""
    begin(store)
    place.org("assign", permission_set="Syncd_Sales", user=person(place.sandbox.salesforce.org))
    settings = place.settings.model_copy(update={"agreement": agreement_of_short_terms(folder)})
    wiring = wire(settings, store, sleep=lambda _: None)
    return replace(wiring, keep=SHORT, clock=lambda: datetime.now(UTC))


def walk(
    place: Place,
    wiring: Wiring,
    *,
    months: int = 12,
    step: timedelta = timedelta(days=1),
    nightly: int = 1,
    changes: Iterable[Change] = CHANGES,
    seed: int = 1,
) -> Iterator[Month]:
    """Walk through so many months, and tell of each. nightly: every how many steps a night comes."""
    chance, memory, outcomes = Random(seed), {}, []  # type: ignore[var-annotated]
    each = round(MONTH / step)
    happening = tuple(changes)
    for number, at in enumerate(days(months * each + 1, step)):
        today = Day(at, number, place, chance, memory)
        for change in happening:
            change(today)
        outcomes.append(str(carried_out(wiring, "cycle").ending.outcome.value))
        if number % nightly == 0:
            outcomes += [str(carried_out(wiring, verb).ending.outcome.value) for verb in NIGHTLY]
        if number and number % each == 0:
            yield Month(number // each, take(wiring.store), tuple(outcomes))
            outcomes = []
