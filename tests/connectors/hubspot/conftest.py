from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.connectors.hubspot.portals import Portal, Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with stage.sandbox:
        yield stage


@pytest.fixture
def open_portal(stage: Stage) -> Callable[..., Portal]:
    """Open a HubSpot portal with records, and options where its habits matter."""
    return partial(Portal, stage)
