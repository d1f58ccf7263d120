"""What both teams see after a cycle, a few lines a panel: each is the short form of a command that shows the whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from textwrap import wrap
from typing import Any

from syncd import rules
from syncd.cli.audit import headcount_of
from syncd.cli.lag import history_of, lags, outlooks
from syncd.cli.screen import aligned
from syncd.cli.summaries import notifications_in_words
from syncd.errors import shortened
from syncd.model import Group, Judgement, Opportunity, Picture
from syncd.model.milestones import Stage
from syncd.planning.headcount import CellCount
from syncd.planning.passages import STEPS
from syncd.rules import Rulebook
from syncd.rules.days import local_day, zone
from syncd.rules.next_actions import MARKETING
from syncd.rules.telling import reaching
from syncd.store import UnitOfWork
from syncd.store.judgements import plain
from syncd.store.status import count_notifications
from syncd.sync.judge import book_of_today
from syncd.views.opportunity import caucus_as_json, caucus_in_words, opportunity_as_json, picture_of
from syncd.views.queue import board_of

INDENT, WIDTH = 9, 116  # characters
LIVELIEST = 50  # accounts among which a caucus with a realignment is looked for
LONGEST = 44  # characters of an account's name
SOME = 4  # gaps
AHEAD = 90  # days of the forecast
WON = next(step for step in STEPS if (step.entry, step.exit) == (Stage.SQO, Stage.WON))


@dataclass(frozen=True, slots=True)
class Panel:
    """One view: its name, a sentence that says what it is, its lines, the command for more, and the same as JSON."""

    name: str
    about: str
    lines: Sequence[str]
    more: str
    content: Any


@dataclass(frozen=True, slots=True)
class View:
    """What every panel looks at: one store at one moment, by the rulebook in force."""

    unit: UnitOfWork
    book: Rulebook
    corrected: Rulebook
    now: datetime

    @property
    def zone(self) -> tzinfo:
        """Where the agreement was signed."""
        return zone(self.book.agreement.time_zone)

    @property
    def today(self) -> date:
        """The calendar day there."""
        return local_day(self.now, self.zone)

    def judged(self, account_id: str) -> tuple[Group, Judgement]:
        """An account and its judgement of today."""
        group = self.unit.groups.of_account(account_id)
        assert group is not None
        return group, rules.judge(group, self.corrected, self.today)


def panels(unit: UnitOfWork, book: Rulebook, now: datetime) -> Iterator[Panel]:
    """The panels of which this store has something to show."""
    today = local_day(now, zone(book.agreement.time_zone))
    view = View(unit, book, book_of_today(unit, book, today), now)
    for draw in PANELS:
        if panel := draw(view):
            yield panel


def printed(panel: Panel) -> Iterator[str]:
    """A panel as lines of text, none of them wider than the screen."""
    margin = " " * INDENT
    about = wrap(panel.about, WIDTH, initial_indent=panel.name.ljust(INDENT), subsequent_indent=margin)
    yield from about
    for line in panel.lines:
        yield f"{margin}{line}"
    yield f"{margin}more: {panel.more}"


# ---- the queue ---------------------------------------------------------------------------------------------------


def _queue(view: View) -> Panel | None:
    board = board_of(view.unit, view.book, view.now)
    waiting = [row for row in board.waiting if row["week"]]
    capacity = view.book.agreement.capacity
    nobodys = sum(not (row["rep"] or row["team"]) for row in board.waiting)
    back = len(board.waiting) - len(waiting) - nobodys
    about = (
        f"Nothing reaches a rep but through the queue, {capacity.per_rep_per_week} people in a whole week; hand-raises "
        f"and booked demos come at once. {len(waiting):,} others wait for their week and have no task yet"
        + (f"; {back:,} go back to marketing: no turn within {capacity.longest_wait_weeks} weeks" if back else "")
        + (f"; {nobodys:,} have no rep" if nobodys else "")
        + "."
    )
    rows = [("rep", "places", "at once", "others", "over the cap", "free", "wait", "until the week of")]
    for week in board.weeks:
        theirs = [row["week"] for row in waiting if row["rep"] == week["rep"]]
        numbers = (_number(week, name) for name in ("places", "at_once", "others", "over", "free"))
        last = str(max(theirs, default=""))
        rows.append((week["rep"], *numbers, f"{len(theirs):,}", last))
    lines = _table(rows, right=range(1, 7))
    if first := next((row for row in waiting if row["rep"]), None):
        account = shortened(first["account"], LONGEST)
        lines.append(f"the next one: {first['contact']} of {account}, for {first['rep']}, week of {first['week']}")
    if rung := notifications_in_words(count_notifications(view.unit.connection, view.now)):
        lines.append(rung)
    return Panel("queue", about, lines, "syncd queue", board.plain()) if board.weeks else None


def _number(week: Mapping[str, Any], name: str) -> str:
    """A column's number; of a rep who serves several segments the most that would fit."""
    several = week["segments"] and name in ("places", "free")
    return f"up to {week[name]}" if several else str(week[name])


