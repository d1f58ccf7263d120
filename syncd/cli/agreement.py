"""`syncd agreement`: the signed agreement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncd import agreement as agreements
from syncd import shipped
from syncd.agreement import Agreement
from syncd.cli.context import settings
from syncd.cli.mark import mark_by
from syncd.cli.options import Json, first_day
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import say, show_json, show_line
from syncd.errors import AgreementError, NotFound, SyncdError
from syncd.mapping import load_all
from syncd.mapping.activity_kinds import silent_kinds
from syncd.settings import Settings
from syncd.today import today_of

if TYPE_CHECKING:
    from syncd.store import Store

A_YEAR = timedelta(days=364)

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
    mark_by(file or configured.agreement, configured.mappings)
    if as_json:
        show_json([complaint._asdict() for complaint in complaints])
    for complaint in () if as_json else complaints:
        show_line(str(complaint))
    if terms is None or complaints:
        raise AgreementError(f"{len(complaints):,} to mend in {name}")
    _require_bound(configured, terms)
    if terms.unsigned and as_json:
        say(f"{name}: version {terms.label}")
    if silent := silent_kinds(terms, load_all(configured.mappings).values()):
        (say if as_json else show_line)(
            f"{name}: engagement: no mapping tells of {', '.join(silent)}: nobody comes to a rung by it"
        )
    if not as_json:
        for line in (*agreements.summary_lines(terms), *_known(configured, terms)):
            show_line(line)
        show_line(f"{name}: version {terms.label}, anybody can act on it")


@agreement.command("diff")
def diff(
    file: Annotated[Path, typer.Argument(metavar="NEW", help="The agreement that is weighed.")],
    since: Annotated[str, first_day("a year ago")] = "",
    names: Annotated[bool, typer.Option("--names", help="List every account and person behind the figures.")] = False,
    as_json: Json = False,
) -> None:
    """Replay new terms over the stored past before anybody signs them; nothing is written anywhere.

    First comes how many of the MQLs that were kept the terms in force reproduce; then who enters and leaves the market,
    the MQLs and the opportunities, which of the rejected would not have been sent, which of the won would have been
    missed, and what each rep's week would look like. Exit code 2: the file must be mended, or the store is another's.

    - `syncd agreement diff our-agreement-2027.yaml`

    - `syncd agreement diff our-agreement-2027.yaml --since 2026-07-01 --names --json`
    """
    from syncd.cli.installation import opened, require_own_store
    from syncd.cli.meter import ProgressMeter
    from syncd.cli.replayed import show
    from syncd.in_force import load_rulebook
    from syncd.sync.replay import replay
    from syncd.views.replayed import ReplayQuestion

    configured = settings()
    old = load_rulebook(configured)
    new = load_rulebook(configured, agreement=agreements.load(file, configured.mappings))
    today = today_of(old.agreement)
    first = past_day_or("--since", since, today, today - A_YEAR)
    with opened(configured) as store:
        require_own_store(configured, store)
        with ProgressMeter().shown() as meter:
            replayed = replay(store, old, new, first, today, names=names, progress=meter)
    if not replayed.replay.accounts:
        raise NotFound("the store knows no account, there is no past to replay: `syncd cycle` fills it")
    show(ReplayQuestion.of(old, new, str(file), first, today), replayed, as_json=as_json)


@agreement.command("start")
def start(
    folder: Annotated[Path, typer.Argument(help="Where yours will stand; it must not hold an agreement yet.")],
    example: Annotated[str, typer.Option(help="The nearest one: banks, manufacturers or supplier.")] = shipped.BANKS,
) -> None:
    """Begin an agreement of your own from the nearest example: its files in a folder of yours, signed by nobody.

    What nobody has signed is tried and not in force: it can be checked, compared and explained, and writes nothing.

    - `syncd agreement start our --example manufacturers`
    """
    made = shipped.copy_example(example, folder)
    show_line(f"{', '.join(made)} in {folder}, signed by nobody yet")
    show_line(f"next: name the folder in SYNCD_MAPPINGS, then `syncd agreement check {folder / shipped.AGREEMENT}`")


def _known(configured: Settings, terms: Agreement) -> list[str]:
    """Whom it admits among the accounts of the store, where there is one."""
    with _store(configured) as store:
        if store is None:
            return []
        from syncd.doctor.terms import of_nobody, over_capacity, shares
        from syncd.mapping.destinations import destinations
        from syncd.sync.unread import unread

        mappings = load_all(configured.mappings)
        users = destinations(mappings.values())["user"].stream
        with store.reading() as unit:
            words = unread(unit, mappings)
        return [
            *shares(store, terms, agreements.load_industries(configured.mappings)),
            *over_capacity(store, terms, users),
            *of_nobody(store, terms, users),
            *(f"{entry}; {entry.mend}" for entry in words),
        ]


def _require_bound(configured: Settings, terms: Agreement) -> None:
    """Raise AgreementError where it is signed for a later day, or the store knows the version with other terms."""

    if not terms.unsigned and terms.in_force_from > today_of(terms):
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
