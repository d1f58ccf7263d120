"""`syncd title`: how a job title is read, and what a person says that it means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from syncd.agreement import Agreement
from syncd.cli.actor import actor
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.cli.table import show_table
from syncd.errors import ConfigError, NotFound
from syncd.in_force import load_rulebook
from syncd.mapping.values import LONGEST_TEXT
from syncd.model import TitleCorrection, title_key
from syncd.rules import Rulebook
from syncd.rules.corrections import unknown_names
from syncd.store import UnitOfWork
from syncd.today import day_in, today_of

SHOWN = 50  # unread titles that a person looks at; JSON has them all
NONE = "none"  # what stands for no function and no level


def title(
    spelled: Annotated[
        str | None, typer.Argument(metavar="TITLE", help="The job title; without it all corrections.")
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option("--function", help="A function of the agreement, or none; may be repeated.")
    ] = None,
    level: Annotated[str | None, typer.Option("--level", help="A level of the agreement, or none.")] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Leave the title to the rules again.")] = False,
    unread: Annotated[
        bool, typer.Option("--unread", help="List the commonest titles that show no function or no level.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show how a job title is read, or say what it means: that wins over the rules, and stays.

    Without a title the corrections are listed. Who holds a corrected title is judged again by the next cycle.

    - `syncd title "Head of Sparkle"`

    - `syncd title "Head of Sparkle" --function IT --level director`

    - `syncd title "Head of Sparkle" --forget`

    - `syncd title --unread`
    """
    book = load_rulebook(settings())
    if spelled is None or not spelled.strip():
        if function or level or forget:
            raise ConfigError("which title? `syncd title TITLE --function F --level L`")
        (_list_unread if unread else _list)(book, as_json)
    elif forget:
        _forget(spelled, as_json)
    else:
        if function or level:
            if len(spelled) > LONGEST_TEXT:
                raise ConfigError(
                    f"a title of {len(spelled):,} characters is nobody's: at most {LONGEST_TEXT:,} are read"
                )
            known = book.agreement
            functions, rank = _functions(function, known), _level(level, known)
            _correct(TitleCorrection(spelled.strip(), functions, rank, datetime.now(UTC)), known)
        _show(spelled, book, as_json)


def _functions(names: Sequence[str] | None, agreement: Agreement) -> tuple[str, ...] | None:
    if not names:
        return None
    if NONE in names:
        if len(set(names)) > 1:
            others = ", ".join(name for name in names if name != NONE)
            raise ConfigError(f"--function none says that there is none, and {others} that there is: keep one of them")
        return ()
    return tuple(dict.fromkeys(_as_the_agreement_writes(name, agreement.functions) for name in names))


def _level(name: str | None, agreement: Agreement) -> str | None:
    return None if not name else "" if name == NONE else _as_the_agreement_writes(name, agreement.levels)


def _as_the_agreement_writes(name: str, names: Iterable[str]) -> str:
    return next((known for known in names if known.casefold() == name.casefold()), name)


def _correct(correction: TitleCorrection, agreement: Agreement) -> None:
    """Keep a correction; raises ConfigError for a function or level that the agreement does not name."""
    if unknown := unknown_names(correction, agreement):
        raise ConfigError(
            f"the agreement names no {', no '.join(map(repr, unknown))}; its functions are "
            f"{', '.join(agreement.functions)} (or none), its levels {', '.join(agreement.levels)} (or none)"
        )
    with opened() as store, store.writing() as unit:
        unit.titles.correct(correction)
        unit.audit.write(actor(), "title", f"{correction.title}: {_words(correction)}")


def _forget(spelled: str, as_json: bool) -> None:
    with opened() as store, store.writing() as unit:
        if not unit.titles.forget(spelled):
            raise NotFound(f"nobody corrected {spelled!r}; `syncd title` lists what was")
        unit.audit.write(actor(), "title", f"{spelled}: left to the rules")
    if as_json:
        show_json({"title": spelled, "corrected": False})
    else:
        show_line(f"{spelled!r} is left to the rules; the next cycle judges who holds it")


def _show(spelled: str, book: Rulebook, as_json: bool) -> None:
    with opened() as store, store.reading() as unit:
        corrections = unit.titles.corrections()
        holders = unit.titles.holders(spelled)
    reading, role = book.corrected(corrections).read(spelled, today_of(book.agreement).year)
    corrected = any(title_key(one.title) == title_key(spelled) for one in corrections)
    if as_json:
        answer = {"functions": reading.functions, "level": reading.level, "former": reading.former, "role": role}
        show_json({"title": spelled, **answer, "words": reading.words, "corrected": corrected, "contacts": holders})
        return
    show_line(
        f"{spelled!r} reads as {'formerly ' * reading.former}{', '.join(reading.functions) or 'no function'}, "
        f"{reading.level or 'no level'} ({', '.join(reading.words) or 'no word is known'}) → role {role or 'none'}"
    )
    show_line(f"contacts with it: {holders:,}")


def _list(book: Rulebook, as_json: bool) -> None:
    with opened() as store, store.reading() as unit:
        rows = [_row(unit, correction, book.agreement) for correction in unit.titles.corrections()]
    if as_json:
        show_json(rows)
        return
    columns = ("title", "functions", "level", "corrected_at", "contacts", "in_force")
    table = [[_cell(row[column]) for column in columns] for row in rows]
    headings = [column.replace("_", " ") for column in columns]
    show_table("corrected titles", headings, table, right=(4,), empty="nobody corrected any: the rules read them all")


def _list_unread(book: Rulebook, as_json: bool) -> None:
    year = today_of(book.agreement).year
    with opened() as store, store.reading() as unit:
        corrected = book.corrected(unit.titles.corrections())
        held = unit.titles.held()
    readings = [(title, contacts, corrected.read(title, year)[0]) for title, contacts in held]
    rows = [
        {"title": title, "contacts": contacts, "functions": list(reading.functions), "level": reading.level}
        for title, contacts, reading in readings
        if not (reading.functions and reading.level) and not reading.former
    ]
    if as_json:
        show_json(rows)
        return
    table = [(row["title"], row["contacts"], _cell(row["functions"]), row["level"] or NONE) for row in rows[:SHOWN]]
    show_table(
        f"{len(rows):,} of {len(held):,} titles show no function or no level",
        ("title", "contacts", "functions", "level"),
        table,
        right=(1,),
        empty="every title shows both",
    )


def _row(unit: UnitOfWork, correction: TitleCorrection, agreement: Agreement) -> dict[str, Any]:
    unknown = unknown_names(correction, agreement)
    return {
        "title": correction.title,
        "functions": None if correction.functions is None else list(correction.functions),
        "level": NONE if correction.level == "" else correction.level,
        "corrected_at": day_in(agreement, correction.corrected_at),
        "contacts": unit.titles.holders(correction.title),
        "in_force": f"no: the agreement names no {', no '.join(unknown)}" if unknown else "yes",
    }


def _cell(value: Any) -> Any:
    if value is None:
        return "as the rules read it"
    return ", ".join(value) or NONE if isinstance(value, list) else value


def _words(correction: TitleCorrection) -> str:
    functions = None if correction.functions is None else ", ".join(correction.functions) or NONE
    level = None if correction.level is None else correction.level or NONE
    return "; ".join(f"{name} {value}" for name, value in (("function", functions), ("level", level)) if value)
