"""`syncd health`: whether the daemon of this machine can work."""

from __future__ import annotations

import requests
import typer

from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.errors import Unavailable


def health(as_json: Json = False) -> None:
    """Ask the daemon of this machine whether it can work: the container's health check.

    Exit code 0: it can. 1: it lives, but cannot. 3: nobody answers.

    - `syncd health`
    """
    configured = settings()
    host = "127.0.0.1" if configured.http_host in ("0.0.0.0", "::") else configured.http_host
    try:
        answer = requests.get(f"http://{host}:{configured.http_port}/readyz", timeout=4)
    except requests.RequestException as error:
        raise Unavailable(f"no daemon answers at {host}:{configured.http_port}") from error
    text = answer.text.strip()
    if as_json:
        show_json({"ready": answer.ok, "answer": text})
    else:
        show_line(text)
    if not answer.ok:
        raise typer.Exit(1)
