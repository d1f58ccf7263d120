"""`python -m connectors.sandbox`: both vendors in a process of their own, until it is stopped.

The first line on standard output is JSON: where everything listens, and the credentials.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from connectors.sandbox.clock import Clock
from connectors.sandbox.fault_rules import KINDS, KNOBS, read
from connectors.sandbox.faults import Faults
from connectors.sandbox.hubspot import Options
from connectors.sandbox.hubspot.limits import TIERS
from connectors.sandbox.relay import Relay
from connectors.sandbox.server import HOST, Sandbox
from connectors.sandbox.steering import steer

BANKS = "banks"
PORTAL = 62514  # each seed has a portal and an org of its own
MADE_OF = ("size", "seed", "example", "contacts")  # what the records that are kept were made of
WORLDS = (BANKS, "manufacturers", "supplier")
PORTS = {
    "hubspot": ("http", 8801),
    "hubspot-https": ("https", 8802),
    "salesforce": ("https", 8803),
    "salesforce-http": ("http", 8804),
    "database": ("tcp", 8805),
}


def main(arguments: Sequence[str] | None = None, *, program: str = "python -m connectors.sandbox") -> None:
    """Build the world that the arguments ask for, and serve it. `program`: how it was called, for its help."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["fault"]:
        steer(words[1:], f"{program} fault")
        return
    parser = _parser(program)
    parsed = parser.parse_args(words)
    if parsed.keep and parsed.folder is None:
        parser.error("--keep needs --folder: where the records are to stay")
    today = parsed.today or datetime.now(UTC).date()
    clock = Clock(datetime.combine(parsed.today, datetime.min.time(), UTC) if parsed.today else None)
    try:
        database = Relay(parsed.database) if parsed.database else None
        faults = _faults(parsed, database)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    options = Options(
        tier=parsed.tier,
        daily_limit=parsed.daily_limit,
        search_limit=parsed.search_limit or None,
        search_delay=parsed.search_delay,
        search_disorder=parsed.search_disorder,
        seed=parsed.seed,
        portal_id=PORTAL + parsed.seed,
    )
    ports = {
        (name.partition("-")[0], scheme): getattr(parsed, f"{name.replace('-', '_')}_port")
        for name, (scheme, _) in PORTS.items()
    }
    sandbox = Sandbox(
        world(parsed.size, parsed.seed, today, parsed.contacts, parsed.example),
        clock=clock, faults=faults, hubspot_options=options, ports=ports, host=parsed.host, database=database,
        folder=parsed.folder, names=parsed.name,
    )  # fmt: skip
    made_of = {name: str(getattr(parsed, name)) for name in MADE_OF}
    if parsed.keep:
        try:
            sandbox.take_back(made_of)
        except ValueError as error:
            parser.error(str(error))
    # The world stays for good: without this, the collector would walk all of it again and again.
    gc.collect()
    gc.freeze()
    try:
        sandbox.serve(lambda: print(json.dumps(sandbox.describe()), flush=True))
    finally:
        if parsed.keep:
            sandbox.keep(made_of)


def _faults(parsed: argparse.Namespace, database: Relay | None) -> Faults:
    """Return the rules of the file and of the command line; raises OSError or ValueError."""
    faults = Faults(seed=parsed.seed, restart=database.restart if database else None)
    if parsed.faults:
        try:
            faults.load(json.loads(Path(parsed.faults).read_text(encoding="utf-8")))
        except ValueError as error:
            raise ValueError(f"--faults {parsed.faults}: {error}") from error
    for text in parsed.fault:
        try:
            faults.add(read(text))
        except ValueError as error:
            raise ValueError(f"--fault {text}: {error}") from error
    return faults


def world(size: str, seed: int, today: date, contacts: int = 0, example: str = BANKS) -> Any:
    """Return the world of a named size, or an empty one with that many HubSpot contacts.

    example: of which trade it is; those other than the banks' have one size.
    """
    from connectors.sandbox.world import Size, build, bulk_contacts
    from connectors.sandbox.world.trades import TRADES

    if contacts:
        return SimpleNamespace(hubspot={"contacts": bulk_contacts(contacts, seed=seed, today=today)})
    if size == "empty":
        return SimpleNamespace(hubspot={}, salesforce={})
    wanted = getattr(Size, size.upper()) if example == BANKS else Size.EXAMPLE
    return build(seed, today, wanted, TRADES[example])


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        program,
        description="HubSpot and Salesforce to try things on. The first line on standard output is JSON: where\n"
        "everything listens, and the credentials. Ctrl-C ends it.",
        epilog=EXAMPLES.format(
            program=program, kinds=_aligned(KINDS), knobs=_aligned({n: w for n, (_, w) in KNOBS.items()})
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", choices=("empty", "tiny", "small", "demo"), default="demo", help="of the world")
    parser.add_argument("--example", choices=WORLDS, default=BANKS, help="whose world; only the banks' has sizes")
    parser.add_argument("--contacts", type=int, default=0, help="instead: that many HubSpot contacts and nothing else")
    parser.add_argument("--seed", type=int, default=1, help="another seed: another world, other dice for faults")
    parser.add_argument("--today", type=date.fromisoformat, help="the sandbox's date; the default is today")
    parser.add_argument("--tier", choices=tuple(TIERS), default="professional", help="HubSpot's limits")
    parser.add_argument("--daily-limit", type=int, help="HubSpot calls a day, instead of the tier's")
    parser.add_argument("--search-limit", type=int, default=5, help="HubSpot searches a second; 0: no limit")
    parser.add_argument(
        "--search-delay", type=float, default=0, help="seconds until a change shows in HubSpot's search"
    )
    parser.add_argument("--search-disorder", type=float, default=0, help="seconds by which that delay varies")
    parser.add_argument("--fault", action="append", default=[], metavar="RULE", help="a fault; may be repeated")
    parser.add_argument("--faults", metavar="FILE", help="faults from a JSON file")
    parser.add_argument("--database", metavar="HOST:PORT", help="a database to stand before, for the fault `restart`")
    parser.add_argument("--folder", type=Path, help="where the certificate authority stays, for the next start too")
    parser.add_argument("--keep", action="store_true", help="both vendors' records, too, from stop to start")
    parser.add_argument("--name", action="append", default=[], help="a further name for the certificate; repeatable")
    parser.add_argument("--host", default=HOST, help="where to listen")
    for name, (_, port) in PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help=f"default {port}; 0: any free one")
    return parser


EXAMPLES = """examples:
  {program} --size tiny
  {program} --size tiny --tier free --daily-limit 500
  {program} --size tiny --fault latency,seconds=0.2 --fault limited,system=hubspot,probability=0.1
  {program} --size tiny --fault cut_after,system=salesforce,method=PATCH,count=1
  {program} --size tiny --database 127.0.0.1:5432 --fault restart,path=/crm/*,skip=9,count=1,seconds=5
  {program} --size tiny --folder ~/sandbox --keep
  {program} fault limited,system=hubspot            (while it runs; {program} fault --help)
  {program} --size tiny --faults faults.json   {{"rules": [{{"kind": "html", "burst": 3}}], "seed": 7}}

a fault RULE is KIND,name=value,…; while it runs, POST the JSON to /_sandbox/faults of either system, DELETE ends all.
kinds:
{kinds}
names:
{knobs}
"""


def _aligned(words: Mapping[str, str]) -> str:
    return "\n".join(f"  {name:<12} {what}".replace("%", "%%") for name, what in words.items())


if __name__ == "__main__":
    main()
