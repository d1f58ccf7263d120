"""Drafts: what becomes of each pending wish, decided once. `plan` shows them, `push` and `apply` send them.

A draft is decided by the wish and by its whereabouts: what the store and the remote system say this moment of the
record, and of those that it points at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import orjson

from connectors.base import Payload
from syncd.mapping import WriteRule, encode
from syncd.model import Ref
from syncd.model.queue import is_touched, words_of
from syncd.store.wishes import PendingWish
from syncd.sync.acts import MAYBE, Occasion
from syncd.sync.opportunities import differing
from syncd.sync.whereabouts import Whereabouts, left_out_before


class Action(StrEnum):
    """What a push does with a wish."""

    CREATE = "create"
    CHANGE = "change"
    LEAVE = "leave"  # what is wanted stands there already, or what a person wrote stays
    WAIT = "wait"  # for a record that it points at and that does not stand yet
    REST = "rest"  # after a refusal, for some time; an act until its hour comes
    WITHDRAW = "withdraw"  # its creation was in doubt, it did not come to stand, and nobody wants it any more
    GONE = "gone"  # a person deleted the record
    HOLD = "hold"  # something that it rests on in the system does not hold now
    LACK = "lack"  # the system was found to do without all that is left of it: it waits for nobody


SENT = (Action.CREATE, Action.CHANGE)

_WHY = {
    Action.WAIT: "waits for a record that it points at",
    Action.WITHDRAW: "not wanted any more, and it did not come to stand",
    Action.GONE: "a person deleted the record; syncd does not make it again",
}
TOUCHED = "a person changed it"
NOBODY = "waits for somebody to hand it to: neither owner nor territory names an active user"
UNSEEN = "the integration user does not see the record, or cannot read it"
HIDDEN = "the integration user does not see the field: who wrote it last is not known"
CREATE_ONLY = "written at creation only"
PERSON = "a person account: nothing is written there"


@dataclass(frozen=True)
class Draft:
    """What becomes of one wish. fields: what is sent, by our names; withheld: what is wanted and not sent, and why.

    left_out: what is wanted and not sent now, and stays pending: what it rests on does not hold, and may again.
    """

    wish: PendingWish
    action: Action
    remote_id: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    touched: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)  # of a new record, by the vendor's names
    act: bool = False  # whether it is done once and kept as no record
    hour: datetime | None = None  # until when an act rests

    @property
    def changes(self) -> dict[str, list[Any]]:
        """What is sent, field by field: before and after."""
        ours = {name: [_shown(self.wish.sent.get(name)), _shown(value)] for name, value in self.fields.items()}
        return ours | {name: [None, value] for name, value in self.constants.items()}

    @property
    def reason(self) -> str:
        """Why it is wanted, or why nothing is sent."""
        hour = self.hour or (self.wish.retry_at if self.wish.error is None else None)
        if self.action is Action.REST and hour:
            return f"waits for its hour, {hour:%Y-%m-%d %H:%M} UTC: {self.wish.reason}"
        if self.action is Action.REST:
            return f"rests after a refusal: {self.wish.error}"
        if self.action is Action.HOLD:
            return f"waits until that is mended: {'; '.join(dict.fromkeys(self.left_out.values()))}"
        if self.action is Action.LACK:
            return f"done without: {'; '.join(dict.fromkeys(self.left_out.values()))}"
        if self.withheld and (self.action is Action.WAIT or self.act):
            return "; ".join(dict.fromkeys(self.withheld.values()))
        return _WHY.get(self.action, self.wish.reason)

    @property
    def digest(self) -> str:
        """What tells apart two drafts for one record: the wish, and what is sent of it."""
        content = [self.action, self.wish.wanted_digest, self.changes, sorted({**self.withheld, **self.left_out})]
        return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=8).hexdigest()

    def payload(self, rule: WriteRule, remote_ids: Mapping[Ref, str]) -> Payload:
        """What is sent, by the vendor's names, with the remote ids that its references stand for."""
        values = {name: remote_ids[value] if isinstance(value, Ref) else value for name, value in self.fields.items()}
        return Payload(self.wish.key, self.remote_id, {**encode(rule, values), **self.constants})


def _shown(value: Any) -> Any:
    return f"{value.kind} {value.id}" if isinstance(value, Ref) else value


