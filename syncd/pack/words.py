"""The pack in words, for a screen and for a message: what stands in it, line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from syncd.legible import on_one_line

QUIET: Final = "a quiet week: nobody came, nobody waits, and no verdict is overdue"


def subject(pack: Mapping[str, Any]) -> str:
    """One line that says whose week it is, and what is in it; of records' own words there is none."""
    if pack["quiet"]:
        return f"syncd, week of {pack['week']}: quiet"
    numbers = (("came", "came"), ("waiting", "wait"), ("overdue", "verdicts overdue"), ("gaps", "gaps"))
    counted = ", ".join(f"{pack[name]['number']:,} {words}" for name, words in numbers)
    return f"syncd, week of {pack['week']}: {counted}"


def text(pack: Mapping[str, Any]) -> str:
    """The whole pack as plain text."""
    return "\n".join(map(on_one_line, _lines(pack))) + "\n"


def _lines(pack: Mapping[str, Any]) -> Iterator[str]:
    yield pack["title"]
    yield f"agreement {pack['agreement']}"
    if pack["quiet"]:
        yield QUIET
    for week in pack["weeks"]:
        yield (
            f"{week['rep']}: {week['places']} places, {week['at_once'] + week['others']} taken, {week['free']} free"
            + (f", {week['owed']} owed" if week["owed"] else "")
            + (f", {week['over']} over the cap" if week["over"] else "")
        )
    yield from _section("Came this week", pack["came"], _handed)
    yield from _section("Wait", pack["waiting"], _waits)
    yield from _section("Verdicts overdue", pack["overdue"], _overdue)
    yield from _section(f"Gaps: {pack['gaps']['missing']:,} people missing", pack["gaps"], _gap)
    for period in pack["waterfall"]:
        yield ""
        yield f"Waterfall, {period['title']} ({period['first']} to {period['last']})"
        yield from (f"  {_stage(level)}" for level in period["stages"])
        if not period["stages"]:
            yield "  nobody reached a stage"
    yield from _section("Suggestions", pack["suggestions"], _suggestion)


def _section(heading: str, listed: Mapping[str, Any], say: Any) -> Iterator[str]:
    yield ""
    yield f"{heading} ({listed['number']:,})"
    yield from (f"  {say(row)}" for row in listed["rows"])
    if listed["more"]:
        yield f"  and {listed['more']:,} more"
    if not listed["number"]:
        yield "  none"


def _handed(row: Mapping[str, Any]) -> str:
    return f"{row['contact']}, {row['account']}: {_offered(row)}; {row['rep']}, since {row['handed_on']}"


def _offered(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, (row.get("for") or row.get("kind"), row["offer"])))


def _waits(row: Mapping[str, Any]) -> str:
    comes = f"comes in the week of {row['week']}" if row["week"] else row["why"] or "no week yet"
    return f"{row['contact']}, {row['account']}: {_offered(row)}; {row['rep']}, {comes}"


def _overdue(row: Mapping[str, Any]) -> str:
    return f"{row['contact']}, {row['account']}: {row['rep']} has them since {row['handed_on']}, due {row['due_on']}"


def _gap(row: Mapping[str, Any]) -> str:
    owner = f"; {row['owner']}" if row["owner"] else ""
    return f"{row['account']}: {row['missing']} × {row['role']}, due {row['due']}{owner}"


def _stage(level: Mapping[str, Any]) -> str:
    target = f" of {level['target']:,.0f} ({level['of_target']:.0%})" if level["target"] else ""
    return f"{level['words']}: {level['reached']:,}{target}"


def _suggestion(row: Mapping[str, Any]) -> str:
    return ": ".join(filter(None, (row["what"], row["why"], row["then"])))
