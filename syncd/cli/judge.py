"""`syncd judge`: what the agreement says of every account that became stale."""

from __future__ import annotations

from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Json
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.sync import judge as verb
from syncd.sync.judge import judge_in_memory
from syncd.sync.release import release
from syncd.sync.run import Run


def judge(as_json: Json = False) -> None:
    """Judge every account that a change, the agreement or the calendar made stale.

    An agreement that nobody signed is tried: every account is judged by it, and nothing of that is kept.

    - `syncd judge`, then `syncd plan` shows what a changed agreement would do
    """
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        run = Run(progress=meter)
        if wiring.agreement.unsigned:
            judge_in_memory(wiring.store, wiring.book, wiring.today(), run)
        else:
            wiring.use_agreement()
            verb.judge(wiring.store, wiring.book, wiring.today(), run)
            release(wiring.store, wiring.book, wiring.today(), run)
    show_counts(run.counts, as_json)
    if wiring.agreement.unsigned:
        say(f"agreement {wiring.agreement.label}: every account was judged, and nothing of it was kept")
