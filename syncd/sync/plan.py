"""A plan before the write: the draft of every pending wish, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import orjson

from syncd.errors import ConfigError
from syncd.mapping import SystemMapping
from syncd.model import Ref
from syncd.store import Store
from syncd.store.wishes import PendingWish
from syncd.sync.drafts import SENT, Action, Draft, draft_of
from syncd.sync.holds import Holds
from syncd.sync.reader import Readers
from syncd.sync.run import Run
from syncd.sync.tenants import require_own
from syncd.sync.whereabouts import BATCH, Remote, look


@dataclass(frozen=True)
class Step:
    """One draft of a plan, as it is written down: what will be done to which record, field by field, and why."""

    system: str
    object: str
    key: str
    action: Action
    changes: dict[str, list[Any]]  # field → [before, after]
    withheld: dict[str, str]  # field that is wanted and not written → why
    reason: str
    digest: str

    @classmethod
    def of(cls, draft: Draft) -> Step:
        """What a draft says."""
        wish = draft.wish
        about = (wish.system, wish.object, wish.key, draft.action)
        return cls(*about, draft.changes, {**draft.withheld, **draft.left_out}, draft.reason, draft.digest)


_UNTOUCHED = (Action.WAIT, Action.REST, Action.HOLD, Action.LACK)  # nothing is sent for these, and nothing settled


@dataclass(frozen=True)
class Plan:
    """Exactly what a push would do now."""

    made_at: str
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """What tells two plans apart; the time of making does not."""
        return blake2b(orjson.dumps([asdict(step) for step in self.steps]), digest_size=8).hexdigest()

    def count(self, action: Action) -> int:
        """How many steps of one kind."""
        return sum(step.action == action for step in self.steps)

    @property
    def opportunities(self) -> int:
        """How many opportunities it creates or changes."""
        return sum(step.object == "opportunity" and step.action in SENT for step in self.steps)

    def drafts(self, system: str) -> dict[tuple[str, str], str]:
        """What apply may carry out in a system: (object, key) → digest of the draft."""
        steps = (step for step in self.steps if step.system == system and step.action not in _UNTOUCHED)
        return {(step.object, step.key): step.digest for step in steps}

    def still(self, now: Plan) -> Plan:
        """What of it would be sent now as it stands there: neither what was written since nor what changed."""
        due = {(step.system, step.object, step.key, step.digest) for step in now.steps}
        steps = (step for step in self.steps if (step.system, step.object, step.key, step.digest) in due)
        return Plan(self.made_at, tuple(steps))

    def settled(self, now: Plan) -> int:
        """How many of its writes nobody waits for any more: they were written since, or are not wanted now."""
        pending = {(step.system, step.object, step.key) for step in now.steps}
        sent = (step for step in self.steps if step.action in SENT)
        return sum((step.system, step.object, step.key) not in pending for step in sent)

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "made_at": self.made_at,
            "digest": self.digest,
            "steps": [asdict(step) for step in self.steps],
        }

    @classmethod
    def read(cls, text: bytes, where: str = "what was sent") -> Plan:
        """A plan from its JSON; raises ConfigError when it is none or was edited. where: in which file it stands."""
        try:
            content = orjson.loads(text)
            plan = cls(content["made_at"], tuple(_read_step(step) for step in content["steps"]))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            words = "is no plan; make one with `syncd plan --json`"
            raise ConfigError(f"{where} {words}", plain=f"what was sent {words}") from error
        if plan.digest != content.get("digest"):
            words = "was edited after it was made; make a new plan with `syncd plan --json`"
            raise ConfigError(f"{where} {words}", plain=f"what was sent {words}")
        return plan


def _read_step(content: dict[str, Any]) -> Step:
    return Step(**{**content, "action": Action(content["action"])})


def make_plan(
    store: Store,
    targets: Mapping[str, Remote],
    readers: Readers,
    run: Run,
    holds: Mapping[str, Holds],
    accounts: Sequence[str] | None = None,
) -> Plan:
    """What a push would do at this moment, by the run's clock. Looks into the systems where a push would, and writes
    nothing.

    holds: what waits in each system for its premises, see `syncd.sync.holds`. accounts: of these alone. Raises
    ConnectorError where a system cannot be asked, ConfigError where it is not the store's own, and Stopped: half a plan
    is none.
    """
    run.enter("plan")
    now = run.clock()
    systems = (
        _SystemDrafts(store, remote, readers.mappings[system], readers, run, now, holds.get(system, Holds()), accounts)
        for system, remote in targets.items()
    )
    return Plan(now.isoformat(timespec="seconds"), tuple(Step.of(draft) for one in systems for draft in one.drafts()))


@dataclass(frozen=True)
class _SystemDrafts:
    """Drafts of all that is pending in one system."""

    store: Store
    remote: Remote
    mapping: SystemMapping
    readers: Readers
    run: Run
    now: datetime
    holds: Holds
    accounts: Sequence[str] | None

    def drafts(self) -> Iterator[Draft]:
        """In the order of a push, which makes stand what later drafts point at."""
        if not self._pending(None, ""):
            return
        require_own(self.store, self.remote)
        coming: set[Ref] = set()
        for name, rule in self.mapping.writes.items():
            after = ""
            while wishes := self._pending(name, after):
                self.run.heed_stop()
                after = wishes[-1].key
                due = [wish for wish in wishes if not self._rests(wish)]
                whereabouts = look(self.remote, self.mapping, self.store, self.readers, rule, due, self.now)
                for wish in wishes:
                    draft = _resting(wish) if self._rests(wish) else draft_of(wish, rule, whereabouts, coming)
                    draft = self.holds.held(draft, rule, whereabouts)
                    if draft.action is Action.CREATE:
                        coming.add(Ref(wish.object, wish.key))
                    yield draft
                self.run.progress(f"plan {name}", len(wishes))

    def _pending(self, name: str | None, after: str) -> list[PendingWish]:
        with self.store.looking_up() as unit:
            return unit.wishes.pending(self.mapping.system, BATCH, None, name, after, self.accounts)

    def _rests(self, wish: PendingWish) -> bool:
        return wish.retry_at is not None and wish.retry_at > self.now


def _resting(wish: PendingWish) -> Draft:
    return Draft(wish, Action.GONE if wish.gone else Action.REST, wish.remote_id)
