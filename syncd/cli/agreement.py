"""`syncd agreement`: the signed agreement."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from syncd import agreement as agreements
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.errors import AgreementError
from syncd.mapping import load_all
from syncd.mapping.activity_kinds import silent_kinds

agreement = typer.Typer(no_args_is_help=True, help="The signed agreement.")


@agreement.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="Default: SYNCD_AGREEMENT, else the shipped example.")] = None,
    as_json: Json = False,
) -> None:
    """Say whether anybody can act on the agreement; every problem at once, with file, line and what would mend it.

    Exit code 2: something must be mended.

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
    for term in agreements.locate_idle_terms(terms, text, name):
        (say if as_json else show_line)(str(term))
    if silent := silent_kinds(terms, load_all(configured.mappings).values()):
        (say if as_json else show_line)(
            f"{name}: engagement: no mapping tells of {', '.join(silent)}: nobody comes to a rung by it"
        )
    if not as_json:
        for line in agreements.summary_lines(terms):
            show_line(line)
        show_line(f"{name}: version {terms.version}, anybody can act on it")
