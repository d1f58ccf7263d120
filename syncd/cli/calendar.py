"""`syncd calendar`: the MQLs that planned sends bring to each rep's weeks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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
from syncd.model import User
from syncd.model.milestones import Milestone, Stage
from syncd.planning import sends as sending
from syncd.planning.calendar import (
    HORIZON,
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
from syncd.planning.names import RepNames
from syncd.rules import Rulebook
from syncd.rules.days import local_day, zone
from syncd.rules.handover import takes_records
from syncd.store import UnitOfWork
from syncd.today import today_of

RECENT = timedelta(weeks=26)  # of MQLs, by which people without a rep fall to reps
COLUMNS = ("what", "rep or campaign", "week or day", "expected or people", "places", "above capacity")


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

    How many respond is learned from earlier campaigns of the same kind, else of all kinds, and it says of how many.
    Without a file the campaigns of both systems that begin from today on are taken, with whoever belongs to them.

    - `syncd calendar`

    - `syncd calendar sends.csv --response 4 --conversion 25 --lag 7`
    """
    configured = settings()
    book = load_rulebook(configured)
    said = _said(response, conversion, lag)
    text = _text(file) if file else None
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


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file}: cannot be read ({type(error).__name__}): name a CSV file in UTF-8") from None


def _answer(
    unit: UnitOfWork, book: Rulebook, said: Responses | None, table: tuple[str, str] | None, weeks: int
) -> Answer:
    where = zone(book.agreement.time_zone)
    today = today_of(book.agreement)
    users = unit.groups.users()
    milestones = list(unit.milestones.stream())

    def day_of(milestone: Milestone) -> date:
        return local_day(milestone.at, where)

    usual = _usual(milestones, users, today, day_of)
    if table:
        known = said or _learned(unit, book, users, milestones, day_of, today)
        sends = sending.read(table[1], table[0], _finding(users), usual, known)
    else:
        sends = _of_the_systems(unit, book, users, milestones, day_of, today, said, usual)
    reps = sorted({*usual, *(rep for send in sends for rep in send.reps)})
    crew = crew_of(book.agreement, users, book.destinations["user"].stream, reps)

    mixes = _mixes(milestones, users, today, day_of)

    def places_of(rep: str, monday: date) -> int:
        return room_for(monday, crew[rep], mixes.get(rep, {})) if rep in crew else 0

    unsized = [] if table else _unsized(unit, today)
    weeks_of_reps = loads(sends, reps, mondays(today, weeks), places_of)
    return Answer(sends, weeks_of_reps, level(sends, places_of), RepNames(users), unsized)


def _unsized(unit: UnitOfWork, today: date) -> list[str]:
    """The systems' campaigns from today on of which nobody is a member: how many they reach is not known."""
    ahead = [campaign for campaign in unit.campaigns.dated() if campaign.starts and campaign.starts >= today]
    sized = {member.campaign_id for member in unit.campaigns.members([campaign.id for campaign in ahead])}
    return [campaign.name or campaign.id for campaign in ahead if campaign.id not in sized]


def _usual(
    milestones: Sequence[Milestone], users: Mapping[str, User], today: date, day_of: Callable[[Milestone], date]
) -> dict[str, float]:
    """To whom people fall of whom nothing else is known: as the MQLs of late."""
    return sending.shares(mql.rep or "" for mql in _recent(milestones, users, today, day_of))


def _mixes(
    milestones: Sequence[Milestone], users: Mapping[str, User], today: date, day_of: Callable[[Milestone], date]
) -> dict[str, Counter[str]]:
    """Of which segments a rep's MQLs of late were: those of a segment with a capacity of its own take a part of it."""
    mixes: dict[str, Counter[str]] = defaultdict(Counter)
    for mql in _recent(milestones, users, today, day_of):
        mixes[mql.rep or ""][mql.segment or ""] += 1
    return mixes