# ---- a caucus ----------------------------------------------------------------------------------------------------


def _caucus(view: View) -> Panel | None:
    liveliest = view.unit.judgements.liveliest(LIVELIEST)
    tallies = {body["account_id"]: body["tally"] for body in view.unit.judgements.bodies(liveliest)}
    realigned = [
        name for name in liveliest if any(move["round"] == 2 and move["to"] for move in tallies[name]["moves"])
    ]
    chosen = next(iter([*realigned, *liveliest]), None)
    if chosen is None:
        return None
    group, judgement = view.judged(chosen)
    name = group.account.name or group.account.id
    percent = view.book.agreement.caucus.viable_percent
    about = (
        f"{name} holds its caucus: each qualified lead stands with the offer they engage with most; {percent} % of "
        "those present make an offer viable, and who stands for less realigns once."
    )
    lines = [line for line in caucus_in_words(group, judgement, view.book) if not line.startswith("Round 1:")]
    return Panel(
        "caucus", about, _wrapped(lines), f'syncd caucus "{name}"', caucus_as_json(group, judgement, view.book)
    )


# ---- an opportunity of sales -------------------------------------------------------------------------------------


def _picture(view: View) -> Panel | None:
    ids = view.unit.opportunities.of_sales()
    bodies = view.unit.judgements.bodies(sorted({account_id for _, account_id in ids}))
    pictures = {picture["opportunity"]: picture for body in bodies for picture in body["pictures"]}
    known = [(name, account_id) for name, account_id in ids if name in pictures and pictures[name]["next"]]
    if not known:
        return None
    chosen, account_id = max(known, key=lambda one: _told(pictures[one[0]]))
    group, judgement = view.judged(account_id)
    opportunity = next(one for one in group.opportunities if one.id == chosen)
    picture = picture_of(opportunity, judgement, view.book)
    if picture is None:
        return None
    return _panel_of(opportunity, picture, opportunity_as_json(opportunity, group, judgement, view.book))


def _told(picture: Any) -> tuple[bool, int, int]:
    """How much there is to tell: is its offer known, can a rep close some gaps, how many roles are covered?"""
    by_reps = sum(action["by"] != MARKETING for action in picture["next"])
    return picture["offer"] is not None, min(by_reps, SOME), sum(bool(role["by"]) for role in picture["roles"])


def _panel_of(opportunity: Opportunity, picture: Picture, content: Any) -> Panel:
    about = (
        f"{opportunity.name or opportunity.id}: sales opened it, marketing sees its gaps as well. Who stands in which "
        "role, what nobody knows yet, and whom to ask next; it stands on the opportunity in Salesforce too."
    )
    roles = [("role", "of", "engaged", "who")]
    for role in picture.roles:
        people = ", ".join(person.name for person in role.by) or "nobody"
        roles.append((role.role, f"{len(role.by)}/{role.needed}", role.strength, people))
    actions = [("gap", "next", "with what")]
    actions += [(one.closes, reaching(one), _short(one.say)) for one in picture.next]
    lines = [*_table(roles), *_table(actions)]
    return Panel("picture", about, lines, f"syncd explain {picture.opportunity}", content)


