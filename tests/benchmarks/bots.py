"""How well machines and people are told apart in a mailbox: `python -m tests.benchmarks.bots [--wrong]`.

Measured on two draws, bots.yaml of tests/measures and of tests/measures/second (bots.md says how truth was decided).
Each event goes the way that HubSpot's records go, through the shipped mapping and the shipped agreement's terms; a page
view, which no stream tells of, is made directly. Prints the tables of docs/reference/bots.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from syncd.agreement import load
from syncd.document import read
from syncd.mapping import load as load_mapping
from syncd.mapping.files import tables
from syncd.mapping.reading import reader
from syncd.model import Activity, kinds
from syncd.rules.bots import machine_made

MEASURES = Path(__file__).parents[1] / "measures"
DRAWS = {"First draw": MEASURES / "bots.yaml", "Second draw": MEASURES / "second" / "bots.yaml"}
DELIVERED = datetime(2026, 11, 2, 15, tzinfo=UTC)
MACHINE, PERSON = "machine", "person"
EVENTS = {"open": "OPEN", "click": "CLICK"}


class Verdict(NamedTuple):
    """One event of a sequence: what it truly was, and what the rules say."""

    sequence: str
    event: Mapping[str, Any]
    truth: str
    said: str

    @property
    def right(self) -> bool:
        return self.truth == self.said


def verdicts(draw: str = "First draw") -> Iterator[Verdict]:
    """Every event of every sequence of a draw."""
    mapping = load_mapping("hubspot")
    readers = {name: reader(mapping, name, tables(mapping)) for name in ("email_events", "emails", "form_submissions")}
    bots, file = load().engagement.bots, DRAWS[draw]
    for sequence in read(file.read_text(encoding="utf-8"), file.name).content["sequences"]:
        activities = [_activity(readers, {"kind": "delivered", "at": 0}, sequence["links"], 0)]
        activities += [
            _activity(readers, event, sequence["links"], number) for number, event in enumerate(sequence["events"], 1)
        ]
        machines = machine_made(activities, bots)
        for event, activity in zip(sequence["events"], activities[1:], strict=True):
            said = MACHINE if activity.id in machines else PERSON
            yield Verdict(sequence["name"], event, event["truth"], said)


def _activity(readers: Mapping[str, Any], event: Mapping[str, Any], links: int, number: int) -> Activity:
    stream, raw = _raw(event, int((DELIVERED + timedelta(seconds=event["at"])).timestamp() * 1000), links)
    row = readers[stream](raw) if stream else {"kind": "page_viewed", "at": DELIVERED + timedelta(seconds=event["at"])}
    known = {name: value for name, value in kinds.row("activity", row).items() if value is not None}
    return Activity(**{"id": f"{number:03}", "contact_id": "ann", "source": f"hubspot {stream}", **known})


def _raw(event: Mapping[str, Any], at: int, links: int) -> tuple[str, dict[str, Any]]:
    """The record that HubSpot would have of it, with its stream; an empty one for a page view."""
    match event["kind"]:
        case "open" | "click" | "delivered" as kind:
            raw = {"type": EVENTS.get(kind, "DELIVERED"), "created": at, "recipient": "ann@bank.example"}
            raw |= {"emailCampaignId": 7, "campaignName": "Letter", "filteredEvent": event.get("filtered", False)}
            raw |= {"userAgent": event.get("agent")} if kind in EVENTS else {}
            raw |= {"campaignLinks": links}
            raw |= {"url": f"https://www.vendor.example/{event['link']}"} if "link" in event else {}
            return "email_events", raw
        case "reply":
            properties = {"hs_timestamp": at, "hs_email_subject": event["subject"]}
            return "emails", {"properties": {**properties, "hs_email_direction": "INCOMING_EMAIL"}}
        case "form" | "survey" as kind:
            name = event.get("form") or "Survey"
            return "form_submissions", {"email": "ann@bank.example", "submittedAt": at, "formName": name}
    return "", {}


def main() -> None:
    """Print a table a draw, and with --wrong every event that was taken for the other."""
    for draw in DRAWS:
        print(f"### {draw}\n")
        _print_draw(list(verdicts(draw)))


def _print_draw(judged: list[Verdict]) -> None:
    sequences: dict[str, bool] = {}
    for verdict in judged:
        sequences[verdict.sequence] = sequences.get(verdict.sequence, True) and verdict.right
    right, whole = sum(verdict.right for verdict in judged), sum(sequences.values())
    people = [verdict for verdict in judged if verdict.truth == PERSON and not verdict.right]
    print(f"{whole} of {len(sequences)} sequences wholly right: **{whole / len(sequences):.1%}**;")
    print(
        f"{right} of {len(judged)} events: **{right / len(judged):.1%}**; people taken for machines: {len(people)}.\n"
    )
    _print_kinds(judged)
    print()
    if "--wrong" in sys.argv:
        for verdict in judged:
            if not verdict.right:
                print(f"{verdict.truth} taken for {verdict.said}: {verdict.sequence}: {dict(verdict.event)}\n")


def _print_kinds(judged: list[Verdict]) -> None:
    counts = Counter((verdict.event["kind"], verdict.truth, verdict.right) for verdict in judged)
    print("| kind | machines' | found | people's | left alone |\n|---|---:|---:|---:|---:|")
    for kind in sorted({kind for kind, _, _ in counts}):
        cells = []
        for truth in (MACHINE, PERSON):
            all_ = counts[kind, truth, True] + counts[kind, truth, False]
            cells += [str(all_), f"{counts[kind, truth, True] / all_:.0%}" if all_ else "–"]
        print(f"| {kind} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
