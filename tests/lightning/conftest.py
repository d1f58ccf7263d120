"""What the tests of the Salesforce package's own side need: node, npm packages, a browser, a world to look at."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright

from syncd.store import Store
from syncd.sync.cycle import cycle
from syncd.sync.run import Run
from tests.empty_stores import empty_sqlite
from tests.lightning.rig import FACES, Desk, Face, Shown, served, started
from tests.lightning.toolchain import REQUIRED, Missing, chromium, modules
from tests.lightning.world import Morning, begin
from tests.rep import Rep
from tests.sync.conftest import mappings, placed, wired  # noqa: F401


@pytest.fixture(scope="session")
def npm_packages() -> None:
    """Skips where they are missing; where they are required, that is a failure."""
    _have(modules)


@pytest.fixture(scope="session")
def renderer(npm_packages: None) -> None:
    """Skips where there is no Chromium, or fails likewise."""
    _have(chromium)


@pytest.fixture(scope="session")
def desk(renderer: None, playwright: Playwright, morning: Morning) -> Iterator[Desk]:
    """Chromium, before pages that show the components of the package with what the morning's org has."""
    with served() as files, started(playwright) as browser:
        yield Desk(browser, files, morning.place.sandbox.salesforce_http_url)


@pytest.fixture(scope="session")
def morning(
    renderer: None,
    tmp_path_factory: pytest.TempPathFactory,
    mappings: Path,  # noqa: F811
) -> Iterator[Morning]:
    """The tiny world after syncd's first run."""
    folder = tmp_path_factory.mktemp("morning")
    with placed(folder / "unused.db", mappings) as place:
        store = Store(empty_sqlite(folder / "syncd.db"))
        begin(place)
        cycle(wired(place, store), Run())
        yield Morning(place)
        store.close()


@pytest.fixture
def show(desk: Desk, morning: Morning) -> Iterator[Callable[..., Shown]]:
    """Opens the record of a face as its rep; the browser must complain of nothing."""
    opened: list[Shown] = []

    def once(face: Face, *, rep: Rep | None = None, record: str = "", **how: Any) -> Shown:
        opened.append(desk.open(rep or morning.whose(face), face, record or morning.records[face], **how))
        return opened[-1]

    with ExitStack() as before:
        for face in FACES:
            before.enter_context(morning.having(face))
        yield once
        complaints = [complaint for shown in opened for complaint in shown.complaints]
    assert not complaints


def _have(what: object) -> None:
    assert callable(what)
    try:
        what()
    except Missing as missing:
        if REQUIRED:
            raise
        pytest.skip(f"without {missing}")
