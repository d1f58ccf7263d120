"""Holds: which drafts wait because a premise that they rest on does not hold now, and what of a draft is left out.

A record that waits stays pending and is looked at again by the next push; so does a field that was left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.base import Org, Problem, Rest
from syncd import premises
from syncd.agreement import Agreement
from syncd.mapping import SystemMapping, WriteRule, encode
from syncd.model import Ref
from syncd.store import Store
from syncd.store.notes import DOUBTS
from syncd.store.unit import UnitOfWork
from syncd.sync.drafts import SENT, UNSEEN, Action, Draft
from syncd.sync.run import Run
from syncd.sync.whereabouts import OWNER, Remote, Whereabouts

RemoteIds = Mapping[Ref, str]
NAMED = 20  # records in one line
LOCKED = "the integration user may not edit the record"
UNLOCK = "put the integration user into a role above the owners of these records, or share them with it"
BOUND = "the integration user may not give the record another owner"
HAND_ON = "put the integration user into a role above the owners of these records, or grant it Transfer Record"
SHOW = "share these records with the integration user, or put it into a role above their owners"


@dataclass(frozen=True)
class Holds:
    """The premises of one system that do not hold, and how many records each of them holds back so far."""

    by_object: Mapping[str, tuple[tuple[Rest, Problem], ...]] = field(default_factory=dict)
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)  # object → our names of what it does without
    waiting: dict[Problem, set[tuple[str, str]]] = field(default_factory=dict)  # premise → (object, key)
    closed: dict[Problem, dict[str, None]] = field(default_factory=dict)  # premise → the records that we may not edit

    @classmethod
    def of(cls, problems: Iterable[Problem], absent: Mapping[str, frozenset[str]] | None = None) -> Holds:
        """What these problems hold back; those on which no write rests hold nothing. absent: see above."""
        kept = [problem for problem in problems if problem.rests or problem.premise in premises.TOLD]
        by_object: dict[str, list[tuple[Rest, Problem]]] = {}
        for problem in kept:
            for rest in problem.rests:
                by_object.setdefault(rest.object, []).append((rest, problem))
        rests_of = {name: tuple(rests) for name, rests in by_object.items()}
        return cls(rests_of, absent or {}, {problem: set() for problem in kept})

    @property
    def problems(self) -> dict[Problem, int]:
        """What a run tells: each premise that does not hold, with how many records wait for it."""
        numbers = {problem: len(records) for problem, records in self.waiting.items()}
        return {
            problem: number for problem, number in numbers.items() if number or problem.premise not in premises.QUIET
        }

    def plain(self, system: str) -> list[dict[str, Any]]:
        """As JSON: each premise that does not hold, where, why, what mends it, and how many records wait."""
        return [
            {"system": system, "premise": problem.premise, "where": problem.where, "what": self.what(problem)}
            | {"mend": problem.mend, "waiting": number}
            for problem, number in self.problems.items()
        ]

    def what(self, problem: Problem) -> str:
        """What does not hold, with the records that it is about."""
        records = [*self.closed.get(problem, ())]
        more = f" and {len(records) - NAMED:,} more" if len(records) > NAMED else ""
        return f"{problem.what}: {', '.join(records[:NAMED])}{more}" if records else problem.what

    def held(self, draft: Draft, rule: WriteRule, whereabouts: Whereabouts) -> Draft:
        """The draft as far as the premises let it be sent; whereabouts: where it would go."""
        if draft.action is Action.HOLD and draft.remote_id:
            return self._locked(draft, rule, draft.remote_id, UNSEEN, SHOW)
        if draft.action not in SENT:
            return draft
        if record := whereabouts.closed.get(draft.wish.key):
            return self._locked(draft, rule, record, LOCKED, UNLOCK)
        if OWNER in draft.fields and (record := whereabouts.bound.get(draft.wish.key)):
            return self._locked(draft, rule, record, BOUND, HAND_ON, "transfer")
        remote_ids = whereabouts.remote_ids
        if absent := self.absent.get(rule.object):
            draft = replace(draft, fields={name: value for name, value in draft.fields.items() if name not in absent})
        rests = self.by_object.get(rule.object)
        if not rests:
            return draft
        names = {vendors: ours for ours, vendors in rule.fields.items()}
        left_out, waits = dict(draft.left_out), bool(draft.left_out)
        for rest, problem in rests:
            name = names.get(rest.field) if rest.field else None
            if not _concerns(rest, draft, rule, name, remote_ids):
                continue
            if problem.level == "warning":  # done without
                if name is None or rest.whole:
                    return replace(draft, action=Action.LACK, fields={}, constants={}, left_out={"": problem.what})
                left_out.setdefault(name, problem.what)
                continue
            waits = True
            self.waiting[problem].add((draft.wish.object, draft.wish.key))
            points = isinstance(draft.fields.get(name or ""), Ref)
            if name is None and rest.field and not rest.whole:
                draft = replace(draft, constants={one: of for one, of in draft.constants.items() if one != rest.field})
                continue
            if rest.whole or name is None or (points and draft.action is Action.CREATE):
                why = f"{problem.where}: {problem.what}"
                return replace(
                    draft, action=Action.HOLD, fields={}, constants={}, left_out=dict.fromkeys(draft.fields, why)
                )
            left_out.setdefault(name, problem.what)
        if left_out == draft.left_out:
            return draft
        fields = {name: value for name, value in draft.fields.items() if name not in left_out}
        if not fields and draft.action is Action.CHANGE:
            return replace(draft, action=Action.HOLD if waits else Action.LACK, fields={}, left_out=left_out)
        return replace(draft, fields=fields, left_out=left_out)

    def _locked(
        self, draft: Draft, rule: WriteRule, record: str, what: str, mend: str, premise: str = "record access"
    ) -> Draft:
        """The draft of a record that we may not see, edit or hand on, whatever the rights to its object say."""
        problem = Problem("error", f"{draft.wish.system} {rule.object}", what, mend, premise)
        self.waiting.setdefault(problem, set()).add((draft.wish.object, draft.wish.key))
        self.closed.setdefault(problem, {})[record] = None
        left_out = dict.fromkeys(draft.fields or draft.left_out, f"{problem.where} {record}: {what}")
        return replace(draft, action=Action.HOLD, fields={}, constants={}, left_out=left_out)


def _concerns(rest: Rest, draft: Draft, rule: WriteRule, name: str | None, remote_ids: RemoteIds) -> bool:
    if rest.verb not in ("write", draft.action.value):
        return False
    if rest.field is None:
        return True
    if name is None:  # no field of ours: a constant, if anything
        return rest.field in draft.constants and (rest.values is None or draft.constants[rest.field] in rest.values)
    if rest.values == ():
        return name not in draft.fields
    if name not in draft.fields:
        return False
    return rest.values is None or _encoded(rule, name, draft.fields[name], remote_ids) in rest.values


def _encoded(rule: WriteRule, name: str, value: Any, remote_ids: RemoteIds) -> Any:
    return encode(rule, {name: remote_ids.get(value) if isinstance(value, Ref) else value})[rule.fields[name]]


def look(remote: Remote, agreement: Agreement, mapping: SystemMapping) -> Holds:
    """Look whether the premises of a system hold now, in a few calls. Raises ConnectorError."""
    problems = premises.look(remote, agreement, mapping)
    return Holds.of(problems, dict(_absent(remote, mapping)) if isinstance(remote, Org) else {})


def _absent(org: Org, mapping: SystemMapping) -> Iterator[tuple[str, frozenset[str]]]:
    """The optional fields that the org does not have: a record is whole without them."""
    for rule in mapping.writes.values():
        if rule.optional:
            known = org.known(rule.object)
            yield rule.object, frozenset(name for name in rule.optional if rule.fields[name] not in known)


def look_everywhere(
    targets: Mapping[str, Remote], agreement: Agreement, mappings: Mapping[str, SystemMapping], run: Run
) -> dict[str, Holds]:
    """Look in every system that is written to. Raises ConnectorError, Stopped among them."""
    holds = {}
    for system, remote in targets.items():
        run.heed_stop()
        holds[system] = look(remote, agreement, mappings[system])
    return holds


def in_words(holds: Mapping[str, Holds]) -> Iterator[tuple[str, str]]:
    """What does not hold, for people: where, and what with its mending."""
    for system, of in holds.items():
        for problem, number in of.problems.items():
            if problem.level == "warning":
                continue
            waits = f"; {number:,} writes wait" if number else ""
            yield f"{system} premise {problem.where}", f"{of.what(problem)}{waits}; mend: {problem.mend}"


def done_without(holds: Mapping[str, Holds]) -> Iterator[str]:
    """What a system was found to do without, for people: no write waits for it."""
    for of in holds.values():
        for problem in of.problems:
            if problem.level == "warning":
                yield f"{problem.where} {problem.what}; mend: {problem.mend}"


def doubted(unit: UnitOfWork, systems: Iterable[str]) -> list[str]:
    """The systems in which a premise did not hold when a run looked last."""
    doubts = unit.notes.read_all(DOUBTS)
    return [system for system in systems if system in doubts]


def note_doubts(store: Store, holds: Mapping[str, Holds]) -> None:
    """Keep whether all held in the systems that a run looked at, so that the next one looks again where it did not."""
    with store.reading() as unit:
        before = doubted(unit, holds)
    for system, of in holds.items():
        premises_failed = ", ".join(sorted({problem.premise for problem in of.problems}))
        if bool(premises_failed) != (system in before):
            with store.writing() as unit:
                if premises_failed:
                    unit.notes.keep(DOUBTS.of(system), premises_failed)
                else:
                    unit.notes.drop(DOUBTS.of(system))
