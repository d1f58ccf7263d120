"""Push: drafts of pending wishes become payloads, the remote system's receipts settle them.

Any step may be cut off: a wish stays pending until a receipt says that it stands, keys make a repeated write harmless,
and after an uncertain answer the key is looked up before anything is written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from connectors.base import FEWEST_SILENT, NOT_TRIED, ConnectorError, Receipt, Refused, Uncertain, WriteError
from syncd.errors import HoldLost
from syncd.mapping import SystemMapping, WriteRule
from syncd.store import Store
from syncd.store.receipts import Settlement
from syncd.store.wishes import PendingWish
from syncd.sync.counts import WriteOutcome
from syncd.sync.drafts import SENT, Action, Draft, draft_of
from syncd.sync.holds import Holds
from syncd.sync.reader import Readers
from syncd.sync.run import Run
from syncd.sync.tenants import admit
from syncd.sync.whereabouts import BATCH, Remote, Whereabouts, look

DraftDigests = Mapping[tuple[str, str], str]  # (object, key) → digest of the draft

MOST_REFUSALS = 2

log = structlog.get_logger()

_GONE = WriteError("gone", "deleted", "a person deleted the record; syncd does not make it again")


@dataclass
class SystemPush:
    """One push into one system."""

    remote: Remote
    mapping: SystemMapping
    store: Store
    readers: Readers
    run: Run
    only: DraftDigests | None = None
    holds: Holds = field(default_factory=Holds)
    accounts: Sequence[str] | None = None
    failure: ConnectorError | None = None
    refusals: int = 0  # single wishes in a row for which a whole call was refused
    written: set[str] = field(default_factory=set)  # kinds of records, by our names

    def work(self) -> None:
        """Push everything that is pending and due, object by object in the mapping's order."""
        now = self.run.clock()
        self.store.look_anew()
        self.failure = admit(self.store, [self.remote]).get(self.mapping.system)
        for name, rule in self.mapping.writes.items():
            after = ""
            while self.failure is None:
                with self.store.looking_up() as unit:
                    wishes = unit.wishes.pending(self.mapping.system, BATCH, now, name, after, self.accounts)
                if not wishes:
                    break
                after = wishes[-1].key
                planned = [wish for wish in wishes if self.only is None or (wish.object, wish.key) in self.only]
                if planned and self.run.breaks_off():
                    return
                if planned:
                    self._push(name, rule, planned)

    def _push(self, name: str, rule: WriteRule, wishes: Sequence[PendingWish]) -> None:
        """Push wishes of one kind: what breaks that off is this push's failure, unless it is one wish's own."""
        try:
            self._carry_out(name, rule, wishes)
            self.refusals = 0
        except HoldLost:
            self._count(name, WriteOutcome.FAILED, wishes)
            raise
        except Refused as error:
            self._refuse(name, rule, wishes, error)
        except ConnectorError as error:
            self.failure = error
            self._count(name, WriteOutcome.FAILED, wishes)

    def _refuse(self, name: str, rule: WriteRule, wishes: Sequence[PendingWish], error: Refused) -> None:
        """The system refuses a whole call for the sake of one wish: it is found by halving.

        What is refused for several in a row, and taken for none, is no wish's fault.
        """
        if self.refusals >= MOST_REFUSALS:
            self.failure = error
            self._count(name, WriteOutcome.FAILED, wishes)
        elif len(wishes) == 1:
            self.refusals += 1
            refusal = WriteError("refused", type(error).__name__, str(error))
            with self.store.writing() as unit:
                unit.receipts.settle([Settlement(wishes[0], wishes[0].remote_id, refusal)], self.run.clock())
            self._count(name, WriteOutcome.REFUSED, wishes)
            self.run.counts.refuse(self.mapping.system, name, wishes[0].key, refusal)
        else:
            middle = len(wishes) // 2
            for half in (wishes[:middle], wishes[middle:]):
                if self.failure is None:
                    self._push(name, rule, half)

    def _carry_out(self, name: str, rule: WriteRule, wishes: Sequence[PendingWish]) -> None:
        whereabouts = look(self.remote, self.mapping, self.store, self.readers, rule, wishes, self.run.clock())
        drafts = self._as_planned(name, [self._draft(wish, rule, whereabouts) for wish in wishes])
        sending = [draft for draft in drafts if draft.action in SENT]
        if rule.act:
            for draft in drafts:
                if draft.action is Action.WITHDRAW:
                    log.info("not sent", object=name, why=draft.reason)
            self._settle(name, rule, [draft for draft in drafts if draft.action not in SENT], {})
            self._act(name, rule, sending, whereabouts)
        else:
            answers = self._send(rule, sending, whereabouts)
            self.store.require_still_alone()  # what another one has settled since is not overwritten
            self._settle(name, rule, drafts, answers)

    def _send(self, rule: WriteRule, sending: Sequence[Draft], whereabouts: Whereabouts) -> dict[str, Receipt]:
        """Send these, noted as under way before: the answers, by the wishes' keys."""
        with self.store.writing() as unit:
            unit.receipts.send_off(draft.wish for draft in sending if draft.action is Action.CREATE)
        payloads = [draft.payload(rule, whereabouts.remote_ids) for draft in sending]
        self.store.require_still_alone()  # another syncd that pushes too would make everything twice
        receipts = self.remote.push(rule.object, payloads) if payloads else []
        return dict(zip((draft.wish.key for draft in sending), receipts, strict=True))

    def _act(self, name: str, rule: WriteRule, sending: Sequence[Draft], whereabouts: Whereabouts) -> None:
        """Do these one after the other, each noted just before its call and settled before the next one's.

        Nobody can look up whether one was done: a kill costs the one in hand, and none is done twice. What was not
        tried waits, and so do all behind it; likewise where nobody answers. A hold that is found lost before a call
        forbids it, and after one leaves its wish as it was noted: it may have been done.
        """
        silent, waits = 0, ""
        for draft in sending:
            if self.run.breaks_off():
                return
            try:
                answers = {} if waits else self._send(rule, [draft], whereabouts)
            except HoldLost as lost:
                self._settle(name, rule, [draft], {draft.wish.key: _untried(draft, str(lost))})
                raise
            except Uncertain as error:
                answers = {
                    draft.wish.key: Receipt(draft.wish.key, None, WriteError("uncertain", "UNCERTAIN", str(error)))
                }
            except ConnectorError as error:  # it was not tried
                answers, waits = {}, str(error)
            if answers:
                self.store.require_still_alone()
            receipt = answers.get(draft.wish.key) or _untried(draft, waits)
            self._settle(name, rule, [draft], {draft.wish.key: receipt})
            error_ = receipt.error
            silent = silent + 1 if error_ and error_.kind == "uncertain" else 0
            if error_ and error_.code == NOT_TRIED:
                waits = error_.message
            elif silent >= FEWEST_SILENT:
                waits = f"{self.mapping.system} does not answer"

    def _draft(self, wish: PendingWish, rule: WriteRule, whereabouts: Whereabouts) -> Draft:
        return self.holds.held(draft_of(wish, rule, whereabouts), rule, whereabouts)

    def _as_planned(self, name: str, drafts: Sequence[Draft]) -> Sequence[Draft]:
        """The drafts that can be settled now: those of the plan, if there is one, as it shows them."""
        for action, outcome in _PUT_OFF.items():
            self._count(name, outcome, [draft.wish for draft in drafts if draft.action is action])
        self._put_off(draft for draft in drafts if draft.action is Action.REST)
        ready = [draft for draft in drafts if draft.action not in _PUT_OFF]
        planned = [draft for draft in ready if self._is_planned(draft)]
        self._count(name, WriteOutcome.LEFT, [draft.wish for draft in ready if not self._is_planned(draft)])
        return planned

    def _put_off(self, drafts: Iterable[Draft]) -> None:
        """Let acts rest until their hour, so that nobody is asked of them before it."""
        for draft in drafts:
            if draft.hour is not None:
                with self.store.writing() as unit:
                    unit.receipts.put_off([draft.wish], draft.hour)

    def _is_planned(self, draft: Draft) -> bool:
        return self.only is None or self.only[draft.wish.object, draft.wish.key] == draft.digest

    def _settle(self, name: str, rule: WriteRule, drafts: Sequence[Draft], answers: Mapping[str, Receipt]) -> None:
        settlements = [_settlement(draft, rule, answers.get(draft.wish.key)) for draft in drafts]
        with self.store.writing() as unit:
            unit.receipts.settle(settlements, self.run.clock())
        for draft, settlement in zip(drafts, settlements, strict=True):
            self._count_one(name, draft, settlement)
        self.run.progress(f"push {name}", len(settlements))

    def _count_one(self, name: str, draft: Draft, settlement: Settlement) -> None:
        """Count what became of a wish: a record that this run wrote before is one record."""
        if settlement.withdrawn:
            self._count(name, WriteOutcome.WITHDRAWN, [draft.wish])
            return
        if settlement.error is not None:
            self._count(name, WriteOutcome(settlement.error.kind), [draft.wish])
            self.run.counts.refuse(self.mapping.system, name, draft.wish.key, settlement.error)
            return
        self.run.counts.touched += len(set(draft.touched) - set(draft.wish.touched))
        if draft.action in SENT:
            self.written.add(name)
            own = draft.action is Action.CHANGE and self.mapping.writes[name].own >= draft.changes.keys()
            self.run.counts.write(self.mapping.system, name, draft.wish.key, own=own)
        self._count(name, _OUTCOME[draft.action], [draft.wish])

    def _count(self, name: str, outcome: WriteOutcome, wishes: Iterable[PendingWish]) -> None:
        for wish in wishes:
            self.run.counts.end(self.mapping.system, name, wish.key, outcome)