def draft_of(wish: PendingWish, rule: WriteRule, whereabouts: Whereabouts, coming: Set[Ref] = frozenset()) -> Draft:
    """Decide what becomes of a wish. coming: references that stand once the drafts before it are sent."""
    remote_id = wish.remote_id or whereabouts.known.get(wish.key)
    left = Draft(wish, Action.LEAVE, remote_id, touched=wish.touched)
    if wish.gone:
        return replace(left, action=Action.GONE)
    if wish.key in whereabouts.persons:
        return replace(left, action=Action.WAIT, withheld=dict.fromkeys(wish.changes, PERSON))
    if whereabouts.occasion and (undone := _undone(replace(left, act=True), whereabouts.occasion)):
        return undone
    changes, touched, hidden = wish.changes, wish.touched, dict[str, str]()
    nowhere = _nowhere(changes, whereabouts, coming)
    if not nowhere <= set(rule.later) or (remote_id and nowhere and nowhere >= changes.keys()):
        return replace(left, action=Action.WAIT)
    if remote_id is None and wish.wanted and (lacking := [name for name in rule.needs if name not in wish.wanted]):
        return replace(left, action=Action.WAIT, withheld=dict.fromkeys(lacking, NOBODY))
    if rule.guarded and remote_id and changes:
        row = whereabouts.records.get(remote_id, {})
        if row is None:
            return replace(left, action=Action.GONE)
        if not row:
            return replace(left, action=Action.HOLD, left_out=dict.fromkeys(changes, UNSEEN))
        touched = tuple(sorted({*touched, *_touched(row, wish, rule.guarded)}))
        hidden = dict.fromkeys((name for name in rule.guarded if name in changes and name not in row), HIDDEN)
    if wish.remote_id and (late := left_out_before(wish)):
        touched = tuple(sorted({*touched, *(late & whereabouts.filled.get(wish.remote_id, set()))}))
    if remote_id is None and not wish.wanted:
        return replace(left, action=Action.WITHDRAW)
    withheld = dict.fromkeys(rule.create_only if remote_id else (), CREATE_ONLY) | dict.fromkeys(touched, TOUCHED)
    unsent = withheld.keys() | nowhere | hidden.keys()
    fields = {name: value for name, value in changes.items() if name in rule.fields and name not in unsent}
    why = {name: withheld[name] for name in changes if name in withheld}
    later = dict.fromkeys(nowhere, _WHY[Action.WAIT]) | {name: hidden[name] for name in hidden if name not in withheld}
    if remote_id is not None and (not fields or (wish.once and wish.key in whereabouts.known)):
        return replace(left, withheld=why, touched=touched, left_out=later)
    draft = Draft(wish, Action.CHANGE if remote_id else Action.CREATE, remote_id, fields, why, touched, later)
    return draft if remote_id else replace(draft, constants=rule.constants_in(wish.wanted.get("segment")))


def _undone(left: Draft, occasion: Occasion) -> Draft | None:
    """The draft of an act that is not done now; None where it is."""
    wish = left.wish
    if why_not := MAYBE if wish.uncertain else occasion.why_not(wish):
        action = Action.LEAVE if wish.uncertain else Action.WITHDRAW
        return replace(left, action=action, withheld=dict.fromkeys(wish.wanted, why_not))
    hour = occasion.hour(wish)
    return replace(left, action=Action.REST, hour=hour) if hour else None


def _nowhere(changes: Mapping[str, Any], whereabouts: Whereabouts, coming: Set[Ref]) -> set[str]:
    """The fields that point at a record which does not stand yet."""
    refs = {name: value for name, value in changes.items() if isinstance(value, Ref)}
    return {name for name, ref in refs.items() if ref not in whereabouts.remote_ids and ref not in coming}


def _touched(row: Mapping[str, Any], wish: PendingWish, guarded: Sequence[str]) -> Sequence[str]:
    """The guarded fields that a person has changed. Without a receipt: all, if another than its creator wrote.

    Where the wish is about a word that stands there: all, if another one stands there by now.
    """
    if (was := wish.wanted.get("was")) is not None:
        return guarded if words_of(row.get("verdict"), row.get("verdict_reason")) not in (was, "") else ()
    if not wish.acknowledged:
        return guarded if is_touched(row) else ()
    differs = differing(row, wish.acknowledged, [name for name in guarded if name in row])
    agreed, stands = wish.wanted.get("currency") or wish.sent.get("currency"), row.get("currency")
    # an amount means what its currency says: in another one that a person has chosen, ours would be false
    return [*differs, "amount"] if "amount" in guarded and stands and agreed not in (None, stands) else differs
