"""`syncd cancel`: a run, taken back."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.errors import Unavailable
from syncd.store.at_work import read_run
from syncd.store.runs import WORKING
from syncd.sync.door import cancel as take_back

SOON = 15.0  # seconds, in which a run at work ends
EVERY = 0.2


def cancel(
    number: Annotated[int, typer.Argument(min=1, help="A run, by its number: `syncd runs` lists them.")],
    as_json: Json = False,
) -> None:
    """Take a run back: one that waits is not begun, one at work ends behind the page in hand. The daemon goes on.

    What a run did before stands. One that has ended already is told so. Exit code 6: no such run.

    - `syncd cancel 12`
    """
    with opened() as store:
        state = take_back(store, number, actor())
        pause, left = threading.Event(), SOON
        while state == WORKING and left > 0:
            pause.wait(EVERY)
            left -= EVERY
            state = read_run(store, number)["state"]
    if as_json:
        show_json({"run": number, "state": state})
    else:
        show_line(f"run {number}: {state}")
    if state == WORKING:
        raise Unavailable(f"run {number} was asked to end and has not yet; `syncd runs {number} --follow` waits for it")
