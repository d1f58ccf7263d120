"""`syncd salesforce deploy`: our fields and permission sets in the org."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import orjson
import typer

from syncd import wiring
from syncd.cli.by_hand import note
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.cli.standard_input import read_all
from syncd.errors import ConfigError, SyncdError
from syncd.settings import Settings
from syncd.text_file import text_of

GUIDE = "Step by step, for an administrator: docs/how-to/install-in-salesforce.md."
salesforce = typer.Typer(no_args_is_help=True, help="The Salesforce org.", epilog=GUIDE)

SignIn = Annotated[
    str | None,
    typer.Option("--sign-in", metavar="FILE", help="Where an administrator's access token stands; - reads it."),
]
DATA = "delete the data"
WHO = (
    "changing the org is an administrator's act: give an administrator's access token with --sign-in FILE (- is "
    "standard input), such as `sf org display --target-org ADMIN --json` tells; it is used for this one act, and not "
    "kept"
)

LARGEST = 1_000_000  # bytes: what `sf` prints beside a token has some thousands
# `00D…!AQ…`: the org's id, and what nobody else may read. Salesforce Help, "Session ID"
TOKEN = re.compile(r"\s*(?:Bearer\s+)?00D\w{9,15}!", re.IGNORECASE)
LEAKED = (
    "--sign-in takes a file or -, and this looks like the token itself: whoever lists this machine's processes or "
    "reads the shell's history can use it. End that session (Setup, Session Management), and give a new one on "
    "standard input"
)


@salesforce.command("deploy")
def deploy(
    check: Annotated[bool, typer.Option("--check", help="Let the org validate it, change nothing.")] = False,
    check_only: Annotated[bool, typer.Option("--check-only", hidden=True)] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Say what would be added and changed, element by element; change nothing.")
    ] = False,
    dashboard_user: Annotated[
        str | None,
        typer.Option(
            metavar="USERNAME",
            help="As whom the dashboard runs where the org has no room for one that runs as its viewer.",
        ),
    ] = None,
    sales: Annotated[
        list[str] | None,
        typer.Option("--sales", metavar="USERNAME", help="Who gets the permission set Syncd Sales; may be repeated."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before writing over what somebody changed of syncd's parts.")
    ] = False,
    sign_in: SignIn = None,
    as_json: Json = False,
) -> None:
    """Deploy fields, lists, reports, pages and permission sets through the Metadata API; safe to repeat.

    An administrator does it, with an access token that is used for this one act and not kept. The integration user is
    granted whatever the mapping reads or writes, and nothing else: it may change nothing in Setup. What the org refuses
    is left out and named, and the rest stands; where it refuses the core, nothing is changed. What somebody changed of
    syncd's lists, fields and the like is named, and it asks before it writes over them; values that were added to
    picklists stay.

    - `sf org display --target-org ADMIN --json | syncd salesforce deploy --sign-in -`

    - `syncd salesforce deploy --diff` asks for the token, and compares it with what the org has

    - `syncd salesforce deploy --check` lets the org validate it, and says what it would refuse
    """
    configured = settings()
    if diff:
        _differences(configured, sign_in, as_json)
        return
    with wiring.administrator(configured, token=_token(sign_in)) as administrator:
        if not (yes or check or check_only):
            _ask_before_writing_over(wiring.salesforce_differences(configured, administrator).written_over(), sign_in)
        done = wiring.deploy_salesforce(
            configured,
            administrator,
            dashboard_user=dashboard_user,
            sales=sales or (),
            check_only=check or check_only,
        )
    if not (check or check_only):
        ended = "" if done.ok else ", refused"
        note(configured, "salesforce deploy", f"{done.components:,} components{ended}")
    if as_json:
        show_json(asdict(done) | {"changed": [comparison.shown() for comparison in done.changed]})
    else:
        for line in done.lines("would change" if check or check_only else "changed"):
            show_line(line)
        if check or check_only:
            show_line("this was a check: nothing was changed in the org")
    if not done.ok:
        raise SyncdError(f"the org refused {len(done.errors):,} components; nothing was changed")


def _ask_before_writing_over(changed: Sequence[str], sign_in: str | None) -> None:
    """Raise ConfigError unless there is nothing to be written over, or the word is typed."""
    if not changed:
        return
    for part in changed:
        say(f"stands there otherwise: {part}")
    what = f"{len(changed):,} parts of syncd's were changed there, and would be written over"
    if sign_in == "-":  # no word can be typed where the token was
        raise ConfigError(f"nothing was changed: {what}; keep such changes in copies of your own, and add --yes")
    _ask(what, "overwrite", "nothing was changed")


def _differences(configured: Settings, sign_in: str | None, as_json: bool) -> None:
    with wiring.administrator(configured, token=_token(sign_in)) as administrator:
        differences = wiring.salesforce_differences(configured, administrator)
    if as_json:
        show_json(differences.shown())
        return
    for line in differences.lines():
        show_line(line)


@salesforce.command("remove")
def remove(
    fields: Annotated[
        bool, typer.Option("--fields", help="The fields as well, and with them all data that stands in them.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; what --fields does is asked all the same.")] = False,
    sign_in: SignIn = None,
    as_json: Json = False,
) -> None:
    """Take out of the org what deploy put there; safe to repeat.

    An administrator does it, as with deploy. Lists, reports, pages, actions and permission sets go; fields and what
    stands in them stay, unless --fields is given and confirmed by itself. What the org's own refers to, such as a page
    that was cloned from ours, stays: it is named before anything goes, and again at the end.

    - `syncd salesforce remove` asks for the token, says what would go, and asks for a word
    """
    configured = settings()
    with wiring.administrator(configured, token=_token(sign_in)) as administrator:
        parts = wiring.deployed_in_salesforce(configured, administrator)
        stored = [part for part in parts if part.name.kind == "CustomField"]
        others = len(parts) - len(stored)
        for part in wiring.in_the_way_in_salesforce(configured, administrator, parts, fields=fields):
            say(f"the org would not let go {part.name}: {part.why}")
        if not yes and parts:
            kept = "their data are asked for by themselves" if fields else "their data stay"
            _ask(f"{others:,} components would go; {len(stored):,} fields and {kept}", "remove")
        if fields and stored:
            _ask(f"{len(stored):,} fields go, and the data in them on every record", DATA)
        done = wiring.remove_from_salesforce(configured, administrator, parts, fields=fields)
    note(configured, "salesforce remove", f"{len(parts):,} components{', --fields' if fields else ''}")
    if as_json:
        show_json(asdict(done))
    else:
        for line in done.lines():
            show_line(line)
    if done.kept:
        raise SyncdError(f"{len(done.kept):,} components stay in the org; mend what keeps them, and run it again")


def _ask(what: str, word: str, otherwise: str = "nothing was removed") -> None:
    """Raise ConfigError unless the word is typed."""
    typed = str(typer.prompt(f"{what}. Type “{word}” to go on", err=True, default="", show_default=False))
    if typed.strip() != word:
        raise ConfigError(f"{otherwise}: the word was not typed")


def _token(where: str | None) -> str:
    """Read the access token: from a file or standard input, as it stands or as `sf` shows it; else ask for it."""
    if where is None and not sys.stdin.isatty():
        raise ConfigError(WHO)
    if where is not None and TOKEN.match(where) and not Path(where).exists():
        raise ConfigError(LEAKED)
    if where is None:
        text = str(typer.prompt("an administrator's access token", hide_input=True, err=True))
    else:
        text = read_all(LARGEST) if where == "-" else _content(where)
    token = _of_sf(text.strip())
    if not token or any(character.isspace() or not character.isprintable() for character in token):
        raise ConfigError(f"{'this' if where in (None, '-') else where} is no access token; {WHO}")
    return token


def _content(file: str) -> str:
    try:
        return text_of(Path(file), file, LARGEST)
    except ConfigError as error:
        raise ConfigError(f"{error}; {WHO}") from error


def _of_sf(text: str) -> str:
    """Return the token in what the Salesforce CLI prints as JSON; the text itself where it is none."""
    if not text.startswith("{"):
        return text
    try:
        answer = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    result = answer.get("result") or answer
    return str(result.get("accessToken") or "") if isinstance(result, dict) else ""
