"""`syncd push`: what is pending, into the remote systems."""

from __future__ import annotations

from syncd.cli.apply import apply_here_or_there
from syncd.cli.options import Force, Json


def push(force: Force = False, as_json: Json = False) -> None:
    """Write what is pending into the remote systems; `syncd plan` shows it first.

    - `syncd push`
    """
    apply_here_or_there(None, "push", force=force, as_json=as_json)