def _short(say: str) -> str:
    """What is to be said, in one line: the question itself, where an invitation comes before it."""
    invitation, _, question = say.partition("; then ask: ")
    return f"invite; then: {question}" if question else invitation


# ---- the audit ---------------------------------------------------------------------------------------------------


def _audit(view: View) -> Panel | None:
    headcount = headcount_of(view.unit, view.book, view.today)
    if not headcount.segments:
        return None
    segment = max(headcount.segments, key=lambda one: one.accounts)
    about = (
        f"Where somebody decides, whom we have and can reach at the {segment.accounts:,} accounts of "
        f"{segment.segment}, and how many the role of that cell lacks; {segment.missing:,} people are missing in all."
    )
    levels = tuple(view.book.agreement.levels)
    cells = {(cell.function, cell.level): cell for cell in segment.cells if cell.role}
    functions = list(dict.fromkeys(function for function, _ in cells))
    rows = [("have/reach/lack", *levels)]
    rows += [(function, *(_cell(cells.get((function, level))) for level in levels)) for function in functions]
    return Panel("audit", about, _table(rows, right=range(1, len(levels) + 1)), "syncd audit", plain(headcount))


def _cell(cell: CellCount | None) -> str:
    return "·" if cell is None else f"{cell.have:,}/{cell.reachable:,}/{cell.missing:,}"


# ---- time lags ---------------------------------------------------------------------------------------------------


def _lag(view: View) -> Panel | None:
    history = history_of(view.unit, view.zone, view.today)
    steps = [row for step in STEPS for row in lags(history, step)]
    said = [row for row in steps if not row["refusal"]]
    if not said:
        return None
    ahead = outlooks(history, WON, AHEAD, 1)
    about = (
        f"How long each step takes, from this store's own history: which share gets there within {said[0]['horizon']} "
        "days, and by which day half and four fifths of those have."
    )
    rows = [("step", "entered", "share", "80 % band", "half by day", "80 % by day")]
    for row in said:
        low, high = row["band"] or (0.0, 1.0)
        days = (str(row["days"].get(share, "")) for share in ("50%", "80%"))
        rows.append((row["words"], f"{row['entered']:,}", f"{row['share']:.0%}", f"{low:.0%} – {high:.0%}", *days))
    lines = [*_table(rows, right=range(1, 6)), *_outlook(ahead)]
    return Panel("lag", about, lines, "syncd lag; syncd lag backtest", {"steps": steps, "outlook": ahead})


def _outlook(ahead: Any) -> Iterator[str]:
    """What is expected, and beside it what was said the last time, and what came."""
    now = ahead["today"]
    if now["refusal"]:
        return
    low, high = now["band"]
    yield f"to be won in the next {ahead['horizon']} days: {now['said']:.0f} (80 % band {low:.0f} – {high:.0f})"
    for trial in ahead["trials"]:
        if not trial["refusal"]:
            low, high = trial["band"]
            yield (
                f"said on {trial['as_of']} of the {ahead['horizon']} days after it: {trial['said']:.0f} "
                f"({low:.0f} – {high:.0f}); came: {trial['came']:,}"
            )


# ---- lines -------------------------------------------------------------------------------------------------------


def _table(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Lines of columns; what does not fit the screen is cut at the end, where the longest text stands."""
    return [shortened(line.removeprefix("  "), WIDTH - INDENT) for line in aligned(rows, right)]


def _wrapped(lines: Sequence[str]) -> list[str]:
    return [part for line in lines for part in wrap(line, WIDTH - INDENT, subsequent_indent="  ")]


PANELS: tuple[Callable[[View], Panel | None], ...] = (_queue, _caucus, _picture, _audit, _lag)
