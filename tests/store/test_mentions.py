"""Who is named in a free text, and what becomes of an answer that names somebody who is forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from syncd.model import Answer, How, Outcome, Release, TaskKind
from syncd.store import Store
from syncd.store.mentions import Named, Names
from syncd.store.notes import ASKED_PLANS
from syncd.tables.core import note

ANN = Named("Ann", "Price-Weiß", frozenset({"ann@bank.example"}))
NOW = datetime(2026, 3, 11, tzinfo=UTC)
CERTAIN = {
    "ask ANN@bank.example": True,
    "Ann Price-Weiß signs": True,
    "Price-Weiß, Ann": True,
    "signed by ann price weiß": True,
    "Ms. Price-Weiss signs": False,
    "Anne Price-Weiß": False,
    "the price, by Ann": False,
    "ask joann@bank.example": False,
    "ask jo.ann@bank.example": False,
    "ask o'ann@bank.example": False,
    "ask ann@bank.example.org": False,
    "ask ann@bank.example-trust.org": False,
    "ask 'ann@bank.example'.": True,
    "https://bank.example/?email=ann@bank.example&x": True,
    "": False,
}


@pytest.mark.parametrize(("text", "certain"), CERTAIN.items())
def test_an_address_or_both_names_together_are_somebody(text: str, certain: bool) -> None:
    assert ANN.certain(text) is certain


def test_a_last_name_alone_may_be_somebody() -> None:
    assert ANN.perhaps("Mrs. Price-Weiß signs") and ANN.perhaps("Ms. Price-Weiss signs")
    assert not ANN.perhaps("the best price") and not Named("Bo", "Li").perhaps("to Li")
    assert not Named("", "").perhaps("nobody")


IN_TEXTS = {
    ("hubspot.contacts/16", "hubspot.contacts/16: unreadable"): True,
    ("hubspot.contacts/16", "mql/hubspot.contacts/16"): True,
    ("hubspot.contacts/16", "hubspot.contacts/168"): False,
    ("hubspot.contacts/16", "hubspot.contacts/16-8"): False,
    ("hubspot.contacts/16", "my_hubspot.contacts/16"): False,
    ("ann@xn--mller-kva.example", "ask Ann@Müller.example, soon"): True,
    ("ann@xn--mller-kva.example", "ask joann@müller.example"): False,
    ("jörg@bank.example", "ask JÖRG@bank.example"): True,
}


@pytest.mark.parametrize(("name", "words", "stands"), [(*case, stands) for case, stands in IN_TEXTS.items()])
def test_a_name_stands_in_a_text_as_a_whole_and_is_taken_out_alone(
    name: str, words: str, stands: bool, sqlite_store: Store
) -> None:
    names = Names((name,))
    assert names.stand_in(words) is stands
    assert (names.taken_out(words, "[gone]") != words) is stands
    assert not names.stand_in(names.taken_out(words, "[gone]"))
    wrapped = json.dumps({"said": [f"first line\n{words}"]}, ensure_ascii=False)
    assert names.stand_in_json(wrapped) is stands
    assert json.loads(names.taken_out_of_json(wrapped, "")) == {"said": [f"first line\n{names.taken_out(words, '')}"]}
    with sqlite_store.writing() as unit:
        unit.notes.keep(ASKED_PLANS.of("x"), wrapped)
        preselected = unit.connection.scalar(select(func.count()).where(names.perhaps_in(note.c.value)))
    assert preselected or not stands


def an_answer(what: str, value: str, **fields: str) -> Answer:
    return replace(Answer("salesforce.Opportunity/1", what, value, NOW, "syncd answer"), **fields)


def test_what_was_said_by_hand_of_somebody_goes_and_the_rest_is_told(sqlite_store: Store) -> None:
    field = "salesforce Opportunity.Syncd_Budget__c"
    with sqlite_store.writing() as unit:
        unit.answers.give(an_answer("signature", "Ann Price-Weiß signs"))
        unit.answers.give(an_answer("steps", "the board", by="ann@bank.example"))
        unit.answers.give(an_answer("timeline", "when Ms. Price-Weiß is back"))
        unit.answers.give(an_answer("criteria", "the price"))
        unit.answers.read_back(["salesforce.Opportunity/1"], [an_answer("budget", "Ann Price-Weiß: 5", source=field)])
        left = unit.answers.mentions(ANN)
        unit.answers.erase("c/ann", ANN)
        kept = {answer.what for answer in unit.answers.of(["salesforce.Opportunity/1"])["salesforce.Opportunity/1"]}
    assert kept == {"timeline", "criteria", "budget"}
    assert {(answer.what, answer.source, answer.value) for answer in left} == {
        ("timeline", "syncd answer", ""),
        ("budget", field, ""),
    }


def test_a_reason_that_names_them_is_taken_out_of_their_release(sqlite_store: Store) -> None:
    release = Release("mql/c/ann", TaskKind.MQL, "a", "c/ann", "u", NOW, date(2026, 3, 9), How.RANK)
    rejected = replace(release, outcome=Outcome.REJECTED, why="Ann Price-Weiß left")
    with sqlite_store.writing() as unit:
        unit.queue.hand_over([rejected])
        unit.queue.erase("c/ann", ANN)
        (kept,) = unit.queue.releases(date(2026, 3, 1))
    assert (kept.why, kept.outcome) == ("", Outcome.REJECTED)
