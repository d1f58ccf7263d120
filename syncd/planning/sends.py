"""Planned sends as a CSV or the systems' campaigns tell them, and what earlier campaigns brought."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from syncd import sheet
from syncd.document import Complaint
from syncd.model import Campaign
from syncd.model.milestones import BEFORE, Milestone, Stage
from syncd.planning.calendar import HORIZON, MQL, Response, Responses, Send, by_hand
from syncd.planning.lag import Passage

HEADINGS = ("campaign", "day", "people")
OWN = ("rep", "kind", "response", "conversion", "days")  # columns that a CSV may have beside them
MOST = 10_000_000  # people in one send

RepOf = Callable[[str], str | None]  # an e-mail address or a name → golden user id


@dataclass(frozen=True, slots=True)
class Members:
    """Who belongs to campaigns. reps: account → the rep whose it is, where there is one."""

    of: Mapping[str, Sequence[tuple[str, str]]]  # campaign → contact and account
    reps: Mapping[str, str]

    def shares(self, campaign_id: str) -> dict[str, float]:
        """The reps of a campaign's members, with their shares of those who have one."""
        return shares(self.reps[account] for _, account in self.of.get(campaign_id, ()) if account in self.reps)


def shares(reps: Iterable[str]) -> dict[str, float]:
    """Each rep's share of all."""
    counts = Counter(reps)
    return {rep: count / counts.total() for rep, count in sorted(counts.items())}


def read(text: str, file: str, rep_of: RepOf, usual: Mapping[str, float], known: Responses) -> list[Send]:
    """The sends of a CSV. usual: the reps' shares where a row names none; known: what campaigns bring.

    Raises ConfigError with everything that cannot be read, and its line.
    """
    first = next(iter(text.splitlines()), "")
    headings = {cell.strip().strip('"').lstrip("\ufeff") for cell in first.split(",")}
    own = [heading for heading in OWN if heading in headings]
    rows = sheet.rows(text.removeprefix("\ufeff"), file, (*HEADINGS, *own))
    sends: list[Send] = []
    complaints: list[Complaint] = []
    for row in rows:
        reading = _Reading(file, row.line, dict(zip((*HEADINGS, *own), row.cells, strict=True)))
        send = reading.send(rep_of, usual, known)
        complaints += reading.complaints
        sends += [send] if send else []
    sheet.require_none(complaints, "nothing was counted")
    return sends


@dataclass(slots=True)
class _Reading:
    """One row of the CSV, and everything that is wrong with it."""

    file: str
    line: int
    cells: Mapping[str, str]
    complaints: list[Complaint] = field(default_factory=list)

    def send(self, rep_of: RepOf, usual: Mapping[str, float], known: Responses) -> Send | None:
        """The send of the row; None where something is wrong with it."""
        day, people = self._day(), self._whole("people", MOST)
        reps = self._reps(rep_of, usual)
        response = self._response(known)
        if self.complaints or day is None or response is None:
            return None
        return Send(self.cells["campaign"] or "(no name)", day, people, reps, response)

    def _complain(self, what: str, mend: str) -> None:
        self.complaints.append(Complaint(self.file, self.line, what, mend))

    def _whole(self, heading: str, most: int) -> int:
        """A whole number in digits alone: 1.000 is one to us, and a thousand to many."""
        cell = self.cells[heading].strip()
        if not (cell.isascii() and cell.isdigit() and int(cell) <= most):
            self._complain(
                f"{heading} {self.cells[heading]!r}", f"write a whole number from 0 to {most:,} in digits alone"
            )
            return 0
        return int(cell)

    def _number(self, heading: str, most: float) -> float:
        try:
            value = float(self.cells[heading].rstrip("%"))
        except ValueError:
            value = -1.0
        if not 0 <= value <= most:
            self._complain(f"{heading} {self.cells[heading]!r}", f"write a number from 0 to {most:,.0f}")
            return 0.0
        return value

    def _day(self) -> date | None:
        try:
            return date.fromisoformat(self.cells["day"])
        except ValueError:
            self._complain(f"day {self.cells['day']!r}", "write year-month-day, such as 2027-01-31")
            return None

    def _reps(self, rep_of: RepOf, usual: Mapping[str, float]) -> Mapping[str, float]:
        name = self.cells.get("rep")
        rep = rep_of(name) if name else None
        if name and rep is None:
            self._complain(f"no user is called {name!r}", "write the e-mail address of an active user")
        elif not name and not usual:
            self._complain("whose these people are is not known", "add the column rep with an e-mail address")
        return {rep: 1.0} if rep else usual

    def _response(self, known: Responses) -> Response | None:
        """What the row says of it, else what is known."""
        said = [self.cells.get(heading, "") for heading in ("response", "conversion", "days")]
        if all(said):
            days = self._whole("days", HORIZON)
            return by_hand(self._number("response", 100) / 100, self._number("conversion", 100) / 100, days)
        if any(said):
            self._complain("response, conversion and days go together", "fill all three, or none")
            return None
        response = known.of(self.cells.get("kind"))
        if isinstance(response, Response):
            return response
        self._complain(f"how many respond is not known ({response})", "add the columns response, conversion and days")
        return None


