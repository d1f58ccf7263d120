"""Pages in a real browser: a house with people in it, a window of each kind, and what the browser complains of."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Response, ViewportSize
from playwright.sync_api import Page as Window
from pydantic import SecretStr
from starlette.routing import compile_path

from syncd.composition import signing_of
from syncd.pulse import Pulse
from syncd.settings import Settings
from syncd.sync.cycle import Wiring
from syncd.sync.door import Door
from syncd.sync.verbs import draw
from syncd.web import PAGES, TABLE, Access, House, application
from syncd.web.entry.people import Person
from syncd.web.operations import Operation
from syncd.web.pages.page import Page
from syncd.web.rights import Right
from tests.lightning.toolchain import MODULES
from tests.web.houses import listening

DESKTOP: ViewportSize = {"width": 1200, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
HEAVIEST = 100_000  # bytes of a page with all that it loads
TRIES = 400  # addresses that are followed until every page was come by
WIDER = """() => [...document.querySelectorAll('body *')]
    .filter((element) => !element.closest('.wide, .skip, .hidden, svg'))
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
    .map((element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)"""
REPORTS = """window.reports = []; document.addEventListener('securitypolicyviolation',
    (event) => window.reports.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`));"""
AXE = MODULES / "axe-core" / "axe.min.js"
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}


@dataclass
class Site:
    """A house with its pages, and somebody for each right who is signed in."""

    address: str
    sessions: Mapping[Right, str]

    def get(self, path: str, right: Right | None = Right.ADMINISTER, **how: Any) -> requests.Response:
        """What somebody gets from an address; None is nobody."""
        cookies = {"syncd": self.sessions[right]} if right else {}
        how = {"allow_redirects": False, "headers": {"accept": "text/html"}, **how}
        return requests.get(f"{self.address}{path}", cookies=cookies, timeout=30, **how)

    def send(self, path: str, right: Right | None = Right.ADMINISTER, **fields: str) -> requests.Response:
        """What a form of a page sends, and what comes of it."""
        cookies = {"syncd": self.sessions[right]} if right else {}
        headers = {"sec-fetch-site": "same-origin", "accept": "text/html"}
        sending = {"data": fields, "cookies": cookies, "headers": headers, "allow_redirects": False}
        return requests.post(f"{self.address}{path}", timeout=30, **sending)  # type: ignore[arg-type]


@contextmanager
def site(wiring: Wiring, more: Sequence[Operation] = ()) -> Iterator[Site]:
    """Serve the pages of an installation to people of a provider; more: operations of a test's own."""
    known = {"oidc_issuer": "https://id.example.com", "oidc_client_id": "syncd", "oidc_view": ("sales",)}
    secret = SecretStr("a-secret-of-the-house")
    settings = Settings(**known, oidc_client_secret=secret, http_url="http://127.0.0.1")
    signing = signing_of(settings, wiring.store)
    assert signing.provider is not None
    source = signing.provider.terms.source
    people = {right: Person(f"{right.word}@example.com", right, source) for right in Right}
    sessions = {right: signing.entry.people.begin(person, None) for right, person in people.items()}
    house = House(wiring, Pulse(), partial(draw, Door(wiring, threading.Event()), wiring))
    served = application(
        house, Access(signing.entry, loopback=True), table=(*TABLE, *PAGES, *more, *signing.operations())
    )
    with listening(served) as address:
        yield Site(address, sessions)
        signing.entry.settle()


def addresses(site: Site, pages: tuple[Page, ...]) -> dict[str, str]:
    """For every page the first address by which links lead to it, from the navigation on: path → address."""
    patterns = {page.path: compile_path(page.path)[0] for page in pages}
    reached: dict[str, str] = {}
    ahead, known = ["/", *(page.path for page in pages if page.in_navigation)], set()
    for address in ahead:
        path = urlsplit(address).path
        page = next((name for name, pattern in patterns.items() if pattern.match(path)), None)
        if page is None or (page in reached and len(reached) == len(patterns)) or len(known) > TRIES:
            continue
        if (page in reached and page in known) or address in known:
            continue
        known.add(address)
        answer = site.get(address)
        if not answer.ok or "html" not in answer.headers["content-type"]:
            continue
        reached.setdefault(page, address)
        ahead += [link for link in links_of(answer.text, address) if link not in known]
    return reached


def links_of(text: str, address: str) -> list[str]:
    """Where a page leads to within the house."""
    hrefs = html.fromstring(text).xpath("//main//a/@href")
    whole = [urljoin(address, re.sub(r"#.*", "", str(href))) for href in hrefs]
    return [each for each in whole if each.startswith("/") and "format=json" not in each]


@dataclass
class Windows:
    """A browser's windows, one of each kind, which go from page to page."""

    browser: Browser
    site: Site
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)
    weight: int = 0

    def open(self, address: str, kind: str = "desktop", **how: Any) -> Window:
        """Open an address; kind: of window, which is made by `how` the first time. Signed in as who may do all."""
        window = self.windows.get(kind) or self._window(kind, **how)
        self.complaints.clear()
        self.weight = 0
        window.goto(f"{self.site.address}{address}", wait_until="load")
        return window

    def _window(self, kind: str, **how: Any) -> Window:
        context = self.browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **how})
        cookie = {"name": "syncd", "value": self.site.sessions[Right.ADMINISTER], "url": self.site.address}
        context.add_cookies([cookie])  # type: ignore[list-item]
        context.add_init_script(REPORTS)
        self.contexts[kind] = context
        window = self.windows[kind] = context.new_page()
        window.on("pageerror", lambda error: self.complaints.append(str(error)))
        window.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))
        window.on("response", self._weigh)
        return window

    def _weigh(self, response: Response) -> None:
        if response.status < 300:
            self.weight += int(response.headers.get("content-length", 0))

    def whole(self, window: Window) -> list[str]:
        """What the browser complained of since the page was opened, its security policy too."""
        return [*self.complaints, *window.evaluate("window.reports")]


def violations(window: Window, options: Mapping[str, Any] | None = None) -> list[str]:
    """What axe-core finds by WCAG 2.2 A and AA and its own best practices: rule, impact and first place of each."""
    if not window.evaluate("'axe' in window"):
        window.evaluate(f"() => {{ {AXE.read_text(encoding='utf-8')} }}")
    ran = window.evaluate("(options) => axe.run(document, options)", dict(options or {}))
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:300]}" for one in ran["violations"]]


def tabbed(window: Window, most: int = 250) -> list[str]:
    """Where the focus goes by the tab key alone, until it comes around: what stands there."""
    places: list[str] = []
    for _ in range(most):
        window.keyboard.press("Tab")
        place = window.evaluate(
            """() => { const e = document.activeElement; if (!e || e === document.body) return '';
            e.dataset.tab ??= Math.random(); return e.dataset.tab; }"""
        )
        if places and place == places[-1]:
            continue  # a field for a day has a stop for each of its parts
        if not place or place in places:
            break
        places.append(place)
    return places
