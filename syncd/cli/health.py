"""`syncd health`: whether the daemon of this machine can work."""

from __future__ import annotations

import os
import sys

from syncd.address import Address
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line


def health(as_json: Json = False) -> None:
    """Ask the daemon of this machine whether it can work: the container's health check.

    Whether anything is synced `syncd status` says. Where SYNCD_HTTP_PORT is 0, the daemon's sign of life in the store
    stands for its answer. Exit code 0: it can. 1: it lives, but cannot. 3: nobody answers.

    - `syncd health`
    """
    address = Address.plain(os.environ) or _address()
    if not address.port:
        from syncd.sign_of_life import require_beat, store_named

        _show(True, require_beat(store_named(os.environ)), as_json)
        return
    answer = address.ask("/readyz", seconds=4)
    _show(answer.ok, answer.text, as_json)
    if not answer.ok:
        sys.exit(1)


def _show(ready: bool, answer: str, as_json: bool) -> None:
    if as_json:
        show_json({"ready": ready, "answer": answer})
    else:
        show_line(answer)


def _address() -> Address:
    from syncd.settings import read

    return read().address
