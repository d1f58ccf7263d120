"""What a run did, in numbers that add up.

Work is counted each time that it is done (a record is read again after it was written), facts once: an account that is
judged in each of three rounds is one account with its last judgement, a record that is written twice is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from connectors.base import WriteError
from syncd.model import Judgement, Ruling, Standing
from syncd.model.runs import CauseKind

StreamName = tuple[str, str]  # system, stream


class WriteOutcome(StrEnum):
    """What became of one pending wish."""

    CREATED = "created"
    CHANGED = "changed"
    KEPT = "kept"  # what is wanted stands there already, what a person wrote stays, or the system has no room for it
    LEFT = "left"  # it would not be written as it was planned: left for the next plan
    WAITING = "waiting"  # for a record that it points at, or for its hour
    HELD = "held"  # something that it rests on in the system does not hold now
    WITHDRAWN = "withdrawn"  # it never came to stand, and is not wanted any more
    GONE = "gone"  # a person deleted the record
    REFUSED = "refused"  # somebody must mend the record or the org
    RETRY = "retry"  # a passing fault
    UNCERTAIN = "uncertain"  # no answer came
    FAILED = "failed"  # the system could not be reached


class Write(NamedTuple):
    """Wishes for one kind of record in one system that ended alike."""

    system: str
    object: str
    outcome: WriteOutcome


class RecordRefusal(NamedTuple):
    """Why a system did not take a record."""

    kind: CauseKind
    what: str


class LastJudgement(NamedTuple):
    """What a run's last judgement says of one account, as far as it is counted."""

    standing: Standing
    mqls: int


_WEIGHT = {WriteOutcome.CREATED: 3, WriteOutcome.CHANGED: 2, WriteOutcome.KEPT: 1}  # of the others the last counts


@cache  # few say anything else: what is kept of an account is little more than its id
def _last_judgement(standing: Standing, mqls: int) -> LastJudgement:
    return LastJudgement(standing, mqls)


