"""The radar of a store: who asked for sales, and which accounts are new, heating, cooling or stuck; as JSON.

What somebody did is weighed anew for today and for two weeks ago. That takes a while in a large store, so that whoever
shows it often keeps it until the next run has ended (`Kept`).
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from syncd.errors import NotFound
from syncd.model import Interest
from syncd.planning.names import RepNames
from syncd.planning.passages import compile_book
from syncd.planning.radar import BACK, Stuck, Trend, Warmth, limits, stuck
from syncd.rules import Rulebook
from syncd.rules.days import local_day, zone
from syncd.rules.engagement import scale_of, weigh
from syncd.store import UnitOfWork
from syncd.store.directory import Blip
from syncd.views.listing import ROWS, Listing, listed, require_column

PARTS: Final = ("asked", "new", "heating", "cooling", "stuck")  # hand-raises first
SORTS: Final = ("account", "contact", "rep", "offer", "since", "days", "limit", "strength", "before", "ratio")
PAGE: Final = 2_000  # contacts, weighed at a time
FEW: Final = 10  # rows of each part where all are shown

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Radar:
    """Every row of every part, on one day."""

    as_of: datetime
    rows: Rows

    def shown(
        self,
        *,
        rep: str | None = None,
        segment: str | None = None,
        offer: str | None = None,
        part: str | None = None,
        sort: str | None = None,
        after: str | None = None,
    ) -> dict[str, Any]:
        """The rows of a rep, a segment, an offer; part: that one alone, and whole. Raises NotFound and ConfigError."""
        if sort:
            require_column(sort, SORTS)
        every = [row for rows in self.rows.values() for row in rows]
        known = {name: sorted({row[name] for row in every if row[name]}) for name in ("rep", "segment", "offer")}
        wanted = {name: value for name, value in (("rep", rep), ("segment", segment), ("offer", offer)) if value}
        for name, value in wanted.items():
            if value not in known[name]:
                raise NotFound(f"no {name} {value!r} is on the radar", plain=f"no such {name} is on the radar")
        parts: dict[str, Listing] = {}
        for name in (part,) if part else PARTS:
            rows = [row for row in self.rows[name] if all(row[key] == value for key, value in wanted.items())]
            by = sort if sort and rows and sort.removeprefix("-") in rows[0] else None
            parts[name] = listed(rows, key="key", columns=SORTS, sort=by, after=after, most=ROWS if part else FEW)
        return {
            "as_of": self.as_of,
            "parts": parts,
            **{f"{name}s": values for name, values in known.items()},
        }


@dataclass
class Kept:
    """The radar as it was last reckoned, until a run has ended since, or the day has."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    of: tuple[int, date] | None = None
    radar: Radar | None = None

    def read(self, unit: UnitOfWork, book: Rulebook, now: datetime) -> Radar:
        """The radar of now: one reckons, whoever else asks waits for it."""
        of = (unit.runs.last_ended(), local_day(now, zone(book.agreement.time_zone)))
        with self.lock:
            if self.radar is None or self.of != of:
                self.radar, self.of = radar_of(unit, book, now), of
            return self.radar


def radar_of(unit: UnitOfWork, book: Rulebook, now: datetime) -> Radar:
    """The radar of a store as it stands."""
    agreement, where = book.agreement, zone(book.agreement.time_zone)
    today = local_day(now, where)
    milestones = compile_book(unit.milestones.stream(), unit.milestones.first_kept(), where)
    late = stuck(milestones, limits(milestones, agreement, today), today)
    back = BACK if agreement.engagement.half_life_days > BACK.days else timedelta(agreement.engagement.response_days)
    since = max(back, timedelta(agreement.engagement.hand_raise_days))
    blips = unit.directory.blips(now - since - timedelta(days=1), [entry.milestone.account_id for entry in late])
    names = RepNames(unit.groups.users())
    rows: dict[str, list[dict[str, Any]]] = {part: [] for part in PARTS}
    weighed = dict(_weighed(unit, book, blips, today))
    for account_id, of in weighed.items():
        blip = blips[account_id]
        base = _base(blip, names, of)
        rows["asked"] += _asked(base, of, today - timedelta(agreement.engagement.hand_raise_days))
        warmth = _warmth(of)
        if warmth.trend:
            rows[warmth.trend.value].append({**base, **_in_figures(warmth), "why": _why(warmth)})
    for entry in late:
        home = blips.get(entry.milestone.account_id)
        if home and (row := _stuck(entry, home, names, weighed)):
            rows["stuck"].append(row)
    rows["asked"].sort(key=lambda row: (row["answered"], row["since"]))
    for trend in Trend:
        rows[trend.value].sort(key=lambda row: (-(row["strength"] or 0), row["key"]))
    return Radar(now, rows)


