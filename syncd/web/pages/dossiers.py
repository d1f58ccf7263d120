"""One account, one contact, one opportunity: all that is known of each, and what may be said of it there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import Field

from syncd.sync.answering import give, question_of, take_back
from syncd.sync.names import opportunity
from syncd.views.dossier import account_of, contact_of, opportunity_of
from syncd.web.api.runs import Word
from syncd.web.operations import Call
from syncd.web.pages.page import Act, Done, Form, Page
from syncd.web.rights import Right

ON_A_PAGE = "syncd's page"


class Answered(Form):
    """What somebody found out."""

    opportunity: Word
    what: Word = Field(description="a part of the decision, or a role")
    value: str = Field(max_length=10_000, description="of a role, the contact who has it")


class TakenBack(Form):
    """Which answer is taken back."""

    opportunity: Word
    what: Word


def show_account(call: Call) -> Any:
    """Its standing, its people and their roles, what is not known, what was done, and what stands where."""
    return _made(call, account_of, call.path["account"])


def show_contact(call: Call) -> Any:
    """The gates with their evidence, and what would make them pass."""
    return _made(call, contact_of, call.path["contact"])


def show_opportunity(call: Call) -> Any:
    """The picture of the decision: roles, gaps, what is known, and the next action."""
    return _made(call, opportunity_of, call.path["opportunity"])


def answer(call: Call) -> Done:
    """It is dated, ages by the agreement, and moves the next question on with the next cycle."""
    form, house = call.body_as(Answered), call.house
    question = question_of(form.what, house.wiring.book.agreement)
    with house.store.writing() as unit:
        of = opportunity(unit, form.opportunity)
        give(unit, of, question, form.value, ON_A_PAGE, call.principal.name, call.principal.actor)
    return Done(f"{question}: kept. The next cycle judges the account.", f"/opportunities/{of[0]}")


def take_answer_back(call: Call) -> Done:
    """What stands in a record's own field stays."""
    form, house = call.body_as(TakenBack), call.house
    question = question_of(form.what, house.wiring.book.agreement)
    with house.store.writing() as unit:
        opportunity_id, _ = opportunity(unit, form.opportunity)
        take_back(unit, opportunity_id, question, call.principal.actor)
    return Done(f"{question}: taken back. The next cycle judges the account.", f"/opportunities/{opportunity_id}")


def _made(call: Call, view: Callable[..., Any], name: str) -> Any:
    wiring = call.house.wiring
    return view(wiring.store, wiring.book, wiring.mappings, name, wiring.clock())


PAGES = (
    Page("/accounts/{account:path}", "Account", "account", show_account),
    Page("/contacts/{contact:path}", "Contact", "contact", show_contact),
    Page("/opportunities/{opportunity:path}", "Opportunity", "opportunity", show_opportunity),
)
ACTS = (
    Act("answer", "/answers", Right.OPERATE, "Say what was found out of a decision", answer, form=Answered),
    Act("take back", "/answers/taken-back", Right.OPERATE, "Take an answer back", take_answer_back, form=TakenBack),
)
