"""Every page of the table, in a real browser: a page that is added there is tested here without a line."""

import re
from pathlib import Path

import pytest

from syncd.web.pages.page import Page
from syncd.web.pages.table import ACTS, PAGES
from syncd.web.rights import Right
from tests.web.pages.rig import COLOURS, HEAVIEST, PHONE, WIDER, Site, Windows, tabbed, violations

IMAGES = Path(__file__).parents[3] / "docs" / "images" / "pages"


def named(page: Page) -> str:
    return page.path


every_page = pytest.mark.parametrize("page", PAGES, ids=named)


def test_every_page_is_reached_by_links(reached: dict[str, str]) -> None:
    assert {page.path for page in PAGES} - set(reached) == set()


@every_page
def test_it_has_its_json_at_the_same_address(page: Page, reached: dict[str, str], served: Site) -> None:
    address = reached[page.path]
    asked = f"{address}{'&' if '?' in address else '?'}format=json"
    by_address, by_accept = served.get(asked), served.get(address, headers={"accept": "application/json"})
    assert by_address.headers["content-type"].startswith("application/json")
    assert by_address.json().keys() == by_accept.json().keys()
    assert "text/html" in served.get(address).headers["content-type"]


@every_page
def test_who_may_not_is_told_and_who_is_unknown_signs_in(page: Page, reached: dict[str, str], served: Site) -> None:
    address = reached[page.path]
    for right in Right:
        answer = served.get(address, right)
        assert answer.status_code == (200 if right >= page.right else 403)
    unknown = served.get(address, None)
    assert (unknown.status_code, unknown.headers["location"]) == (303, "/sign-in")
    assert served.get(address, None, headers={"accept": "application/json"}).status_code == 401


@pytest.mark.parametrize("right", [*Right], ids=lambda right: right.word)
def test_the_navigation_shows_what_its_reader_may_see(right: Right, served: Site) -> None:
    first = next(page for page in PAGES if page.in_navigation)
    text = served.get(first.path, right).text
    for page in PAGES:
        assert (f'<li><a href="{page.path}"' in text) == (page.in_navigation and page.right <= right)


@every_page
def test_it_is_light_complete_and_without_fault(
    page: Page, reached: dict[str, str], windows: Windows, request: pytest.FixtureRequest
) -> None:
    window = windows.open(reached[page.path], color_scheme="light")
    assert window.locator("h1").count() == 1
    assert window.locator("nav a[aria-current]").count() == int(page.in_navigation)
    assert violations(window) == []
    assert windows.weight <= HEAVIEST
    assert windows.whole(window) == []
    _picture(request, windows, "desktop", page, "light")


@every_page
def test_its_dark_colours_can_be_read(
    page: Page, reached: dict[str, str], windows: Windows, request: pytest.FixtureRequest
) -> None:
    window = windows.open(reached[page.path], "dark", color_scheme="dark")
    assert window.evaluate("getComputedStyle(document.body).colorScheme") == "light dark"
    assert violations(window, COLOURS) == []
    _picture(request, windows, "dark", page, "dark")


@every_page
def test_it_fits_a_phone(page: Page, reached: dict[str, str], windows: Windows, request: pytest.FixtureRequest) -> None:
    window = windows.open(reached[page.path], "phone", viewport=PHONE, has_touch=True, is_mobile=True)
    assert window.evaluate(WIDER) == []
    _picture(request, windows, "phone", page, "phone")


@every_page
def test_it_is_whole_without_script(page: Page, reached: dict[str, str], windows: Windows) -> None:
    with_script = windows.open(reached[page.path]).locator("main").inner_text()
    without = windows.open(reached[page.path], "plain", java_script_enabled=False)
    assert without.locator("main").inner_text() == with_script


@every_page
def test_everything_on_it_is_reached_by_the_tab_key(page: Page, reached: dict[str, str], windows: Windows) -> None:
    window = windows.open(reached[page.path])
    targets = window.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
        .filter((element) => element.checkVisibility()).length"""
    )
    if targets > 80:
        pytest.skip("a long list: what stands on it stands on shorter pages as well")
    assert len(tabbed(window)) >= targets


def test_an_act_is_declared_once_and_asks_for_more_than_looking() -> None:
    assert len({act.name for act in ACTS}) == len({act.path for act in ACTS}) == len(ACTS)
    assert [act.name for act in ACTS if act.right is Right.VIEW] == []


def _picture(request: pytest.FixtureRequest, windows: Windows, kind: str, page: Page, suffix: str) -> None:
    """Where pictures are asked for, one is taken."""
    if request.config.getoption("--screenshots"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        name = re.sub(r":\w+|[{}]", "", page.path.strip("/")).replace("/", "-") or "radar"
        windows.windows[kind].screenshot(path=str(IMAGES / f"{name}-{suffix}.png"), full_page=True)
