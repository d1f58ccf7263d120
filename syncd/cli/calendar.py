"""`syncd calendar`: the MQLs that planned sends bring to each rep's weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import typer

from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Csv, Json
from syncd.cli.quantities import share_of
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_aside, show_table
from syncd.errors import ConfigError
from syncd.in_force import load_rulebook
from syncd.model import Campaign, User
from syncd.model.milestones import Milestone, Stage
from syncd.planning import sends as sending
from syncd.planning.calendar import (
    HORIZON,
    WAVES,
    WEEK,
    Levelled,
    Load,
    Responses,
    Send,
    by_hand,
    level,
    loads,
    mondays,
    responses_of,
)
from syncd.planning.crew import crew_of
from syncd.planning.desks import room_for
from syncd.planning.names import RepNames, finder
from syncd.planning.reservations import reserve
from syncd.rules import Rulebook
from syncd.rules.days import local_day, zone
from syncd.rules.handover import takes_records
from syncd.store import UnitOfWork
from syncd.text_file import text_of
from syncd.today import today_of

RECENT = timedelta(weeks=26)  # of MQLs, by which people without a rep fall to reps
COLUMNS = ("what", "rep or campaign", "week or day", "expected or people", "places", "above capacity", "by the queue")


@dataclass(frozen=True, slots=True)
class Answer:
    """What is planned, what it brings, and in which waves it fits."""

    sends: Sequence[Send]
    loads: Sequence[Load]
    levelled: Sequence[Levelled]
    names: RepNames
    unsized: Sequence[str] = ()  # campaigns ahead to whom nobody belongs yet


def calendar(
    file: Annotated[
        Path | None, typer.Argument(help="A CSV: campaign, day, people; rep, kind, response, conversion, days.")
    ] = None,
    weeks: Annotated[int, typer.Option("--weeks", min=1, max=104, help="So many weeks from this one.")] = 13,
    response: Annotated[str, typer.Option("--response", help="Percent who respond; else by history.")] = "",
    conversion: Annotated[str, typer.Option("--conversion", help="Percent of those who become MQLs.")] = "",
    lag: Annotated[int | None, typer.Option("--lag", min=0, max=HORIZON, help="Days from a send to an MQL.")] = None,
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show the MQLs that planned sends bring to each rep's weeks, against their places, and in which waves.

    Whom the queue has a place for counts in its week: who was handed over, who is owed, and who waits for it.
    How many respond is learned from earlier campaigns of the same kind, else of all kinds, and it says of how many.
    Without a file the campaigns of both systems that begin from today on are taken, with whoever belongs to them.

    - `syncd calendar`

    - `syncd calendar sends.csv --response 4 --conversion 25 --lag 7`
    """
    configured = settings()
    book = load_rulebook(configured)
    said = _said(response, conversion, lag)
    text = _text_of(file) if file else None
    with opened(configured) as store, store.reading() as unit:
        answer = _answer(unit, book, said, (str(file), text) if text is not None else None, weeks)
    if as_json:
        show_json(_plain(answer))
    elif as_csv:
        show_csv(COLUMNS, _rows(answer))
    else:
        _show(answer)


def _said(response: str, conversion: str, lag: int | None) -> Responses | None:
    if not response and not conversion and lag is None:
        return None
    if not response or not conversion or lag is None:
        raise ConfigError("--response, --conversion and --lag go together: say all three, or none")
    shares = share_of("--response", response), share_of("--conversion", conversion)
    return Responses(by_hand(float(shares[0]), float(shares[1]), lag))


@dataclass(frozen=True)
class _Past:
    """What is learned from: everything that was reached so far, and who the users are. today: where it was signed."""

    unit: UnitOfWork
    book: Rulebook
    users: Mapping[str, User]
    milestones: Sequence[Milestone]
    today: date

    def day_of(self, milestone: Milestone) -> date:
        """The calendar day on which it was reached."""
        return local_day(milestone.at, zone(self.book.agreement.time_zone))

    @cached_property
    def recent(self) -> Sequence[Milestone]:
        """The MQLs of late that had a rep."""
        return [
            milestone
            for milestone in self.milestones
            if milestone.stage is Stage.MQL and milestone.rep in self.users
            if self.day_of(milestone) >= self.today - RECENT
        ]


