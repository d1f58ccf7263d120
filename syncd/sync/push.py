"""Push: pending wishes become payloads, the remote system's receipts settle them.

Any step may be cut off: a wish stays pending until a receipt says that it stands, keys make a repeated write harmless,
and after an uncertain answer the key is looked up before anything is written again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from connectors.base import ConnectorError, Payload, Receipt, Source, Target
from syncd.mapping import SystemMapping, WriteRule, encode
from syncd.store import Pending, Settlement, Store
from syncd.store.references import Reference, as_ref
from syncd.sync.counts import Write, WriteOutcome
from syncd.sync.opportunities import differing
from syncd.sync.reader import Readers
from syncd.sync.run import Run
from syncd.sync.tenants import admit

BATCH = 200  # Salesforce's collections take that many records a call

Wanted = Mapping[tuple[str, str], str]  # (object, key) → wanted digest


class Remote(Source, Target, Protocol):
    """A system that syncd both reads and writes."""


@dataclass(frozen=True)
class Draft:
    """One wish on its way out: its payload, or None when it is settled already."""

    wish: Pending
    remote_id: str | None
    payload: Payload | None
    touched: tuple[str, ...]
    guarded: tuple[str, ...]
    error: tuple[str, str, str] | None = None

    def settled(self, receipt: Receipt | None) -> Settlement:
        """What became of it."""
        remote_id, error = self.remote_id, self.error
        if receipt is not None:
            remote_id = receipt.remote_id or remote_id
            error = (receipt.error.kind, receipt.error.code, receipt.error.message) if receipt.error else None
        return Settlement(self.wish, remote_id, error, self.touched, self.guarded)


@dataclass
class Pushing:
    """One push into one system."""

    remote: Remote
    mapping: SystemMapping
    store: Store
    readers: Readers
    run: Run
    only: Wanted | None = None
    failure: ConnectorError | None = None
    written: set[str] = field(default_factory=set)  # kinds of records, by our names

    def work(self) -> None:
        """Push everything that is pending and due, object by object in the mapping's order."""
        now = datetime.now(UTC)
        self.failure = admit(self.store, [self.remote]).get(self.mapping.system)
        for name, rule in self.mapping.writes.items():
            after = ""
            while not self.run.stopped and self.failure is None:
                batch = self.store.pending(self.mapping.system, BATCH, now, name, after)
                if not batch:
                    break
                after = batch[-1].key
                self._push(name, rule, [one for one in batch if self._wanted(one)])

    def _wanted(self, one: Pending) -> bool:
        return self.only is None or self.only.get((one.object, one.key)) == one.wanted_digest

    def _push(self, name: str, rule: WriteRule, batch: Sequence[Pending]) -> None:
        if not batch:
            return
        try:
            known = self._look_up(rule, batch)
            standing = self._standing(rule, batch, known)
            drafts = [self._draft(rule, one, places, known, standing) for one, places in self._ready(batch)]
            sending = [draft for draft in drafts if draft.payload]
            self.store.send_off([draft.wish for draft in sending if draft.remote_id is None])
            receipts = (
                self.remote.push(rule.object, [draft.payload for draft in sending if draft.payload]) if sending else []
            )
        except ConnectorError as error:
            self.failure = error
            self._count(name, WriteOutcome.FAILED, len(batch))
            return
        answers = dict(zip((draft.wish.key for draft in sending), receipts, strict=True))
        self._finish(name, drafts, answers)

    def _look_up(self, rule: WriteRule, batch: Sequence[Pending]) -> Mapping[str, str]:
        """Which keys of uncertain wishes stand in the remote system after all, also under names they had before."""
        doubtful = [one.key for one in batch if one.uncertain and not one.remote_id]
        if not doubtful:
            return {}
        former = self.store.former_keys(doubtful)
        found = self.remote.find(rule.object, [*doubtful, *(name for names in former.values() for name in names)])
        places = {key: [found[name] for name in (key, *former.get(key, ())) if name in found] for key in doubtful}
        return {key: ids[0] for key, ids in places.items() if ids}

    def _standing(
        self, rule: WriteRule, batch: Sequence[Pending], known: Mapping[str, str]
    ) -> dict[str, dict[str, Any]]:
        """The guarded records that we are about to change, as they stand this moment, mapped: remote id → row."""
        places = [one.remote_id or known.get(one.key) for one in batch if one.changes]
        ids = [place for place in places if place]
        if not rule.guarded or not ids:
            return {}
        system, stream = self.mapping.system, rule.object
        found = self.remote.fetch(stream, self.mapping.asked(stream), ids)
        return {record.id: self.readers.row(system, stream, record.raw) for record in found if not record.deleted}

    def _ready(self, batch: Sequence[Pending]) -> list[tuple[Pending, dict[Reference, str]]]:
        """The wishes whose references all stand; the others wait."""
        refs = {one.key: one.refs for one in batch}
        places = self.store.resolve(self.mapping.system, [ref for some in refs.values() for ref in some])
        ready = [(one, places) for one in batch if all(ref in places for ref in refs[one.key])]
        self._count(batch[0].object, WriteOutcome.WAITING, len(batch) - len(ready))
        return ready

    def _draft(
        self,
        rule: WriteRule,
        one: Pending,
        places: Mapping[Reference, str],
        known: Mapping[str, str],
        standing: Mapping[str, dict[str, Any]],
    ) -> Draft:
        """What to send for one wish, or how it is settled without sending."""
        remote_id = one.remote_id or known.get(one.key)
        touched = one.touched
        if rule.guarded and remote_id and one.changes:
            if remote_id not in standing:
                gone = ("gone", "ENTITY_IS_DELETED", "a person deleted the record; syncd does not make it again")
                return Draft(one, remote_id, None, touched, rule.guarded, gone)
            touched = tuple(sorted({*touched, *_touched(standing[remote_id], one, rule.guarded)}))
        fields = self._fields(rule, one, remote_id, places, touched)
        if remote_id is None and not one.wanted:
            return Draft(one, None, None, touched, rule.guarded, ("withdrawn", "", "it did not come to stand"))
        stands = remote_id is not None and (not fields or (one.once and one.key in known))
        payload = None if stands else Payload(one.key, remote_id, fields)
        return Draft(one, remote_id, payload, touched, rule.guarded)

    def _fields(
        self,
        rule: WriteRule,
        one: Pending,
        remote_id: str | None,
        places: Mapping[Reference, str],
        touched: Sequence[str],
    ) -> dict[str, Any]:
        left_out = {*touched, *(rule.create_only if remote_id else ())}
        fields = {
            name: places[ref] if (ref := as_ref(value)) else value
            for name, value in one.changes.items()
            if name not in left_out
        }
        return encode(rule, fields)

    def _finish(self, name: str, drafts: Sequence[Draft], answers: Mapping[str, Receipt]) -> None:
        settled = [draft.settled(answers.get(draft.wish.key)) for draft in drafts]
        self.store.settle(settled, datetime.now(UTC))
        for draft, settlement in zip(drafts, settled, strict=True):
            self._count_one(name, draft, settlement)
        self.run.progress(f"push {name}", len(settled))

    def _count_one(self, name: str, draft: Draft, settlement: Settlement) -> None:
        """Count what became of a wish: a record that this run wrote before is one record."""
        if settlement.error is not None:
            self._count(name, WriteOutcome(settlement.error[0]))
            return
        self.run.counts.touched += len(set(draft.touched) - set(draft.wish.touched))
        if draft.payload is not None:
            self.written.add(name)
        before = draft.wish.sent_at
        if before is None or before < self.run.started_at:
            outcome = WriteOutcome.CHANGED if draft.remote_id else WriteOutcome.CREATED
            self._count(name, outcome if draft.payload else WriteOutcome.KEPT)

    def _count(self, name: str, outcome: WriteOutcome, number: int = 1) -> None:
        if number:
            self.run.counts.writes[Write(self.mapping.system, name, outcome)] += number


def _touched(row: Mapping[str, Any], one: Pending, guarded: Sequence[str]) -> Sequence[str]:
    """The guarded fields that a person has changed. Without a receipt: all, if another than its creator wrote."""
    if one.acknowledged:
        return differing(row, one.acknowledged, guarded)
    return guarded if row.get("modified_by") != row.get("created_by") else ()


def push(
    remote: Remote,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    run: Run,
    *,
    only: Wanted | None = None,
) -> Pushing:
    """Push a system's pending wishes; `only` limits it to a plan. The result says what broke it off."""
    pushing = Pushing(remote, mapping, store, readers, run, only)
    pushing.work()
    return pushing
