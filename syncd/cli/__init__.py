"""The command line: wiring and commands."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from typing import Any

import typer

from connectors.base import BudgetExhausted, ConnectorError, Misconfigured, TryLater
from syncd import __version__
from syncd.cli import deploying, linking, looking, running, verbs
from syncd.cli.demo import demo
from syncd.cli.doctoring import doctor
from syncd.cli.explaining import explain
from syncd.cli.screen import say
from syncd.errors import SyncdError

EXIT_CODES: Mapping[int, str] = {
    0: "done",
    1: "failed",
    2: "configuration must be mended",
    3: "incomplete, run it again",
    4: "unsafe plan, look and --force",
    5: "another syncd runs",
    6: "nothing answers to that name",
}
_HELP = f"""Keep the agreement between sales and marketing true in HubSpot and Salesforce.

- `syncd demo --once` shows the main job on a built-in sandbox

- `syncd doctor` finds what would make a cycle fail; `syncd run` is the daemon

Settings come from the environment (SYNCD_…). Exit codes:
{" · ".join(f"{code} {meaning}" for code, meaning in EXIT_CODES.items())}.
"""

# The panels of `syncd --help`, in the order in which a newcomer meets them.
_COMMANDS: Mapping[str, Mapping[str, Callable[..., Any] | typer.Typer]] = {
    "Try": {"demo": demo, "sandbox": running.sandbox},
    "Prepare": {
        "migrate": running.migrate,
        "salesforce": deploying.salesforce,
        "hubspot": deploying.hubspot,
        "agreement": looking.agreement,
        "doctor": doctor,
    },
    "Run": {
        "run": running.run,
        "health": running.health,
        "cycle": verbs.cycle_command,
        "pull": verbs.pull_command,
        "match": verbs.match_command,
        "judge": verbs.judge_command,
        "plan": verbs.plan_command,
        "apply": verbs.apply_command,
        "push": verbs.push_command,
    },
    "Look": {"status": looking.status, "explain": explain, "quarantine": looking.quarantine},
    "By hand": {
        "resync": verbs.resync_command,
        "pause": running.pause,
        "resume": running.resume,
        "link": linking.link,
        "unlink": linking.unlink,
        "erase": linking.erase,
    },
}
# The sandbox reads its own options.
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app = typer.Typer(
    name="syncd",
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    add_completion=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(__version__)
        raise typer.Exit


@app.callback(help=_HELP)
def options(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),
) -> None:
    """Read the options that stand before a command."""


for panel, commands in _COMMANDS.items():
    for name, command in commands.items():
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, rich_help_panel=panel)
        else:
            passing = _PASS_ON if command is running.sandbox else None
            app.command(name, rich_help_panel=panel, context_settings=passing)(command)


def main() -> None:
    """Run the command line; known failures end with one clear message and their exit code."""
    gc.freeze()  # what was imported stays: each look of the collector through it took a tenth of a second
    try:
        app()
    except SyncdError as error:
        say(f"{error}")
        sys.exit(error.exit_code)
    except ConnectorError as error:
        say(f"{error}")
        sys.exit(_exit_code(error))


def _exit_code(error: ConnectorError) -> int:
    match error:
        case Misconfigured():
            return 2
        case BudgetExhausted() | TryLater():
            return 3
        case _:
            return 1
