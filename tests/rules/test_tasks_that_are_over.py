"""Tasks of ours that wait for no word any more, and those that are closed with their reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from syncd.model import (
    About,
    TaskKind,
    Verdict,
    Word,
)
from tests.rules.builders import (
    TODAY,
    an_agreement,
    an_opportunity,
    judge_waiting,
)
from tests.rules.handed_over import (
    FRAUD,
    KEY,
    a_release,
    a_verdict,
    bank,
    follow_ups,
    judged,
)

# ---- tasks that wait for no word -----------------------------------------------------------------------------------

ANSWERED: dict[str, tuple[list[Verdict], dict[str, Any], bool | None]] = {
    "nothing said": ([a_verdict(None)], {}, None),
    "accepted on the contact": ([a_verdict(None), a_verdict(Word.ACCEPTED, 0.4, About.CONTACT, "ann")], {}, True),
    "not yet, so closed": ([a_verdict(None), a_verdict(Word.NOT_YET, 0.4, About.CONTACT, "ann")], {}, None),
    "rejected, so closed": ([a_verdict(None), a_verdict(Word.REJECTED, 0.4, About.CONTACT, "ann")], {}, None),
    "said on the task itself": ([a_verdict(Word.ACCEPTED)], {}, None),
    "nobody said anything for too long, so closed": ([a_verdict(None)], {"release": a_release(20)}, None),
    "touched": ([a_verdict(None, touched=True), a_verdict(Word.ACCEPTED, 0.4, About.CONTACT, "ann")], {}, None),
    "closed": ([a_verdict(None, closed=True), a_verdict(Word.ACCEPTED, 0.4, About.CONTACT, "ann")], {}, None),
}  # fmt: skip


@pytest.mark.parametrize("verdicts, more, answered", ANSWERED.values(), ids=ANSWERED)
def test_a_task_waits_for_no_second_word(verdicts: list[Verdict], more: dict[str, Any], answered: bool | None) -> None:
    wishes = [wish for wish in judged(bank(*verdicts, **more)).wishes if wish.object == "answered"]
    assert [wish.fields for wish in wishes] == ([] if answered is None else [{"answered": answered}])
    assert all((wish.key, wish.remote_id) == (KEY, "00T1") for wish in wishes)


def test_a_word_that_is_taken_back_has_the_task_wait_again() -> None:
    group = replace(bank(a_verdict(None)), opened=frozenset({f"answered/{KEY}"}))
    (wish,) = [wish for wish in judged(group).wishes if wish.object == "answered"]
    assert wish.fields == {"answered": False}


# ---- moot tasks --------------------------------------------------------------------------------------------------

MOOT = {
    "opted out": {"opted_out": True, "phone": None},
    "left": {"title": "Former Chief Financial Officer"},
    "rejected as a person": {},
}


@pytest.mark.parametrize("what", MOOT)
def test_a_moot_task_that_nobody_touched_is_closed_with_its_reason(what: str) -> None:
    verdicts = [a_verdict(None)]
    if what == "rejected as a person":
        verdicts.append(a_verdict(Word.REJECTED, 0.5, About.CONTACT, "ann", reason="no need"))
    closing = follow_ups(bank(*verdicts, **MOOT[what]))["closing"]
    assert (closing.key, closing.remote_id, closing.fields["status"]) == (KEY, "00T1", "Completed")
    assert closing.fields["because"]


BACK = {
    "not yet": ((a_verdict(Word.NOT_YET, 0.5, About.CONTACT, "ann", reason="wrong time"),), 1, "not yet: wrong time"),
    "rejected": ((a_verdict(Word.REJECTED, 0.5, About.CONTACT, "ann", reason="no need"),), 1, "rejected: no need"),
    "silence": ((), 20, "recycled: nobody said or did anything for 10 business days"),
}


@pytest.mark.parametrize("said, days, words", BACK.values(), ids=BACK)
def test_the_task_of_who_is_back_with_marketing_is_closed(said: tuple[Verdict, ...], days: float, words: str) -> None:
    group = bank(a_verdict(None), *said, release=a_release(days))
    because = str(follow_ups(group)["closing"].fields["because"])
    assert because.startswith(f"back with marketing: {words}; at rest until 2026-")
    assert follow_ups(bank(a_verdict(None, touched=True), *said, release=a_release(days))) == {}
    no_status = judge_waiting(group, an_agreement(handover={"moot_status": None}), TODAY).wishes
    assert [wish.fields for wish in no_status if wish.object == "answered"] == [{"answered": True}]


QUESTIONS = {
    "nobody answered": ({}, None),
    "it says which offer": ({"offer": FRAUD}, "the opportunity says which offer it is for"),
    "it is closed": ({"is_closed": True}, "the opportunity is not open any more"),
}


@pytest.mark.parametrize("opportunity, because", QUESTIONS.values(), ids=QUESTIONS)
def test_a_question_that_is_answered_is_closed(opportunity: dict[str, Any], because: str | None) -> None:
    asked = an_opportunity(**{"name": "Platform", "text": "Platform New Business"} | opportunity)
    key = f"offer/{asked.id}"
    release = a_release(1, key=key, kind=TaskKind.QUESTION, contact_id="")
    group = bank(a_verdict(None, subject=key), release=release, opportunities=(asked,))
    closing = follow_ups(group).get("closing")
    assert (closing.fields["because"] if closing else None) == because
    answered = [wish.fields for wish in judged(group).wishes if wish.object == "answered"]
    assert answered == ([] if because else [{"answered": True}]), "it asks for no verdict"


def test_what_somebody_touched_or_closed_is_theirs() -> None:
    for state in ({"touched": True}, {"closed": True}):
        assert follow_ups(bank(a_verdict(None, **state), opted_out=True, phone=None)) == {}


def test_without_a_status_that_the_agreement_names_no_task_is_closed() -> None:
    group = bank(a_verdict(None), opted_out=True, phone=None)
    wishes = judge_waiting(group, an_agreement(handover={"moot_status": None}), TODAY).wishes
    assert not [wish for wish in wishes if wish.object == "closing"]
