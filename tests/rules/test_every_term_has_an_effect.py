"""A term that both parties signed has an effect: changed alone, it changes something.

The terms are those of the shipped agreement, found by walking its YAML: a new one without a case fails. Those of the
examples stand in test_every_term_of_the_examples.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pytest

from syncd.agreement import Agreement
from syncd.document import Path
from tests.rules.a_sensitive_world import STRANGE
from tests.rules.agreements import CONTENT
from tests.rules.builders import CENTRAL
from tests.rules.effects import (
    MONDAY,
    Content,
    Effects,
    by_audit,
    by_check,
    by_decision,
    by_list,
    by_queue,
    by_summary,
    by_valve,
    by_waterfall,
    by_words,
    differ,
)
from tests.rules.terms import fields, get, leaves, pattern_of, put

OF_SEGMENT = "served_market.segments.*.terms"  # terms of its own


class Case(NamedTuple):
    """How a term is changed, and where the change shows; `beside`: other terms that it presupposes."""

    new: Any
    effects: Callable[[Content], Effects] = by_decision
    beside: Mapping[Path, Any] = {}

    def value(self, old: Any) -> Any:
        return self.new(old) if callable(self.new) else self.new


def other_than(value: str, other: str) -> Callable[[str], str]:
    return lambda old: value if old != value else other


def twice(old: float) -> float:
    return old * 2


def more(old: float) -> float:
    return old + 1


SCORED: Mapping[Path, Any] = {("mql", "mode"): "scored"}
SEGMENT, ENGAGEMENT, POINTS = "served_market.segments.*", "engagement", "mql.scored"
CASES: dict[str, Case] = {
    "version": Case("2026.2"),
    "name": Case("Another name", by_summary),
    "time_zone": Case("Asia/Tokyo"),
    "currency": Case("EUR"),
    "signed.*.party": Case(other_than("sales", "marketing"), by_summary),
    "signed.*.by": Case("Somebody Else", by_summary),
    "signed.*.on": Case(date(2026, 2, 1), by_summary),
    f"{SEGMENT}.name": Case("other banks"),
    f"{SEGMENT}.statement": Case("Banks.", by_summary),
    f"{SEGMENT}.size.measure": Case("employees"),
    f"{SEGMENT}.size.currency": Case("EUR"),
    f"{SEGMENT}.size.min": Case(more),
    f"{SEGMENT}.size.max": Case(lambda old: old - 1),
    f"{SEGMENT}.industries.system": Case("NAICS"),
    f"{SEGMENT}.industries.year": Case(2017),
    f"{SEGMENT}.industries.codes.*": Case("6111"),
    f"{SEGMENT}.countries.*": Case("CA"),
    f"{SEGMENT}.register.name": Case("another", by_words),
    f"{SEGMENT}.register.count": Case(more, by_audit),
    "functions.*": Case({"keywords": [STRANGE]}),
    "functions.*.keywords.*": Case(STRANGE),
    "levels.*": Case({"keywords": [STRANGE]}),
    "titles.vp_is": Case("manager"),
    "roles.*.role": Case(other_than("Business User", "Influencer")),
    "roles.*.functions.*": Case("HR"),
    "roles.*.levels.*": Case(other_than("individual contributor", "C-level")),
    f"{ENGAGEMENT}.half_life_days": Case(twice),
    f"{ENGAGEMENT}.response_days": Case(100),
    f"{ENGAGEMENT}.repeat": Case(0.9),
    f"{ENGAGEMENT}.rungs.messaging.*": Case(more),
    f"{ENGAGEMENT}.rungs.mobilization.*": Case(more),
    f"{ENGAGEMENT}.rungs.money.*": Case(more),
    f"{ENGAGEMENT}.explore.*": Case(more),
    f"{ENGAGEMENT}.hand_raise_days": Case(60),
    f"{ENGAGEMENT}.explore_days": Case(1),
    f"{ENGAGEMENT}.same_within_minutes": Case(5),
    f"{ENGAGEMENT}.unmarked_meetings": Case("not held"),
    f"{ENGAGEMENT}.answered_calls.*": Case(STRANGE),
    f"{ENGAGEMENT}.answered_call_seconds": Case(60),
    f"{ENGAGEMENT}.not_a_response.*": Case("webinar"),
    f"{ENGAGEMENT}.bots.seconds_after_delivery": Case(70),
    f"{ENGAGEMENT}.bots.seconds_to_open": Case(7),
    f"{ENGAGEMENT}.bots.session_minutes": Case(5),
    f"{ENGAGEMENT}.bots.links_at_once.or_percent": Case(80),
    f"{ENGAGEMENT}.bots.automatic_replies.*": Case(STRANGE),
    f"{ENGAGEMENT}.bots.links_at_once.count": Case(3),
    f"{ENGAGEMENT}.bots.links_at_once.seconds": Case(1),
    f"{ENGAGEMENT}.bots.agents.*": Case(STRANGE),
    "mql.mode": Case("scored"),
    "mql.required_functions_and_levels": Case("by_function", by_check),  # by_role is the only way: others are refused
    "mql.exclude.*": Case("partner"),
    "mql.colleague_domains.*": Case(f"{STRANGE}.example"),
    f"{POINTS}.threshold": Case(220, beside=SCORED),
    f"{POINTS}.fit.role.*": Case(more, beside=SCORED),
    f"{POINTS}.behaviour.cap": Case(15, beside=SCORED),
    f"{POINTS}.behaviour.points.*": Case(more, beside=SCORED),
    "offers.*.name": Case("renamed"),
    "offers.*.label": Case("Renamed"),
    "offers.*.words.*": Case(STRANGE),
    "offers.*.roles.*": Case(more),
    "offers.*.amount.by": Case("employees"),
    "offers.*.amount.bands.*.up_to": Case(lambda old: old + 100_000_000),
    "offers.*.amount.bands.*.amount": Case(more),
    "offers.*.questions.*": Case("Who else?"),
    "group.answer_days": Case(90),
    "group.strength.weak": Case(3),
    "group.strength.fair": Case(10),
    "group.strength.strong": Case(9),
    "caucus.viable_percent": Case(60),
    "forecast.stage": Case("Prospecting"),
    "forecast.probability.min": Case(18),
    "forecast.probability.max": Case(12),
    "forecast.bar.mqls_in_required_role": Case(2),
    "forecast.bar.supporters_at_mobilization": Case(2),
    "forecast.sales_cycle_days": Case(twice),
    "forecast.name": Case("{offer} for {account}"),
    "handover.territories.*.states.*": Case("HI"),
    "handover.territories.*.rep": Case("rae@syncd-demo.example"),
    "handover.task_due_days": Case(5),
    "handover.rest_days": Case(5),
    "handover.reminder_days": Case(6),
    "handover.recycle_days": Case(20),
    "handover.moot_status": Case("Deferred"),
    "capacity.per_rep_per_week": Case(5, by_queue),
    "capacity.waiting_percent": Case(50, by_queue),
    "capacity.longest_wait_weeks": Case(2, by_queue),
    "capacity.dry_weeks": Case(4, by_queue),
    "capacity.ramp.*": Case(10, by_queue, beside={("reps",): [{"rep": CENTRAL.email, "started": MONDAY}]}),
    "capacity.holidays.country": Case("DE", by_queue),
    "doubles.wait_days": Case(1),
    "doubles.copying_days": Case(3),
    "audit.stale_days": Case(100, by_audit),
    "audit.due_days": Case(more, by_list),
    "audit.sources.*.name": Case("renamed", by_list),
    "audit.sources.*.words.*": Case(STRANGE, by_list),
    "audit.sources.*.roles.*": Case("Champion", by_list),
    "safety.opportunities.percent_of_served_accounts": Case(50, by_valve),
    "safety.opportunities.never_below": Case(200, by_valve),
    "safety.others.percent_of_records": Case(20, by_valve),
    "safety.others.never_below": Case(20, by_valve),
    "safety.own_fields.percent_of_records": Case(20, by_valve),
    "safety.own_fields.never_below": Case(20, by_valve),
}


# What the shipped agreement leaves out, added to it.
CALENDAR: dict[str, Any] = {"rep": CENTRAL.email}
IN_NEW_YORK = {"country": "US", "subdivision": "NY"}
AWAY = [
    {"absent": [{"first": first, "last": last}]}
    for first, last in (
        (date(2026, 11, 5), date(2026, 11, 5)),
        (date(2026, 11, 3), date(2026, 11, 5)),
        (date(2026, 11, 5), date(2026, 11, 6)),
    )
]
RATE = {"currency": "EUR", "rate": "1.05", "on": date(2026, 1, 2), "source": "the central bank"}
WEEKLY = {"stage": "mql", "per_week": 20}
BOOKINGS = {"amount": 10_000_000, "first": date(2026, 10, 1), "last": date(2026, 12, 31)}
TARGETS: dict[str, tuple[Any, Any]] = {
    "weekly.*.stage": ([WEEKLY], [WEEKLY | {"stage": "sqo"}]),
    "weekly.*.per_week": ([WEEKLY], [WEEKLY | {"per_week": 21}]),
    "weekly.*.segment": ([WEEKLY], [WEEKLY | {"segment": "mid-size US banks"}]),
    "weekly.*.offer": ([WEEKLY], [WEEKLY | {"offer": "fraud-detection"}]),
    "weekly.*.first": ([WEEKLY], [WEEKLY | {"first": MONDAY}]),
    "weekly.*.last": ([WEEKLY], [WEEKLY | {"last": MONDAY}]),
    "bookings.*.amount": ([BOOKINGS], [BOOKINGS | {"amount": 9_000_000}]),
    "bookings.*.first": ([BOOKINGS], [BOOKINGS | {"first": date(2026, 10, 2)}]),
    "bookings.*.last": ([BOOKINGS], [BOOKINGS | {"last": date(2027, 12, 31)}]),
    "bookings.*.each": ([BOOKINGS], [BOOKINGS | {"each": 50_000}]),
    "bookings.*.sourced_percent": ([BOOKINGS], [BOOKINGS | {"sourced_percent": 50}]),
}
TARGET_CASES = {
    f"targets.{name}": (("targets",), {kind: old}, Case({kind: new}, by_waterfall))
    for name, (old, new) in TARGETS.items()
    for kind in [name.partition(".")[0]]
}
LEFT_OUT: dict[str, tuple[Path, Any, Case]] = {
    **TARGET_CASES,
    f"{SEGMENT}.states": (("served_market", "segments", 0, "states"), ["NY"], Case(["IL"])),
    f"{SEGMENT}.size.of": (("served_market", "segments", 0, "size", "of"), "company", Case("group")),
    f"{SEGMENT}.languages": (("served_market", "segments", 0, "languages"), [], Case(["English"], by_check)),
    f"{SEGMENT}.rank_list": (("served_market", "segments", 0, "rank_list"), None, Case("the Global 2000")),
    f"{SEGMENT}.register.tolerance_percent": (
        ("served_market", "segments", 0, "register", "tolerance_percent"),
        0,
        Case(100, by_audit),
    ),
    "levels.*.keywords": (("levels", "VP", "keywords"), [], Case([STRANGE])),
    f"{POINTS}.fit.level": (("mql", "scored", "fit", "level"), {}, Case({"C-level": 1}, beside=SCORED)),
    f"{POINTS}.fit.function": (("mql", "scored", "fit", "function"), {}, Case({"finance": 1}, beside=SCORED)),
    "served_market.assume.country": (("served_market", "assume"), {}, Case({"country": "US"})),
    "rates.*.currency": (("rates",), [], Case([RATE])),
    "rates.*.rate": (("rates",), [RATE], Case([RATE | {"rate": 9}])),
    "rates.*.on": (("rates",), [RATE], Case([RATE | {"on": date(2025, 1, 2)}], by_summary)),
    "rates.*.source": (("rates",), [RATE], Case([RATE | {"source": "a bank"}], by_summary)),
    "mql.reach.subscription": (("mql", "reach"), {}, Case({"subscription": "Product updates"})),
    "mql.reach.legal_basis": (("mql", "reach"), {}, Case({"legal_basis": "required"})),
    "offers.*.amount.fixed": (("offers", 0, "amount", "fixed"), None, Case(5)),
    "forecast.bar.people": (("forecast", "bar", "people"), 0, Case(2)),
    "forecast.bar.roles_known": (("forecast", "bar", "roles_known"), [], Case(["Champion"])),
    "forecast.bar.response_days": (("forecast", "bar", "response_days"), None, Case(1)),
    "forecast.rest_after_loss_days": (("forecast", "rest_after_loss_days"), 180, Case(None)),
    "offers.*.sold_again": (("offers", 0, "sold_again"), False, Case(True)),
    "forecast.lapsed_weight": (("forecast", "lapsed_weight"), "kept", Case("least")),
    "forecast.without_offer": (("forecast", "without_offer"), "ask first", Case("ignore")),
    "handover.territories.*.countries": (("handover", "territories", 0, "countries"), [], Case(["CA"])),
    "handover.territories.*.accounts": (("handover", "territories", 0, "accounts"), [], Case(["Another Bank"])),
    "handover.territories.*.segments": (("handover", "territories", 0, "segments"), [], Case(["other banks"])),
    "handover.territories.*.offers": (("handover", "territories", 0, "offers"), [], Case(["digital-lending"])),
    "handover.territories.*.team": (
        ("handover", "territories"),
        [{"team": [CENTRAL.email]}],
        Case([{"team": ["south@syncd-demo.example"]}], by_queue),
    ),
    "capacity.at_once": (("capacity", "at_once"), ["demo_booked"], Case(["trial_started"], by_queue)),
    "capacity.holidays.subdivision": (("capacity", "holidays"), {"country": "US"}, Case({**IN_NEW_YORK}, by_queue)),
    "reps.*.rep": (
        ("reps",),
        [CALENDAR | {"per_week": 3}],
        Case([{"rep": "south@syncd-demo.example", "per_week": 3}], by_queue),
    ),
    "reps.*.per_week": (("reps",), [CALENDAR], Case([CALENDAR | {"per_week": 3}], by_queue)),
    "reps.*.time_zone": (("reps",), [CALENDAR], Case([CALENDAR | {"time_zone": "Asia/Tokyo"}], by_queue)),
    "reps.*.country": (("reps",), [CALENDAR], Case([CALENDAR | {"country": "DE"}], by_queue)),
    "reps.*.subdivision": (
        ("reps",),
        [CALENDAR | {"country": "US"}],
        Case([CALENDAR | {"country": "US", "subdivision": "NY"}], by_queue),
    ),
    "reps.*.started": (("reps",), [CALENDAR], Case([CALENDAR | {"started": date(2026, 11, 5)}], by_queue)),
    "reps.*.absent.*.first": (("reps",), [CALENDAR | AWAY[0]], Case([CALENDAR | AWAY[1]], by_queue)),
    "reps.*.absent.*.last": (("reps",), [CALENDAR | AWAY[0]], Case([CALENDAR | AWAY[2]], by_queue)),
}
LEAVES = [*leaves(CONTENT)]


def before(case: Case) -> list[Any]:
    shared = not case.beside or case.beside is SCORED
    return unchanged(case.effects, bool(case.beside)) if shared else list(case.effects(base(case.beside)))


@cache
def unchanged(effects: Callable[[Content], Effects], scored: bool) -> list[Any]:
    return list(effects(base(SCORED if scored else {})))


def base(beside: Mapping[Path, Any]) -> dict[str, Any]:
    content = deepcopy(CONTENT)
    for path, value in beside.items():
        put(content, path, value)
    return content


@pytest.mark.parametrize("path", LEAVES, ids=[".".join(map(str, path)) for path in LEAVES])
def test_a_term_that_is_changed_alone_changes_something(path: Path) -> None:
    pattern = pattern_of(path, CASES)
    assert pattern, "a term without a case: say how its effect is seen"
    case = CASES[pattern]
    content = base(case.beside)
    old = get(content, path)
    put(content, path, case.value(old))
    assert get(content, path) != old
    assert differ(before(case), case.effects(content)), f"{pattern}: {old!r}"


@pytest.mark.parametrize("pattern", LEFT_OUT)
def test_what_the_shipped_agreement_leaves_out_has_an_effect_where_it_stands(pattern: str) -> None:
    path, old, case = LEFT_OUT[pattern]
    content = base(case.beside)
    put(content, path, old)
    without = list(case.effects(content))
    put(content, path, case.new)
    assert differ(without, case.effects(content))


def test_every_term_that_an_agreement_can_have_is_tried_here() -> None:
    tried = {*CASES, *LEFT_OUT}
    missing = [
        pattern
        for pattern, field in fields(Agreement)
        if not any(pattern == one or one.startswith(f"{pattern}.") for one in tried)
        and not pattern.startswith(OF_SEGMENT)  # see test_a_segments_own_terms
    ]
    assert missing == []
