"""Times, days and numbers as a page writes them. Whatever they quote is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Final

import humanize
from markupsafe import Markup, escape

NONE: Final = "–"  # where nothing is known
# How a word is coloured, by what it says of a thing; every other is plain.
TONES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("yes", "in", "known", "ok", "healthy", "done", "accepted", "won", "heating", "strong"), "good"),
    **dict.fromkeys(("no", "failing", "error", "failed", "refused", "rejected", "lost", "cooling"), "bad"),
    **dict.fromkeys(
        (
            "unknown",
            "degraded",
            "warning",
            "incomplete",
            "cancelled",
            "paused",
            "unsafe",
            "broken off",
            "interrupted",
            "stuck",
            "overdue",
            "weak",
        ),
        "warn",
    ),
}


def tone(word: Any) -> str:
    """The class of a badge with this word."""
    return TONES.get(str(word).casefold(), "plain")


def number(value: Any, unit: str = "", digits: int = 0) -> str:
    """A number by thousands, with its unit: `1,204 contacts`."""
    if value is None:
        return NONE
    text = f"{value:,.{digits}f}" if digits or isinstance(value, float) else f"{value:,}"
    return f"{text} {unit}" if unit else text


def share(value: float | None) -> str:
    """A share as a percentage without decimals."""
    return NONE if value is None else f"{value:.0%}"


def commands(text: str) -> Markup:
    """What stands between backticks is a command, and looks like one."""
    parts = [
        Markup("<code>{}</code>").format(part) if n % 2 else escape(part) for n, part in enumerate(text.split("`"))
    ]
    return Markup("").join(parts)


def moment(value: Any) -> datetime | None:
    """A time as the JSON has it; without an offset it is UTC."""
    if not value:
        return None
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def ago(value: Any, now: datetime, zone: tzinfo) -> Markup | str:
    """How long ago, with the time itself on hover: in the agreement's zone, and in UTC."""
    at = moment(value)
    if at is None:
        return NONE
    here = at.astimezone(zone)
    whole = f"{here:%Y-%m-%d %H:%M %Z}"
    if here.utcoffset():
        whole += f" ({at.astimezone(UTC):%Y-%m-%d %H:%M} UTC)"
    words = humanize.naturaltime(now - at)
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(), whole, words)


def day(value: Any, today: date) -> Markup | str:
    """A calendar day, with how far it is away on hover."""
    if not value:
        return NONE
    of = value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
    days = (of - today).days
    away = "today" if not days else f"{abs(days):,} day{'' if abs(days) == 1 else 's'} {'ago' if days < 0 else 'ahead'}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(of.isoformat(), away, of.isoformat())