# What is not sent, and not settled either.
_PUT_OFF = {
    Action.WAIT: WriteOutcome.WAITING,
    Action.HOLD: WriteOutcome.HELD,
    Action.REST: WriteOutcome.WAITING,
    Action.LACK: WriteOutcome.KEPT,
}
_OUTCOME = {
    Action.CREATE: WriteOutcome.CREATED,
    Action.CHANGE: WriteOutcome.CHANGED,
    Action.LEAVE: WriteOutcome.KEPT,
}


def _settlement(draft: Draft, rule: WriteRule, receipt: Receipt | None) -> Settlement:
    """What became of a draft."""
    remote_id, error = draft.remote_id, _GONE if draft.action is Action.GONE else None
    if receipt is not None:
        remote_id, error = receipt.remote_id or remote_id, receipt.error
    withdrawn = draft.action is Action.WITHDRAW
    unsent = receipt.left_out if receipt is not None else ()
    left_out = (*draft.left_out, *(name for name in draft.fields if rule.fields[name] in unsent))
    late = {*left_out} & ({*rule.first} if draft.action is Action.CREATE else draft.wish.late.keys())
    return Settlement(
        draft.wish, remote_id, error, draft.touched, rule.guarded, withdrawn, left_out, tuple(sorted(late))
    )


def _untried(draft: Draft, why: str) -> Receipt:
    return Receipt(draft.wish.key, None, WriteError("retry", NOT_TRIED, why))


def push(
    remote: Remote,
    mapping: SystemMapping,
    store: Store,
    readers: Readers,
    run: Run,
    *,
    only: DraftDigests | None = None,
    holds: Holds | None = None,
    accounts: Sequence[str] | None = None,
) -> SystemPush:
    """Push a system's pending wishes; `only` limits it to a plan, `accounts` to theirs, `holds` says what waits for a
    premise.

    The result says what broke it off. Raises HoldLost, after which nothing may be pushed by what was decided before.
    """
    pushing = SystemPush(remote, mapping, store, readers, run, only, holds or Holds(), accounts)
    pushing.work()
    return pushing
