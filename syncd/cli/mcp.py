"""`syncd mcp`: what assistants may ask, over the Model Context Protocol."""

from __future__ import annotations

from importlib.util import find_spec

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.errors import AssistantsMissing


def mcp() -> None:
    """Answer assistants' questions over the Model Context Protocol, on standard input and output; it only looks.

    An assistant's program starts it; nobody types into it. It opens the store for reading alone, asks no vendor, and
    marks every answer as untrusted. Exit code 2: there is no store, or the extra is not installed.

    - `syncd mcp`

    - In a client's configuration: `{"mcpServers": {"syncd": {"command": "syncd", "args": ["mcp"]}}}`
    """
    if find_spec("mcp") is None:
        raise AssistantsMissing
    configured = settings()
    with opened(configured, read_only=True) as store:
        from syncd.mcp.server import serve
        from syncd.mcp.tools import Installation

        serve(Installation(store, configured))
