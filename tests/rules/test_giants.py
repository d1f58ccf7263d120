"""Pictures and gates of giants: thousands of people, a hundred roles, names that nobody would give a child.

Whatever stands in them, the JSON is JSON, has room in its field by every count, says what it left out, and stays the
same until a fact changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import cycle, islice
from time import thread_time
from typing import Any

import pytest

from syncd.model import Knowledge, PicturedRole, RolePerson, Strength
from syncd.model.destinations import units
from syncd.rules.picture_wishes import PictureTexts, on_account, on_opportunity
from tests.rules.builders import (
    DESTINATIONS,
    TITLES,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    judge,
)

AGREEMENT = an_agreement()
ROOM = 32_768
LARGEST = 131_072  # characters that Salesforce's long text takes at most
ROLES = [role for role in TITLES if role]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
NAMES = {
    "plain": "Amsel",
    "giant": "Amsel" * 200,
    "emoji": FAMILY * 100,
    "from right to left": "\u202eאמזל الشحرور\u2066" * 30,
    "beyond the first 65,536": "\U0001d504\U0001f1e9\U0001f1ea" * 150,
    "control characters": "Am\x00\x01\x07\x1b[31msel\x7f\x85\u2028\u2029\r\n\t",
    "quotes": "\\\"'</script>{{}}" * 30,
    "marks": "e" + "\u0301" * 900,
    "no character": "\ufffe\uffff\U0010ffff",
}


@cache
def texts(name: str, number: int = 80) -> Mapping[str, str]:
    """Record → the JSON that is wished for it, of a bank where everybody is called so."""
    group = a_group(
        [a_contact(f"p{at:04}", role, last_name=NAMES[name]) for at, role in enumerate(islice(cycle(ROLES), number))],
        [did("p0000", "demo_booked", topic=NAMES[name][:900])],
        account=an_account(name=NAMES[name]),
        opportunities=tuple(an_opportunity(id=f"o{at}", remote_id=f"006{at}", name=NAMES[name]) for at in range(9)),
    )
    wishes = judge(group, AGREEMENT, TODAY).wishes
    wished = {f"{wish.object}/{wish.key}": {**wish.fields} for wish in wishes}
    again = replace(group, contacts=group.contacts[::-1], opportunities=group.opportunities[::-1])
    assert wished == {f"{wish.object}/{wish.key}": {**wish.fields} for wish in judge(again, AGREEMENT, TODAY).wishes}
    made = {(record, field): text for record, fields in wished.items() for field, text in fields.items()}
    return {record: str(text) for (record, field), text in made.items() if field.endswith("_json")}


def counts(text: str) -> list[int]:
    """The length of a text by every count there is: characters, units of UTF-16, bytes; a line's end is two."""
    return [size + text.count("\n") for size in (len(text), units(text), len(text.encode()))]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_people_are_called_each_json_is_whole_and_has_room_by_every_count(name: str) -> None:
    assert {record.partition("/")[0] for record in texts(name)} == {"account", "opportunity", "contact"}
    for record, text in texts(name).items():
        assert json.loads(text)["left_out"] >= 0
        assert max(counts(text)) <= ROOM, record
        assert "\n" not in text


def test_a_name_stands_there_as_it_is() -> None:
    for name in NAMES.keys() - {"giant", "emoji", "marks", "from right to left", "beyond the first 65,536"}:
        content = json.loads(texts(name)["contact/p0000"])
        assert content["contact"] == f"P0000 {NAMES[name]}"
        assert content["account"] == NAMES[name]


def a_crowd(number: int, roles: int = 5) -> Any:
    (picture,) = judge(a_group([a_contact("ann")], opportunities=(an_opportunity(),)), AGREEMENT, TODAY).pictures
    people = tuple(
        RolePerson(f"Ann {NAMES['beyond the first 65,536'][: at % 40]}", "Head") for at in range(number // roles)
    )
    crowd = tuple(PicturedRole(f"Role {at}", 1, people, Knowledge.KNOWN, Strength.WEAK) for at in range(roles))
    return replace(picture, roles=crowd, people=number)


def shown(picture: Any, room: int) -> list[PictureTexts]:
    places = {
        name: replace(DESTINATIONS[name], lengths={"picture": room, "picture_json": room})
        for name in ("account", "opportunity")
    }
    account = an_account(name="First Invented Bank")
    return [on_opportunity(picture, places["opportunity"]), on_account(account, [picture], places["account"])]


@pytest.mark.parametrize("room", [2_000, ROOM, LARGEST])
@pytest.mark.parametrize(("number", "roles"), [(5_000, 5), (5_000, 100), (100, 100), (0, 100)])
def test_of_five_thousand_people_or_a_hundred_roles_as_many_are_shown_as_have_room(
    number: int, roles: int, room: int
) -> None:
    crowd = a_crowd(number, roles)
    for words, text in shown(crowd, room):
        assert text is not None
        assert max(*counts(words), *counts(text)) <= room
        content = json.loads(text)
        (picture,) = content.get("opportunities", [content])
        kept = sum(len(role["by"]) for role in picture["roles"])
        kept += sum(len(picture[part]) for part in ("next", "known", "unknown"))
        whole = number + sum(len(getattr(crowd, part)) for part in ("next", "known", "unknown"))
        assert kept + picture["left_out"] == whole + len(crowd.roles) - len(picture["roles"])
        assert picture["left_out"] == 0 or len(text.encode()) > room - 4_000, "no room is wasted"


def test_a_picture_of_five_thousand_people_takes_no_time() -> None:
    """Both texts of both records: a quarter of what is allowed, on one core of a slow machine."""
    crowd, times = a_crowd(5_000), []
    for _ in range(3):
        began = thread_time()
        shown(crowd, ROOM)
        times.append(thread_time() - began)
    assert min(times) < 0.05
