"""What every connector owes: one suite for all sources, one for all targets.

A connector's test module derives a class from each suite and gives it a fixture `rig`: the remote system, with the few
things that a person does there. The suite touches the connector only through connectors.base.

    class TestMemorySource(SourceContract):
        @pytest.fixture
        def rig(self) -> SourceRig: ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

import orjson
import pytest

from connectors.base import ConnectorError, Page, Payload, Record, Source, Target

Deletion = Literal["flagged", "vanishes"]


class SourceRig(Protocol):
    """A remote system with at least three pages of records in one stream, all changed long ago."""

    stream: str
    fields: Sequence[str]
    deletion: Deletion  # how a deleted record shows when everything is read: as deleted, or not at all

    def source(self) -> Source:
        """Return a new connector to the same system."""
        ...

    def unreachable(self) -> Source | None:
        """Return a connector that nobody answers; None where there is no such thing."""
        ...

    def ids(self) -> set[str]:
        """Return the ids of the live records."""
        ...

    def change(self, id: str) -> None:
        """Change a record as a person would, and let so much time pass that the change shows."""
        ...

    def delete(self, id: str) -> None:
        """Delete a record as a person would."""
        ...


class TargetRig(Protocol):
    """A remote system that syncd writes to."""

    object: str

    def target(self) -> Target:
        """Return a new connector to the same system."""
        ...

    def payload(self, key: str, text: str, remote_id: str | None = None) -> Payload:
        """Return a payload that writes `text` under `key`."""
        ...

    def bad(self, key: str) -> Payload:
        """Return a payload that the system refuses."""
        ...

    def missing_id(self) -> str:
        """Return an id that no record of the system has."""
        ...

    def standing(self) -> dict[str, str]:
        """Return what stands in the system: key → text."""
        ...


def records(pages: Iterator[Page] | Sequence[Page]) -> list[Record]:
    return [record for page in pages for record in page.records]


def live(listed: Sequence[Record]) -> list[str]:
    return [record.id for record in listed if not record.deleted]


class SourceContract:
    """Holds a source against connectors.base.Source."""

    def read(self, rig: SourceRig, cursor: str | None = None) -> list[Page]:
        return list(rig.source().pull(rig.stream, rig.fields, cursor))

    def test_declares_itself(self, rig: SourceRig) -> None:
        source = rig.source()
        assert isinstance(source, Source)
        assert rig.stream in source.streams
        assert source.system

    def test_it_asks_once_at_most_whose_records_these_are(self, rig: SourceRig) -> None:
        source = rig.source()
        tenant, calls = source.tenant(), source.budget.calls
        assert tenant is None or (isinstance(tenant, str) and tenant)
        assert [source.tenant(), rig.source().tenant()] == [tenant, tenant]
        assert source.budget.calls == calls <= 1

    def test_full_pull_is_complete_and_names_nothing_twice(self, rig: SourceRig) -> None:
        pages = self.read(rig)
        ids = live(records(pages))
        assert len(pages) >= 3
        assert sorted(ids) == sorted(rig.ids())

    def test_records_are_plain_json_with_aware_stamps(self, rig: SourceRig) -> None:
        for record in records(self.read(rig)):
            assert isinstance(record.id, str)
            assert orjson.loads(orjson.dumps(record.raw)) == record.raw
            assert record.modified_at is None or record.modified_at.utcoffset() is not None

    def test_cursors_are_text(self, rig: SourceRig) -> None:
        assert all(isinstance(page.cursor, str) and page.cursor for page in self.read(rig))

    def test_every_page_s_cursor_leads_to_the_rest(self, rig: SourceRig) -> None:
        pages = self.read(rig)
        for place, page in enumerate(pages[:-1]):
            before = {record.id for record in records(pages[: place + 1])}
            rest = {record.id for record in records(self.read(rig, page.cursor))}
            assert rig.ids() <= before | rest
            assert not (rest & before), "what was saved is not read again"

    def test_a_kill_in_the_middle_loses_nothing(self, rig: SourceRig) -> None:
        pulling = rig.source().pull(rig.stream, rig.fields, None)
        saved = [next(pulling), next(pulling)]
        pulling.close()  # type: ignore[attr-defined]
        rest = self.read(rig, saved[-1].cursor)
        assert sorted(live(records([*saved, *rest]))) == sorted(rig.ids())

    def test_a_full_read_s_last_cursor_brings_no_news(self, rig: SourceRig) -> None:
        news = self.read(rig, self.read(rig)[-1].cursor)
        assert len(news) == 1
        assert not records(news)
        assert not records(self.read(rig, news[-1].cursor))

    def test_a_change_is_news(self, rig: SourceRig) -> None:
        cursor = self.read(rig)[-1].cursor
        id = min(rig.ids())
        rig.change(id)
        news = records(self.read(rig, cursor))
        assert id in {record.id for record in news}

    def test_a_change_during_a_full_read_is_not_lost(self, rig: SourceRig) -> None:
        pulling = rig.source().pull(rig.stream, rig.fields, None)
        first = next(pulling)
        id = first.records[0].id
        before = first.records[0].raw
        rig.change(id)
        *_, last = [first, *pulling]
        latest = {record.id: record.raw for record in records(self.read(rig, last.cursor))}
        assert latest[id] != before

    def test_a_deletion_shows_when_everything_is_read(self, rig: SourceRig) -> None:
        id = min(rig.ids())
        rig.delete(id)
        everything = records(self.read(rig))
        assert sorted(live(everything)) == sorted(rig.ids())
        assert id not in rig.ids()
        assert [record.id for record in everything if record.deleted] == ([id] if rig.deletion == "flagged" else [])

    @pytest.mark.parametrize(
        "cursor", ["", "no cursor", '{"mode":"full"}', "[]", "999999999", '{"edition":1,"row":[]}']
    )
    def test_a_cursor_that_is_not_ours_starts_over(self, rig: SourceRig, cursor: str) -> None:
        assert sorted(live(records(self.read(rig, cursor)))) == sorted(rig.ids())

    def test_fetch_reads_what_pull_reads(self, rig: SourceRig) -> None:
        wanted = sorted(rig.ids())[:3]
        pulled = {record.id: record for record in records(self.read(rig))}
        fetched = rig.source().fetch(rig.stream, rig.fields, wanted)
        assert {record.id: record for record in fetched} == {id: pulled[id] for id in wanted}

    def test_fetch_leaves_out_what_is_not_there(self, rig: SourceRig) -> None:
        id = min(rig.ids())
        fetched = rig.source().fetch(rig.stream, rig.fields, [id, "999999999", "no such id", id])
        assert [record.id for record in fetched] == [id]
        assert not rig.source().fetch(rig.stream, rig.fields, [])

    def test_silence_is_a_typed_error_and_no_empty_stream(self, rig: SourceRig) -> None:
        source = rig.unreachable()
        if source is None:
            return
        with pytest.raises(ConnectorError):
            list(source.pull(rig.stream, rig.fields, None))
        with pytest.raises(ConnectorError):
            source.fetch(rig.stream, rig.fields, sorted(rig.ids())[:1])

    def test_check_finds_nothing_wrong_and_what_is_wrong(self, rig: SourceRig) -> None:
        assert not rig.source().check({rig.stream: rig.fields})
        problems = rig.source().check({"no_such_stream": ()})
        assert [problem.level for problem in problems] == ["error"]
        assert all(problem.where and problem.what and problem.mend for problem in problems)


class TargetContract:
    """Holds a target against connectors.base.Target."""

    def test_declares_itself(self, rig: TargetRig) -> None:
        assert isinstance(rig.target(), Target)

    def test_creates_under_the_key_and_answers_in_order(self, rig: TargetRig) -> None:
        receipts = rig.target().push(rig.object, [rig.payload(key, f"text {key}") for key in ("c", "a", "b")])
        assert [receipt.key for receipt in receipts] == ["c", "a", "b"]
        assert all(receipt.remote_id and receipt.error is None for receipt in receipts)
        assert rig.standing() == {"a": "text a", "b": "text b", "c": "text c"}

    def test_pushing_twice_does_not_double(self, rig: TargetRig) -> None:
        wishes = [rig.payload(key, "text") for key in ("a", "b")]
        first, second = rig.target().push(rig.object, wishes), rig.target().push(rig.object, wishes)
        assert [receipt.remote_id for receipt in first] == [receipt.remote_id for receipt in second]
        assert rig.standing() == {"a": "text", "b": "text"}

    def test_updates_the_record_with_the_remote_id(self, rig: TargetRig) -> None:
        [created] = rig.target().push(rig.object, [rig.payload("a", "before")])
        [updated] = rig.target().push(rig.object, [rig.payload("a", "after", created.remote_id)])
        assert updated == created
        assert rig.standing() == {"a": "after"}

    def test_creates_and_updates_in_one_push(self, rig: TargetRig) -> None:
        [created] = rig.target().push(rig.object, [rig.payload("a", "before")])
        receipts = rig.target().push(
            rig.object, [rig.payload("b", "new"), rig.payload("a", "after", created.remote_id)]
        )
        assert [receipt.key for receipt in receipts] == ["b", "a"]
        assert rig.standing() == {"a": "after", "b": "new"}

    def test_a_bad_row_stops_no_other(self, rig: TargetRig) -> None:
        wishes = [rig.payload("a", "text"), rig.bad("bad"), rig.payload("b", "text")]
        receipts = rig.target().push(rig.object, wishes)
        assert [receipt.key for receipt in receipts] == ["a", "bad", "b"]
        assert [receipt.error is None for receipt in receipts] == [True, False, True]
        assert receipts[1].error is not None
        assert receipts[1].error.kind == "refused"
        assert receipts[1].error.code
        assert rig.standing() == {"a": "text", "b": "text"}

    def test_a_record_that_is_gone_says_so(self, rig: TargetRig) -> None:
        receipts = rig.target().push(rig.object, [rig.payload("x", "text", rig.missing_id()), rig.payload("a", "text")])
        assert receipts[0].error is not None
        assert receipts[0].error.kind == "gone"
        assert receipts[1].error is None

    def test_find_knows_what_was_pushed(self, rig: TargetRig) -> None:
        receipts = rig.target().push(rig.object, [rig.payload(key, "text") for key in ("a", "b")])
        ids = rig.target().find(rig.object, ["b", "a", "never pushed"])
        assert dict(ids) == {receipt.key: receipt.remote_id for receipt in receipts}
        assert not rig.target().find(rig.object, [])

    def test_nothing_pushed_is_nothing_done(self, rig: TargetRig) -> None:
        assert not list(rig.target().push(rig.object, []))
        assert not rig.standing()
