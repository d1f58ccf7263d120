"""The command line: what stands before a command, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module

import typer

from connectors.base import ConnectorError
from syncd import __version__
from syncd.cli.commands import MARKUP, Commands
from syncd.cli.mark import unmark
from syncd.cli.screen import say
from syncd.errors import SyncdError
from syncd.outlets import guarded
from syncd.strangers import outlined, reason_of

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "failed",
    2: "configuration must be mended",
    3: "incomplete, run it again",
    4: "unsafe plan, look and --force",
    5: "another syncd runs",
    6: "nothing answers to that name",
    130: "stopped or cancelled",
}
_HELP = f"""Keep the agreement between sales and marketing true in HubSpot and Salesforce.

- `syncd demo --once` shows the main job on a built-in sandbox

- `syncd doctor` finds what would make a cycle fail; `syncd run` is the daemon

Settings come from the environment (SYNCD_…). Exit codes:
{" · ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())}.
"""

app = typer.Typer(
    name="syncd",
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=MARKUP,
    cls=Commands,
    add_completion=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback(help=_HELP)
def root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Read the options that stand before a command."""


def main() -> None:
    """Run the command line; known failures end with one clear message and their exit code."""
    with guarded():
        _main()


def _main() -> None:
    unmark()
    try:
        if sys.argv[1:] == ["health"]:  # asked all day long by the container; to parse no options costs as much again
            import_module("syncd.cli.health").health()
        else:
            app()
    except SyncdError as error:
        say(f"{error}")
        sys.exit(error.exit_code)
    except ConnectorError as error:
        from syncd.sync.causes import exit_code_of  # who only looks asks no vendor

        say(f"{error}")
        sys.exit(exit_code_of(error))
    except Exception as error:  # noqa: BLE001 - a defect: a traceback's last line quotes whatever the library was handed
        say(f"{outlined(error)}\nsyncd broke, which is a defect: {reason_of(error)}; nothing that was done is lost")
        sys.exit(SyncdError.exit_code)
