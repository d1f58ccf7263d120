"""`syncd pause` and `syncd resume`: the daemon's cycles, by hand."""

from __future__ import annotations

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.sync import at_once


def pause(as_json: Json = False) -> None:
    """Have the running daemon start no further cycles; requests by hand are still carried out.

    - `syncd pause`, then `syncd resume` goes on
    """
    _pause(True, "paused; `syncd resume` goes on", as_json)


def resume(as_json: Json = False) -> None:
    """Have the daemon go on.

    - `syncd resume`
    """
    _pause(False, "resumed", as_json)


def _pause(paused: bool, words: str, as_json: bool) -> None:
    with opened() as store:
        at_once.pause(store, actor(), paused=paused)
    if as_json:
        show_json({"paused": paused})
    else:
        show_line(words)
