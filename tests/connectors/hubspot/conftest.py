from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.connectors.hubspot.portals import Portal, Stage, company, contact, ms, submission


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    stage = Stage()
    with stage.sandbox:
        yield stage


@pytest.fixture
def open_portal(stage: Stage) -> Callable[..., Portal]:
    """Open a HubSpot portal with records, and options where its habits matter."""
    return partial(Portal, stage)


@pytest.fixture
def portal(open_portal: Callable[..., Portal]) -> Portal:
    """Open a portal with 350 contacts of three companies, and two companies without any."""
    contacts = [contact(id, companies=[id % 3 + 1]) for id in range(100, 450)]
    return open_portal({"contacts": contacts, "companies": [company(id) for id in range(1, 6)]})


@pytest.fixture
def forms(open_portal: Callable[..., Portal]) -> Portal:
    """Open a portal with two forms, of which one was sent in 120 times."""
    return open_portal(
        {
            "forms": [{"id": "f-1", "name": "Whitepaper: treasury"}, {"id": "f-2", "name": "Contact sales"}],
            "form_submissions": [submission("f-1", number, ms(days=10, minutes=number)) for number in range(120)],
        }
    )
