"""A first load side by side: ranges of ids, each listed in a lane of its own."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest

from connectors.hubspot import HubSpot
from tests.connectors.hubspot.portals import CONTACT, FREE, Open, Portal, contact, ids


@pytest.fixture
def large(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(5, 2505)]}, FREE)


def lanes(portal: Portal, count: int) -> HubSpot:
    return portal.connect(lanes=count)


def test_several_lanes_read_everything_once_for_a_few_calls_more(large: Portal) -> None:
    contacts = ids(list(lanes(large, 4).pull("contacts", CONTACT, None)))
    assert sorted(contacts, key=int) == [str(id) for id in range(5, 2505)]
    assert large.calls() <= 25 + 1 + 3 + 3


def test_lanes_begin_evenly_spread_over_the_ids(large: Portal) -> None:
    heard = large.overhear()
    list(lanes(large, 4).pull("contacts", CONTACT, None))
    begun = [parse_qs(scope["query_string"].decode()).get("after", [""])[0] for scope in heard]
    assert {"629", "1254", "1879"} <= set(begun)
    assert not {"630", "1255", "1880"} & set(begun)


@pytest.mark.parametrize("trial", [[], [{"id": "5", "properties": {}}], [{"id": "99999", "properties": {}}]])
def test_where_a_list_does_not_begin_at_an_id_one_lane_reads_everything(
    large: Portal, trial: list[dict[str, object]]
) -> None:
    """That it does is what HubSpot does, not what it promises."""
    ones = iter((None, trial))  # the list's first record, then the one at the last bound

    def begin_elsewhere(answer: dict[str, Any]) -> dict[str, Any]:
        wrong = next(ones, None) if len(answer["results"]) == 1 and "total" not in answer else None
        return answer if wrong is None else {**answer, "results": wrong}

    large.amend("/crm/objects/2026-09/contacts", begin_elsewhere)
    assert len(ids(list(lanes(large, 4).pull("contacts", CONTACT, None)))) == 2500
    assert large.calls() == 25 + 1 + 3


def test_lanes_are_resumed_where_each_of_them_stood(large: Portal) -> None:
    pulling = lanes(large, 4).pull("contacts", CONTACT, None)
    saved = [next(pulling) for _ in range(9)]
    pulling.close()  # type: ignore[attr-defined]
    rest = list(large.connect().pull("contacts", CONTACT, saved[-1].cursor))
    assert sorted(ids([*saved, *rest]), key=int) == [str(id) for id in range(5, 2505)]


def test_few_records_are_not_worth_lanes(open_portal: Open) -> None:
    portal = open_portal({"contacts": [contact(id) for id in range(100, 450)]})
    assert len(ids(list(lanes(portal, 4).pull("contacts", CONTACT, None)))) == 350
    assert portal.calls() == 4 + 1 + 1


def test_where_search_is_refused_one_lane_reads_everything(large: Portal) -> None:
    large.spoil("status", path="*/search", status=400)
    assert len(ids(list(lanes(large, 4).pull("contacts", CONTACT, None)))) == 2500


def test_where_a_list_cannot_begin_at_an_id_one_lane_reads_everything(large: Portal) -> None:
    large.spoil("status", path="/crm/objects/2026-09/contacts", status=400, skip=1, count=1)
    assert len(ids(list(lanes(large, 4).pull("contacts", CONTACT, None)))) == 2500
    assert large.calls() == 1 + 1 + 25 + 1  # the refused one is not among them
