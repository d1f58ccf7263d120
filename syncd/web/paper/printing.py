"""Templates, and how a page is printed from one: whatever stands in its content is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from syncd.legible import legible
from syncd.templates import templates_of
from syncd.web.paper import charts, shelf, words

THEMES: Final = ("auto", "light", "dark")
THEME_COOKIE: Final = "syncd-theme"

_TEMPLATES: Final = templates_of("syncd.web.paper")


def address_with(query: Mapping[str, Any], **changes: Any) -> str:
    """The query of an address with other words; what is empty is left out."""
    return urlencode({name: value for name, value in {**query, **changes}.items() if value not in (None, "")})


def theme_of(request: Request) -> str:
    """Which theme somebody chose; `auto` is the system's."""
    theme = request.cookies.get(THEME_COOKIE, "")
    return theme if theme in THEMES else THEMES[0]


_TEMPLATES.globals.update(
    address_with=address_with,
    static=shelf.address,
    themes=THEMES,
    tone=words.tone,
    NONE=words.NONE,
    step_curve=charts.step_curve,
    stacked_bars=charts.stacked_bars,
    heat_matrix=charts.heat_matrix,
    sparkline=charts.sparkline,
)
_TEMPLATES.filters.update(
    number=words.number, share=words.share, commands=words.commands, unsorted=lambda column: ("", *column[1:])
)


def bare(request: Request) -> dict[str, Any]:
    """What a page has around its content where nobody is known: no name, no navigation."""
    return {
        "theme": theme_of(request),
        "path": "/",
        "who": {"name": "", "right": "", "signed_in": False},
        "notice": None,
        "places": {},
        "searched": False,
        "agreement": "",
    }


def printed(
    template: str,
    context: Mapping[str, Any],
    *,
    zone: tzinfo,
    now: datetime | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page of a template. zone: in which times are shown, and a day ends; now: this moment, where it is not told."""
    at = now or datetime.now(UTC)
    clock = {"ago": partial(words.ago, now=at, zone=zone), "day": partial(words.day, today=at.astimezone(zone).date())}
    text = _TEMPLATES.get_template(template).render({**context, **clock})
    return HTMLResponse(legible(text), status_code=status, headers=dict(headers or {}))
