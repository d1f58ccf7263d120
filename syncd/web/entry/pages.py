"""The page around signing in: it looks as all pages do, and needs no script."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from syncd.rules.days import zone
from syncd.store.administrator import ADMIN
from syncd.web.paper.printing import bare, printed


def sign_in(
    request: Request,
    *,
    by_password: bool,
    issuer: str | None,
    wrong: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Where somebody says who they are. wrong: why they were not let in."""
    host = (urlsplit(issuer).hostname or issuer) if issuer else ""
    content = {"by_password": by_password, "provider": host, "wrong": wrong, "administrator": ADMIN}
    context = {**bare(request), "title": "Sign in", "content": content}
    return printed("sign_in.html", context, zone=zone("UTC"), status=status, headers=headers)
