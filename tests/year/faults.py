"""What goes wrong within the year: how each fault strikes, what meets it, and what health says of it.

A fault is a block: it strikes where the block begins and is mended where it ends. Those of different places may strike
at one time.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta

from connectors.salesforce.describes import UNSEEN
from tests.faults.canaries import body_of, echo, only, page
from tests.year import stores, strikes
from tests.year.site import Site

DATA, TOKEN = "/services/data", "/services/oauth2/token"
AGAIN = "nothing: the next run tries it again"
DOCTOR = "`syncd doctor` says whether it is mended"
SPENT = "wait for the vendor's next day"
DOCTOR_LOOKS = "`syncd doctor` looks again"


@dataclass(frozen=True)
class Fault:
    """One fault. key: of the finding; what, mend: words of it. at: its place; meets: what notices it."""

    name: str
    at: str
    strike: Callable[[Site], AbstractContextManager[None]]
    key: str
    what: str
    mend: str
    meets: Callable[[Site], None] = Site.cycle
    only_on: str = ""  # one kind of database
    alone: bool = False  # of it nothing else can be told
    late: timedelta = timedelta()  # for which health waits before it tells
    besides: tuple[str, ...] = ()  # keys of findings that the same act mends


VENDORS = (
    Fault(
        "HubSpot's token is revoked",
        "hubspot",
        strikes.spoilt("hubspot", echo(401)),
        "configuration:hubspot",
        "does not accept the access token",
        DOCTOR,
    ),
    Fault(
        "Salesforce's app is revoked",
        "salesforce",
        strikes.signed_out(only(TOKEN, echo(400))),
        "configuration:salesforce",
        "Salesforce",
        DOCTOR,
    ),
    Fault(
        "HubSpot's app lacks a scope",
        "hubspot",
        strikes.spoilt("hubspot", echo(403)),
        "configuration:hubspot",
        "lacks one of the scopes",
        DOCTOR,
    ),
    Fault(
        "the credentials are another portal's",
        "hubspot",
        strikes.another_portal,
        "configuration",
        "the credentials lead to",
        DOCTOR,
        alone=True,
    ),
    Fault(
        "HubSpot leaves a call without an answer",
        "hubspot",
        strikes.hang,
        "unavailable:hubspot",
        "a call gets no good answer",
        "the vendor's status page, the network and the proxy",
        strikes.nothing,
        alone=True,
    ),
    Fault(
        "a storm of 429 at HubSpot",
        "hubspot",
        strikes.ruled(kind="limited", system="hubspot"),
        "unavailable:hubspot",
        "429",
        AGAIN,
    ),
    Fault(
        "HubSpot's calls of the day are spent",
        "hubspot",
        strikes.ruled(kind="exhausted", system="hubspot"),
        "budget:hubspot",
        "daily allowance is used up",
        SPENT,
    ),
    Fault(
        "Salesforce's calls of the day are spent",
        "salesforce",
        strikes.ruled(kind="exhausted", system="salesforce"),
        "budget:salesforce",
        "calls of 24 hours are used up",
        SPENT,
    ),
    Fault("HubSpot answers 500", "hubspot", strikes.spoilt("hubspot", echo(500)), "unavailable:hubspot", "500", AGAIN),
    Fault(
        "Salesforce answers 503",
        "salesforce",
        strikes.spoilt("salesforce", only(DATA, echo(503))),
        "unavailable:salesforce",
        "503",
        AGAIN,
    ),
    Fault(
        "a gateway before HubSpot answers",
        "hubspot",
        strikes.spoilt("hubspot", page(502)),
        "unavailable:hubspot",
        "502",
        AGAIN,
    ),
    Fault(
        "Salesforce answers with no JSON",
        "salesforce",
        strikes.spoilt("salesforce", only(DATA, body_of(lambda words: words.encode()))),
        "unavailable:salesforce",
        "",
        AGAIN,
    ),
    Fault(
        "Salesforce refuses a call",
        "salesforce",
        strikes.spoilt("salesforce", only(DATA, echo(400))),
        "refused:salesforce",
        "400",
        "`syncd doctor` asks it for the same",
    ),
    Fault(
        "the network before Salesforce ends every connection",
        "salesforce",
        strikes.ruled(kind="cut_before", system="salesforce"),
        "unavailable:salesforce",
        "",
        AGAIN,
    ),
)

ADMINS = (
    Fault(
        "a field is hidden",
        "org",
        strikes.hidden("Contact", "Title"),
        "premise:salesforce.Contact Title",
        "hidden",
        DOCTOR_LOOKS,
    ),
    Fault(
        "the permission set is taken away",
        "org",
        strikes.unassigned,
        "configuration:salesforce",
        UNSEEN,
        "grant it in a permission set",
        alone=True,
        besides=("premise:salesforce",),
    ),
    Fault(
        "twelve contacts hold what nobody can read",
        "records",
        strikes.unreadable,
        "quarantine",
        "12 records were set aside within a day",
        "`syncd quarantine retry` tries them again",
        alone=True,
    ),
)

HOUSE = (
    Fault("the clock is set back", "clock", strikes.jump(-2), "clock", "set back by 2:00:00", "NTP", alone=True),
    Fault("the clock is set on", "clock", strikes.jump(2), "clock", "set on by 2:00:00", "NTP", alone=True),
    Fault(
        "the disk is full",
        "store",
        stores.full,
        "database",
        "nothing can be written",
        "free the disk",
        alone=True,
    ),
    Fault(
        "the disk is nearly full",
        "disk",
        strikes.nearly_full,
        "disk",
        "MB are free",
        "free some of the disk",
        only_on="sqlite",
    ),
    Fault(
        "the database is away",
        "store",
        stores.away,
        "database",
        "",
        "start the database",
        Site.cycle,
        "postgresql",
        alone=True,
    ),
    Fault(
        "the database restarts",
        "store",
        stores.restart,
        "lease",
        "is taken again",
        "nothing, where",
        only_on="postgresql",
        alone=True,
    ),
    Fault(
        "the lock file is deleted",
        "store",
        stores.unlocked,
        "lease",
        "is taken again",
        "nothing, where",
        only_on="sqlite",
        alone=True,
    ),
    Fault("a second daemon is started", "second", stores.second_daemon, "lease", "a second daemon", "run one"),
    Fault(
        "the agreement's file is no YAML",
        "start",
        strikes.refused_start("agreement.yaml", "version: ["),
        "configuration:start",
        "the daemon does not start",
        "start it again",
    ),
    Fault(
        "the agreement is not signed",
        "start",
        strikes.unsigned,
        "configuration:start",
        "sign",
        "start it again",
    ),
    Fault(
        "a mapping is broken",
        "start",
        strikes.refused_start("hubspot.yaml", "system: hubspot\nstreams: 7\n"),
        "configuration:start",
        "hubspot.yaml",
        "start it again",
    ),
    Fault(
        "a token of the API ends soon",
        "tokens",
        strikes.ending_token,
        "validity:token scraper",
        "ends on",
        "syncd token create",
    ),
    Fault(
        "the folder of backups is gone",
        "night",
        strikes.no_backups,
        "backup",
        "the last good backup is of",
        "SYNCD_BACKUP_DIR",
        late=timedelta(days=2),
        alone=True,
    ),
    Fault(
        "the database lets nothing be deleted",
        "night",
        stores.no_deletes,
        "prune",
        "not let go of",
        "`syncd prune` lets go of all of it",
        Site.night,
        alone=True,
    ),
    Fault(
        "somebody pauses it",
        "pause",
        strikes.paused,
        "paused",
        "paused by cli:ann",
        "`syncd resume` goes on",
        alone=True,
    ),
    Fault(
        "the cycle is killed in the middle",
        "process",
        stores.killed,
        "broken off",
        "",
        "look why the process ended",
        Site.beat,
        alone=True,
    ),
    Fault(
        "no daemon runs",
        "process",
        strikes.ended,
        "daemon",
        "no daemon runs",
        "`syncd run`",
        strikes.nothing,
        alone=True,
    ),
    Fault(
        "the receiver of alerts is away",
        "alerts",
        strikes.deaf_receiver,
        "alerts:webhook",
        "alerts by webhook",
        "",
    ),
)

FAULTS = (*VENDORS, *ADMINS, *HOUSE)
