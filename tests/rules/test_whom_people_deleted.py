"""Whom a person deleted where syncd writes: neither made again nor handed over, until they raise a hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncd.model import Account, Contact, Group, Outcome, Ref, Wish
from syncd.rules.acceptance import CONTACT_DELETED, TASK_DELETED
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    did,
    judge,
    mobilized,
    released,
)
from tests.rules.builders import judge_waiting as waiting

AGREEMENT = an_agreement()
ONLY_MARKETING: dict[str, Any] = {"remote_ids": {"hubspot.contacts": ("7",)}}


def a_bank(*, raised: bool = False, **fields: Any) -> Group:
    """A bank with one champion, who stands in HubSpot alone."""
    activities = [*mobilized("ann"), *([did("ann", "contact_sales", 1)] if raised else [])]
    return a_group([a_contact("ann", "Champion", **ONLY_MARKETING)], activities, **fields)


def wishes_for(group: Group, object_: str) -> list[Wish]:
    return [wish for wish in judge(group, AGREEMENT, TODAY).wishes if wish.object == object_]


def test_whom_nobody_deleted_is_handed_over_and_made() -> None:
    assert [candidate.key for candidate in waiting(a_bank(), AGREEMENT, TODAY).candidates] == ["mql/ann"]
    assert [wish.key for wish in wishes_for(a_bank(), "contact")] == ["ann"]


def test_whom_a_person_deleted_is_neither_handed_over_nor_made() -> None:
    deleted = a_bank(gone={"ann": NOON})
    assert waiting(deleted, AGREEMENT, TODAY).candidates == ()
    assert wishes_for(deleted, "contact") == [] and wishes_for(deleted, "contact_role") == []


def test_their_hand_raise_is_a_task_on_the_account_alone() -> None:
    raised = a_bank(raised=True, gone={"ann": NOON})
    (task,) = wishes_for(raised, "task")
    assert "contact" not in task.fields and isinstance(task.fields["about"], Ref)
    assert wishes_for(raised, "contact") == []


def test_an_account_that_a_person_deleted_is_not_made_again() -> None:
    account: Account = an_account(remote_ids={"hubspot.companies": ("9",)})
    assert [wish.key for wish in wishes_for(a_bank(account=account), "account")] == [account.id]
    assert wishes_for(a_bank(account=account, gone={account.id: NOON}), "account") == []


@pytest.mark.parametrize(("gone", "why"), [(("mql/ann",), TASK_DELETED), (("mql/ann", "ann"), CONTACT_DELETED)])
def test_a_release_whose_task_is_gone_is_moot_and_rests(gone: tuple[str, ...], why: str) -> None:
    handed = released(a_bank(), waiting(a_bank(), AGREEMENT, TODAY).candidates)
    contact: Contact = handed.contacts[0]
    judgement = waiting(replace(handed, gone=dict.fromkeys(gone, NOON)), AGREEMENT, TODAY)
    (outcome,) = judgement.outcomes
    assert (outcome.outcome, outcome.outcome_at, outcome.why) == (Outcome.MOOT, NOON, why)
    assert judgement.candidates == () and contact.id == outcome.contact_id


def test_what_was_said_before_the_task_was_deleted_stands() -> None:
    handed = released(a_bank(), waiting(a_bank(), AGREEMENT, TODAY).candidates)
    said = {key: replace(known, outcome=Outcome.ACCEPTED, outcome_at=NOON) for key, known in handed.releases.items()}
    judgement = waiting(replace(handed, releases=said, gone={"mql/ann": NOON}), AGREEMENT, TODAY)
    assert judgement.outcomes == ()
