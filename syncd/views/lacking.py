"""What a person, an account or an opportunity lacks: every condition that is not met, and what would meet it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from syncd.model import ContactJudgement, Gate, Ruling
from syncd.store.judgements import plain
from syncd.views.explain import Explained, OpportunityExplained
from syncd.views.opportunity import drawn


def lacking(explained: Explained | OpportunityExplained) -> dict[str, Any]:
    """What would make them pass, as JSON."""
    if isinstance(explained, OpportunityExplained):
        return _of_opportunity(explained)
    return _of_account(explained) if explained.contact_id is None else _of_contact(explained)


def _of_contact(explained: Explained) -> dict[str, Any]:
    (person,) = explained.contacts
    return {
        "contact": {**_person(person), "lacks": _open(person.gates)},
        "account": {"id": explained.group.account.id, "name": explained.group.account.name},
        "market": _open(explained.judgement.market),
        "returned": person.returned,
        "waits": plain(explained.waits.get(person.contact_id)),
        "never_written": [*explained.deleted, *explained.person_records],
    }


def _of_account(explained: Explained) -> dict[str, Any]:
    judgement = explained.judgement
    order = sorted(explained.contacts, key=lambda person: (len(_open(person.gates)), person.name, person.contact_id))
    return {
        "account": {"id": explained.group.account.id, "name": explained.group.account.name},
        "standing": judgement.standing.value,
        "market": _open(judgement.market),
        "contacts": [
            {**_person(person), "lacks": [gate.mend or gate.reason for gate in person.gates if _lacks(gate)]}
            for person in order
        ],
        "offers": [
            {"offer": call.offer, "decision": call.decision, "qualified": call.qualified, "why": call.reasons}
            for call in judgement.calls
        ],
    }


def _of_opportunity(explained: OpportunityExplained) -> dict[str, Any]:
    picture = drawn(explained.opportunity, explained.judgement)
    about = {"opportunity": explained.opportunity_id, "closed": explained.opportunity.is_closed}
    if picture is None:
        return {**about, "gaps": [], "unknown": [], "next": []}
    return {**about, "gaps": picture.gaps, "unknown": plain(picture.unknown), "next": plain(picture.next)}


def _person(person: ContactJudgement) -> dict[str, Any]:
    about = {"id": person.contact_id, "name": person.name, "title": person.title, "role": person.role}
    return {**about, "mql": person.mql.value, "next_ask": person.ask.value}


def _open(gates: Iterable[Gate]) -> list[Any]:
    return [plain(gate) for gate in gates if _lacks(gate)]


def _lacks(gate: Gate) -> bool:
    return gate.ruling is not Ruling.YES
