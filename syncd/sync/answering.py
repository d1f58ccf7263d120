"""Answering by hand: what somebody found out about the decision of an opportunity, or who has a role in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from syncd.agreement import Agreement
from syncd.errors import ConfigError, NotFound
from syncd.model import Answer
from syncd.model.answers import LONGEST_ANSWER, PROCESS
from syncd.rules.answers import roles_of
from syncd.store import UnitOfWork
from syncd.sync.names import golden_id


def questions_of(agreement: Agreement) -> list[str]:
    """What can be answered: the parts of a decision, and the roles of the agreement."""
    return [*PROCESS, *sorted(roles_of(agreement))]


def question_of(what: str, agreement: Agreement) -> str:
    """What is answered, as the house writes it. Raises ConfigError with what can be answered."""
    questions = questions_of(agreement)
    question = next((question for question in questions if question.casefold() == what.strip().casefold()), None)
    if question is None:
        there = f"what can be answered: {', '.join(questions)}"
        raise ConfigError(f"nothing asks for {what!r}; {there}", plain=f"nothing asks for that; {there}")
    return question


def give(
    unit: UnitOfWork, of: tuple[str, str], question: str, value: str | None, source: str, by: str, actor: str
) -> None:
    """Keep an answer. of: golden ids of the opportunity and its account. Raises ConfigError and NotFound."""
    opportunity_id, account_id = of
    said = " ".join((value or "").split())
    if not said:
        raise ConfigError(
            f"what is the answer? `syncd answer OPPORTUNITY {question!r} VALUE`", plain="what is the answer?"
        )
    if len(said) > LONGEST_ANSWER:
        long = f"is a document: at most {LONGEST_ANSWER:,} are kept"
        raise ConfigError(
            f"an answer of {len(said):,} characters {long}", plain=f"an answer of so many characters {long}"
        )
    if re.search(r"[\ud800-\udfff]", f"{said}{by}"):  # as Python reads bytes that are no UTF-8
        raise ConfigError("the answer is no UTF-8 text: set the terminal to UTF-8, and type it again")
    contact_id = None
    if question not in PROCESS:
        contact_id = golden_id(unit, "contact", said)
        if unit.people.account_of(contact_id) != account_id:
            no_contact = "is no contact of this opportunity's account: name one of `syncd explain` of it"
            raise ConfigError(f"{said} {no_contact}", plain=f"that {no_contact}")
        said = contact_id
    unit.answers.give(Answer(opportunity_id, question, said, datetime.now(UTC), source, by), contact_id)
    unit.audit.write(actor, "answer", f"{opportunity_id}: {question}")


def take_back(unit: UnitOfWork, opportunity_id: str, question: str, actor: str) -> None:
    """Take back what was answered by hand. Raises NotFound."""
    if not unit.answers.take_back(opportunity_id, question):
        raise NotFound(f"nobody answered {question!r} here; `syncd answer OPPORTUNITY` lists what was answered")
    unit.audit.write(actor, "answer", f"{opportunity_id}: {question}")
