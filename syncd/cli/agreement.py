"""`syncd agreement`: the signed agreement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from syncd import agreement as agreements
from syncd.agreement import Agreement
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.errors import AgreementError, SyncdError
from syncd.mapping import load_all
from syncd.mapping.activity_kinds import silent_kinds
from syncd.settings import Settings

if TYPE_CHECKING:
    from syncd.store import Store

agreement = typer.Typer(no_args_is_help=True, help="The signed agreement.")


@agreement.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: SYNCD_AGREEMENT, else the shipped example.")] = None,
    as_json: Json = False,
) -> None:
    """Say whether anybody can act on the agreement; every problem at once, with file, line and what would mend it.

    With a store, it says also how many of the known accounts each segment admits, and refuses other terms under a
    version that was signed. Exit code 2: something must be mended.

    - `syncd agreement check`

    - `syncd agreement check our-agreement.yaml`
    """
    configured = settings()
    text, name = agreements.read_text(file or configured.agreement, configured.mappings)
    terms, complaints = agreements.examine(text, name, configured.mappings)
    if as_json:
        show_json([complaint._asdict() for complaint in complaints])
    for complaint in () if as_json else complaints:
        show_line(str(complaint))
    if terms is None or complaints:
        raise AgreementError(f"{len(complaints):,} to mend in {name}")
    _require_bound(configured, terms)
    if terms.unsigned and as_json:
        say(f"{name}: version {terms.label}")
    for term in agreements.locate_idle_terms(terms, text, name):
        (say if as_json else show_line)(str(term))
    if silent := silent_kinds(terms, load_all(configured.mappings).values()):
        (say if as_json else show_line)(
            f"{name}: engagement: no mapping tells of {', '.join(silent)}: nobody comes to a rung by it"
        )
    if not as_json:
        for line in (*agreements.summary_lines(terms), *_known(configured, terms)):
            show_line(line)
        show_line(f"{name}: version {terms.label}, anybody can act on it")


def _known(configured: Settings, terms: Agreement) -> list[str]:
    """Whom it admits among the accounts of the store, where there is one."""
    with _store(configured) as store:
        if store is None:
            return []
        from syncd.doctor.terms import shares
        from syncd.sync.unread import unread

        with store.reading() as unit:
            words = unread(unit, load_all(configured.mappings))
        return [
            *shares(store, terms, agreements.load_industries(configured.mappings)),
            *(f"{entry}; {entry.mend}" for entry in words),
        ]


def _require_bound(configured: Settings, terms: Agreement) -> None:
    """Raise AgreementError where it is signed for a later day, or the store knows the version with other terms."""
    if not terms.unsigned and terms.in_force_from > datetime.now(ZoneInfo(terms.time_zone)).date():
        raise AgreementError(f"{terms.label}: {agreements.NOT_YET.format(day=terms.in_force_from)}")
    with _store(configured) as store:
        if store is None or terms.unsigned:
            return
        from syncd.doctor.terms import binding

        for problem in binding(store, terms):
            raise AgreementError(problem.what)


@contextmanager
def _store(configured: Settings) -> Iterator[Store | None]:
    """The store, where there is one that can be used: an agreement is checked without any, too."""
    url = configured.database_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///").partition("?")[0]).exists():
        yield None
        return
    from syncd.cli.installation import opened

    with ExitStack() as stack:
        try:
            store = stack.enter_context(opened(configured))
        except SyncdError as error:
            say(f"checked without the store: {error}")
            yield None
            return
        yield store