def _recent(
    milestones: Iterable[Milestone], users: Mapping[str, User], today: date, day_of: Callable[[Milestone], date]
) -> Iterator[Milestone]:
    for milestone in milestones:
        if milestone.stage is Stage.MQL and milestone.rep in users and day_of(milestone) >= today - RECENT:
            yield milestone


def _finding(users: Mapping[str, User]) -> sending.RepOf:
    """Who is meant by an id, an e-mail address or a name."""
    known: dict[str, str] = {}
    for user in sorted(users.values(), key=lambda user: (user.active, user.id)):
        known |= {name.casefold(): user.id for name in (user.id, user.email, user.name) if name}
    return lambda name: known.get(name.strip().casefold())


def _members(
    unit: UnitOfWork, book: Rulebook, users: Mapping[str, User], campaign_ids: Sequence[str]
) -> sending.Members:
    """Who belongs to these campaigns; an account is its owner's."""
    of: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for campaign_id, contact_id, account_id in unit.campaigns.members(campaign_ids):
        of[campaign_id].append((contact_id, account_id))
    stream = book.destinations["user"].stream
    accounts = unit.groups.accounts(sorted({account_id for theirs in of.values() for _, account_id in theirs}))
    owners = {account.id: users[owner] for account in accounts if (owner := account.owner) and owner in users}
    return sending.Members(of, {name: owner.id for name, owner in owners.items() if takes_records(owner, stream)})


def _learned(
    unit: UnitOfWork,
    book: Rulebook,
    users: Mapping[str, User],
    milestones: Sequence[Milestone],
    day_of: Callable[[Milestone], date],
    today: date,
) -> Responses:
    """What the campaigns of so far brought: by our own milestones, and of the time before by the systems' dates."""
    if (since := unit.milestones.first_kept()) is None:
        return Responses("no milestone is kept yet")
    first = local_day(since, zone(book.agreement.time_zone))
    begun = [campaign for campaign in unit.campaigns.dated() if campaign.starts and campaign.starts <= today]
    members = _members(unit, book, users, [campaign.id for campaign in begun])
    ours = [campaign for campaign in begun if campaign.starts and campaign.starts >= first]
    before = [campaign for campaign in begun if campaign.starts and campaign.starts < first]
    kept = sending.sent(ours, members, milestones, day_of)
    history = sending.sent_before(before, members, milestones, day_of, first)
    kinds = {kind: [*kept.get(kind, ()), *history.get(kind, ())] for kind in {**kept, **history}}
    return responses_of(kinds, today)


def _of_the_systems(
    unit: UnitOfWork,
    book: Rulebook,
    users: Mapping[str, User],
    milestones: Sequence[Milestone],
    day_of: Callable[[Milestone], date],
    today: date,
    said: Responses | None,
    usual: Mapping[str, float],
) -> list[Send]:
    ahead = [campaign for campaign in unit.campaigns.dated() if campaign.starts and campaign.starts >= today]
    if not ahead:
        return []
    response = said or _learned(unit, book, users, milestones, day_of, today)
    if isinstance(response.of_all, str):
        raise ConfigError(f"how many respond is not known ({response.of_all}): say --response, --conversion and --lag")
    members = _members(unit, book, users, [campaign.id for campaign in ahead])
    return sending.announced(ahead, members, today, response, usual)


# ---- shown -------------------------------------------------------------------------------------------------------


def _rows(answer: Answer) -> Iterator[Sequence[Any]]:
    for load in answer.loads:
        yield "week", answer.names[load.rep], load.week, round(load.expected, 2), load.places, round(load.over, 2)
    for levelled in answer.levelled:
        for day, size in levelled.waves:
            yield "wave", levelled.send.campaign, day, size, None, None
        if levelled.left:
            yield "no place", levelled.send.campaign, None, levelled.left, None, None


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
        (answer.names[load.rep], load.week, f"{load.expected:.1f}", load.places, _mark(load)) for load in answer.loads
    ]
    show_table("MQLs expected", ("rep", "week", "expected", "places", ""), weeks, right=(2, 3))
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
