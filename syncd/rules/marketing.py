"""What HubSpot gets back of who has a role in the served market, so that marketers can build lists on it.

Qualification with its reason, the next ask and the named rep stand on the contact; the list of potential MQLs holds
who passes every gate but the response: whom outbound should reach.
"""

from __future__ import annotations

from collections.abc import Iterator

from syncd.model import Answer, ContactJudgement, Scalar, Standing, Wish
from syncd.rules.findings import Findings, clip
from syncd.rules.handover import rep_of
from syncd.rules.reasons import reason_of

CONTACTS = "hubspot.contacts"
LONGEST = 65_536  # characters of a HubSpot text property
BEHAVIOUR = frozenset({"responded", "points"})  # gates that only behaviour opens


def marketing_wishes(found: Findings) -> Iterator[Wish]:
    """The wishes for every HubSpot record of the account's contacts, duplicates included."""
    rep = _rep(found)
    records = {
        remote_id: found.judged[contact.id]
        for contact in found.contacts.values()
        for remote_id in contact.remote_ids.get(CONTACTS, ())
    }
    for remote_id, judged in records.items():
        yield from _contact(found, judged, remote_id, rep)
        yield from _member(found, judged, remote_id)


def is_potential(judged: ContactJudgement) -> bool:
    """Whether every gate is passed but those that only behaviour opens."""
    return all(gate.answer is Answer.YES for gate in judged.gates if gate.name not in BEHAVIOUR)


def _rep(found: Findings) -> str | None:
    user = found.group.users.get(rep_of(found.group.account, found.group.users, found.agreement.handover) or "")
    return (user.name or user.email) if user else None


def _contact(found: Findings, judged: ContactJudgement, remote_id: str, rep: str | None) -> Iterator[Wish]:
    """Who has no role or stands outside the market is left alone, unless they were written before."""
    key = f"{CONTACTS}/{remote_id}"
    concerned = found.standing is Standing.IN and judged.role is not None
    if not concerned and key not in found.group.opened:
        return
    fields: dict[str, Scalar] = {
        "mql": judged.mql.value,
        "reason": clip(reason_of(judged), LONGEST),
        "next_ask": judged.ask.value,
        "rep": rep if judged.mql is Answer.YES else None,
    }
    yield Wish("hubspot", "qualification", key, fields, remote_id=remote_id, reason=f"MQL: {judged.mql}")


def _member(found: Findings, judged: ContactJudgement, remote_id: str) -> Iterator[Wish]:
    key = f"potential/{remote_id}"
    potential = is_potential(judged)
    if potential or key in found.group.opened:
        why = "passes every gate but the response" if potential else "does not pass every gate any more"
        yield Wish("hubspot", "potential", key, {"member": potential}, remote_id=remote_id, reason=why)
