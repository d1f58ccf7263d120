from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from connectors.base import Payload, Source, Target, WriteError
from connectors.memory import Memory
from tests.connectors.contract import Deletion, SourceContract, SourceRig, TargetContract, TargetRig, records


@dataclass
class MemoryRig:
    remote: Memory = field(default_factory=lambda: Memory(streams=("contacts", "tasks"), page=10))
    stream: str = "contacts"
    fields: Sequence[str] = ("name",)
    deletion: Deletion = "flagged"
    object: str = "tasks"

    def __post_init__(self) -> None:
        for number in range(35):
            self.remote.put("contacts", f"c{number:02}", {"name": f"Ann {number}"})
        self.remote.refuse = lambda object, payload: (
            WriteError("refused", "TOO_LONG", "the subject is too long") if payload.key == "bad" else None
        )

    def source(self) -> Source:
        return self.remote

    def unreachable(self) -> None:
        return None

    def ids(self) -> set[str]:
        return set(self.remote.records("contacts"))

    def change(self, id: str) -> None:
        self.remote.put("contacts", id, {"name": "Ann Changed"})

    def delete(self, id: str) -> None:
        self.remote.delete("contacts", id)

    def target(self) -> Target:
        return self.remote

    def payload(self, key: str, text: str, remote_id: str | None = None) -> Payload:
        return Payload(key, remote_id, {"subject": text})

    def bad(self, key: str) -> Payload:
        return self.payload("bad", "…")

    def missing_id(self) -> str:
        return "tasks-404"

    def standing(self) -> dict[str, str]:
        return {raw["key"]: raw["subject"] for raw in self.remote.records("tasks").values()}


class TestMemorySource(SourceContract):
    @pytest.fixture
    def rig(self) -> SourceRig:
        return MemoryRig()


class TestMemoryTarget(TargetContract):
    @pytest.fixture
    def rig(self) -> TargetRig:
        return MemoryRig()


def test_a_record_changed_twice_is_read_once() -> None:
    remote = Memory(streams=("contacts",))
    remote.put("contacts", "1", {"name": "Ann"})
    cursor = list(remote.pull("contacts", (), None))[-1].cursor
    remote.put("contacts", "1", {"name": "Bob"})
    remote.put("contacts", "1", {"name": "Cid"})
    assert [record.raw["name"] for record in records(remote.pull("contacts", (), cursor))] == ["Cid"]


def test_its_records_are_its_owner_s() -> None:
    assert [Memory(owner=name).tenant() for name in ("us", None)] == ["us", None]


def test_an_empty_stream_yields_one_empty_page() -> None:
    pages = list(Memory(streams=("contacts",)).pull("contacts", (), None))
    assert [list(page.records) for page in pages] == [[]]


def test_a_deleted_record_can_be_fetched_but_not_written() -> None:
    remote = Memory(streams=("tasks",))
    [receipt] = remote.push("tasks", [Payload("k", None, {"subject": "call"})])
    remote.delete("tasks", str(receipt.remote_id))
    assert [record.deleted for record in remote.fetch("tasks", (), [str(receipt.remote_id)])] == [True]
    [refused] = remote.push("tasks", [Payload("k", receipt.remote_id, {"subject": "call again"})])
    assert refused.error is not None
    assert refused.error.kind == "gone"
