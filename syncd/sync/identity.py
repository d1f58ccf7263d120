"""Match, first half: place accounts, contacts and users, whose records of several systems become one golden record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from syncd import matching
from syncd.matching import EXPLICIT, Candidate, Sighting, Token, is_person
from syncd.model import RemoteRef
from syncd.store.links import Link
from syncd.sync.batch import Batch
from syncd.sync.changes import Changes
from syncd.sync.deletions import note_deleted
from syncd.sync.doubles import propose_accounts, suspects
from syncd.sync.merges import TOOK_IN, came_back, claims, ends
from syncd.sync.reader import Readers


@dataclass
class Placement:
    """One batch of one kind on its way into golden records."""

    batch: Batch
    kind: str
    readers: Readers
    sightings: dict[RemoteRef, Sighting] = field(default_factory=dict)  # the batch's own records, read once
    tokens: dict[RemoteRef, list[Token]] = field(default_factory=dict)  # what a record may be recognised by
    index: dict[Token, list[str]] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    placed: dict[RemoteRef, str] = field(default_factory=dict)  # record → golden id
    manual: set[RemoteRef] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    created: dict[str, list[Sighting]] = field(default_factory=dict)
    changed_ids: set[str] = field(default_factory=set)
    regrouped: set[str] = field(default_factory=set)  # golden ids that a record joined or left
    vanished: dict[str, list[RemoteRef]] = field(default_factory=dict)  # golden id → records gone for good
    deleted: list[tuple[str, RemoteRef]] = field(default_factory=list)  # golden id and record that a person deleted
    claims: dict[RemoteRef, list[RemoteRef]] = field(default_factory=dict)  # record → those that it took in
    swallowed: set[RemoteRef] = field(default_factory=set)  # records of this batch that another one took in
    following: list[tuple[RemoteRef, str, RemoteRef]] = field(default_factory=list)  # gone, its golden id, who took it
    likely: list[tuple[str, str, str]] = field(default_factory=list)  # accounts that may be one, and why
    renamed: dict[str, str] = field(default_factory=dict)  # golden ids that became another one in this batch

    def run(self) -> int:
        """Place the batch's records; returns how many golden records changed."""
        live, gone = self.readers.read(self.batch)
        self.sightings = {sighting.ref: sighting for sighting in live}
        self.claims = claims(self.batch, self.readers, live)
        self._depart(gone)
        self._look_up(live)
        for sighting in live:
            if sighting.ref not in self.swallowed:
                self._settle(sighting)
        self.batch.place(self.links)
        for ref, golden_id, master in self.following:
            self._follow(ref, golden_id, master, self.placed[master])
        return self._recompute()

    # ---- recognise ----

    def _look_up(self, live: Sequence[Sighting]) -> None:
        tokens = {token for sighting in live for token in self._tokens(sighting)}
        refs = [*self.sightings, *(ref for taken_in in self.claims.values() for ref in taken_in)]
        links = self.batch.unit.links
        known = links.known(self.kind, {*tokens, *(("ref", str(ref)) for ref in refs)})
        for token, candidates in known.items():
            self.index[token] = [candidate.id for candidate in candidates]
            self.candidates.update({candidate.id: candidate for candidate in candidates})
        linked = links.find(refs)
        self.placed = {ref: link.golden_id for ref, link in linked.items() if link.kind == self.kind}
        self.manual = {ref for ref, link in linked.items() if link.manual}
        self._part([link for ref, link in linked.items() if ref in self.sightings and came_back(self.readers, link)])
        missing = set(self.placed.values()) - set(self.candidates)
        self.candidates.update(links.recognisable(self.kind, missing))
        if self.kind == "account":
            self._divide(live)

    def _divide(self, live: Sequence[Sighting]) -> None:
        """Who became a person account, or is none any more, and what it was matched with are two: each stands anew."""
        for sighting in live:
            own, ref = self.placed.get(sighting.ref), sighting.ref
            known = self.candidates.get(own or "")
            if own is None or known is None or is_person(known.row) == is_person(sighting.row):
                continue
            unit = self.batch.unit
            others = [other for other in unit.links.members(self.kind, [own])[own] if other != ref]
            if not others:
                continue
            unit.records.unmatch([*unit.people.records_of(own), *unit.opportunities.records_of(own)])
            leaving = others if own == str(ref) else [ref]
            unit.links.remove(leaving)
            for gone in leaving:
                self.placed.pop(gone, None)
                self.manual.discard(gone)
                unit.golden.forget_alias(self.kind, str(gone))
            self.changed_ids.add(own)
            self.regrouped.add(own)

    def _part(self, links: Sequence[Link]) -> None:
        """Who was merged away and came back stands for itself again, until it is recognised anew."""
        standing = self.batch.unit.golden.rows(self.kind, [str(link.ref) for link in links])
        for link in links:
            if str(link.ref) not in standing:
                del self.placed[link.ref]
                self.changed_ids.add(link.golden_id)
                self.regrouped.add(link.golden_id)
                self.batch.unit.golden.forget_alias(self.kind, str(link.ref))

    def _tokens(self, sighting: Sighting) -> list[Token]:
        ref = sighting.ref
        if ref not in self.tokens:
            self.tokens[ref] = matching.TOKENS[self.kind](sighting.row, self.readers.customs)
        return self.tokens[ref]

    def _candidates(self, tokens: Iterable[Token]) -> dict[Token, list[Candidate]]:
        """The candidates of those tokens that have any, in the tokens' order; no person account is one."""
        return {
            token: [
                candidate
                for golden_id in dict.fromkeys(self.index[token])
                if (candidate := self.candidates.get(golden_id)) and not is_person(candidate.row)
            ]
            for token in tokens
            if token in self.index
        }

    def _settle(self, sighting: Sighting) -> None:
        ref = sighting.ref
        own = self.placed.get(ref)
        if ref in self.manual and own is not None:
            self.changed_ids.add(own)
            return
        if self.kind == "user":
            own = self._settle_user(sighting, own)
        for golden_id, evidence in self._same(sighting, own):
            if golden_id not in self.candidates:
                continue  # it became one with `own` a moment ago
            if own is None:
                own = golden_id
                self._join(sighting, golden_id, evidence)
            elif golden_id != own:
                own = self._unite(own, golden_id, sighting, evidence)
        if own is None:
            own = str(ref)
            self.created[own] = []
            self._join(sighting, own, "the first record of it")
        if own in self.created:
            self.created[own].append(sighting)
        self.changed_ids.add(own)
        if self.kind == "account":
            sharing = self._candidates(self._tokens(sighting))
            self.likely += suspects(sighting, self.candidates.get(own), sharing, self.readers.customs)
        self._adopt_merged(sighting, own)

    def _settle_user(self, sighting: Sighting, own: str | None) -> str | None:
        """Where a user belongs: one of the live stream to itself, another one to whom it is recognised as, if anybody.

        Who has the address may come, leave or return: then it is looked at again.
        """
        ref, live = sighting.ref, self.readers.live(self.kind)
        user = None
        if ref.qualified_stream not in live:
            group = [candidate for group in self._candidates(self._tokens(sighting)).values() for candidate in group]
            user = matching.recognise_user(sighting, group, own, live)
            self.batch.watched[ref] = [f"{how}/{value}" for how, value in self._tokens(sighting)]
        home = user.id if user else str(ref)
        if own is not None and own != home:
            self.changed_ids.add(own)
            self.regrouped.add(own)
            self.batch.unit.golden.forget_alias(self.kind, home)
        if home == own or home not in self.candidates:
            return own if home == own else None
        self._join(sighting, home, "the same e-mail address" if user else "its own record")
        return home

    def _same(self, sighting: Sighting, own: str | None) -> list[tuple[str, str]]:
        """The golden records that this record is, with the evidence."""
        candidates = self._candidates(self._tokens(sighting))
        if self.kind == "contact":
            people = matching.recognise_contact(sighting, candidates, self.readers.customs)
            return [(candidate.id, evidence) for candidate, evidence in people]
        if self.kind == "user":
            return []
        if own is not None:  # a link once made is moved by explicit evidence only
            candidates = {token: group for token, group in candidates.items() if token[0] in EXPLICIT}
        account = matching.recognise_account(sighting, candidates, self.readers.customs)
        return [(account[0].id, account[1])] if account else []

    def _join(self, sighting: Sighting, golden_id: str, evidence: str) -> None:
        ref = sighting.ref
        self.placed[ref] = golden_id
        self.regrouped.add(golden_id)
        self.links.append(Link(ref, self.kind, golden_id, evidence))
        self._know(golden_id, sighting.row, frozenset((ref.qualified_stream,)))
        for token in [("ref", str(ref)), *self._tokens(sighting)]:
            self.index.setdefault(token, []).append(golden_id)

    def _know(self, golden_id: str, row: matching.Row, streams: frozenset[str]) -> None:
        """A candidate is recognised by what any of its records says: a name comes with the first that has one."""
        if known := self.candidates.get(golden_id):
            row = {**row, **{name: value for name, value in known.row.items() if value}}
            streams |= known.streams
        self.candidates[golden_id] = Candidate(golden_id, row, streams)

    def _unite(self, own: str, other: str, sighting: Sighting, evidence: str) -> str:
        """Two golden records turn out to be one: merge people, move an account's record."""
        if self.kind == "account" and len(self.candidates[own].streams) > 1:
            self._join(sighting, other, evidence)  # only this record was misplaced
            self.changed_ids.add(own)
            self.regrouped.add(own)
            return other
        return self._merge(own, other)

    def _merge(self, own: str, other: str) -> str:
        """Make one of two golden records; returns the one that stays."""
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
        self.batch.unit.golden.put(self.kind, [self.readers.shape(self.kind, golden_id, golden, sources, {}, {})])

    def _rename(self, loser: str, survivor: str) -> None:
        self.changed_ids.discard(loser)
        self.changed_ids.add(survivor)
        self.regrouped.add(survivor)
        self.renamed[loser] = survivor
        if gone := self.candidates.pop(loser, None):
            self._know(survivor, gone.row, gone.streams)
        if loser in self.vanished:
            self.vanished.setdefault(survivor, []).extend(self.vanished.pop(loser))
        for ids in self.index.values():
            ids[:] = [survivor if one == loser else one for one in ids]
        self.placed.update({ref: survivor for ref, golden_id in self.placed.items() if golden_id == loser})

    # ---- merges and departures in the remote system ----

    def _adopt_merged(self, sighting: Sighting, own: str) -> None:
        """The ids that this record swallowed lead to it from now on: its system says that they are one."""
        refs = list(self.claims.get(sighting.ref, ()))
        if not refs:
            return
        for ref in refs:  # and those that one of these took in before
            refs += [one for one in self.claims.get(ref, ()) if one not in refs and one != sighting.ref]
        for ref in refs:
            other = self.placed.get(ref)
            if other is not None and other != own and not self._are_two(own, other):
                own = self._merge(own, other)
        self.regrouped.add(own)
        self.swallowed.update(refs)
        self.placed.update(dict.fromkeys(refs, own))
        self.links += [Link(ref, self.kind, own, f"{TOOK_IN} {sighting.ref}") for ref in refs]
        self.batch.unit.records.bury(refs)

    def _depart(self, gone: Sequence[Sighting]) -> None:
        """Records that are gone leave their golden record, or follow the record that took them in."""
        if not gone:
            return
        links = self.batch.unit.links.find(sighting.ref for sighting in gone)
        gone = [sighting for sighting in gone if sighting.ref in links]
        chains = ends(self.batch, self.readers, gone)
        places = self.batch.unit.links.find(end.ref for end in chains.values())
        for sighting in gone:
            ref, golden_id = sighting.ref, links[sighting.ref].golden_id
            end = chains.get(ref)
            if end is None:
                self._go(sighting, self._now(golden_id))
            elif end.fault:
                self.batch.put_off(ref, end.fault)
            elif end.ref in places:
                self._follow(ref, golden_id, end.ref, places[end.ref].golden_id)
            elif end.ref in self.sightings:
                self.following.append((ref, golden_id, end.ref))
            else:  # it is known and not placed yet
                self.batch.unit.links.wait({ref: [end.ref]})

    def _follow(self, ref: RemoteRef, golden_id: str, master: RemoteRef, target: str) -> None:
        """Put a record to the one that took it in, and with it whatever its golden record was."""
        loser, survivor = self._now(golden_id), self._now(target)
        for standing in (loser, survivor):
            if standing in self.created:
                self._write_first(standing)
        self.batch.place([Link(ref, self.kind, survivor, f"{TOOK_IN} {master}")])
        self.changed_ids.update((survivor, loser))
        self.regrouped.add(survivor)
        if loser != survivor and not self._are_two(loser, survivor):
            self.batch.merge(self.kind, loser, survivor)
            self._rename(loser, survivor)

    def _are_two(self, own: str, other: str) -> bool:
        """Whether one is a person account and the other a company: nothing but a record goes from one to the other."""
        known = [self.candidates[one] for one in (own, other) if one in self.candidates]
        return self.kind == "account" and len({is_person(candidate.row) for candidate in known}) > 1

    def _now(self, golden_id: str) -> str:
        """What a golden record is called by now."""
        while golden_id in self.renamed:
            golden_id = self.renamed[golden_id]
        return golden_id

    def _go(self, sighting: Sighting, golden_id: str) -> None:
        self.batch.unit.links.remove([sighting.ref])
        self.changed_ids.add(golden_id)
        self.regrouped.add(golden_id)
        if sighting.row["vanished"] and self.kind == "contact":
            self.vanished.setdefault(golden_id, []).append(sighting.ref)
        if not sighting.row["vanished"] and not sighting.row["merged_into"]:
            self.deleted.append((golden_id, sighting.ref))

    # ---- recompute ----

    def _recompute(self) -> int:
        created = {
            golden_id: [sighting for sighting in sightings if sighting.ref not in self.swallowed]
            for golden_id, sightings in self.created.items()
        }
        changes = Changes(
            self.batch,
            self.kind,
            self.readers,
            self.sightings,
            created,
            self.changed_ids,
            self.regrouped,
            self.vanished,
            self._tokens,
        )
        count = changes.recompute()
        note_deleted(self.batch, self.readers, self.kind, [(self._now(one), ref) for one, ref in self.deleted])
        propose_accounts(self.batch, ((self._now(one), self._now(other), why) for one, other, why in self.likely))
        return count
