"""Match, first half: place accounts, contacts and users, whose records of several systems become one golden record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from syncd import matching
from syncd.matching import EXPLICIT, Candidate, Sighting, Token
from syncd.store.batch import Batch
from syncd.store.records import split
from syncd.sync.employers import employers
from syncd.sync.reader import Readers


@dataclass
class Placing:
    """One batch of one kind on its way into golden records."""

    batch: Batch
    kind: str
    readers: Readers
    seen: dict[str, Sighting] = field(default_factory=dict)  # ref → the batch's own records, read once
    tokens: dict[str, list[Token]] = field(default_factory=dict)  # ref → what it may be recognised by
    index: dict[Token, list[str]] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    placed: dict[str, str] = field(default_factory=dict)  # ref → golden id
    links: list[dict[str, Any]] = field(default_factory=list)
    created: dict[str, list[Sighting]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    regrouped: set[str] = field(default_factory=set)  # golden ids that a record joined or left
    vanished: dict[str, list[str]] = field(default_factory=dict)  # golden id → records gone for good

    def run(self) -> int:
        """Place the batch's records; returns how many golden records changed."""
        seen, gone = self.readers.read(self.batch)
        self.seen = {one.ref: one for one in seen}
        self._depart(gone)
        self._look_up(seen)
        for sighting in seen:
            self._settle(sighting)
        self.batch.place(self.links)
        return self._recompute()

    # ---- recognise ----

    def _look_up(self, seen: Sequence[Sighting]) -> None:
        tokens = {token for one in seen for token in self._tokens(one)}
        refs = [*self.seen, *(ref for one in seen for ref in _merged(one))]
        known = self.batch.known(self.kind, {*tokens, *(("ref", ref) for ref in refs)})
        for token, found in known.items():
            self.index[token] = [one.id for one in found]
            self.candidates.update({one.id: one for one in found})
        linked = self.batch.links(refs)
        self.placed = {ref: place.golden_id for ref, place in linked.items() if place.kind == self.kind}
        self.manual = {ref for ref, place in linked.items() if place.manual}
        missing = set(self.placed.values()) - set(self.candidates)
        self.candidates.update(self.batch.recognisable(self.kind, missing))

    def _tokens(self, seen: Sighting) -> list[Token]:
        ref = seen.ref
        if ref not in self.tokens:
            self.tokens[ref] = matching.TOKENS[self.kind](seen.row, self.readers.customs)
        return self.tokens[ref]

    def _found(self, tokens: Iterable[Token]) -> dict[Token, list[Candidate]]:
        """The candidates of those tokens that have any, in the tokens' order."""
        return {
            token: [self.candidates[one] for one in dict.fromkeys(self.index[token]) if one in self.candidates]
            for token in tokens
            if token in self.index
        }

    def _settle(self, seen: Sighting) -> None:
        ref = seen.ref
        own = self.placed.get(ref)
        if ref in self.manual and own is not None:
            self.touched.add(own)
            return
        for golden_id, evidence in self._same(seen, own):
            if golden_id not in self.candidates:
                continue  # it became one with `own` a moment ago
            if own is None:
                own = golden_id
                self._join(seen, golden_id, evidence)
            elif golden_id != own:
                own = self._unite(own, golden_id, seen, evidence)
        if own is None:
            own = ref
            self.created[own] = []
            self._join(seen, own, "the first record of it")
        if own in self.created:
            self.created[own].append(seen)
        self.touched.add(own)
        self._adopt_merged(seen, own)

    def _same(self, seen: Sighting, own: str | None) -> list[tuple[str, str]]:
        found = self._found(self._tokens(seen))
        if self.kind == "contact":
            people = matching.recognise_contact(seen, found, self.readers.customs)
            return [(known.id, evidence) for known, evidence in people]
        if self.kind == "user":
            return [(known.id, "the same e-mail address") for group in found.values() for known in group]
        if own is not None:  # a link once made is moved by explicit evidence only
            found = {token: group for token, group in found.items() if token[0] in EXPLICIT}
        account = matching.recognise_account(seen, found, self.readers.customs)
        return [(account[0].id, account[1])] if account else []

    def _join(self, seen: Sighting, golden_id: str, evidence: str) -> None:
        ref = seen.ref
        self.placed[ref] = golden_id
        self.regrouped.add(golden_id)
        self.links.append(_link(ref, self.kind, golden_id, evidence))
        stream = f"{seen.system}.{seen.stream}"
        self._know(golden_id, seen.row, frozenset((stream,)))
        for token in [("ref", ref), *self._tokens(seen)]:
            self.index.setdefault(token, []).append(golden_id)

    def _know(self, golden_id: str, row: matching.Row, streams: frozenset[str]) -> None:
        """A candidate is recognised by what any of its records says: a name comes with the first that has one."""
        if known := self.candidates.get(golden_id):
            row = {**row, **{name: value for name, value in known.row.items() if value}}
            streams |= known.streams
        self.candidates[golden_id] = Candidate(golden_id, row, streams)

    def _unite(self, own: str, other: str, seen: Sighting, evidence: str) -> str:
        """Two golden records turn out to be one: merge people, move an account's record."""
        if self.kind == "account" and len(self.candidates[own].streams) > 1:
            self._join(seen, other, evidence)  # only this record was misplaced
            self.touched.add(own)
            self.regrouped.add(own)
            return other
        survivor, loser = sorted((own, other), key=self._seniority)
        self.batch.place(self.links)
        self.links.clear()
        for golden_id in (survivor, loser):
            if golden_id in self.created:
                self._write_first(golden_id)
        self.batch.merge(self.kind, loser, survivor)
        self._rename(loser, survivor)
        return survivor

    def _seniority(self, golden_id: str) -> tuple[bool, int, str]:
        return not self.candidates[golden_id].streams & self.readers.live(self.kind), len(golden_id), golden_id

    def _write_first(self, golden_id: str) -> None:
        """A golden record made in this very batch must stand before another one is merged with it."""
        sightings = self.created.pop(golden_id)
        golden, sources = matching.survive(self.kind, sightings, self.readers.customs)
        self.batch.put(self.kind, [self.readers.shape(self.kind, golden_id, golden, sources, {}, {})])

    def _rename(self, loser: str, survivor: str) -> None:
        self.touched.discard(loser)
        self.touched.add(survivor)
        self.regrouped.add(survivor)
        gone = self.candidates.pop(loser)
        self._know(survivor, gone.row, gone.streams)
        for ids in self.index.values():
            ids[:] = [survivor if one == loser else one for one in ids]
        self.placed.update({ref: survivor for ref, one in self.placed.items() if one == loser})

    # ---- merges and departures in the remote system ----

    def _adopt_merged(self, seen: Sighting, own: str) -> None:
        """The ids that this record swallowed lead to it from now on."""
        refs = [ref for ref in _merged(seen) if ref != seen.ref]
        for ref in refs:
            other = self.placed.get(ref)
            if other is not None and other != own:
                own = self._unite(own, other, seen, "merged in its system")
        if refs:
            self.regrouped.add(own)
            self.links += [_link(ref, self.kind, own, f"merged into {seen.ref}") for ref in refs]
            self.batch.bury(refs)

    def _depart(self, gone: Sequence[Sighting]) -> None:
        if not gone:
            return
        masters = {
            one.ref: f"{one.system}.{one.stream}/{master}" for one in gone if (master := one.row.get("merged_into"))
        }
        places = self.batch.links([*(one.ref for one in gone), *masters.values()])
        for one in gone:
            place = places.get(one.ref)
            if place is None:
                continue
            target = places.get(masters.get(one.ref, ""))
            if target is None:
                self.batch.unlink([one.ref])
                self.touched.add(place.golden_id)
                self.regrouped.add(place.golden_id)
                if one.row["vanished"] and self.kind == "contact":
                    self.vanished.setdefault(place.golden_id, []).append(one.ref)
                continue
            evidence = f"merged into {masters[one.ref]}"
            self.batch.place([_link(one.ref, self.kind, target.golden_id, evidence)])
            self.touched.add(target.golden_id)
            self.regrouped.add(target.golden_id)
            if place.golden_id != target.golden_id:
                self.batch.merge(self.kind, place.golden_id, target.golden_id)
                self.touched.discard(place.golden_id)

    # ---- recompute ----

    def _recompute(self) -> int:
        existing = [one for one in self.touched if one not in self.created]
        members = {**self._members(existing), **self.created}
        empty = [one for one in existing if not members.get(one)]
        self.batch.drop(ref for refs in self.vanished.values() for ref in refs)
        self._forget_activities(set(self.vanished) - set(empty))
        self._leave(empty)
        rows, tokens = self._shape({one: found for one, found in members.items() if found})
        standing = self.batch.rows(self.kind, rows)
        changed = [row for golden_id, row in rows.items() if not _same_row(row, standing.get(golden_id))]
        self._mark([*changed, *(rows[one] for one in self.regrouped if one in rows)], standing)
        self.batch.put(self.kind, changed)
        self.batch.identify(self.kind, {row["id"]: tokens[row["id"]] for row in changed})
        return len(changed) + len(empty)

    def _members(self, ids: Sequence[str]) -> dict[str, list[Sighting]]:
        """The live records behind golden ones; those of this batch were read already."""
        members = self.batch.members(self.kind, ids)
        others = {ref for refs in members.values() for ref in refs if ref not in self.seen}
        known = {**self.seen, **{one.ref: one for one in self.readers.sightings(self.batch.stored(others))}}
        return {one: [known[ref] for ref in refs if ref in known] for one, refs in members.items()}

    def _leave(self, ids: Sequence[str]) -> None:
        if self.kind == "contact":
            self.batch.stale.update(one for one in self.batch.contact_accounts(ids).values() if one)
            self._let_go(ids)
        self.batch.remove(self.kind, ids)

    def _forget_activities(self, ids: Iterable[str]) -> None:
        """Who was deleted for good in one system and stands in another: what the one knew of their activities goes."""
        for one in ids:
            for system in {split(ref)[0] for ref in self.vanished[one]}:
                self.batch.forget_activities(one, system)
                self.batch.stale.update(home for home in self.batch.contact_accounts([one]).values() if home)

    def _let_go(self, ids: Sequence[str]) -> None:
        """What they did waits for an archived contact to be restored; of one that vanished for good nothing is kept."""
        vanished = [one for one in ids if one in self.vanished]
        self.batch.drop(self.batch.activities_of(vanished))
        self.batch.unmatch(self.batch.activities_of([one for one in ids if one not in self.vanished]))

    def _shape(self, members: dict[str, list[Sighting]]) -> tuple[dict[str, dict[str, Any]], dict[str, list[Token]]]:
        customs = self.readers.customs
        survived = {one: matching.survive(self.kind, found, customs) for one, found in members.items()}
        refs = {ref for found in members.values() for one in found for ref in _pointing(one)}
        owners = {ref: place.golden_id for ref, place in self.batch.links(refs).items()}
        self._await_owners(members, owners)
        homes = employers(self.batch, customs, members, owners) if self.kind == "contact" else {}
        rows = {
            one: self.readers.shape(self.kind, one, golden, sources, owners, homes)
            for one, (golden, sources) in survived.items()
        }
        tokens: dict[str, list[Token]] = {
            one: [token for seen in found for token in self._tokens(seen) if token[0] != "key"]
            for one, found in members.items()
        }
        return rows, tokens

    def _await_owners(self, members: dict[str, list[Sighting]], places: dict[str, str]) -> None:
        """Whose owner is not known yet is matched again when they come: else their records would fall to another."""
        self.batch.wait(
            {
                (one.system, one.stream, one.remote_id): missing
                for found in members.values()
                for one in found
                if (missing := [ref for ref in one.row.get("owner", ()) if ref not in places])
            }
        )

    def _mark(self, changed: Sequence[dict[str, Any]], standing: dict[str, dict[str, Any]]) -> None:
        """A golden record with other values or records makes its account stale; a moved contact both accounts."""
        match self.kind:
            case "account":
                self.batch.stale.update(row["id"] for row in changed)
            case "contact":
                before = (standing[row["id"]]["account_id"] for row in changed if row["id"] in standing)
                after = (row["account_id"] for row in changed)
                self.batch.stale.update(one for one in (*before, *after) if one)
            case _ if changed:
                self.batch.mark_all()


def _link(ref: str, kind: str, golden_id: str, evidence: str) -> dict[str, Any]:
    system, stream, remote_id = split(ref)
    return {
        "system": system,
        "stream": stream,
        "remote_id": remote_id,
        "kind": kind,
        "golden_id": golden_id,
        "evidence": evidence,
        "manual": False,
    }


def _merged(seen: Sighting) -> list[str]:
    return [f"{seen.system}.{seen.stream}/{one}" for one in seen.row.get("merged_ids", ())]


def _pointing(seen: Sighting) -> list[str]:
    return [ref for name in ("owner", "account", "converted_account") for ref in seen.row.get(name, ())]


def _same_row(row: dict[str, Any], standing: dict[str, Any] | None) -> bool:
    return standing is not None and all(standing[name] == value for name, value in row.items() if name != "stale")