def announced(
    campaigns: Iterable[Campaign], members: Members, today: date, known: Responses, usual: Mapping[str, float]
) -> list[Send]:
    """The sends of the systems' campaigns from today on: to whoever belongs to them already."""
    return [
        Send(campaign.name or campaign.id, campaign.starts, len(theirs), members.shares(campaign.id) or usual, response)
        for campaign in campaigns
        if campaign.starts
        and campaign.starts >= today
        and (theirs := members.of.get(campaign.id))
        and isinstance(response := known.of(campaign.kind), Response)
    ]


def sent(
    campaigns: Iterable[Campaign],
    members: Members,
    milestones: Iterable[Milestone],
    day_of: Callable[[Milestone], date],
) -> dict[str | None, list[Passage]]:
    """Kind → of each member of a campaign of it that began, whether and when they became an MQL by it."""
    became: dict[tuple[str, str], date] = {}
    for milestone in milestones:
        if milestone.stage is Stage.MQL and milestone.round > BEFORE and milestone.campaign_id and milestone.contact_id:
            name, day = (milestone.campaign_id, milestone.contact_id), day_of(milestone)
            became[name] = min(day, became.get(name, day))
    passages: dict[str | None, list[Passage]] = defaultdict(list)
    for campaign in campaigns:
        if campaign.starts is None:
            continue
        for contact, _ in members.of.get(campaign.id, ()):
            came = became.get((campaign.id, contact))
            passage = Passage(campaign.starts, came, MQL) if came and came >= campaign.starts else None
            passages[campaign.kind].append(passage or Passage(campaign.starts))
    return passages


def sent_before(
    campaigns: Iterable[Campaign],
    members: Members,
    milestones: Iterable[Milestone],
    day_of: Callable[[Milestone], date],
    since: date,
) -> dict[str | None, list[Passage]]:
    """The same of campaigns that began before milestones were kept, as the systems' own dates tell it.

    Those name no campaign: it is the last one that they belong to which had begun by then, within the days in which a
    send counts. Whoever did not become an MQL was watched until `since`, the first day of this store's own milestones.
    """
    begun = sorted((campaign.starts, campaign.id, campaign.kind) for campaign in campaigns if campaign.starts)
    theirs: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for starts, campaign_id, _ in begun:
        for contact, _ in members.of.get(campaign_id, ()):
            theirs[contact].append((starts, campaign_id))
    became: dict[tuple[str, str], date] = {}
    for milestone in milestones:
        if milestone.stage is Stage.MQL and milestone.round == BEFORE and milestone.contact_id:
            day = day_of(milestone)
            earlier = [(starts, name) for starts, name in theirs[milestone.contact_id] if starts <= day]
            if earlier and (day - earlier[-1][0]).days <= HORIZON:
                became[earlier[-1][1], milestone.contact_id] = day
    passages: dict[str | None, list[Passage]] = defaultdict(list)
    for starts, campaign_id, kind in begun:
        for contact, _ in members.of.get(campaign_id, ()):
            taken = became.get((campaign_id, contact))
            passages[kind].append(Passage(starts, taken, MQL) if taken else Passage(starts, max(starts, since)))
    return passages
