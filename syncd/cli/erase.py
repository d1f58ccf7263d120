"""`syncd erase`: a person, and everything held about them, forgotten."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.sync.names import golden_id


def erase(
    who: Annotated[str, typer.Argument(help="A contact: id, e-mail address, name or remote id.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Forget a person: everything held about them goes, and stays gone when it comes again.

    HubSpot and Salesforce keep what they have; erase it there as well.

    - `syncd erase jane.doe@bank.example`

    - `syncd erase hubspot.contacts/168 --yes` does not ask
    """
    with opened() as store, store.alone():
        with store.reading() as unit:
            contact_id = golden_id(unit, "contact", who)
        if not yes:
            typer.confirm(f"Forget {contact_id} for ever?", abort=True)
        with store.writing() as unit:
            gone = unit.people.erase(contact_id)
    if as_json:
        show_json({"erased": contact_id, "records": gone})
    else:
        show_line(f"forgotten: {gone:,} remote records of one person; the next cycle applies it")
