"""Ann, an MQL of a bank, who was handed over to Rae: what is said of her, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from syncd.model import (
    About,
    Activity,
    Group,
    How,
    Judgement,
    Opportunity,
    Outcome,
    Release,
    TaskKind,
    Verdict,
    Wish,
    Word,
)
from tests.rules.builders import (
    NOON,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_agreement,
    judge_waiting,
    mobilized,
)

FRAUD = "fraud-detection"
AGREEMENT = an_agreement()
KEY = "mql/ann"


def days_ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def a_release(days: float = 1, **fields: Any) -> Release:
    known = Release(KEY, TaskKind.MQL, "bank", "ann", REP.id, days_ago(days), date(2026, 3, 9), How.RANK, offer=FRAUD)
    return replace(known, **fields)


def a_verdict(word: Word | None, days: float = 0.5, about: About = About.TASK, subject: str = KEY, **fields) -> Verdict:
    return Verdict(about, subject, word, fields.pop("reason", ""), days_ago(days), remote_id="00T1", **fields)


def bank(
    *verdicts: Verdict,
    release: Release | None = None,
    activities: Iterable[Activity] = (),
    opportunities: tuple[Opportunity, ...] = (),
    topic: str = "Fraud webinar",
    **contact: Any,
) -> Group:
    """Ann is an MQL, and was handed to Rae a day ago unless `release` says otherwise."""
    handed = release or a_release()
    group = a_group([a_contact("ann", **contact)], [*mobilized("ann", topic), *activities], opportunities=opportunities)
    return replace(group, releases={handed.key: handed}, sent={handed.key: handed.at}, verdicts=verdicts)


def judged(group: Group, today: date = TODAY) -> Judgement:
    return judge_waiting(group, AGREEMENT, today)


def outcome(group: Group, today: date = TODAY) -> tuple[Outcome, str]:
    (release,) = judged(group, today).outcomes or group.releases.values()
    return release.outcome, release.why


def follow_ups(group: Group, today: date = TODAY) -> dict[str, Wish]:
    return {wish.object: wish for wish in judged(group, today).wishes if wish.object in ("reminder", "closing")}
