"""The pages around signing in: plain HTML, one style sheet, no script."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from importlib.resources import files
from typing import Final
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse

from syncd.legible import legible
from syncd.store.administrator import ADMIN
from syncd.web.rights import Kind, Principal

STYLE: Final = files("syncd.web.entry").joinpath("style.css").read_text(encoding="utf-8")
LINKS: Final = (
    ("/api/health", "Does it sync?", "what is wrong, since when, and what mends it"),
    ("/api/status", "Status", "freshness, what waits, what is quarantined"),
    ("/api/openapi.json", "API", "every operation, with the right that it takes"),
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · syncd</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><a href="/">syncd</a>{who}</header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""


def page(
    title: str, content: str, *, who: str = "", status: int = 200, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """A page; content and who are HTML, whatever people wrote in them is escaped already."""
    text = _PAGE.format(title=escape(title), content=content, who=who)
    return HTMLResponse(legible(text), status_code=status, headers=dict(headers or {}))


def home(principal: Principal) -> HTMLResponse:
    """Who somebody is, and where to look."""
    links = "\n".join(
        f'<li><a href="{path}">{escape(name)}</a> <span>{escape(what)}</span></li>' for path, name, what in LINKS
    )
    if principal.kind is Kind.NOBODY:
        about, who = "<p>Nobody has to sign in: whoever is on this machine may look, and no more.</p>", ""
    else:
        about = f"<p>You may <strong>{principal.right.word}</strong>.</p>"
        who = f"<p>{escape(principal.name)}</p>"
        if principal.kind is Kind.PERSON:
            who += '<form method="post" action="/sign-out"><button>Sign out</button></form>'
    return page("Where to look", f'{about}\n<ul class="links">\n{links}\n</ul>', who=who)


def sign_in(
    *,
    by_password: bool,
    issuer: str | None,
    wrong: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """Where somebody says who they are. wrong: why they were not let in."""
    parts = [f'<p class="wrong" role="alert">{escape(wrong)}</p>'] if wrong else []
    if issuer:
        host = urlsplit(issuer).hostname or issuer
        parts.append(f'<p><a class="button" href="/sign-in/leave">Sign in with {escape(host)}</a></p>')
    if issuer and by_password:
        parts.append("<p>Or as the local administrator:</p>")
    if by_password:
        parts.append(
            '<form method="post" action="/sign-in">\n'
            f'<label>Name <input name="name" value="{ADMIN}" autocomplete="username" required maxlength="64"></label>\n'
            '<label>Password <input name="password" type="password" autocomplete="current-password" required '
            "autofocus></label>\n<button>Sign in</button>\n</form>"
        )
    if not (issuer or by_password):
        parts.append(
            "<p>Nobody can sign in yet. On the machine that runs syncd, <code>syncd admin</code> makes the local "
            "administrator; an identity provider is named by <code>SYNCD_OIDC_ISSUER</code>.</p>"
        )
    return page("Sign in", "\n".join(parts), status=status, headers=headers)