@dataclass
class Counts:
    """What the verbs of one run did."""

    pulled: Counter[StreamName] = field(default_factory=Counter)  # records read
    changed: Counter[StreamName] = field(default_factory=Counter)  # of these, new or not as they were saved
    swept: Counter[StreamName] = field(default_factory=Counter)  # found to be deleted by a full read
    matched: Counter[StreamName] = field(default_factory=Counter)  # records placed
    golden: Counter[str] = field(default_factory=Counter)  # changes to golden records, by kind
    judged: dict[str, LastJudgement] = field(default_factory=dict)  # by account
    ended: dict[tuple[str, str], dict[str, WriteOutcome]] = field(
        default_factory=dict
    )  # (system, object) → keys of wishes → what became of each
    wrote: dict[tuple[str, str], dict[str, bool]] = field(
        default_factory=dict
    )  # (system, object) → keys of what was created or changed → in nothing but our own fields
    pruned: Counter[str] = field(default_factory=Counter)  # rows let go of, by table
    touched: int = 0  # fields that push found to be a person's
    refused: dict[tuple[str, str, str], RecordRefusal] = field(
        default_factory=dict
    )  # (system, object, key) → why it does not stand there, as far as this run knows

    def add(self, other: Counts) -> None:
        """Take in what another part of the same run did."""
        for name in ("pulled", "changed", "swept", "matched", "golden", "pruned"):
            getattr(self, name).update(getattr(other, name))
        self.judged.update(other.judged)
        self.refused.update(other.refused)
        for kind, keys in other.ended.items():
            for key, outcome in keys.items():
                self.end(*kind, key, outcome)
        for kind, wrote in other.wrote.items():
            self.wrote.setdefault(kind, {}).update(wrote)
        self.touched += other.touched

    def judge(self, judgement: Judgement) -> None:
        """Count an account; its last judgement counts."""
        mqls = sum(contact.mql is Ruling.YES for contact in judgement.contacts)
        self.judged[judgement.account_id] = _last_judgement(judgement.standing, mqls)

    def end(self, system: str, object_: str, key: str, outcome: WriteOutcome) -> None:
        """Note what became of a wish. It counts once, however often it is looked at: as created, else as changed, else
        as kept, else as what became of it last."""
        if outcome in _WEIGHT:
            self.refused.pop((system, object_, key), None)
        keys = self.ended.setdefault((system, object_), {})
        if _WEIGHT.get(outcome, 0) >= _WEIGHT.get(keys.get(key, outcome), 0):
            keys[key] = outcome

    def refuse(self, system: str, object_: str, key: str, error: WriteError) -> None:
        """Note why a system did not take a record. What a person deleted there is no fault."""
        if error.kind != "gone":
            kind = CauseKind.REFUSED if error.kind == "refused" else CauseKind.UNAVAILABLE
            what = error.message if error.code in error.message else f"{error.code}: {error.message}"
            self.refused[system, object_, key] = RecordRefusal(kind, what)

    @property
    def refusals(self) -> Counter[tuple[str, RecordRefusal]]:
        """How many records were not taken, by `system object` and reason."""
        return Counter((f"{system} {object_}", refusal) for (system, object_, _), refusal in self.refused.items())

    def write(self, system: str, object_: str, key: str, *, own: bool) -> None:
        """Note a record that was created or changed; own: in nothing but our own fields, each time."""
        keys = self.wrote.setdefault((system, object_), {})
        keys[key] = own and keys.get(key, True)

    @property
    def writes(self) -> Counter[Write]:
        """How many wishes ended in which way."""
        return Counter(Write(*kind, outcome) for kind, keys in self.ended.items() for outcome in keys.values())

    @property
    def standings(self) -> Counter[str]:
        """How many of the accounts judged stand in, out and unknown."""
        return Counter(str(account.standing) for account in self.judged.values())

    @property
    def mqls(self) -> int:
        """How many contacts of the accounts judged are qualified."""
        return sum(account.mqls for account in self.judged.values())

    @property
    def written(self) -> int:
        """How many remote records were created or changed."""
        return self.of(WriteOutcome.CREATED) + self.of(WriteOutcome.CHANGED)

    def of(self, outcome: WriteOutcome, object_: str | None = None) -> int:
        """How many wishes ended so: all, or those for one kind of record."""
        return sum(
            number
            for write, number in self.writes.items()
            if write.outcome is outcome and object_ in (None, write.object)
        )

    def by_object(self, *outcomes: WriteOutcome) -> Counter[str]:
        """How many wishes ended so, by the kind of record, whatever the system."""
        objects: Counter[str] = Counter()
        for write, number in self.writes.items():
            if write.outcome in outcomes:
                objects[write.object] += number
        return objects

    def plain(self) -> dict[str, Any]:
        """As JSON, in a stable order."""
        return {
            "streams": dict(self._streams()),
            "golden": dict(sorted(self.golden.items())),
            "judged": {
                "accounts": len(self.judged),
                "standings": dict(sorted(self.standings.items())),
                "mqls": self.mqls,
            },
            "writes": self._writes(),
            "touched": self.touched,
            **({"pruned": dict(sorted(self.pruned.items()))} if self.pruned else {}),
        }

    def _streams(self) -> Iterator[tuple[str, dict[str, int]]]:
        steps = {"pulled": self.pulled, "changed": self.changed, "swept": self.swept, "matched": self.matched}
        for stream in sorted({stream for numbers in steps.values() for stream in numbers}):
            yield ".".join(stream), {step: numbers[stream] for step, numbers in steps.items() if stream in numbers}

    def _writes(self) -> dict[str, dict[str, dict[str, int]]]:
        systems: dict[str, dict[str, dict[str, int]]] = {}
        for write, number in sorted(self.writes.items()):
            systems.setdefault(write.system, {}).setdefault(write.object, {})[write.outcome.value] = number
        return systems
