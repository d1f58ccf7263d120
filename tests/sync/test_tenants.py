"""Whose records a store holds: the first portal and org that it meets, and no other."""

from dataclasses import dataclass

import pytest

from connectors.base import TryLater
from connectors.memory import Memory
from syncd.errors import ConfigError
from syncd.mapping import load_all
from syncd.store import Store
from syncd.sync.pull import fetch, pull
from syncd.sync.push import push
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from syncd.sync.tenants import admit, examine

MAPPING = load_all()["salesforce"]


def org(owner: str | None, system: str = "salesforce") -> Memory:
    """A system of that owner with one contact."""
    remote = Memory(system, ("Contact",), owner)
    remote.put("Contact", "1", {"Id": "1", "LastName": "Quill"})
    return remote


@dataclass(slots=True)
class Silent(Memory):
    """A system that does not say whose it is now, though its records can be read."""

    system: str = "salesforce"

    def tenant(self) -> str | None:
        raise TryLater("Salesforce does not answer")


def test_the_first_one_is_written_down_and_stays(sqlite_store: Store) -> None:
    admit(sqlite_store, [org("00D1")])
    for _ in range(2):
        with pytest.raises(ConfigError, match="filled from 00D1, and the credentials lead to 00D2"):
            admit(sqlite_store, [org("00D2")])
    assert admit(sqlite_store, [org("00D1")]) == {}


def test_a_system_that_does_not_tell_is_as_welcome_as_ever(sqlite_store: Store) -> None:
    for owner in (None, "00D1", None, "00D1"):
        assert admit(sqlite_store, [org(owner)]) == {}


def test_all_that_are_wrong_are_named_at_once(sqlite_store: Store) -> None:
    admit(sqlite_store, [org("00D1"), org("62515", "hubspot")])
    with pytest.raises(ConfigError) as refused:
        admit(sqlite_store, [org("00D2"), org("99", "hubspot")])
    first, second = str(refused.value).splitlines()
    assert ("salesforce tenant" in first, "SYNCD_SALESFORCE_" in first) == (True, True)
    assert ("hubspot tenant" in second, "SYNCD_HUBSPOT_" in second) == (True, True)


def test_who_comes_with_a_wrong_one_is_not_written_down(sqlite_store: Store) -> None:
    admit(sqlite_store, [org("00D1")])
    with pytest.raises(ConfigError):
        admit(sqlite_store, [org("99", "hubspot"), org("00D2")])
    assert admit(sqlite_store, [org("62515", "hubspot"), org("00D1")]) == {}


def test_who_only_looks_writes_nothing_down(sqlite_store: Store) -> None:
    assert examine(sqlite_store, org("00D2")) == []
    admit(sqlite_store, [org("00D1")])
    (problem,) = examine(sqlite_store, org("00D2"))
    assert (problem.level, problem.where) == ("error", "salesforce tenant")


def test_each_verb_refuses_a_stranger_by_itself(sqlite_store: Store) -> None:
    admit(sqlite_store, [org("00D1")])
    stranger, readers = org("00D2"), Readers({"salesforce": MAPPING}, load_customs(()))
    with pytest.raises(ConfigError):
        pull(stranger, MAPPING, sqlite_store, Run(), streams=["Contact"])
    with pytest.raises(ConfigError):
        fetch(stranger, MAPPING, sqlite_store, Run(), {"Contact": ["1"]})
    with pytest.raises(ConfigError):
        push(stranger, MAPPING, sqlite_store, readers, Run())
    assert stranger.budget.calls == 0


def test_who_cannot_be_asked_is_neither_read_nor_written(sqlite_store: Store) -> None:
    silent, readers = Silent(), Readers({"salesforce": MAPPING}, load_customs(()))
    pulled = pull(silent, MAPPING, sqlite_store, Run(), streams=["Contact"])
    assert [*pulled.failures] == ["salesforce.Contact"]
    assert isinstance(push(silent, MAPPING, sqlite_store, readers, Run()).failure, TryLater)
    with pytest.raises(TryLater):
        fetch(silent, MAPPING, sqlite_store, Run(), {"Contact": ["1"]})
    assert silent.budget.calls == 0
