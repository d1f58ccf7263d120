"""`syncd answer`: what somebody found out about the decision of an opportunity, or who has a role in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from syncd.agreement import Agreement
from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.in_force import load_rulebook
from syncd.model import Answer
from syncd.model.answers import PROCESS
from syncd.sync.answering import give, question_of, take_back
from syncd.sync.names import opportunity
from syncd.today import day_in

BY_HAND = "syncd answer"


def answer(
    which: Annotated[str, typer.Argument(metavar="OPPORTUNITY", help="An opportunity: id, key or golden id.")],
    what: Annotated[
        str | None, typer.Argument(metavar="WHAT", help="criteria, steps, timeline, budget, signature, or a role.")
    ] = None,
    value: Annotated[
        str | None, typer.Argument(metavar="VALUE", help="What was found out; of a role, the contact who has it.")
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who found it out.")] = "",
    forget: Annotated[bool, typer.Option("--forget", help="Take the answer back that was given here.")] = False,
    as_json: Json = False,
) -> None:
    """Say what was found out about the decision of an opportunity, or who has a role in it.

    It is dated, ages by the agreement, and moves the next question on with the next cycle. A role outranks the title's,
    for that person. Without WHAT the answers are listed, those that stand in the record's own fields too.

    - `syncd answer 006Dn00000AbCdEIAV budget "200,000, of IT" --by "Rae Rep"`

    - `syncd answer 006Dn00000AbCdEIAV "Economic Buyer" jane.doe@bank.example`

    - `syncd answer 006Dn00000AbCdEIAV budget --forget`

    - `syncd answer 006Dn00000AbCdEIAV`
    """
    configured = settings()
    agreement = load_rulebook(configured).agreement
    with opened(configured) as store, store.writing() as unit:
        opportunity_id, account_id = opportunity(unit, which)
        if what is not None:
            question = question_of(what, agreement)
            if forget:
                take_back(unit, opportunity_id, question, actor())
            else:
                give(unit, (opportunity_id, account_id), question, value, BY_HAND, by, actor())
        answers = unit.answers.of([opportunity_id]).get(opportunity_id, [])
        names = unit.people.names([entry.value for entry in answers if entry.what not in PROCESS])
    if as_json:
        show_json({"opportunity": opportunity_id, "answers": [_plain(entry, names) for entry in answers]})
    elif what is None:
        _list(answers, agreement, names)
    else:
        show_line(f"{question}: {'taken back' if forget else 'kept'}; the next cycle judges the account")


def _list(answers: list[Answer], agreement: Agreement, names: Mapping[str, str]) -> None:
    rows = [
        (entry.what, names.get(entry.value, entry.value), day_in(agreement, entry.at), entry.source, entry.by)
        for entry in answers
    ]
    empty = "nothing was answered yet: `syncd explain OPPORTUNITY` shows what is not known"
    show_table("answers", ("what", "answer", "on", "source", "by"), rows, empty=empty)


def _plain(entry: Answer, names: Mapping[str, str]) -> dict[str, Any]:
    """One answer; who has a role is told by golden id, and by name."""
    return {
        "what": entry.what,
        "value": entry.value,
        **({"name": names[entry.value]} if entry.value in names else {}),
        "at": entry.at.isoformat(),
        "source": entry.source,
        "by": entry.by,
    }
