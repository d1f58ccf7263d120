"""`syncd match`: what was pulled, into accounts, contacts and all that hangs on them."""

from __future__ import annotations

from syncd.cli.installation import wired
from syncd.cli.meter import Meter
from syncd.cli.options import Json
from syncd.cli.summaries import show_counts
from syncd.sync import match as verb
from syncd.sync.run import Run


def match(as_json: Json = False) -> None:
    """Match what was pulled into accounts, contacts and all that hangs on them.

    After a mapping was changed, this alone applies it to what is stored: nothing is pulled again.

    - `syncd match`
    """
    with wired() as wiring, wiring.store.alone(), Meter().shown() as meter:
        verb.match(wiring.store, wiring.readers, run := Run(progress=meter))
    show_counts(run.counts, as_json)
