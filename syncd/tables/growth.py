"""How each table grows, and what bounds it. A table without a line here fails a test.

`prune` takes away what goes by days; everything else stays as long as its reason holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Bound(StrEnum):
    """What keeps a table from growing without end."""

    EVER = "for ever"
    WORLD = "as long as it stands"  # as many rows as records, people, companies and streams are there
    DAYS = "for days"


class Growth(NamedTuple):
    """One table: what bounds it, and why.

    keep: of what goes by days, the setting (a name of `Keep`). dated: the column by whose day a row goes; a row without
    one stays; empty: its statements stand in `syncd/store/pruning`. oldest: the column that says how old a row is.
    carried: whether a restored backup brings its rows. after: from when on the days are counted, or of what.
    """

    bound: Bound
    why: str
    keep: str | None = None
    dated: str = ""
    oldest: str = ""
    carried: bool = True
    after: str = ""


def _ever(why: str, oldest: str = "") -> Growth:
    return Growth(Bound.EVER, why, oldest=oldest)


def _world(why: str, oldest: str = "") -> Growth:
    return Growth(Bound.WORLD, why, oldest=oldest)


GROWTH: Final[Mapping[str, Growth]] = {
    # what we saw
    "source_record": Growth(
        Bound.DAYS, "one a remote record; of one that is gone for so many days", keep="gone", after="once gone"
    ),
    "cursor": _world("one a stream"),
    "seen": _world("what a running full read has met; it goes with its end"),
    "announcement": Growth(
        Bound.WORLD, "what a system said by itself; it goes three days after its end", oldest="heard_at", carried=False
    ),
    "quarantine": _world("what cannot be read or written, until it can or is gone", "since"),
    # who is who
    "link": _world("one a remote record of somebody"),
    "identifier": _world("what people and companies are recognised by"),
    "alias": _ever("who was merged into whom: old names still lead there"),
    "waiting": _world("records that refer to one not known yet"),
    "likely_double": _world("pairs that may be one; what a person decided stays", "since"),
    "user": _world("people of ours"),
    "account": _world("companies"),
    "contact": _world("people"),
    "campaign": _world("campaigns"),
    "campaign_member": _world("memberships"),
    "activity": Growth(
        Bound.DAYS,
        "what people did, as far as no rule rests on it",
        keep="activities",
        oldest="at",
        after="where nothing rests on it",
    ),
    "opportunity": _world("opportunities", "created_at"),
    "stage_change": _world("stages of opportunities", "at"),
    "line_item": _world("products of opportunities"),
    "contact_role": _world("roles on opportunities"),
    "answer": _world("what was found out about an opportunity; it goes with it", "at"),
    # what it means
    "judgement": _world("one an account"),
    "milestone": _ever("what was reached, and what is learnt from it", "at"),
    "title_correction": _ever("what people say of titles", "corrected_at"),
    "candidate": _world("who waits for a rep", "since"),
    "released": _ever("who was handed over, and what became of it", "at"),
    "verdict": _ever("what reps said", "at"),
    # what should stand
    "wish": _ever("one a record that is ours: by it syncd knows that it was made", "sent_at"),
    # the house
    "snapshot": Growth(Bound.DAYS, "the audit's counts of a day", keep="snapshots", dated="day", oldest="day"),
    "gap": Growth(
        Bound.DAYS,
        "people missing at an account; of one that was closed",
        "snapshots",
        "closed_on",
        oldest="since",
        after="once closed",
    ),
    "run": Growth(
        Bound.DAYS, "what was done; failures longer", keep="runs", oldest="finished_at", after="where it ended well"
    ),
    "alert": Growth(
        Bound.DAYS, "what was told; of what is over", "failed_runs", "over_at", oldest="first_at", after="once over"
    ),
    "alert_message": Growth(Bound.DAYS, "what was sent to whom; of what was taken", "failed_runs", "sent_at", "at"),
    "token": _world("tokens of programs, until they are revoked: one that runs out opens no door to others", "made_at"),
    "session": Growth(
        Bound.DAYS, "who is signed in; of one that was not seen since", "runs", "seen_at", "begun_at", carried=False
    ),
    "administrator": _world("one at most", "changed_at"),
    "note": _world("small facts of streams and systems; a plan goes with its run"),
    "agreement_version": _ever("agreements that something was judged by", "first_used_at"),
    "audit_log": _ever("what people did by hand; the database refuses to take a line away", "at"),
    "audit_mention": _ever("whom lines of the audit log name; erasure takes them out"),
    "erased": _ever("marks by which those who were erased stay gone", "at"),
}
