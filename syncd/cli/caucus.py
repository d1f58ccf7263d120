"""`syncd caucus`: for which offer each qualified lead of an account stands, and every move of it."""

from __future__ import annotations

from typing import Annotated

import typer

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.opportunity import show_caucus
from syncd.cli.options import Json
from syncd.in_force import load_rulebook
from syncd.today import today_of
from syncd.views.opportunity import judged


def caucus(
    account: Annotated[str, typer.Argument(help="An account: id, name, domain or remote id.")],
    as_json: Json = False,
) -> None:
    """Show the whole tally of an account's caucus: who stands for which offer, who realigned or went home, and why.

    It is held anew from today's facts, and written on the account and its open opportunities.

    - `syncd caucus "Endeavor Bank"`

    - `syncd caucus endeavor.bank --json`
    """
    configured = settings()
    book = load_rulebook(configured)
    today = today_of(book.agreement)
    with opened(configured) as store:
        group, judgement = judged(store, book, account, today)
    show_caucus(group, judgement, book, as_json)
