"""A message in words, for people: a subject, and what each entry says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from syncd.legible import on_one_line
from syncd.model.alerts import AlertEntry, Message, News

SUBJECT = 120  # characters


def subject(message: Message) -> str:
    """One line: which installation, how many of what, and the gravest."""
    counted = Counter(entry.news for entry in message.entries)
    many = ", ".join(f"{counted[news]} {news.value}" for news in News if counted[news])
    first = message.entries[0]
    place = f"{first.places}: " if first.places else ""
    line = on_one_line(f"[syncd {message.installation}] {many}: {place}{first.what}")
    return line if len(line) <= SUBJECT else f"{line[: SUBJECT - 1].rstrip()}…"


def heading(entry: AlertEntry) -> str:
    """What an entry is about."""
    records = f" ({entry.records:,} records)" if entry.records else ""
    grade = "" if entry.news is News.OVER else f" · {entry.grade}"
    return on_one_line(f"{entry.news.value}{grade} · {entry.what}{records}")


def details(entry: AlertEntry) -> Iterator[tuple[str, str]]:
    """Where, since when, what mends it, where to look: each with its name."""
    if entry.places:
        yield "where", on_one_line(entry.places)
    if entry.since:
        yield "since", stamp(entry.since)
    if entry.news is not News.OVER:
        yield "mend", on_one_line(entry.mend)
        yield "look", on_one_line(entry.look)


def text(message: Message) -> str:
    """The whole message as plain text."""
    return "\n".join(_lines(message))


def _lines(message: Message) -> Iterator[str]:
    for entry in message.entries:
        yield heading(entry)
        yield from (f"  {name}: {what}" for name, what in details(entry))
        yield ""
    yield f"syncd {on_one_line(message.installation)}, {stamp(message.at)}; `syncd alert list` shows what stands"


def stamp(at: datetime) -> str:
    """A moment as people read it, in UTC."""
    return at.strftime("%Y-%m-%d %H:%M UTC")
