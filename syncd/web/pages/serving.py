"""Pages and acts as operations: the same address answers with a page, or with the JSON that the page is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from syncd.agreement import Agreement
from syncd.model.runs import CauseKind
from syncd.rules.days import zone
from syncd.web.operations import Call, Operation, Reply
from syncd.web.pages.notices import NOTICES
from syncd.web.pages.page import Act, Form, Page, Shown
from syncd.web.paper import shelf
from syncd.web.paper.printing import THEME_COOKIE, bare, printed
from syncd.web.problems import Refusal
from syncd.web.reading import form_of
from syncd.web.rights import Kind, Principal

SIGN_IN: Final = "/sign-in"
SEARCH: Final = "/search"
YEAR: Final = 365 * 24 * 3600  # seconds for which a browser keeps a chosen theme
_HTML: Final[Mapping[str, Any]] = {"media_type": "text/html", "page": True}


def operations(pages: Sequence[Page], acts: Sequence[Act]) -> Sequence[Operation]:
    """What the pages answer to, and the forms on them."""
    house = _House(pages, acts)
    return (
        *(house.page(page) for page in pages),
        *(house.act(act) for act in acts),
        Operation("GET", "/static/{name}", None, "The pages' style and script", hand_out, page=True, media_type="*/*"),
        Operation(
            "POST", "/theme", None, "Choose light, dark or the system's theme", choose_theme, refused=refused, **_HTML
        ),
    )


class _House:
    """Pages and acts, each of which shows the others."""

    def __init__(self, pages: Sequence[Page], acts: Sequence[Act]) -> None:
        self._pages, self._acts = pages, {act.name: act for act in acts}

    def page(self, page: Page) -> Operation:
        """The operation that shows a page."""

        def show(call: Call) -> Any:
            content = as_json(page.make(call))
            if wants_json(call.request):
                return Reply(content, {"vary": "accept"})
            return self._show(page, call, content)

        show.__name__ = f"show {page.path}"
        return Operation("GET", page.path, page.right, page.title, show, query=page.query, refused=refused, **_HTML)

    def act(self, act: Act) -> Operation:
        """The operation that a form is sent to."""

        def do(call: Call) -> Response:
            done = act.carry_out(replace(call, body=form_of(call.raw, act.form)))
            response = RedirectResponse(done.at, HTTPStatus.SEE_OTHER)
            NOTICES.leave(response, done.notice, secure=call.request.url.scheme == "https")
            return response

        do.__name__ = f"do {act.path}"
        return Operation(
            "POST", act.path, act.right, act.summary, do, most=act.most, costly=act.costly, refused=refused, **_HTML
        )

    def _show(self, page: Page, call: Call, content: Any) -> Response:
        request, who = call.request, call.principal
        context = {
            **bare(request),
            "path": request.url.path,
            "who": {
                "name": who.name if who.kind is not Kind.NOBODY else "",
                "right": who.right.word,
                "signed_in": who.kind is Kind.PERSON,
            },
            "title": content.get("title") or page.title if isinstance(content, dict) else page.title,
            "page": page,
            "content": content,
            "query": call.query_as(Shown).quoted(),
            "places": self._places(who, page),
            "searched": any(each.path == SEARCH for each in self._pages),
            "notice": NOTICES.take(request),
            "act_named": self._acts.__getitem__,
            "may": lambda name: who.may(self._acts[name].right),
            "agreement": agreement_in_words(call.house.wiring.book.agreement),
        }
        wiring = call.house.wiring
        where = zone(wiring.book.agreement.time_zone)
        headers = {"vary": "accept, cookie"}
        return printed(f"pages/{page.template}.html", context, zone=where, now=wiring.clock(), headers=headers)

    def _places(self, who: Principal, shown: Page) -> dict[str, list[dict[str, Any]]]:
        """The navigation of somebody, by what it stands under."""
        places: dict[str, list[dict[str, Any]]] = {}
        for page in self._pages:
            if page.in_navigation and who.may(page.right):
                link = {"path": page.path, "title": page.title, "current": page is shown}
                places.setdefault(page.place, []).append(link)
        return places


def agreement_in_words(agreement: Agreement) -> str:
    """By which agreement a page shows what it shows."""
    return f"agreement {agreement.version}"


def as_json(content: Any) -> Any:
    """The content as whoever asks for JSON reads it: a page has nothing else to show."""
    if isinstance(content, BaseModel):
        content = content.model_dump(mode="json")
    return orjson.loads(orjson.dumps(content, default=_plain))


def _plain(value: Any) -> Any:
    """What JSON has no word for: an amount is a number there too."""
    return float(value) if isinstance(value, Decimal) else str(value)


def wants_json(request: Request) -> bool:
    """Whether somebody asks for JSON: by the address, or by what they accept where that is no page."""
    chosen = request.query_params.get("format")
    accepted = request.headers.get("accept", "")
    return chosen == "json" or (chosen is None and "json" in accepted and "html" not in accepted)


def refused(request: Request, response: Response) -> Response:
    """A refusal for whoever looks at pages: the unknown sign in, everybody else reads what is wrong and what mends it.

    The response is a problem as JSON, which is what whoever asks for JSON gets.
    """
    if wants_json(request):
        return response
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER)
    problem = orjson.loads(response.body)
    headers = {name: value for name, value in response.headers.items() if name in ("retry-after", "allow")}
    context = {**bare(request), "title": "That did not work", "problem": problem}
    return printed("problem.html", context, zone=zone("UTC"), status=response.status_code, headers=headers)


def hand_out(call: Call) -> Response:
    """A static file, by the name that holds its digest."""
    if (file := shelf.hand_out(call.path["name"])) is None:
        why = "there is no file of that name"
        raise Refusal(HTTPStatus.NOT_FOUND, why, "load the page anew: it names its files", kind=CauseKind.NOT_FOUND)
    return file


class Theme(Form):
    """Which theme."""

    theme: Literal["auto", "light", "dark"]
    back: str = Field(default="/", pattern=r"^/([^/\\].*)?$", max_length=500, description="the page it was chosen on")


def choose_theme(call: Call) -> Response:
    """It is kept in the browser, and comes with every request."""
    form = form_of(call.raw, Theme)
    response = RedirectResponse(form.back, HTTPStatus.SEE_OTHER)
    secure = call.request.url.scheme == "https"
    response.set_cookie(THEME_COOKIE, form.theme, max_age=YEAR, path="/", secure=secure, httponly=True, samesite="lax")
    return response
