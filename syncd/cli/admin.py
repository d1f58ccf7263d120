"""`syncd admin`: the local administrator, and everybody's sessions."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import typer

from syncd.cli.actor import actor
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.standard_input import read_line
from syncd.errors import ConfigError, NotFound
from syncd.store.administrator import ADMIN
from syncd.web.entry.passwords import LONGEST, SHORTEST, hash_of, require_good

admin = typer.Typer(invoke_without_command=True)


@admin.callback()
def set_password(context: typer.Context, as_json: Json = False) -> None:
    """Make the local administrator, who signs in as admin, or give them another password.

    For the first day, and for the day on which the identity provider is away. The password is asked for, or is the
    first line of standard input: at least 15 characters, of any kind. Whoever is signed in as admin is signed out.

    - `syncd admin` asks for it

    - `syncd admin < /run/secrets/password`
    """
    if context.invoked_subcommand is not None:
        return
    password = _typed() if sys.stdin.isatty() else _piped()
    require_good(password)
    hashed = hash_of(password)
    with opened() as store, store.writing() as unit:
        unit.administrator.set(hashed, datetime.now(UTC))
        unit.audit.write(actor(), "admin", "another password")
    if as_json:
        show_json({"name": ADMIN})
    else:
        show_line(
            f"{ADMIN!r} signs in with this password from now on; whoever was signed in as {ADMIN!r} is not any more"
        )


@admin.command("remove")
def remove(as_json: Json = False) -> None:
    """Take the local administrator away, once people come in by the identity provider.

    - `syncd admin remove`
    """
    with opened() as store, store.writing() as unit:
        if not unit.administrator.remove():
            raise NotFound("there is no local administrator")
        unit.audit.write(actor(), "admin remove", "")
    if as_json:
        show_json({"removed": ADMIN})
    else:
        show_line(f"nobody signs in as {ADMIN!r} any more")


@admin.command("sign-out-everybody")
def sign_out_everybody(as_json: Json = False) -> None:
    """End every session: whoever is signed in must sign in anew. Tokens stay; `syncd token revoke` ends one.

    - `syncd admin sign-out-everybody`
    """
    with opened() as store, store.writing() as unit:
        ended = unit.sessions.end_all()
        unit.audit.write(actor(), "admin sign-out-everybody", f"{ended:,}")
    if as_json:
        show_json({"ended": ended})
    else:
        show_line(f"signed out: {ended:,}")


def _typed() -> str:
    """Ask twice, without an echo."""
    asked = f"a password for {ADMIN} ({SHORTEST} characters or more)"
    return str(typer.prompt(asked, hide_input=True, confirmation_prompt="the same again", err=True))


def _piped() -> str:
    line = read_line(4 * LONGEST)
    if not line:
        raise ConfigError("standard input holds no password: give it there as one line, or call it on a terminal")
    return line
