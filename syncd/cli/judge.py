"""`syncd judge`: what the agreement says of every account that became stale."""

from __future__ import annotations

from syncd.cli.options import Json
from syncd.cli.screen import say
from syncd.cli.summaries import show_counts
from syncd.cli.work import end, here
from syncd.sync.verbs import do_judge


def judge(as_json: Json = False) -> None:
    """Judge every account that a change, the agreement or the calendar made stale.

    An agreement that nobody signed is tried: every account is judged by it, and nothing of that is kept.

    - `syncd judge`, then `syncd plan` shows what a changed agreement would do
    """
    with here() as installation:
        wiring = installation.wiring
        ended = installation.carry_out("judge", lambda run: do_judge(wiring, {}, run))
    show_counts(ended.summary.counts, as_json)
    if wiring.agreement.unsigned:
        say(f"agreement {wiring.agreement.label}: every account was judged, and nothing of it was kept")
    end(ended)