def _text_of(file: Path) -> str:
    if not file.is_file():
        raise ConfigError(f"{file}: there is no such file (name a CSV file of sends)")
    return text_of(file, str(file))


def _answer(
    unit: UnitOfWork, book: Rulebook, said: Responses | None, table: tuple[str, str] | None, weeks: int
) -> Answer:
    today, users = today_of(book.agreement), unit.groups.users()
    past = _Past(unit, book, users, list(unit.milestones.stream()), today)
    usual = sending.shares(mql.rep or "" for mql in past.recent)  # to whom those fall of whom nothing else is known
    if table:
        sends = sending.read(table[1], table[0], finder(users), usual, said or _learned(past))
    else:
        sends = _of_the_systems(past, said, usual)
    reps = sorted({*usual, *(rep for send in sends for rep in send.reps)})
    crew, mixes = crew_of(book.agreement, users, book.destinations["user"].stream, reps), _mixes(past.recent)

    def places_of(rep: str, monday: date) -> int:
        return room_for(monday, crew[rep], mixes.get(rep, {})) if rep in crew else 0

    now = datetime.now(UTC)
    ahead = max(weeks, (HORIZON + WAVES * WEEK.days) // WEEK.days)
    queue = unit.queue
    reserved = reserve(queue.waiting(), queue.waits(), queue.taken(now), crew, ahead, now)

    def free_of(rep: str, monday: date) -> float:
        return places_of(rep, monday) - reserved.get((rep, monday), 0)

    unsized = [] if table else _unsized(unit, today)
    weeks_of_reps = loads(sends, reps, mondays(today, weeks), places_of, reserved)
    return Answer(sends, weeks_of_reps, level(sends, free_of), RepNames(users), unsized)


def _unsized(unit: UnitOfWork, today: date) -> list[str]:
    """The systems' campaigns from today on of which nobody is a member: how many they reach is not known."""
    ahead = [campaign for campaign in unit.campaigns.dated() if campaign.starts and campaign.starts >= today]
    sized = {member.campaign_id for member in unit.campaigns.members([campaign.id for campaign in ahead])}
    return [campaign.name or campaign.id for campaign in ahead if campaign.id not in sized]


def _mixes(mqls: Iterable[Milestone]) -> dict[str, Counter[str]]:
    """Of which segments a rep's MQLs of late were: those of a segment with a capacity of its own take a part of it."""
    mixes: dict[str, Counter[str]] = defaultdict(Counter)
    for mql in mqls:
        mixes[mql.rep or ""][mql.segment or ""] += 1
    return mixes


def _members(past: _Past, campaigns: Sequence[Campaign]) -> sending.Members:
    """Who belongs to these campaigns; an account is its owner's."""
    of: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for campaign_id, contact_id, account_id in past.unit.campaigns.members([campaign.id for campaign in campaigns]):
        of[campaign_id].append((contact_id, account_id))
    stream = past.book.destinations["user"].stream
    accounts = past.unit.groups.accounts(sorted({account_id for theirs in of.values() for _, account_id in theirs}))
    owners = {account.id: past.users[owner] for account in accounts if (owner := account.owner) and owner in past.users}
    return sending.Members(of, {name: owner.id for name, owner in owners.items() if takes_records(owner, stream)})


def _learned(past: _Past) -> Responses:
    """What the campaigns of so far brought: by our own milestones, and of the time before by the systems' dates."""
    if (since := past.unit.milestones.first_kept()) is None:
        return Responses("no milestone is kept yet")
    first = local_day(since, zone(past.book.agreement.time_zone))
    begun = [campaign for campaign in past.unit.campaigns.dated() if campaign.starts and campaign.starts <= past.today]
    members = _members(past, begun)
    ours = [campaign for campaign in begun if campaign.starts and campaign.starts >= first]
    before = [campaign for campaign in begun if campaign.starts and campaign.starts < first]
    kept = sending.sent(ours, members, past.milestones, past.day_of)
    history = sending.sent_before(before, members, past.milestones, past.day_of, first)
    kinds = {kind: [*kept.get(kind, ()), *history.get(kind, ())] for kind in {**kept, **history}}
    return responses_of(kinds, past.today)


def _of_the_systems(past: _Past, said: Responses | None, usual: Mapping[str, float]) -> list[Send]:
    ahead = [campaign for campaign in past.unit.campaigns.dated() if campaign.starts and campaign.starts >= past.today]
    if not ahead:
        return []
    response = said or _learned(past)
    if isinstance(response.of_all, str):
        raise ConfigError(f"how many respond is not known ({response.of_all}): say --response, --conversion and --lag")
    return sending.announced(ahead, _members(past, ahead), past.today, response, usual)


# ---- shown -------------------------------------------------------------------------------------------------------


def _rows(answer: Answer) -> Iterator[Sequence[Any]]:
    for load in answer.loads:
        figures = (round(load.expected, 2), load.places, round(load.over, 2), round(load.queued, 2))
        yield "week", answer.names[load.rep], load.week, *figures
    for levelled in answer.levelled:
        for day, size in levelled.waves:
            yield "wave", levelled.send.campaign, day, size, None, None, None
        if levelled.left:
            yield "no place", levelled.send.campaign, None, levelled.left, None, None, None


def _plain(answer: Answer) -> dict[str, Any]:
    return {
        "sends": [
            {
                "campaign": send.campaign,
                "day": send.day,
                "people": send.people,
                "reps": {answer.names[rep]: share for rep, share in send.reps.items()},
                "response": send.response.source,
            }
            for send in answer.sends
        ],
        "weeks": [
            {
                "rep": answer.names[load.rep],
                "week": load.week,
                "expected": load.expected,
                "queued": load.queued,
                "places": load.places,
                "over": load.over,
            }
            for load in answer.loads
        ],
        "waves": [
            {
                "campaign": levelled.send.campaign,
                "day": levelled.send.day,
                "changed": levelled.changed,
                "waves": [{"day": day, "people": size} for day, size in levelled.waves],
                "left": levelled.left,
            }
            for levelled in answer.levelled
        ],
        "without_members": list(answer.unsized),
    }


def _show(answer: Answer) -> None:
    empty = "none; name a CSV with campaign, day and people, or give a campaign a first day and members"
    rows = [(send.campaign, send.day, send.people, send.response.source) for send in answer.sends]
    show_table("planned sends", ("campaign", "day", "people", "MQLs by"), rows, right=(2,), empty=empty)
    if answer.unsized:
        show_line(f"campaigns ahead without members, which count nothing: {', '.join(answer.unsized)}")
    if not rows:
        return
    weeks = [
        (answer.names[load.rep], load.week, f"{load.expected:.1f}", f"{load.queued:.1f}", load.places, _mark(load))
        for load in answer.loads
    ]
    headings = ("rep", "week", "expected", "by the queue", "places", "")
    show_table("MQLs expected", headings, weeks, right=(2, 3, 4))
    above = [levelled for levelled in answer.levelled if levelled.changed]
    waves = [(levelled.send.campaign, levelled.send.people, _in_words(levelled)) for levelled in above]
    show_table("waves that level them", ("campaign", "people", "waves"), waves, right=(1,), empty="every send fits")
    show_aside(f"a send counts for {HORIZON} days; a wave goes out a week after the one before")
    show_line(f"{sum(load.over > 0 for load in answer.loads):,} weeks are above capacity")


def _mark(load: Load) -> str:
    if load.over > 0:
        return f"above by {load.over:.1f}"
    return f"below by {-load.over:.1f}" if load.over < 0 else ""


def _in_words(levelled: Levelled) -> str:
    waves = ", ".join(f"{size:,} on {day}" for day, size in levelled.waves)
    return "; ".join(filter(None, (waves, f"{levelled.left:,} find no place" if levelled.left else "")))
