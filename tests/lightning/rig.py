"""The Lightning components in a browser without an org: bundled, served beside the design system, shown as pages.

A page asks the sandbox's Salesforce over HTTP as whoever is signed in, and whatever a browser complains of is kept: the
program's errors, and requests that were not expected to be refused.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, Playwright, Request, ViewportSize, expect

from tests.lightning.toolchain import PACKAGE, alone, chromium, modules, run
from tests.rep import Rep

RIG = PACKAGE / "rig"
OUT = RIG / "out"
INPUTS = (PACKAGE / "package.json", RIG / "rollup.config.mjs", RIG / "main.mjs", RIG / "stubs", PACKAGE / "force-app")
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
Face = Literal["Account", "Opportunity", "Contact", "Lead"]
FACES: tuple[Face, ...] = ("Account", "Opportunity", "Contact", "Lead")
DESKTOP, PHONE = (1024, 768), (390, 844)
LONGEST = 1180  # of a picture
PATIENCE = 30_000  # milliseconds until a busy machine has shown a page
Size = tuple[int, int]
# What sticks out of the page, or is cut off in what does not scroll.
WIDER = """(elements) => elements
    .filter((element) => !element.closest('.slds-assistive-text') && !element.closest('svg'))
    .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
        || (element.scrollWidth > element.clientWidth + 1 && element.clientWidth
            && getComputedStyle(element).overflowX !== 'visible'))
    .map((element) => `${element.localName}.${element.className}: ${element.textContent.trim().slice(0, 60)}`)"""
# A page sees no further than the edge of a component, even under synthetic shadow; Playwright's locators see through.
FOCUSED = """(() => {
    let element = document.activeElement;
    while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element;
})()"""


def bundle() -> None:
    """Bundle the components, unless they are bundled as they stand; one process at a time does."""
    modules()
    with alone():
        made_of, wanted = OUT / "made-of", _inputs()
        if made_of.exists() and made_of.read_text(encoding="utf-8") == wanted:
            return
        made_of.unlink(missing_ok=True)  # a build that breaks off leaves half a bundle
        made = run("node", "node_modules/rollup/dist/bin/rollup", "--silent", "-c", "rig/rollup.config.mjs")
        assert made.returncode == 0, made.stderr[-4000:]
        made_of.write_text(wanted, encoding="utf-8")


def _inputs() -> str:
    files = [file for top in INPUTS for file in (sorted(top.rglob("*.*")) if top.is_dir() else [top])]
    digest = hashlib.sha256()
    for file in files:
        if file.suffix in (".js", ".mjs", ".html", ".css", ".json") and "__tests__" not in file.parts:
            digest.update(f"{file.relative_to(PACKAGE)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


class _Files(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing: who asks for what is the browser's to tell."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the package's folder, with the rig's page and the design system in it: the address."""
    bundle()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(PACKAGE))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def started(playwright: Playwright) -> Iterator[Browser]:
    """Start the machine's Chromium."""
    expect.set_options(timeout=PATIENCE)
    browser = playwright.chromium.launch(executable_path=str(chromium()), args=list(SWITCHES))
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Shown:
    """A component on a record page."""

    page: Page
    record: str
    complaints: list[str] = field(default_factory=list)
    saved: list[Any] = field(default_factory=list)  # what was sent to be saved, in that order

    def focused(self, script: str) -> Any:
        """What a JavaScript function says of the element that has the focus."""
        return self.page.evaluate(f"({script})({FOCUSED})")

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)


@dataclass
class Desk:
    """A browser at a rep's desk, and the phone in their hand: one window of each size, which goes from page to page."""

    browser: Browser
    files: str
    api: str
    windows: dict[Size, Page] = field(default_factory=dict)
    shown: dict[Page, Shown] = field(default_factory=dict)  # what stands in each window

    def open(self, rep: Rep, face: Face, record: str, size: Size = DESKTOP, region: str = "LARGE") -> Shown:
        """Open the page of a record; wait until its component has nothing left to load."""
        asked = {
            "component": "syncdDecision" if face in ("Account", "Opportunity") else "syncdPerson",
            "objectApiName": face,
            "recordId": record,
            "formFactor": "Small" if size == PHONE else "Large",
            "region": region,
            "api": self.api,
            "token": rep.token,
        }
        page = self.windows.get(size) or self._window(size)
        shown = self.shown[page] = Shown(page, record)
        page.unroute_all()  # what an earlier test left behind
        page.set_viewport_size(_viewport(size))
        page.goto(f"{self.files}/rig/page.html?{urlencode(asked)}")
        page.locator("article").wait_for()
        expect(page.locator("lightning-spinner")).to_have_count(0)
        return shown

    def _window(self, size: Size) -> Page:
        phone = size == PHONE
        context = self.browser.new_context(
            viewport=_viewport(size), has_touch=phone, is_mobile=phone, reduced_motion="reduce"
        )
        page = self.windows[size] = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.shown[page].complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and self.shown[page].complaints.append(line.text))
        page.on("request", lambda request: self._note(self.shown[page], request))
        return page

    @staticmethod
    def _note(shown: Shown, request: Request) -> None:
        if request.method == "PATCH":
            shown.saved.append((request.url.rpartition("/")[2], request.post_data_json))


def _viewport(size: Size) -> ViewportSize:
    return {"width": size[0], "height": size[1]}


def violations(page: Page) -> list[str]:
    """What axe-core finds by WCAG 2.2 A and AA and its own best practices: rule, impact and first place of each."""
    page.add_script_tag(path=str(PACKAGE / "node_modules" / "axe-core" / "axe.min.js"))
    ran = page.evaluate("() => axe.run('main', { rules: { 'target-size': { enabled: true } } })")
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:300]}" for one in ran["violations"]]


def wider(shown: Shown) -> list[str]:
    """What does not fit sideways."""
    page = shown.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*shown.page.locator("main *").evaluate_all(WIDER), *([f"the page, by {page} px"] if page > 0 else [])]


def save_picture(shown: Shown, file: Path) -> None:
    """Take a picture of the component with a little room about it; of a long one its first rows."""
    shown.page.evaluate("window.scrollTo(0, 0)")
    box = shown.page.locator("main").bounding_box()
    assert box
    ends = shown.page.locator("main, main li, main tr").evaluate_all(
        "(elements) => elements.map((element) => element.getBoundingClientRect().bottom)"
    )
    height = max(end for end in ends if end <= LONGEST) - box["y"]
    shown.page.screenshot(path=str(file), full_page=True, clip={**box, "height": height})
