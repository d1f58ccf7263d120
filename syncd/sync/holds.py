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
from syncd.sync.drafts import SENT, Action, Draft, Remote

RemoteIds = Mapping[Ref, str]


@dataclass(frozen=True)
class Holds:
    """The premises of one system that do not hold, and how many records each of them holds back so far."""

    by_object: Mapping[str, tuple[tuple[Rest, Problem], ...]] = field(default_factory=dict)
    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)  # object → our names of what it does without
    waiting: dict[Problem, set[tuple[str, str]]] = field(default_factory=dict)  # premise → (object, key)

    @classmethod
    def of(cls, problems: Iterable[Problem], absent: Mapping[str, frozenset[str]] | None = None) -> Holds:
        """What these problems hold back; those on which no write rests hold nothing. absent: see the class."""
        kept = [problem for problem in problems if problem.rests]
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
            {"system": system, "premise": problem.premise, "where": problem.where, "what": problem.what}
            | {"mend": problem.mend, "waiting": number}
            for problem, number in self.problems.items()
        ]

    def held(self, draft: Draft, rule: WriteRule, remote_ids: RemoteIds) -> Draft:
        """The draft as far as the premises let it be sent. remote_ids: what its references stand for."""
        if draft.action not in SENT:
            return draft
        if absent := self.absent.get(rule.object):
            draft = replace(draft, fields={name: value for name, value in draft.fields.items() if name not in absent})
        rests = self.by_object.get(rule.object)
        if not rests:
            return draft
        names = {vendors: ours for ours, vendors in rule.fields.items()}
        left_out = dict(draft.left_out)
        for rest, problem in rests:
            name = names.get(rest.field) if rest.field else None
            if not _concerns(rest, draft, rule, name, remote_ids):
                continue
            self.waiting[problem].add((draft.wish.object, draft.wish.key))
            points = isinstance(draft.fields.get(name or ""), Ref)
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
            return replace(draft, action=Action.HOLD, fields={}, left_out=left_out)
        return replace(draft, fields=fields, left_out=left_out)


def _concerns(rest: Rest, draft: Draft, rule: WriteRule, name: str | None, remote_ids: RemoteIds) -> bool:
    if rest.verb not in ("write", draft.action.value):
        return False
    if rest.field is None:
        return True
    if name is None or rest.values == ():
        return name is not None and name not in draft.fields
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
    targets: Mapping[str, Remote], agreement: Agreement, mappings: Mapping[str, SystemMapping]
) -> dict[str, Holds]:
    """Look in every system that is written to. Raises ConnectorError."""
    return {system: look(remote, agreement, mappings[system]) for system, remote in targets.items()}


def in_words(holds: Mapping[str, Holds]) -> Iterator[tuple[str, str]]:
    """What does not hold, for people: where, and what with its mending."""
    for system, of in holds.items():
        for problem, number in of.problems.items():
            waits = f"; {number:,} writes wait" if number else ""
            yield f"{system} premise {problem.where}", f"{problem.what}{waits}; mend: {problem.mend}"
