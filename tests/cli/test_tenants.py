"""Credentials of another portal or org than the store's: every verb that talks to the systems refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.conftest import Syncd
from tests.sync.conftest import Place

VERBS = (
    ("cycle",),
    ("cycle", "--full", "--force"),
    ("pull",),
    ("push",),
    ("apply", "--force"),
    ("resync", "--full"),
    ("resync", "--account", "Endeavor Bank"),
)


def another_portal(place: Place) -> None:
    portal = place.sandbox.hubspot.portal
    portal.options = replace(portal.options, portal_id=99)


def another_org(place: Place) -> None:
    table = place.sandbox.salesforce.org.tables["Organization"]
    (row,) = table.rows.values()
    table.purge(row["Id"])
    table.put({**row, "Id": "00D000000000099AAA"})


STRANGERS: list[Any] = [
    pytest.param(another_portal, ("62515", "99", "SYNCD_HUBSPOT_"), id="portal"),
    pytest.param(another_org, ("00DHs0000000001", "00D000000000099", "SYNCD_SALESFORCE_"), id="org"),
]


def calls(place: Place) -> list[str]:
    """The paths asked of both systems so far."""
    hubspot = [path for (_, path), count in place.sandbox.hubspot.portal.calls.items() for _ in range(count)]
    return [*hubspot, *(call["path"] for call in place.sandbox.salesforce.calls)]


@pytest.mark.parametrize(("swap", "named"), STRANGERS)
def test_another_portal_or_org_is_neither_read_nor_written(
    synced: Syncd, swap: Callable[[Place], None], named: tuple[str, ...]
) -> None:
    swap(synced.place)
    for verb in VERBS:
        before = calls(synced.place)
        answer = synced(*verb)
        assert answer.code == 2, (verb, answer)
        assert all(one in answer.err for one in (*named, "SYNCD_DATABASE_URL")), answer.err
        asked = sorted(calls(synced.place))
        for path in before:
            asked.remove(path)
        assert {path.rpartition("/")[2] for path in asked} <= {"details", "token"}, (verb, asked)


@pytest.mark.parametrize(("swap", "named"), STRANGERS)
def test_the_doctor_finds_it_before(synced: Syncd, swap: Callable[[Place], None], named: tuple[str, ...]) -> None:
    assert synced("doctor", "--json").code == 0
    swap(synced.place)
    answer = synced("doctor", "--json")
    (problem,) = [one for one in answer.json if one["level"] == "error"]
    assert answer.code == 2
    assert all(one in f"{problem['what']} {problem['mend']}" for one in named)


def test_the_doctor_decides_nothing(begun: Syncd) -> None:
    syncd = begun
    syncd.done("doctor")
    another_portal(syncd.place)
    syncd.done("cycle")


def test_a_cycle_asks_the_portal_once_who_it_is(synced: Syncd) -> None:
    before = calls(synced.place).count("/account-info/2026-09/details")
    synced.done("cycle")
    assert calls(synced.place).count("/account-info/2026-09/details") == before + 1
