"""`syncd match`: what was pulled, into accounts, contacts and all that hangs on them."""

from __future__ import annotations

from syncd.cli.options import Json
from syncd.cli.summaries import show_counts
from syncd.cli.work import carry_out, end


def match(as_json: Json = False) -> None:
    """Match what was pulled into accounts, contacts and all that hangs on them.

    After a mapping was changed, this alone applies it to what is stored: nothing is pulled again.

    - `syncd match`
    """
    ended = carry_out("match")
    show_counts(ended.summary.counts, as_json)
    end(ended)
