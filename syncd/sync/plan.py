"""A plan before the write: every pending wish as create, update (before → after) or skip, and the safety valve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from math import floor
from typing import Any

import orjson

from syncd.agreement import Agreement
from syncd.errors import ConfigError, UnsafePlan
from syncd.store import Pending, Store
from syncd.store.references import as_ref


@dataclass(frozen=True)
class Step:
    """One wish of a plan: what will be done to which record, field by field, and why."""

    system: str
    object: str
    key: str
    action: str  # create, update, skip
    changes: dict[str, list[Any]]  # field → [before, after]
    reason: str
    digest: str


@dataclass(frozen=True)
class Plan:
    """Exactly what a push would do now."""

    made_at: str
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """What tells two plans apart; the time of making does not."""
        return blake2b(orjson.dumps([asdict(step) for step in self.steps]), digest_size=8).hexdigest()

    def count(self, action: str, object_: str | None = None) -> int:
        """How many steps of one kind."""
        return sum(step.action == action and object_ in (None, step.object) for step in self.steps)

    @property
    def opportunities(self) -> int:
        """How many opportunities it creates or changes."""
        return self.count("create", "opportunity") + self.count("update", "opportunity")

    def wanted(self, system: str) -> dict[tuple[str, str], str]:
        """What apply may carry out in a system: (object, key) → digest of the wish."""
        steps = (step for step in self.steps if step.system == system and step.action != "skip")
        return {(step.object, step.key): step.digest for step in steps}

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "made_at": self.made_at,
            "digest": self.digest,
            "steps": [asdict(step) for step in self.steps],
        }

    @classmethod
    def read(cls, text: bytes) -> Plan:
        """A plan from its JSON; raises ConfigError when it is none or was edited."""
        try:
            content = orjson.loads(text)
            plan = cls(content["made_at"], tuple(Step(**step) for step in content["steps"]))
        except (orjson.JSONDecodeError, KeyError, TypeError) as error:
            raise ConfigError("this file is no plan; make one with `syncd plan --json`") from error
        if plan.digest != content.get("digest"):
            raise ConfigError("the plan was edited after it was made; make a new one with `syncd plan --json`")
        return plan


def make_plan(store: Store, systems: Iterable[str]) -> Plan:
    """What a push would do now."""
    now = datetime.now(UTC)
    steps = [step for system in systems for step in _steps(store, system, now)]
    return Plan(now.isoformat(timespec="seconds"), tuple(steps))


def _steps(store: Store, system: str, now: datetime) -> list[Step]:
    due = {(one.object, one.key) for one in store.pending(system, None, now)}
    return [_step(one, resting=(one.object, one.key) not in due) for one in store.pending(system, None, None)]


def _step(one: Pending, *, resting: bool) -> Step:
    unwanted = not one.wanted  # its creation is in doubt
    action = "skip" if resting or unwanted else "update" if one.remote_id else "create"
    reason = f"rests after a refusal: {one.error}" if resting and one.error else one.reason
    if unwanted:
        reason = "not wanted any more; the next cycle looks whether it came to stand"
    changes = {name: [_shown(one.sent.get(name)), _shown(value)] for name, value in one.changes.items()}
    return Step(one.system, one.object, one.key, action, changes, reason, one.wanted_digest)


def _shown(value: Any) -> Any:
    return f"{ref[0]} {ref[1]}" if (ref := as_ref(value)) else value


def require_safe(wanted: int, agreement: Agreement, standings: Mapping[str, int]) -> None:
    """Raise UnsafePlan when so many opportunities to create or change are more than the agreement allows in one run."""
    terms = agreement.safety.opportunities
    allowed = max(terms.never_below, floor(terms.percent_of_served_accounts * Decimal(standings.get("in", 0)) / 100))
    if wanted > allowed:
        raise UnsafePlan(
            f"the plan creates or changes {wanted:,} opportunities; the agreement allows {allowed:,} in one run "
            f"(safety.opportunities). Look at `syncd plan`, then `syncd apply --force`"
        )
