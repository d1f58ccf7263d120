"""`syncd lessons`: what sales' verdicts, wins and losses say of the agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

from syncd.agreement import load as load_agreement
from syncd.cli.context import settings
from syncd.cli.installation import opened
from syncd.cli.options import Csv, Json, first_day
from syncd.cli.quantities import past_day_or
from syncd.cli.screen import show_json, show_line
from syncd.cli.spreadsheet import show_csv
from syncd.cli.table import show_aside, show_table
from syncd.planning.curves import CurveBand
from syncd.planning.lessons import LessonVerdict, Opening, Precision, Share
from syncd.rules.days import zone
from syncd.sync.lessons import Lessons, learn
from syncd.today import today_of

A_YEAR = timedelta(days=364)
BASIS = "titles, gates and roles are as they are today; sources, campaigns, words and outcomes as they were kept"
COLUMNS = (
    *("what", "value", "judged", "right", "precision", "from", "to", "silent", "no word yet", "ended", "won"),
    *("win rate", "rejected whose gate is closed by now"),
)

PRECISION = ("what", "value", "right", "80 % band", "silent", "no word yet", "won", "closed by now")
OPENINGS = ("known at opening", "", "won", "80 % band", "open", "half of the winners within")
SUGGESTIONS = ("about", "because", "decided by", "effect on these cases")
NOBODY_YET = "nobody was handed over yet, or no rep has said a word: `syncd queue` shows who waits"
NO_SUGGESTION = "none: no band lies below that of all others with enough cases on both sides"


def lessons(
    since: Annotated[str, first_day("a year ago")] = "",
    as_json: Json = False,
    as_csv: Csv = False,
) -> None:
    """Show what sales taught marketing: precision by gate, role, campaign and source, reasons, and what won.

    Right is who was accepted, or stands on a won opportunity; wrong who was rejected. Suggestions name the term, and
    what it would have spared and cost; nobody applies them but people. With --csv: the precision alone.

    - `syncd lessons`

    - `syncd lessons --since 2026-07-01 --csv`
    """
    configured = settings()
    agreement = load_agreement(configured.agreement, configured.mappings)
    where, today = zone(agreement.time_zone), today_of(agreement)
    first = past_day_or("--since", since, today, today - A_YEAR)
    with opened(configured) as store, store.reading() as unit:
        learned = learn(unit, first, today, where)
    if as_json:
        show_json(plain(learned))
    elif as_csv:
        show_csv(COLUMNS, _cells(learned))
    else:
        _show(learned)


def plain(learned: Lessons) -> dict[str, Any]:
    """The lessons as JSON."""
    return {
        "since": learned.since,
        "basis": BASIS,
        "cases": len(learned.cases),
        "alerts": learned.alerts,
        "suggestions": [suggestion._asdict() for suggestion in learned.suggestions],
        "reasons": [{"reason": reason, "number": number} for reason, number in learned.reasons],
        "precision": [
            {
                "dimension": precision.dimension,
                "value": precision.value,
                "accepted": _plain_share(precision.right),
                "won": _plain_share(precision.won),
                "silent": precision.silent,
                "open": precision.open,
                "rejected_and_closed_by_now": precision.closed_wrong,
            }
            for precision in learned.precisions
        ],
        "openings": [
            {
                "known": opening.what,
                "was_known": opening.known,
                "won": _plain_share(opening.won),
                "open": opening.open,
                "half_of_the_winners_within_days": opening.lag.days[0.5] if opening.lag.days else None,
                "refusal": opening.lag.refusal,
            }
            for opening in learned.openings
        ],
    }


def _plain_share(share: Share) -> dict[str, Any]:
    band = share.band
    return {
        "part": share.part,
        "of": share.whole,
        "share": share.share,
        "band": [band.low, band.high] if band else None,
    }


def _cells(learned: Lessons) -> Iterator[Sequence[Any]]:
    for precision in learned.precisions:
        band = precision.right.band or CurveBand(0, 1)
        yield (
            *(
                precision.dimension,
                precision.value,
                precision.right.whole,
                precision.right.part,
                precision.right.share,
                band.low,
                band.high,
            ),
            *(
                precision.silent,
                precision.open,
                precision.won.whole,
                precision.won.part,
                precision.won.share,
                precision.closed_wrong,
            ),
        )


# ---- in words ----------------------------------------------------------------------------------------------------


def _show(learned: Lessons) -> None:
    words = ", ".join(f"{_number(learned, verdict):,} {verdict}" for verdict in LessonVerdict)
    show_line(f"{len(learned.cases):,} were handed over, or got a word, since {learned.since}: {words}")
    show_aside(f"  {BASIS}")
    for alert in learned.alerts:
        show_line(f"alert: {alert}")
    rows = [_row(precision) for precision in learned.precisions]
    show_table("precision", PRECISION, rows, right=(4, 5, 7), empty=NOBODY_YET)
    total = sum(number for _, number in learned.reasons)
    reasons = [(reason, number, f"{number / total:.0%}") for reason, number in learned.reasons]
    show_table("reasons of rejections", ("reason", "rejections", "share"), reasons, right=(1, 2), empty="no rejections")
    show_table(
        "opportunities",
        OPENINGS,
        [_opened(opening) for opening in learned.openings],
        right=(4,),
        empty="none was opened",
    )
    show_table("suggestions, for people to decide", SUGGESTIONS, learned.suggestions, empty=NO_SUGGESTION)
    if learned.suggestions:
        show_aside("  write the change into a copy of the agreement, and replay it: `syncd agreement diff NEW`")


def _number(learned: Lessons, verdict: LessonVerdict) -> int:
    return sum(case.verdict is verdict for case in learned.cases)


def _row(precision: Precision) -> tuple[Any, ...]:
    return (
        *(
            precision.dimension,
            precision.value,
            _of(precision.right),
            _band(precision.right),
            precision.silent,
            precision.open,
            _of(precision.won),
        ),
        precision.closed_wrong or "",
    )


def _opened(opening: Opening) -> tuple[Any, ...]:
    days = f"{opening.lag.days[0.5]:,} days" if opening.lag.days else "too few to say"
    return (
        opening.what,
        "known" if opening.known else "not known",
        _of(opening.won),
        _band(opening.won),
        opening.open,
        days,
    )


def _of(share: Share) -> str:
    return "" if share.share is None else f"{share.part:,} of {share.whole:,} ({share.share:.0%})"


def _band(share: Share) -> str:
    return "" if share.band is None else f"{share.band.low:.0%} – {share.band.high:.0%}"
