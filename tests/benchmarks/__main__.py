"""`make bench`: every figure of docs/reference/performance.md, as ratios in one run.

The floor fetches the least number of pages over one keep-alive connection, parses them with orjson, and writes each
page with one executemany upsert of the same columns (SQLite, WAL, one transaction a page). Floor and syncd run in
turns, each in a process of its own; the sandbox runs in another one and has drawn all pages before.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from math import ceil

from tests.benchmarks.fields import OBJECTS, asked
from tests.benchmarks.figures import Figure, Table
from tests.benchmarks.places import Found, beside, measure, org, sandbox, slow
from tests.benchmarks.starts import starts

LATENCY = 0.08  # seconds a call
BURST, INTERVAL = 190, 10  # calls in so many seconds: HubSpot's professional tier


def main() -> None:
    """Measure, print, and end with 1 when a binding mark is missed."""
    arguments = _parser().parse_args()
    if arguments.quick:
        arguments.contacts, arguments.rows, arguments.wishes, arguments.world = [20_000, 100_000], 6_000, 1_000, "tiny"
    tables = []
    for name, work in WORK.items():
        if name in arguments.only:
            for table in work(arguments):
                tables.append(table)
                if not arguments.json:
                    print("\n".join(table.lines()), end="\n\n", flush=True)
    if arguments.json:
        print(json.dumps({table.title: [one.plain() for one in table.figures] for table in tables}, indent=2))
    missed = [(table, one) for table in tables for one in table.figures if one.missed and one.binding]
    for table, figure in missed:
        print(f"missed: {table.title}: {figure.name} {figure.value:,.2f}, at most {figure.limit:,.4g}", file=sys.stderr)
    sys.exit(1 if missed else 0)


def loads(arguments: argparse.Namespace) -> Iterator[Table]:
    """The first load at two sizes: time, memory and calls beside the floor."""
    first = 0.0
    for contacts in arguments.contacts:
        with sandbox("--contacts", str(contacts)) as place:
            measure("drain", place, asked=asked("contacts"))
            repeat = arguments.repeat if contacts == arguments.contacts[0] else 1
            floor, ours = beside("floor", "pull", place, repeat, asked=asked("contacts"))
        least = ceil(contacts / 100)
        grown = () if not first else (Figure("memory, times the smaller load's", ours["memory"] / first, "×", 1.05),)
        first = first or ours["memory"]
        yield Table(
            f"first load of {contacts:,} HubSpot contacts × 32 properties, median of {repeat}",
            (
                *_pair(floor, ours),
                Figure("wall, times the floor", ours["wall"] / floor["wall"], "×", 2.0),
                Figure("CPU, times the floor", ours["cpu"] / floor["cpu"], "×", 2.0),
                Figure("records", ours["records"] / ours["wall"], "a second"),
                Figure("peak memory, floor", floor["memory"], "MiB"),
                Figure("peak memory, syncd", ours["memory"], "MiB", 100),
                *grown,
                Figure("calls, least", least),
                Figure("calls, syncd", ours["calls"], limit=least + 5),
            ),
        )


def news(arguments: argparse.Namespace) -> Iterator[Table]:
    """Pulls without news and with a thousandth changed, also from a store ten times larger."""
    small = max(arguments.contacts[0] // 10, 1_000)
    changed = max(arguments.contacts[0] // 1_000, 10)
    before: Found = {}
    for contacts in (small, 10 * small):
        with sandbox("--contacts", str(contacts)) as place:
            measured = measure("again", place, changed=changed)
        figures = []
        for name in ("idle", "changed"):
            figures += [
                Figure(f"{name}: calls", measured[f"{name} calls"], limit=8, binding=False),
                Figure(f"{name}: records stored anew", measured[f"{name} records"]),
                Figure(f"{name}: time", measured[f"{name} seconds"], "s", 1.0, binding=False),
            ]
            if before:
                slower = measured[f"{name} seconds"] - before[f"{name} seconds"]
                figures.append(Figure(f"{name}: slower than with a tenth of it", slower, "s", 0.2, binding=False))
        before = measured
        yield Table(f"pull again, {contacts:,} contacts, {changed:,} changed", tuple(figures))


def rows(arguments: argparse.Namespace) -> Iterator[Table]:
    """Salesforce rows of three objects."""
    with org(arguments.rows) as place:
        measured = measure("rows", place)
    yield Table(
        f"first load of {arguments.rows:,} Salesforce rows of three objects",
        (
            Figure("wall", measured["wall"], "s"),
            Figure("records", measured["records"] / measured["wall"], "a second"),
            Figure("calls, least", measured["least calls"]),
            Figure("calls, syncd", measured["calls"], limit=measured["least calls"] + 5),
        ),
    )


def pushes(arguments: argparse.Namespace) -> Iterator[Table]:
    """Opportunities from the store into Salesforce, beside the same payloads by bare HTTP."""
    with org(17_000) as place:
        floor = measure("send", place, wishes=arguments.wishes)
        ours = measure("push", place, wishes=arguments.wishes)
    least = ceil(arguments.wishes / 200)
    yield Table(
        f"push of {arguments.wishes:,} opportunities",
        (
            *_pair(floor, ours),
            Figure("wall, times the floor", ours["wall"] / floor["wall"], "×", 2.0, binding=False),
            Figure("calls, least", least),
            Figure("calls, syncd", ours["calls"], limit=least + 5),
        ),
    )


def delays(arguments: argparse.Namespace) -> Iterator[Table]:
    """Seven HubSpot objects at 80 ms a call: one after another, and as syncd reads them."""
    with sandbox("--size", "small") as place:
        measure("drain", place, asked=asked(*OBJECTS))
        slow(place, LATENCY)
        floor, ours = beside("floor", "pull", place, 1, asked=asked(*OBJECTS))
    yield Table(
        f"{ours['records']:,.0f} HubSpot records of {len(OBJECTS)} objects at {LATENCY * 1000:.0f} ms a call",
        (
            Figure("wall, floor with one cursor", floor["wall"], "s"),
            Figure("wall, syncd", ours["wall"], "s"),
            Figure("wall, times the sequential floor", ours["wall"] / floor["wall"], "×", 1.1, binding=False),
            Figure("calls, floor", floor["calls"]),
            Figure("calls, syncd", ours["calls"], limit=floor["calls"] + 5 + len(OBJECTS), binding=False),
        ),
    )


def limits(arguments: argparse.Namespace) -> Iterator[Table]:
    """A first load at HubSpot's rate limit, beside the least time that the limit allows."""
    contacts = arguments.contacts[0] // 2
    with sandbox("--contacts", str(contacts), tier="professional") as place:
        ours = measure("pull", place, asked=asked("contacts"))
    least = (ceil(ours["calls"] / BURST) - 1) * INTERVAL
    yield Table(
        f"first load of {contacts:,} contacts at {BURST} calls in {INTERVAL} s",
        (
            Figure("wall, least possible", least, "s"),
            Figure("wall, syncd", ours["wall"], "s"),
            Figure("wall, times the least", ours["wall"] / max(least, 1), "×", 1.1, binding=False),
            Figure("calls, syncd", ours["calls"], limit=ceil(contacts / 100) + 5),
        ),
    )


