"""`syncd judge`: what the agreement says of every account that became stale."""

from __future__ import annotations

from syncd.agreement import idle_terms
from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Json
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.sync import judge as verb
from syncd.sync.run import Run


def judge(as_json: Json = False) -> None:
    """Judge every account that a change, the agreement or the calendar made stale.

    - `syncd judge`, then `syncd plan` shows what a changed agreement would do
    """
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        wiring.use_agreement()
        verb.judge(wiring.store, wiring.book, wiring.today(), run := Run(progress=meter))
    show_counts(run.counts, as_json)
    for term in idle_terms(wiring.agreement):
        say(f"agreement: {term}")
