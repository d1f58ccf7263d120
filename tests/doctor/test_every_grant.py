"""Every grant of the integration user's permission set counts: what is taken away is missed by name.

What is taken away is read from the set that the package ships. Fields of different objects are taken away together, as
one is told whether or not another is: each of them has to be named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from itertools import zip_longest
from typing import Any

import pytest

from connectors.base import Problem
from connectors.salesforce import Salesforce, permissions
from connectors.salesforce.permissions import UNSHARED, Name
from connectors.sandbox.salesforce.access import Grant
from syncd import premises
from syncd.in_force import load_mappings, load_rulebook
from syncd.premises import streams
from syncd.sync.summary import Summary
from syncd.wiring import salesforce
from tests import grants
from tests.sync.conftest import Place, placed, run, wiring

__all__ = ["run", "wiring"]
SHIPPED = permissions.read(grants.FILE.read_bytes())
EDITED = [name for name, editable in SHIPPED.fields.items() if editable]
RIGHTS = [
    (name, right)
    for name, verbs in SHIPPED.objects.items()
    for right, granted in {"read": True, "create": verbs.create, "edit": verbs.edit}.items()
    if granted
] + [(name, "view all") for name in SHIPPED.objects if name not in UNSHARED]
CALLED = {"SendCustomNotifications": "Send Custom Notifications"}
TOLD = {
    "read": "does not exist",
    "create": "may not be created",
    "edit": "may not be edited",
    "view all": "View All is not granted",
}


class Doctor:
    """A sandbox whose integration user loses grants, and what is problems there with what it has left."""

    def __init__(self, place: Place, org: Salesforce) -> None:
        self.access = place.sandbox.salesforce.org.access
        self._org = org
        self._mapping = load_mappings(place.settings)["salesforce"]
        self._agreement = load_rulebook(place.settings).agreement

    def errors(self) -> list[Problem]:
        """The errors that doctor tells of Salesforce."""
        problems = [
            *streams.examine(self._org, self._mapping),
            *premises.examine(self._org, self._agreement, self._mapping),
        ]
        assert all(problem.mend for problem in problems)
        return [problem for problem in problems if problem.level == "error"]

    @contextmanager
    def without(self, take: Callable[[Grant], Any]) -> Iterator[None]:
        """Take something away from every permission set, for a while."""
        sets = list(self.access.sets.values())
        kept = [(dict(one.fields), dict(one.objects), set(one.permissions)) for one in sets]
        for granted in sets:
            take(granted)
        self.access.revision += 1
        yield
        for granted, (fields, objects, users) in zip(sets, kept, strict=True):
            granted.fields, granted.objects, granted.permissions = fields, objects, users
        self.access.revision += 1


@pytest.fixture(scope="module")
def doctor(tmp_path_factory: pytest.TempPathFactory, mappings: Any) -> Iterator[Doctor]:
    database = tmp_path_factory.mktemp("grants") / "syncd.db"
    with placed(database, mappings) as place, salesforce(place.settings) as org:
        yield Doctor(place, org)


def rounds(names: list[Name]) -> list[list[Name]]:
    """One field of each object at a time, until all of them had their turn."""
    by_object: dict[str, list[Name]] = {}
    for name in names:
        by_object.setdefault(name[0], []).append(name)
    return [[name for name in some if name] for some in zip_longest(*by_object.values())]


def unnamed(errors: list[Problem], names: list[Name], what: str) -> list[Name]:
    """Those of the fields that no error names; a part of an address goes by its compound."""
    fitting = [problem for problem in errors if what in problem.what]
    return [
        (owner, name)
        for owner, name in names
        if not any(
            problem.where.endswith((f" {owner}.{name}", f".{owner}.{name}"))
            or f"{owner}.{name}" in problem.mend.split()
            for problem in fitting
        )
    ]


def test_with_all_grants_there_is_nothing_to_be_told(doctor: Doctor) -> None:
    assert doctor.errors() == []


@pytest.mark.parametrize("names", rounds([*SHIPPED.fields]), ids=len)
def test_a_field_that_is_not_granted_is_named(doctor: Doctor, names: list[Name]) -> None:
    with doctor.without(lambda one: [one.fields.pop(name, None) for name in names]):
        errors = doctor.errors()
    assert unnamed([one for one in errors if "hidden" in one.what or "exist" in one.what], names, "") == []


@pytest.mark.parametrize("names", rounds(EDITED), ids=len)
def test_a_field_that_may_only_be_read_where_it_is_written_is_named(doctor: Doctor, names: list[Name]) -> None:
    with doctor.without(lambda one: one.fields.update({name: False for name in names if name in one.fields})):
        errors = doctor.errors()
    assert unnamed(errors, names, "read-only") == []


@pytest.mark.parametrize(("object_", "right"), RIGHTS)
def test_an_object_s_right_that_is_not_granted_is_named(doctor: Doctor, object_: str, right: str) -> None:
    def take(granted: Grant) -> None:
        held = granted.objects.get(object_, frozenset())
        granted.objects[object_] = frozenset() if right == "read" else held - {right}

    with doctor.without(take):
        errors = doctor.errors()
    assert [one for one in errors if one.where == f"salesforce {object_}" and TOLD[right] in one.what], errors


@pytest.mark.parametrize("name", sorted(SHIPPED.users))
def test_a_user_permission_that_is_not_granted_is_named(doctor: Doctor, name: str) -> None:
    with doctor.without(lambda one: one.permissions.discard(name)):
        errors = doctor.errors()
    assert [one for one in errors if f"({name})" in one.what or CALLED.get(name, name) in one.mend], errors


def test_a_set_that_is_assigned_to_nobody_is_told(doctor: Doctor) -> None:
    with doctor.without(lambda one: (one.fields.clear(), one.objects.clear())), nullcontext():
        errors = doctor.errors()
    assert {f"salesforce {name}" for name in SHIPPED.objects} <= {problem.where for problem in errors}
    assert not [problem for problem in errors if "run it again" in problem.mend], (
        "it is the grant, and no passing fault"
    )


# ---- and so does every run, before its first push --------------------------------------------------------------------


def test_a_run_tells_what_it_may_not_and_makes_nobody_twice(place: Place, run: Callable[..., Summary]) -> None:
    """Leads that are hidden may be the very people who would be made as contacts."""
    (ours,) = (one for one in place.sandbox.salesforce.org.access.sets.values() if ("Task", "WhoId") in one.fields)
    held = ours.objects["Lead"]
    ours.objects["Lead"] = held - {"view all"}
    ours.permissions -= {"ViewRoles"}
    place.sandbox.salesforce.org.access.revision += 1
    done = run()
    assert done.outcome == "incomplete"
    named = {premise["where"]: premise for premise in done.premises}
    assert named["salesforce ViewRoles"]["premise"] == "user permissions"
    assert (named["salesforce Lead"]["premise"], named["salesforce Lead"]["waiting"] > 0) == ("view all", True)
    assert not [row for row in place.rows("Contact") if row.get("Syncd_Key__c") and row["CreatedById"] == me(place)]
    ours.objects["Lead"] = held
    ours.permissions |= {"ViewRoles"}
    place.sandbox.salesforce.org.access.revision += 1
    assert run().outcome == "done"
    assert [row for row in place.rows("Contact") if row.get("Syncd_Key__c") and row["CreatedById"] == me(place)]


def me(place: Place) -> str:
    return place.sandbox.salesforce.org.settings.integration_user
