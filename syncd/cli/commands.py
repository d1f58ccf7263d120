"""The commands, each in the file of its name; a file is imported when its command is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from syncd import collector
from syncd.cli.line import Once, OnceGroup
from syncd.legible import legible

MARKUP: Final = "markdown"
UsageError: Any = typer.BadParameter.__base__  # of the click that typer carries within, and does not show


class Entry(NamedTuple):
    """One line of `syncd --help`."""

    panel: str
    line: str  # the first line of the command's own help; a test holds them equal
    module: str | None = None  # the file in which it stands, where that has another name
    context: dict[Any, Any] | None = None


# The sandbox reads its own options.
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

# In the order in which a newcomer meets them.
COMMANDS: Mapping[str, Entry] = {
    "demo": Entry(
        "Try",
        "Show the main job: real US banks, a signed agreement, qualified opportunities at 10–20 %, "
        "each with its reasons.",
    ),
    "sandbox": Entry(
        "Try",
        "Serve the HubSpot and Salesforce simulators alone, so that any client can be pointed at them.",
        context=_PASS_ON,
    ),
    "migrate": Entry("Prepare", "Bring the store's tables to the newest revision; safe to repeat."),
    "salesforce": Entry("Prepare", "The Salesforce org."),
    "hubspot": Entry("Prepare", "The HubSpot portal."),
    "agreement": Entry("Prepare", "The signed agreement."),
    "admin": Entry(
        "Prepare",
        "Make the local administrator, who signs in as admin, or give them another password.",
    ),
    "token": Entry("Prepare", "Tokens, by which programs come in over HTTP."),
    "doctor": Entry("Prepare", "Find what would make a cycle fail, before the first one, and what mends it."),
    "run": Entry(
        "Run",
        "Run the daemon: a cycle every SYNCD_INTERVAL_MINUTES, a full read every night, health and metrics over HTTP.",
    ),
    "health": Entry("Run", "Ask the daemon of this machine whether it can work: the container's health check."),
    "cycle": Entry("Run", "Run one cycle: pull → match → judge → release → push."),
    "pull": Entry("Run", "Pull what is new from the remote systems into the store."),
    "match": Entry("Run", "Match what was pulled into accounts, contacts and all that hangs on them."),
    "judge": Entry("Run", "Judge every account that a change, the agreement or the calendar made stale."),
    "plan": Entry("Run", "Show what a push would create, change and leave, field by field; writes nothing."),
    "apply": Entry("Run", "Carry out exactly a plan; what changed since it was made is left for the next one."),
    "push": Entry(
        "Run",
        "Write what is pending into the remote systems; `syncd plan` shows it first. A running daemon carries it out.",
    ),
    "status": Entry("Look", "Show freshness per stream, what waits, what is quarantined, and the last runs."),
    "runs": Entry(
        "Look",
        "Show what was done, is done now, and waits to be done: who asked, how far it is, how it ended and why.",
    ),
    "audit-log": Entry(
        "Look",
        "Show what people did by hand, and who: every act that changes something, whether or not it came to its end.",
    ),
    "explain": Entry("Look", "Say why somebody is, or is not, a qualified lead, and what would make them one."),
    "radar": Entry("Look", "Show who asked for sales, and which accounts are new, heating, cooling or stuck, and why."),
    "queue": Entry("Look", "Show every rep's week: its places, who came, and who waits until when."),
    "caucus": Entry(
        "Look",
        "Show the whole tally of an account's caucus: who stands for which offer, who realigned or went home, and why.",
    ),
    "waterfall": Entry(
        "Look", "Show how many reached each stage, which share goes on, how long it takes, and what it is worth."
    ),
    "calendar": Entry(
        "Look", "Show the MQLs that planned sends bring to each rep's weeks, against their places, and in which waves."
    ),
    "audit": Entry(
        "Look",
        "Count whom we have where somebody decides, whom we reach, and who is missing for the roles required.",
    ),
    "report": Entry(
        "Look",
        "Show whom we touch too early, in vain or not at all, what challenges each rep, and what people listen to.",
    ),
    "lag": Entry("Look", "How long each step takes, and what was said of it before."),
    "lessons": Entry(
        "Look", "Show what sales taught marketing: precision by gate, role, campaign and source, reasons, and what won."
    ),
    "endpoints": Entry(
        "Look",
        "Show every endpoint that syncd asks of the vendors, its API version, and the day on which support for that "
        "ends.",
    ),
    "pack": Entry(
        "Look",
        "Show the Monday pack: a week on one page, for one rep or for both leaders; and send it.",
    ),
    "quarantine": Entry("Look", "Records that could not be read or written, with the reason."),
    "mcp": Entry(
        "Look",
        "Answer assistants' questions over the Model Context Protocol, on standard input and output; it only looks.",
    ),
    "alert": Entry("Look", "What changed, and who is told: by webhook, Slack or e-mail."),
    "resync": Entry(
        "By hand", "Read again, whatever the cursors say, then run a cycle. A running daemon carries it out."
    ),
    "backup": Entry(
        "By hand",
        "Copy the whole store into one file, while the daemon works; it is looked at once it is written.",
    ),
    "restore": Entry(
        "By hand",
        "Make a store of a backup, on SQLite or PostgreSQL, whichever it was made of: all of it, or nothing happens.",
    ),
    "prune": Entry(
        "By hand",
        "Let go of what is kept by days, where these are over: the daemon does so every night.",
    ),
    "cancel": Entry(
        "By hand",
        "Take a run back: one that waits is not begun, one at work ends behind the page in hand. The daemon goes on.",
    ),
    "pause": Entry(
        "By hand", "Have the running daemon start no further cycles; requests by hand are still carried out."
    ),
    "resume": Entry("By hand", "Have the daemon go on.", module="pause"),
    "link": Entry("By hand", "Put a record to an account or contact by hand; no evidence ever moves it again."),
    "unlink": Entry("By hand", "Part a record from what it was matched with, for ever.", module="link"),
    "doubles": Entry(
        "By hand",
        "List what may be one and waits for a decision, or decide: nothing is created beside a likely double until "
        "then.",
    ),
    "answer": Entry("By hand", "Say what was found out about the decision of an opportunity, or who has a role in it."),
    "title": Entry(
        "By hand",
        "Show how a job title is read, or say what it means: that wins over the rules, and stays.",
    ),
    "export": Entry(
        "By hand",
        "Write down everything the store has about a person, an account with its people, or a record, as JSON.",
    ),
    "erase": Entry("By hand", "Forget a person: everything held about them goes, and stays gone when it comes again."),
}


class Commands(TyperGroup):
    """Lists the commands by their table alone."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, entry in COMMANDS.items():
            self.add_command(TyperCommand(name, help=entry.line, rich_help_panel=entry.panel))

    def invoke(self, ctx: Any) -> Any:
        """Carry the command out; what is wrong with the line is told without what in it steers a terminal."""
        try:
            return super().invoke(ctx)
        except UsageError as error:
            error.message = legible(error.message)
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Find the command that is called, in its file."""
        name, _, rest = super().resolve_command(ctx, args)
        command = load(name) if name else None
        collector.settle()
        return name, command, rest


def load(name: str) -> Any:
    """Import a command's file and make the command, or the group of commands, of what bears its name there."""
    entry = COMMANDS[name]
    file = entry.module or name.replace("-", "_")
    made = getattr(import_module(f"syncd.cli.{file}"), name.replace("-", "_"))
    root = typer.Typer(rich_markup_mode=MARKUP)
    if isinstance(made, typer.Typer):
        made.info.cls = OnceGroup
        for registered in made.registered_commands:
            registered.cls = Once
        root.add_typer(made, name=name)
    else:
        root.command(name, cls=Once, context_settings=entry.context)(made)
    return typer.main.get_group(root).commands[name]
