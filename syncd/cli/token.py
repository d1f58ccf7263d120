"""`syncd token`: what lets programs in over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import say, show_json, show_line
from syncd.cli.table import show_table
from syncd.errors import ConfigError
from syncd.model.tokens import PREFIX, Token, new_token
from syncd.store.tokens import REVOKED
from syncd.web.rights import BOOTSTRAP, NOBODY, Right

DAYS, MOST_DAYS = 90, 365
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_TAKEN = (BOOTSTRAP, NOBODY.name)  # who is so called in the audit log already
WORDS = ", ".join(right.word for right in Right)

token = typer.Typer(no_args_is_help=True, help="Tokens, by which programs come in over HTTP.")

Name = Annotated[str, typer.Argument(help="What the token is called: it stands in the audit log as api:NAME.")]


@token.command("create")
def create(
    name: Name,
    right: Annotated[str, typer.Option("--right", help=f"One of {WORDS}; each holds those before it.")] = "view",
    days: Annotated[int, typer.Option("--days", min=1, max=MOST_DAYS, help="How long it lets anybody in.")] = DAYS,
    as_json: Json = False,
) -> None:
    """Make a token and show it, this once: only its digest is kept.

    - `syncd token create prometheus > token` is what may look

    - `syncd token create ci --right operate --days 30` may have syncd work
    """
    granted = _right(right)
    if not _NAME.fullmatch(name) or name.startswith(PREFIX) or name in _TAKEN:
        raise ConfigError(
            "a token's name is made of up to 64 letters, digits, dots, dashes and underscores, begins with a letter or "
            f"a digit, and not with {PREFIX}; {' and '.join(_TAKEN)} are taken"
        )
    now, secret = datetime.now(UTC), new_token()
    made = Token(name, granted.word, now, actor(), now + timedelta(days=days), None)
    with opened() as store, store.writing() as unit:
        unit.tokens.keep(secret, made)
        unit.audit.write(made.made_by, "token create", f"{name}: {made.right}, until {made.expires_at:%Y-%m-%d}")
    if as_json:
        show_json({**_plain(made, now), "token": secret})
        return
    say(f"the token {name!r} may {made.right} until {made.expires_at:%Y-%m-%d %H:%M} UTC; it is shown this once")
    typer.echo(secret)  # alone on standard output, for whoever puts it where it belongs


@token.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List the tokens: what each may do, until when, who made it, and on which day it was last used.

    - `syncd token list`
    """
    now = datetime.now(UTC)
    with opened() as store, store.reading() as unit:
        tokens = unit.tokens.all()
    if as_json:
        show_json([_plain(one, now) for one in tokens])
        return
    headings = ("name", "right", "made by", "made on", "until", "last used", "")
    empty = "there is none; `syncd token create NAME` makes one"
    show_table("tokens", headings, [_row(one, now) for one in tokens], empty=empty)


@token.command("revoke")
def revoke(
    name: Annotated[str, typer.Argument(help="The token's name, as `list` shows it.")], as_json: Json = False
) -> None:
    """End a token: it lets nobody in from this moment on.

    - `syncd token revoke ci`
    """
    if not _NAME.fullmatch(name) or name.startswith(PREFIX):  # itself, which must not stand in a message
        raise ConfigError("a token is ended by its name, as `syncd token list` shows it, not by itself")
    with opened() as store, store.writing() as unit:
        unit.tokens.revoke(name)
        unit.audit.write(actor(), REVOKED, name)
    if as_json:
        show_json({"revoked": name})
    else:
        show_line(f"the token {name!r} lets nobody in any more")


def _right(word: str) -> Right:
    try:
        return Right.read(word)
    except KeyError:
        raise ConfigError(f"there is no right {word!r}; it is one of {WORDS}") from None


def _plain(listed: Token, now: datetime) -> dict[str, Any]:
    return {**listed._asdict(), "ended": listed.expires_at <= now}


def _row(listed: Token, now: datetime) -> tuple[Any, ...]:
    made_on, until = (f"{day:%Y-%m-%d}" for day in (listed.made_at, listed.expires_at))
    used = f"{listed.used_on}" if listed.used_on else "never"
    ended = "ended" if listed.expires_at <= now else ""
    return listed.name, listed.right, listed.made_by, made_on, until, used, ended
