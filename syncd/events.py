"""What the log says: every event by its name, which stays, with what it means and what it tells besides.

A run's events carry its number under `run`, in whichever thread they come about.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Event(NamedTuple):
    """One event. fields: what stands beside it, besides level, timestamp, and the run."""

    meaning: str
    fields: tuple[str, ...] = ()


RUN: Final = Event(
    "A run of that verb has ended; `syncd runs N` shows all of it",
    (
        "run",
        "outcome",
        "error",
        "exit_code",
        "seconds",
        "written",
        "changed",
        "judged",
        "calls",
        "causes",
        "more_causes",
        "notes",
    ),
)

EVENTS: Final[Mapping[str, Event]] = {
    "started": Event("The daemon works from now on", ("agreement", "systems")),
    "stopping": Event("The daemon was told to end, or has to", ("why",)),
    "stopped": Event("The daemon has ended; with `why`, it did not wait for a call on its way", ("why",)),
    "paused": Event("No cycle was begun, as somebody paused the daemon", ("mend",)),
    "late": Event("A run began late, or not at all, because the one before took so long", ("job",)),
    "broken": Event("A defect in syncd: tell those who make it", ("job", "stream", "operation", "error", "exception")),
    "a thread broke": Event("A defect in syncd, in a thread that nobody waits for", ("exception",)),
    "pack sent": Event("Somebody got this week's pack; a rep by their golden id", ("receiver", "week")),
    "pack not sent": Event(
        "A receiver did not take this week's pack; it is tried again", ("receiver", "week", "error", "mend")
    ),
    "no setting": Event("A variable begins as settings do and is none: nobody heeds it", ("variable", "mend")),
    "open to others": Event("Others on this machine can read the store", ("what", "mend")),
    "probes alone are answered": Event("Nobody is let in by HTTP, as nothing says who may come in", ("mend",)),
    "a sign-in was refused": Event("Somebody did not get in by HTTP; who, is not said", ("by", "why")),
    "a webhook was refused": Event("A call was not signed by its system, or not now", ("system", "why")),
    "nobody can sign in": Event("The identity provider cannot be used; tokens go on", ("error",)),
    "something ends": Event(
        "Support of an API version, or what a certificate vouches for, ends within months",
        ("kind", "where", "what", "mend"),
    ),
    "the clock jumped": Event("The wall clock was set; nothing waits for it", ("seconds", "mend")),
    "the database does not answer": Event("Told once; it is tried again until it does", ("error", "mend")),
    "nothing can be written to the database": Event("Told once: a full disk, mostly", ("error", "mend")),
    "the database answers again": Event("What was away is there", ("after_seconds",)),
    "the store was let go of, by a database that restarted, and is held again": Event("Nothing is to be done"),
    "set aside": Event(
        "A record, or an account, at which syncd broke; the others go on: `syncd quarantine list`",
        ("record", "account", "fault"),
    ),
    "not sent": Event("A notification that came too late to be of use", ("object", "why")),
    "alert sent": Event("A channel took a message", ("channel", "id", "entries")),
    "alert dropped": Event(
        "A message is sent no more: a later one was taken, or a week is over", ("channel", "id", "error", "mend")
    ),
    "alert not sent": Event(
        "A channel did not take a message; it is sent again", ("channel", "id", "error", "mend", "again_in")
    ),
}