def worlds(arguments: argparse.Namespace) -> Iterator[Table]:
    """Three whole cycles on the sandbox's world: rates of match, judge and judging again, and what rest costs.

    At rest each stream is asked once for changes, five of Salesforce's in one call. HubSpot lists submissions by form
    only and counts them nowhere (its analytics report counts them, for another scope), so each form is asked too. What
    changed in the last minutes is read again on purpose: one call more for the associations of each of six objects.
    """
    with sandbox("--size", arguments.world) as place:
        measured = measure("world", place)
    shown = [Figure(name, value) for name, value in measured.items() if name not in ("wall", "cpu", "memory")]
    asked = measured["at rest: HubSpot calls, one a form"] + measured["at rest: HubSpot calls, one a stream"]
    marks = {
        "second cycle: written": 0.0,
        "agreement diff: × judging once": 2.2,
        "at rest: HubSpot calls": asked + 6,
        "at rest: Salesforce calls": 4.0,
    }
    yield Table(
        f"three cycles on the {arguments.world} world",
        (
            *(Figure(one.name, one.value, _unit(one.name), marks.get(one.name)) for one in shown),
            Figure("peak memory", measured["memory"], "MiB"),
        ),
    )


def databases(arguments: argparse.Namespace) -> Iterator[Table]:
    """A first cycle on either database, each against a sandbox of its own, freshly started."""
    cycles: dict[str, Found] = {}
    for name in ("SQLite", "PostgreSQL"):
        with sandbox("--size", arguments.world) as place:
            cycles[name] = measure("first", place, postgresql=name == "PostgreSQL")
    ours, theirs = cycles["PostgreSQL"], cycles["SQLite"]
    binding = arguments.world == "demo"  # a small world measures the way to the server and back, not its plans
    verbs = ("match", "judge", "push")
    yield Table(
        f"a first cycle on PostgreSQL beside SQLite, the {arguments.world} world, {ours['records']:,.0f} records",
        (
            *(Figure(f"{verb}, {name}", cycles[name][verb], "s") for verb in verbs for name in cycles),
            *(Figure(f"{verb}, times SQLite's", ours[verb] / theirs[verb], "×", 1.6, binding) for verb in verbs),
            Figure("remote records written, more than by SQLite", abs(ours["written"] - theirs["written"]), limit=0),
        ),
    )


def _unit(name: str) -> str:
    return "s" if name.endswith("seconds") else ""


def _pair(floor: Found, ours: Found) -> tuple[Figure, ...]:
    return (
        Figure("wall, floor", floor["wall"], "s"),
        Figure("wall, syncd", ours["wall"], "s"),
        Figure("CPU, floor", floor["cpu"], "s"),
        Figure("CPU, syncd", ours["cpu"], "s"),
    )


WORK: dict[str, Callable[[argparse.Namespace], Iterator[Table]]] = {
    "loads": loads,
    "news": news,
    "rows": rows,
    "pushes": pushes,
    "delays": delays,
    "limits": limits,
    "worlds": worlds,
    "databases": databases,
    "starts": starts,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.benchmarks", description="syncd beside the least possible")
    parser.add_argument("--quick", action="store_true", help="all of it at smaller sizes: about two minutes")
    parser.add_argument("--contacts", type=int, nargs="+", default=[100_000, 500_000], help="sizes of the first load")
    parser.add_argument("--repeat", type=int, default=3, help="turns of floor and syncd; the median counts")
    parser.add_argument("--rows", type=int, default=34_000, help="Salesforce rows")
    parser.add_argument("--wishes", type=int, default=5_000, help="opportunities to push")
    parser.add_argument("--world", default="demo", choices=("tiny", "small", "demo"))
    parser.add_argument("--only", nargs="+", default=list(WORK), choices=list(WORK), help="a part of it")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
