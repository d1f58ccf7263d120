"""`syncd erase`: a person, and everything held about them, forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.model import Answer
from syncd.sync.names import golden_id


def erase(
    who: Annotated[str, typer.Argument(help="A contact: id, e-mail address, name or remote id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Forget a person: everything held about them goes, and stays gone when it comes again.

    HubSpot and Salesforce keep what they have; erase it there as well. Answers that may
    name the person are told, for you to look at: a text in a record's own field stays as long as it stands there.

    - `syncd erase jane.doe@bank.example`

    - `syncd erase hubspot.contacts/168 --yes` does not ask
    """
    with opened() as store, store.alone():
        with store.reading() as unit:
            contact_id = golden_id(unit, "contact", who)
        if not yes:
            typer.confirm(f"Forget {contact_id} for ever?", abort=True)
        with store.writing() as unit:
            left = unit.people.mentions(contact_id)
            gone = unit.people.erase(contact_id, actor())
    if as_json:
        show_json({"erased": contact_id, "records": gone, "look_at": [_place(answer) for answer in left]})
    else:
        show_line(f"forgotten: {gone:,} remote records of one person; the next cycle applies it")
        for answer in left:
            show_line(
                f"look at the answer about {answer.what} of {answer.opportunity_id}: it may name them; {_mend(answer)}"
            )


def _place(answer: Answer) -> dict[str, str]:
    return {"opportunity": answer.opportunity_id, "what": answer.what, "source": answer.source, "mend": _mend(answer)}


def _mend(answer: Answer) -> str:
    """What takes a name out of an answer: where it was said by hand, another answer; else the record's own field."""
    if answer.source.startswith("syncd "):
        return f"give another one with `syncd answer {answer.opportunity_id} {answer.what} …`"
    return f"take it out of {answer.source}"
