"""Prunes: whether what is over goes every night, so that the store stays as large as its world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from syncd.model.health import Finding, FindingKind, Grade
from syncd.model.runs import Cause
from syncd.store.unit import UnitOfWork

KEPT: Final = "`syncd prune` lets go of all of it then; until then the store grows, and syncd goes on"


def of_prunes(unit: UnitOfWork) -> Iterator[Finding]:
    """Yield that the last prune did not end well, and why; since the first in a row that did not."""
    rows = list(unit.runs.unwell(("prune",)))
    if not rows:
        return
    newest, first = rows[0], rows[-1]
    causes = [Cause.read(content) for content in newest["causes"]]
    why = "; ".join(cause.what for cause in causes) or newest["error"] or newest["outcome"]
    nights = f", {len(rows):,} times in a row" if len(rows) > 1 else ""
    what = f"what is over was not let go of{nights}: {why}"
    mend = "; ".join([*dict.fromkeys(cause.mend for cause in causes), KEPT])
    since, look = first["finished_at"], f"syncd runs {newest['id']}"
    yield Finding(FindingKind.PRUNE, (), what, mend, Grade.WARNING, since, look, len(rows))