@dataclass(frozen=True, slots=True)
class _Contact:
    """What one contact's activities weigh today and weighed before, and which came since."""

    id: str
    name: str
    now: Interest
    before: float
    since: Counter[str]


def _weighed(
    unit: UnitOfWork, book: Rulebook, blips: Mapping[str, Blip], today: date
) -> Iterator[tuple[str, list[_Contact]]]:
    scale, then = scale_of(book.agreement), today - BACK
    people = [(contact_id, account_id) for account_id, blip in blips.items() for contact_id in blip.contacts]
    of: dict[str, list[_Contact]] = defaultdict(list)
    for start in range(0, len(people), PAGE):
        part = people[start : start + PAGE]
        activities, campaigns = unit.groups.activities_of([contact_id for contact_id, _ in part])
        for contact_id, account_id in part:
            theirs = activities.get(contact_id, [])
            now, before = (weigh(theirs, scale, day, campaigns) for day in (today, then))
            if now.interest.strength or before.interest.strength or now.interest.hand_raised:
                recent = Counter(entry.name for entry in now.counted if entry.day > then)
                name = blips[account_id].contacts[contact_id] or contact_id
                of[account_id].append(_Contact(contact_id, name, now.interest, before.interest.strength, recent))
    yield from of.items()


def _warmth(contacts: Sequence[_Contact]) -> Warmth:
    kinds = sum((entry.since for entry in contacts), Counter[str]())
    return Warmth(sum(entry.now.strength for entry in contacts), sum(entry.before for entry in contacts), kinds)


def _base(blip: Blip, names: RepNames, contacts: Sequence[_Contact]) -> dict[str, Any]:
    """What every row says of its account."""
    offers = Counter[str]()
    for entry in contacts:
        offers.update(entry.now.by_offer)
    return {
        "key": blip.account_id,
        "account_id": blip.account_id,
        "account": blip.name or blip.account_id,
        "standing": blip.standing,
        "segment": blip.segment,
        "rep": names[blip.owner] if blip.owner else None,
        "offer": min(offers, key=lambda offer: (-offers[offer], offer), default=None),
        "contact_id": None,
        "contact": None,
        "since": None,
    }


def _asked(base: Mapping[str, Any], contacts: Sequence[_Contact], since: date) -> Iterator[dict[str, Any]]:
    """Who asked for sales or a price since that day, and whether sales touched them afterwards."""
    for entry in contacts:
        if entry.now.raised_at and entry.now.raised_at.date() >= since:
            yield {
                **base,
                "key": entry.id,
                "contact_id": entry.id,
                "contact": entry.name,
                "offer": entry.now.favourite,
                "since": entry.now.raised_at,
                "answered": entry.now.answered,
                "why": "sales touched them since" if entry.now.answered else "nobody of sales touched them since",
            }


def _in_figures(warmth: Warmth) -> dict[str, Any]:
    ratio = warmth.ratio
    figures = {"strength": round(warmth.now, 2), "before": round(warmth.before, 2)}
    return {**figures, "ratio": None if ratio is None else round(ratio, 2), "kinds": len(warmth.kinds)}


def _why(warmth: Warmth) -> str:
    """What came since, in words."""
    often = Counter(warmth.kinds).most_common()
    done = ", ".join(f"{kind.replace('_', ' ')} ×{number}" for kind, number in often)
    return done or "nothing that counts came since"


def _stuck(
    late: Stuck, blip: Blip, names: RepNames, weighed: Mapping[str, Sequence[_Contact]]
) -> dict[str, Any] | None:
    """Somebody who stands in a step for too long; None of a contact who is no qualified lead today."""
    milestone = late.milestone
    contact_id = None if milestone.opportunity_key or milestone.opportunity_id else milestone.contact_id
    if contact_id is not None and contact_id not in blip.qualified:
        return None
    return {
        **_base(blip, names, weighed.get(blip.account_id, ())),
        "key": milestone.key,
        "contact_id": contact_id,
        "contact": contact_id and (blip.contacts.get(contact_id) or contact_id),
        "opportunity": milestone.opportunity_id or milestone.opportunity_key,
        "rep": names[milestone.rep] if milestone.rep else names[blip.owner] if blip.owner else None,
        "offer": milestone.offer,
        "since": late.since,
        "days": late.days,
        "limit": late.limit.days,
        "step": late.step.words,
        "why": f"{late.step.words}: {late.days:,} days, and {late.limit.days:,} is {late.limit.by}",
    }
