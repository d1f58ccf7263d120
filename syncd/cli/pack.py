"""`syncd pack`: a week on one page, for one rep or for both leaders."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from syncd import agreement as agreements
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.errors import ConfigError, Unavailable
from syncd.in_force import load_rulebook
from syncd.private import open_private


def pack(
    rep: Annotated[str | None, typer.Option(help="One rep's alone: e-mail address, name or golden id.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write it there as a page, to be printed.")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it to whom the settings name, once a week.")] = False,
    as_json: Json = False,
) -> None:
    """Show the Monday pack: a week on one page, for one rep or for both leaders; and send it.

    The week's queue, overdue verdicts, gaps, the waterfall against target, and suggestions. Without --rep it is the one
    of both leaders. With --send each receiver who has not had this week's gets it, with --rep that rep alone. Exit code
    2: mend something, 3: try again later, 6: nobody of the queue answers to that name.

    - `syncd pack`

    - `syncd pack --rep east@syncd-demo.example`

    - `syncd pack --html monday.html`

    - `syncd pack --send`
    """
    if send:
        _send(rep, as_json=as_json)
        return
    from syncd.pack.paper import page
    from syncd.pack.words import text
    from syncd.views.monday_pack import pack_of

    configured = settings()
    book = load_rulebook(configured)
    with opened(configured) as store, store.reading() as unit:
        content = pack_of(unit, book, datetime.now(UTC), rep)
    if html is not None:
        try:
            with open_private(html) as file:
                file.write(page(content))
        except OSError as error:
            raise ConfigError(f"--html {html}: {error.strerror}: name a file that can be written") from error
        say(f"{html}: {content['title']}")
    if as_json:
        show_json(content)
    elif html is None:
        for line in text(content).splitlines():
            show_line(line)


def _send(rep: str | None, *, as_json: bool) -> None:
    """Send this week's to all who are named, or to one rep."""
    from syncd.pack.post import Arrival, PackPost
    from syncd.pack.receivers import NOBODY, receivers, require_whole, unknown
    from syncd.planning.names import finder

    configured = settings()
    require_whole(configured)
    if tried := agreements.unsigned(configured.agreement, configured.mappings):
        raise ConfigError(f"{tried}: nothing is sent by it")
    with opened(configured) as store:
        with store.reading() as unit:
            users = unit.groups.users()
        golden_id = finder(users)(rep) if rep else None
        if not [one for one in receivers(configured, users) if rep is None or one.rep == golden_id is not None]:
            raise ConfigError(NOBODY if rep is None else f"--rep {rep}: SYNCD_PACK_REPS does not name them")
        deliveries = PackPost(store, lambda: load_rulebook(configured), configured).send(golden_id)
    if as_json:
        show_json([asdict(delivery) for delivery in deliveries])
    else:
        for delivery in deliveries:
            why = f": {delivery.why}" + (f"; mend: {delivery.mend}" if delivery.mend else "") if delivery.why else ""
            show_line(f"{delivery.receiver}: {delivery.state}{why}")
    if number := unknown(configured, users):
        say(f"{number:,} of SYNCD_PACK_REPS are no user's address")
    if refused := [delivery for delivery in deliveries if delivery.state is Arrival.NOT_TAKEN]:
        raise typer.Exit(ConfigError.exit_code if any(one.broken for one in refused) else Unavailable.exit_code)
