"""What the tests of pages need: a browser, and a tiny world after its first cycle."""

import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from syncd.model import RemoteRef
from syncd.store import Store
from syncd.sync.cycle import cycle
from syncd.sync.door import Act, Door
from syncd.web.pages.table import PAGES
from tests.empty_stores import empty_sqlite
from tests.lightning.rig import started
from tests.lightning.toolchain import REQUIRED, Missing, chromium, modules
from tests.sync.conftest import mappings, placed, wired  # noqa: F401
from tests.web.pages.rig import Site, Windows, addresses, site

SET_ASIDE = tuple(RemoteRef("hubspot", "contacts", number) for number in ("168", "169", "261"))


@pytest.fixture(scope="session")
def browser_at_hand() -> None:
    """Skips where there is no Chromium, or no axe; where they are required, that is a failure."""
    try:
        chromium()
        modules()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, mappings: Path) -> Iterator[Site]:  # noqa: F811
    """The tiny world after syncd's first cycle, with its pages."""
    folder = tmp_path_factory.mktemp("pages")
    with placed(folder / "unused.db", mappings) as place:
        store = Store(empty_sqlite(folder / "syncd.db"))
        wiring = wired(place, store)
        Door(wiring, threading.Event()).carry_out(Act("cycle"), partial(cycle, wiring))
        with store.writing() as unit:
            unit.quarantine.keep("match", dict.fromkeys(SET_ASIDE, "close_date: no date"))
            unit.quarantine.keep("judge", {SET_ASIDE[0]: "the agreement knows no such country"})
        with site(wiring) as pages:
            yield pages
        store.close()


@pytest.fixture(scope="session")
def reached(served: Site) -> dict[str, str]:
    """For every page an address by which one comes to it."""
    return addresses(served, tuple(PAGES))


@pytest.fixture(scope="session")
def windows(browser_at_hand: None, playwright: Playwright, served: Site) -> Iterator[Windows]:
    """Chromium, before the pages."""
    with started(playwright) as browser:
        yield Windows(browser, served)
