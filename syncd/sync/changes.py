"""Match, first half, the end of a batch: golden records that its records changed are worked out anew and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from syncd import matching
from syncd.matching import Sighting, Token
from syncd.model import RemoteRef
from syncd.sync.batch import Batch
from syncd.sync.conversions import adopt_accounts
from syncd.sync.doubles import propose_people, withdraw_accounts, withdraw_people
from syncd.sync.employers import employers
from syncd.sync.reader import Readers

AWAITED = ("owner", "parent", "cross_ids", "cross_lead")  # what a record points at, which may come later


@dataclass(frozen=True)
class Changes:
    """What one batch of one kind changed.

    sightings: the batch's own records, read once. created: golden records made in it → the records behind them.
    changed_ids: those to be worked out anew, the created ones too; regrouped: those that a record joined or left.
    vanished: golden record → records that are gone for good. tokens: what a record may be recognised by.
    """

    batch: Batch
    kind: str
    readers: Readers
    sightings: Mapping[RemoteRef, Sighting]
    created: Mapping[str, list[Sighting]]
    changed_ids: set[str]
    regrouped: set[str]
    vanished: Mapping[str, list[RemoteRef]]
    tokens: Callable[[Sighting], list[Token]]

    def recompute(self) -> int:
        """Write the golden records anew, and mark whose judgement is stale; returns how many changed."""
        unit = self.batch.unit
        existing = [golden_id for golden_id in self.changed_ids if golden_id not in self.created]
        members = {**self._members(existing), **self.created}
        empty = [golden_id for golden_id in existing if not members.get(golden_id)]
        unit.records.drop(ref for refs in self.vanished.values() for ref in refs)
        self._forget_activities(set(self.vanished) - set(empty))
        self._leave(empty)
        rows, tokens = self._shape({golden_id: sightings for golden_id, sightings in members.items() if sightings})
        stored = unit.golden.rows(self.kind, rows)
        changed = [row for golden_id, row in rows.items() if not _same_row(row, stored.get(golden_id))]
        self._mark([*changed, *(rows[one] for one in self.regrouped if one in rows)], stored)
        unit.golden.put(self.kind, changed)
        self.batch.identify(self.kind, {row["id"]: tokens[row["id"]] for row in changed})
        if self.kind == "contact":
            withdraw_people(self.batch, self.changed_ids, self.readers.customs)
            propose_people(self.batch, changed, self.readers.customs)
        elif self.kind == "account":
            withdraw_accounts(self.batch, self.changed_ids, self._members, self.readers.customs)
        return len(changed) + len(empty)

    def _members(self, ids: Iterable[str]) -> dict[str, list[Sighting]]:
        """The live records behind golden ones; those of this batch were read already."""
        members = self.batch.unit.links.members(self.kind, ids)
        others = {ref for refs in members.values() for ref in refs if ref not in self.sightings}
        stored = self.batch.unit.records.named(others)
        known = {**self.sightings, **{one.ref: one for one in self.readers.sightings(stored)}}
        return {golden_id: [known[ref] for ref in refs if ref in known] for golden_id, refs in members.items()}

    def _leave(self, ids: Sequence[str]) -> None:
        if self.kind == "account":
            self.batch.stale.update(self.batch.unit.golden.owned_by(ids))
        if self.kind == "contact":
            self.batch.mark_homes(ids)
            self._let_go(ids)
        self.batch.unit.golden.remove(self.kind, ids)

    def _forget_activities(self, ids: Iterable[str]) -> None:
        """Who was deleted for good in one system and stands in another: what the one knew of their activities goes."""
        for contact_id in ids:
            for system in {ref.system for ref in self.vanished[contact_id]}:
                self.batch.unit.activities.forget(contact_id, system)
                self.batch.mark_homes([contact_id])

    def _let_go(self, ids: Sequence[str]) -> None:
        """What they did waits for an archived contact to be restored; of one that vanished for good nothing is kept."""
        unit = self.batch.unit
        unit.records.drop(unit.activities.of([one for one in ids if one in self.vanished]))
        unit.records.unmatch(unit.activities.of([one for one in ids if one not in self.vanished]))

    def _shape(self, members: dict[str, list[Sighting]]) -> tuple[dict[str, dict[str, Any]], dict[str, list[Token]]]:
        """The rows of golden records, and what each is recognised by."""
        customs = self.readers.customs
        swallowed = self._swallowed(members) if self.kind == "contact" else {}
        survived = {
            golden_id: matching.survive(self.kind, [*sightings, *swallowed.get(golden_id, ())], customs)
            for golden_id, sightings in members.items()
        }
        if self.kind == "contact":
            for golden_id, (golden, _) in survived.items():
                golden["person_records"] = matching.person_records(members[golden_id])
            adopt_accounts(self.batch, members, customs)
        refs = {ref for sightings in members.values() for sighting in sightings for ref in _pointing(sighting)}
        golden_ids = {ref: link.golden_id for ref, link in self.batch.unit.links.find(refs).items()}
        self._await_owners(members, golden_ids)
        homes = employers(self.batch, customs, members, golden_ids) if self.kind == "contact" else {}
        rows = {
            golden_id: self.readers.shape(self.kind, golden_id, golden, sources, golden_ids, homes)
            for golden_id, (golden, sources) in survived.items()
        }
        tokens: dict[str, list[Token]] = {
            golden_id: [token for sighting in sightings for token in self.tokens(sighting) if token[0] != "key"]
            for golden_id, sightings in members.items()
        }
        return rows, tokens

    def _swallowed(self, members: Mapping[str, Sequence[Sighting]]) -> dict[str, list[Sighting]]:
        """What records that were merged into a golden one's said against addresses and numbers that it still has.

        The survivor tells of its own first address alone; what another one's status is its system keeps to itself.
        """
        took_in = {
            RemoteRef(sighting.system, sighting.stream, id): golden_id
            for golden_id, sightings in members.items()
            for sighting in sightings
            for id in sighting.row.get("merged_ids", ())
        }
        living = {sighting.ref for sightings in members.values() for sighting in sightings}
        stored = self.batch.unit.records.named(took_in.keys() - living) if took_in else ()
        swallowed: dict[str, list[Sighting]] = {}
        for sighting in self.readers.sightings(stored):
            golden_id = took_in[sighting.ref]
            if kept := _still_said(sighting, members[golden_id]):
                swallowed.setdefault(golden_id, []).append(Sighting(sighting.ref, {"closures": kept}))
        return swallowed

    def _await_owners(self, members: dict[str, list[Sighting]], golden_ids: dict[RemoteRef, str]) -> None:
        """Whose owner or other self is not known yet is matched again when they come."""
        self.batch.unit.links.wait(
            {
                sighting.ref: missing
                for sightings in members.values()
                for sighting in sightings
                if (missing := [ref for name in AWAITED for ref in sighting.row.get(name, ()) if ref not in golden_ids])
            }
        )

    def _mark(self, changed: Sequence[dict[str, Any]], stored: dict[str, dict[str, Any]]) -> None:
        """A golden record with other values or records makes its account stale, and whom it owns; a moved contact both.

        A changed user may be the rep of any account, by ownership or by territory: all are judged again.
        """
        match self.kind:
            case "account":
                self.batch.stale.update(row["id"] for row in changed)
                self.batch.stale.update(self.batch.unit.golden.owned_by(row["id"] for row in changed))
            case "contact":
                before = (stored[row["id"]]["account_id"] for row in changed if row["id"] in stored)
                after = (row["account_id"] for row in changed)
                self.batch.stale.update(account_id for account_id in (*before, *after) if account_id)
            case _ if changed:
                self.batch.unit.golden.mark_all_stale()


def _still_said(swallowed: Sighting, living: Sequence[Sighting]) -> list[tuple[str, str, str]]:
    """Closures of the person, or of what stands and no record of that system has as its own address."""
    standing = {value for record in living for name in ("emails", "phones") for value in record.row.get(name, ())}
    theirs = [record.row.get("emails", ()) for record in living if record.system == swallowed.system]
    spoken_for = {email for emails in theirs for email in emails[:1]}
    return [closure for closure in swallowed.row.get("closures", ()) if closure[0] in {"", *standing} - spoken_for]


def _pointing(sighting: Sighting) -> list[RemoteRef]:
    return [ref for name in ("account", "converted_account", *AWAITED) for ref in sighting.row.get(name, ())]


def _same_row(row: dict[str, Any], stored: dict[str, Any] | None) -> bool:
    return stored is not None and all(stored[name] == value for name, value in row.items() if name != "stale")
