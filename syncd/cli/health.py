"""`syncd health`: whether the daemon of this machine can work."""

from __future__ import annotations

import os
import sys

from syncd.address import Address
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line


def health(as_json: Json = False) -> None:
    """Ask the daemon of this machine whether it can work: the container's health check.

    Exit code 0: it can. 1: it lives, but cannot. 3: nobody answers.

    - `syncd health`
    """
    answer = (Address.plain(os.environ) or _address()).ask("/readyz", seconds=4)
    if as_json:
        show_json({"ready": answer.ok, "answer": answer.text})
    else:
        show_line(answer.text)
    if not answer.ok:
        sys.exit(1)


def _address() -> Address:
    from syncd.settings import read

    return read().address
