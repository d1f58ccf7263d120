"""`syncd erase`: a person, and everything held about them, forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.actor import actor
from syncd.cli.daemon_request import leave
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.errors import AlreadyRunning
from syncd.model import Answer
from syncd.sync import by_hand
from syncd.sync.names import golden_id


def erase(
    who: Annotated[str, typer.Argument(help="A contact: id, e-mail address, name or remote id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Forget a person: everything held about them goes, and stays gone when it comes again.

    HubSpot and Salesforce keep what they have; erase it there as well. Answers that may
    name the person are told, for you to look at: a text in a record's own field stays as long as it stands there.
    A running daemon carries it out.

    - `syncd erase jane.doe@bank.example`

    - `syncd erase hubspot.contacts/168 --yes` does not ask
    """
    with opened() as store:
        with store.reading() as unit:
            contact_id = golden_id(unit, "contact", who)
        if not yes:
            typer.confirm(f"Forget {contact_id} for ever?", abort=True)
        try:
            with store.alone():
                gone, left = by_hand.erase(store, contact_id, actor())
        except AlreadyRunning:
            leave(store, "erase", {"contact": contact_id}, as_json)
            return
    if as_json:
        show_json({"erased": contact_id, "records": gone, "look_at": [_place(answer) for answer in left]})
    else:
        for line in by_hand.erasure_in_words(gone, left):
            show_line(line)


def _place(answer: Answer) -> dict[str, str]:
    return {
        "opportunity": answer.opportunity_id,
        "what": answer.what,
        "source": answer.source,
        "mend": by_hand.mend_of(answer),
    }
