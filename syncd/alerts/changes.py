"""What is told, and when: a change of state, once; an unchanged state again after the time of a reminder.

Pure: what is kept of the alerts, what stands now, and the time of day go in, what is kept from now on and what is told
come out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from syncd.model.alerts import GRADES, MOST_PLACES, Alert, AlertEntry, Matter, News

AT_ONCE = timedelta()
SETTLE = timedelta(minutes=2)  # that a matter must be gone before it is over: what comes back was never away


@dataclass(frozen=True)
class Patience:
    """How long something stands before it is told, by its kind, and after how long it is told again.

    remind: None: never.
    """

    grace: Mapping[str, timedelta]
    otherwise: timedelta
    remind: timedelta | None

    def of(self, kind: str) -> timedelta:
        """How long something of this kind stands before it is told."""
        return self.grace.get(kind, self.otherwise)


@dataclass(frozen=True)
class Telling:
    """What comes of one look. alerts: by key, all that are kept; changed: the keys whose alert is another than before.

    forgotten: keys of what was gone before it was told.
    """

    alerts: Mapping[str, Alert]
    changed: frozenset[str]
    forgotten: frozenset[str]
    news: tuple[tuple[News, Matter], ...]


def tell(
    alerts: Mapping[str, Alert], matters: Iterable[Matter], now: datetime, patience: Patience, *, anew: bool = False
) -> Telling:
    """Decide what is told now.

    alerts: those that are not over, by key. anew: it is the first look of this process, which cannot know whether what
    it finds untold has stood meanwhile.
    """
    standing = {matter.key: matter for matter in matters}
    after: dict[str, Alert] = {}
    news: list[tuple[News, Matter]] = []
    for key in dict.fromkeys((*alerts, *standing)):
        alert, matter = alerts.get(key), standing.get(key)
        if alert is None and matter is not None:
            alert = Alert(matter, first_at=now)
        elif alert is not None:
            alert = _by_this_clock(alert, now)
            if anew and alert.told_at is None:
                alert = replace(alert, first_at=now)
        if alert is None:
            continue
        kept, said = _stands(alert, matter, now, patience) if matter else _is_gone(alert, now)
        if said is not None:
            news.append((said, matter or alert.matter))
        if kept is not None:
            after[key] = kept
    changed = frozenset(key for key, alert in after.items() if alerts.get(key) != alert)
    return Telling(after, changed, frozenset(alerts.keys() - after.keys()), tuple(news))


def _stands(alert: Alert, matter: Matter, now: datetime, patience: Patience) -> tuple[Alert, News | None]:
    alert = replace(alert, matter=matter, gone_at=None)
    if alert.told_at is None:
        said = News.NEW if now - alert.first_at >= patience.of(matter.kind) else None
    elif GRADES[matter.grade] > GRADES[alert.told_grade or matter.grade]:
        said = News.WORSE
    elif patience.remind is not None and now - alert.told_at >= patience.remind:
        said = News.STILL
    else:
        said = None
    if said is None:
        return alert, None
    return replace(alert, told_at=now, told_grade=matter.grade, times=alert.times + 1), said


def _is_gone(alert: Alert, now: datetime) -> tuple[Alert | None, News | None]:
    """What nobody was told of is forgotten; what was told is over once it has been gone for a while."""
    if alert.told_at is None:
        return None, None
    gone_at = alert.gone_at or now
    if now - gone_at < SETTLE:
        return replace(alert, gone_at=gone_at), None
    return replace(alert, gone_at=gone_at, over_at=now, told_at=now, times=alert.times + 1), News.OVER


def _by_this_clock(alert: Alert, now: datetime) -> Alert:
    """A clock that was set back delays nothing: what seems to lie ahead is taken for now."""
    return replace(
        alert,
        first_at=min(alert.first_at, now),
        told_at=alert.told_at and min(alert.told_at, now),
        gone_at=alert.gone_at and min(alert.gone_at, now),
    )


def grouped(news: Iterable[tuple[News, Matter]]) -> tuple[AlertEntry, ...]:
    """One entry for all that are alike, what is gravest first, what is over last."""
    together: dict[tuple[News, str, str, str], list[Matter]] = {}
    for said, matter in news:
        together.setdefault((said, matter.kind, matter.what, matter.mend), []).append(matter)
    entries = [_entry(said, matters) for (said, *_), matters in together.items()]
    return tuple(sorted(entries, key=_weight))


def _entry(said: News, matters: list[Matter]) -> AlertEntry:
    first = max(matters, key=lambda matter: GRADES[matter.grade])
    places = dict.fromkeys(place for matter in matters for place in matter.where)
    since = min((matter.since for matter in matters if matter.since), default=None)
    return AlertEntry(
        news=said,
        kind=first.kind,
        grade=first.grade,
        where=tuple(places)[:MOST_PLACES],
        what=first.what,
        mend=first.mend,
        look=first.look,
        since=since,
        number=len(places) or len(matters),
        records=sum(matter.number for matter in matters),
    )


def _weight(entry: AlertEntry) -> tuple[int, int, str]:
    return list(News).index(entry.news), -GRADES[entry.grade], entry.kind
