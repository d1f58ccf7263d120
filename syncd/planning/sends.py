"""Planned sends as a CSV or the systems' campaigns tell them, and what earlier campaigns brought."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from syncd import sheet
from syncd.document import Complaint
from syncd.errors import ConfigError
from syncd.model import Campaign
from syncd.model.milestones import BEFORE, Milestone, Stage
from syncd.planning.calendar import HORIZON, MQL, Response, Send, by_hand
from syncd.planning.lag import Passage

HEADINGS = ("campaign", "day", "people")
OWN = ("rep", "response", "conversion", "days")  # columns that a CSV may have beside them
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


def read(text: str, file: str, rep_of: RepOf, usual: Mapping[str, float], response: Response | None) -> list[Send]:
    """The sends of a CSV. usual: the reps' shares where a row names none; response: where it says none.

    Raises ConfigError with the line of what cannot be read.
    """
    first = next(iter(text.splitlines()), "")
    known = {cell.strip().strip('"').lstrip("\ufeff") for cell in first.split(",")}
    own = [heading for heading in OWN if heading in known]
    rows = sheet.rows(text.removeprefix("\ufeff"), file, (*HEADINGS, *own))
    return [_send(row, file, own, rep_of, usual, response) for row in rows]


def _send(
    row: sheet.Row,
    file: str,
    own: Sequence[str],
    rep_of: RepOf,
    usual: Mapping[str, float],
    response: Response | None,
) -> Send:
    cells = dict(zip((*HEADINGS, *own), row.cells, strict=True))

    def complain(what: str, mend: str) -> ConfigError:
        return ConfigError(str(Complaint(file, row.line, what, mend)))

    def number(heading: str, most: float) -> float:
        try:
            value = float(cells[heading].rstrip("%"))
        except ValueError:
            value = -1.0
        if not 0 <= value <= most:
            raise complain(f"{heading} {cells[heading]!r}", f"write a number from 0 to {most:,.0f}")
        return value

    try:
        day = date.fromisoformat(cells["day"])
    except ValueError:
        raise complain(f"day {cells['day']!r}", "write year-month-day, such as 2027-01-31") from None
    reps = dict(usual)
    if cells.get("rep"):
        rep = rep_of(cells["rep"])
        if rep is None:
            raise complain(f"no user is called {cells['rep']!r}", "write the e-mail address of an active user")
        reps = {rep: 1.0}
    if not reps:
        raise complain("whose these people are is not known", "add the column rep with an e-mail address")
    said = [cells.get(heading, "") for heading in ("response", "conversion", "days")]
    if all(said):
        days = int(number("days", HORIZON))
        response = by_hand(number("response", 100) / 100, number("conversion", 100) / 100, days)
    elif any(said):
        raise complain("response, conversion and days go together", "fill all three, or none")
    if response is None:
        raise complain("how many respond is not known", "add the columns response, conversion and days")
    return Send(cells["campaign"] or "(no name)", day, int(number("people", MOST)), reps, response)


def announced(
    campaigns: Iterable[Campaign], members: Members, today: date, response: Response, usual: Mapping[str, float]
) -> list[Send]:
    """The sends of the systems' campaigns from today on: to whoever belongs to them already."""
    return [
        Send(campaign.name or campaign.id, campaign.starts, len(theirs), members.shares(campaign.id) or usual, response)
        for campaign in campaigns
        if campaign.starts and campaign.starts >= today and (theirs := members.of.get(campaign.id))
    ]


def sent(
    campaigns: Iterable[Campaign],
    members: Members,
    milestones: Iterable[Milestone],
    day_of: Callable[[Milestone], date],
) -> list[Passage]:
    """Of each member of a campaign that began, whether and when they became an MQL by it."""
    became: dict[tuple[str, str], date] = {}
    for milestone in milestones:
        if milestone.stage is Stage.MQL and milestone.round > BEFORE and milestone.campaign_id and milestone.contact_id:
            name, day = (milestone.campaign_id, milestone.contact_id), day_of(milestone)
            became[name] = min(day, became.get(name, day))
    return [
        Passage(campaign.starts, day, MQL) if day and day >= campaign.starts else Passage(campaign.starts)
        for campaign in campaigns
        if campaign.starts
        for contact, _ in members.of.get(campaign.id, ())
        for day in [became.get((campaign.id, contact))]
    ]


def sent_before(
    campaigns: Iterable[Campaign],
    members: Members,
    milestones: Iterable[Milestone],
    day_of: Callable[[Milestone], date],
    since: date,
) -> list[Passage]:
    """The same of campaigns that began before milestones were kept, as the systems' own dates tell it.

    Those name no campaign: it is the last one that they belong to which had begun by then, within the days in which a
    send counts. Whoever did not become an MQL was watched until `since`, the first day of this store's own milestones.
    """
    begun = sorted((campaign.starts, campaign.id) for campaign in campaigns if campaign.starts)
    theirs: dict[str, list[tuple[date, str]]] = defaultdict(list)
    for starts, campaign_id in begun:
        for contact, _ in members.of.get(campaign_id, ()):
            theirs[contact].append((starts, campaign_id))
    became: dict[tuple[str, str], date] = {}
    for milestone in milestones:
        if milestone.stage is Stage.MQL and milestone.round == BEFORE and milestone.contact_id:
            day = day_of(milestone)
            earlier = [(starts, name) for starts, name in theirs[milestone.contact_id] if starts <= day]
            if earlier and (day - earlier[-1][0]).days <= HORIZON:
                became[earlier[-1][1], milestone.contact_id] = day
    passages = []
    for starts, campaign_id in begun:
        for contact, _ in members.of.get(campaign_id, ()):
            taken = became.get((campaign_id, contact))
            passages.append(Passage(starts, taken, MQL) if taken else Passage(starts, max(starts, since)))
    return passages
