"""Other terms over the past: who enters and leaves, who would not have been sent, which wins would have been missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from syncd.agreement import load_industries, title_words
from syncd.agreement.changes import changed_terms
from syncd.agreement.terms import Agreement
from syncd.model import Group
from syncd.model.milestones import Milestone, Source, Stage
from syncd.planning.replay import ENTERS, LEAVES, MARKET, MISSED, MQL, NOT_SENT, OPPORTUNITY, UNTOLD, Replay
from syncd.planning.trial import GONE, Trial
from syncd.rules import Rulebook, judge, rulebook_of
from tests.rules.builders import DESTINATIONS, NOON, TODAY, a_contact, a_group, an_account, an_agreement, did, mobilized

WORDS, INDUSTRIES = title_words(), load_industries()
SINCE = TODAY - timedelta(days=364)
FRAUD = "fraud-detection"


def a_book(agreement: Agreement) -> Rulebook:
    return rulebook_of(agreement, WORDS, INDUSTRIES, DESTINATIONS)


def without(role: str) -> Agreement:
    """The shipped terms without the line that gives a role."""
    shipped = an_agreement()
    return shipped.model_copy(update={"roles": tuple(line for line in shipped.roles if line.role != role)})


IN_FORCE = a_book(an_agreement())
AGAIN = a_book(an_agreement())
NO_CHAMPIONS = a_book(without("Champion"))


def a_bank(number: int, *roles: str, account: dict[str, Any] | None = None) -> Group:
    """A bank whose people have these roles and are all mobilized."""
    name = f"bank{number}"
    people = [f"{name}-{place}" for place, _ in enumerate(roles)]
    contacts = [a_contact(person, role, account_id=name) for person, role in zip(people, roles, strict=True)]
    activities = [activity for person in people for activity in mobilized(person)]
    return a_group(contacts, activities, account=an_account(id=name, name=name, **account or {}))


def reached(stage: Stage, contact_id: str, days_ago: float = 1, **fields: Any) -> Milestone:
    at = NOON - timedelta(days=days_ago)
    bank = contact_id.partition("-")[0]
    return Milestone(stage, at, bank, contact_id, terms=IN_FORCE.terms, agreement="2026.1", **fields)


def won(bank: str, *people: str, days_ago: float = 0, **fields: Any) -> list[Milestone]:
    """A qualified opportunity on these people, and that it was won."""
    at, common = NOON - timedelta(days=days_ago), {"offer": FRAUD, "opportunity_key": f"{bank}/{FRAUD}"} | fields
    return [
        Milestone(Stage.SQO, at, bank, evidence=people, **common),
        Milestone(Stage.WON, at + timedelta(hours=1), bank, **common),
    ]


def replayed(
    groups: Iterable[Group], kept: Sequence[Milestone] = (), new: Rulebook = NO_CHAMPIONS, old: Rulebook = IN_FORCE
) -> Replay:
    replay = Replay(names=True)
    for group in groups:
        trials = [Trial(group, book, judge(group, book, TODAY), SINCE) for book in (old, new)]
        replay.take(*trials, [one for one in kept if one.account_id == group.account.id])
    return replay


def the_past() -> tuple[list[Group], list[Milestone]]:
    """Seven champions who were rejected and three finance chiefs who were, two wins by champions and three others."""
    groups = [a_bank(number, "Champion") for number in range(7)]
    groups += [a_bank(number, "Economic Buyer") for number in range(7, 10)]
    groups += [a_bank(number, "Champion") for number in range(10, 12)]
    groups += [a_bank(number, "Economic Buyer", "Champion") for number in range(12, 15)]
    kept = [reached(stage, f"bank{number}-0") for number in range(10) for stage in (Stage.MQL, Stage.REJECTED)]
    kept += [reached(Stage.MQL, f"bank{number}-0") for number in range(10, 15)]
    kept += [one for number in range(10, 15) for one in won(f"bank{number}", f"bank{number}-0")]
    return groups, kept


# ---- the planted clause ------------------------------------------------------------------------------------------


def test_a_clause_that_spares_seven_rejections_and_costs_two_wins_is_found_exactly() -> None:
    replay = replayed(*the_past())
    rejected, wins = replay.reached[Stage.REJECTED], replay.reached[Stage.WON]
    assert (rejected.kept, rejected.reproduced, rejected.missed) == (10, 10, {"role": 7})
    assert (wins.kept, wins.reproduced, wins.missed) == (5, 5, {"role": 2})
    of_milestones = [name for name in replay.listed if name.change in (NOT_SENT, MISSED) and name.stage != "mql"]
    assert {name.account for name in of_milestones if name.stage == "rejected"} == {
        f"bank{number}" for number in range(7)
    }
    assert {name.account for name in of_milestones if name.stage == "won"} == {"bank10", "bank11"}


def test_the_same_terms_change_nothing_whoever_compiled_them() -> None:
    replay = replayed(*the_past(), new=AGAIN)
    assert replay.is_empty and not replay.listed
    assert changed_terms(IN_FORCE.agreement, AGAIN.agreement) == ()
    assert replay.reached[Stage.MQL].reproduced == 15


def test_kept_mqls_are_reproduced_or_told_by_cause() -> None:
    bank = a_bank(1, "Economic Buyer", "Champion")
    silent = replace(bank, activities=[one for one in bank.activities if one.contact_id != "bank1-1"])
    kept = [reached(Stage.MQL, f"bank1-{place}") for place in (0, 1, 2)]
    kept.append(replace(reached(Stage.MQL, "bank1-3"), terms="others", agreement="2025.1"))
    mqls = replayed([silent], kept, AGAIN).reached[Stage.MQL]
    assert (mqls.kept, mqls.reproduced) == (4, 1)
    assert mqls.untold == {"responded": 1, GONE: 1, f"{GONE}, kept by the terms of 2025.1": 1}


def test_what_was_an_mql_long_ago_is_replayed_on_its_day() -> None:
    """The response is older than the window today, and was not then."""
    group = a_group([a_contact("ann")], [did("ann", "webinar", 300)])
    on_the_day = reached(Stage.MQL, "ann", 299)
    too_late = reached(Stage.MQL, "ann", 300 - 181, round=2)
    mqls = replayed([group], [replace(one, account_id="bank", key="") for one in (on_the_day, too_late)], AGAIN)
    assert (mqls.reached[Stage.MQL].reproduced, mqls.reached[Stage.MQL].untold) == (1, {"responded": 1})
    assert mqls.moves[MQL].before == 1, "on one day of the period they were"


def test_the_systems_own_histories_are_not_replayed() -> None:
    kept = [reached(Stage.MQL, "bank1-0", round=0, source=Source.HISTORY)]
    replay = replayed([a_bank(1, "Champion")], kept)
    assert (replay.of_before, replay.reached[Stage.MQL].kept) == (1, 0)


def test_what_lies_before_the_period_is_not_counted() -> None:
    assert replayed([a_bank(1, "Champion")], [reached(Stage.MQL, "bank1-0", 400)]).reached[Stage.MQL].kept == 0


def test_who_moved_to_another_account_is_counted_there_alone() -> None:
    here = replace(reached(Stage.MQL, "bank1-0"), account_id="bank2")
    trials = [
        Trial(group, IN_FORCE, judge(group, IN_FORCE, TODAY), SINCE) for group in (a_bank(1, "Champion"), a_bank(2))
    ]
    replay = Replay()
    for trial in trials:
        replay.take(trial, trial, [here] if trial.group.account.id == "bank1" else [])
    replay.gone({Stage.MQL: 3})
    mqls = replay.reached[Stage.MQL]
    assert (mqls.kept, mqls.reproduced, mqls.untold) == (3, 1, {GONE: 2})


# ---- stages ------------------------------------------------------------------------------------------------------


def moves(replay: Replay, stage: str) -> tuple[int, int, dict[str, int], dict[str, int]]:
    move = replay.moves[stage]
    return move.before, move.after, dict(move.entered), dict(move.left)


def test_who_leaves_and_enters_each_stage_is_counted_with_its_reason() -> None:
    smaller = an_agreement()
    (segment,) = smaller.served_market.segments
    size = segment.size.model_copy(update={"max": 900_000_000}) if segment.size else None
    market = smaller.served_market.model_copy(update={"segments": (segment.model_copy(update={"size": size}),)})
    new = a_book(smaller.model_copy(update={"served_market": market}))
    groups = [a_bank(1, "Economic Buyer"), a_bank(2, "Economic Buyer")]
    leaves, enters = replayed(groups, new=new), replayed(groups, new=IN_FORCE, old=new)
    assert moves(leaves, MARKET) == (2, 0, {}, {"size": 2})
    assert moves(leaves, MQL) == (2, 0, {}, {"market": 2})
    assert leaves.moves[OPPORTUNITY].left.total() == 2
    assert moves(enters, MARKET) == (0, 2, {"size": 2}, {})
    assert moves(enters, MQL) == (0, 2, {"market": 2}, {})
    assert {(name.stage, name.change) for name in leaves.listed} == {
        (stage, LEAVES) for stage in (MARKET, MQL, OPPORTUNITY)
    }
    assert {name.change for name in enters.listed} == {ENTERS}
    assert {name.contact for name in enters.listed if name.stage == MQL} == {"Bank1-0 Invented", "Bank2-0 Invented"}


@pytest.mark.parametrize(
    ("days_ago", "window", "before", "after"),
    [(100, 60, 1, 1), (170, 180, 1, 1), (300, 60, 1, 1), (500, 60, 1, 0), (500, 180, 1, 1), (600, 180, 0, 0)],
)
def test_an_mql_of_any_day_of_the_period_counts(days_ago: int, window: int, before: int, after: int) -> None:
    """The terms in force look 180 days back: a response 500 days ago made an MQL on the first day, 364 days ago."""
    group = a_group([a_contact("ann")], [did("ann", "webinar", days_ago)])
    move = replayed([group], new=a_book(an_agreement(engagement={"response_days": window}))).moves[MQL]
    assert (move.before, move.after) == (before, after)


def test_points_count_on_the_day_where_they_decide() -> None:
    fit = {"role": {"Economic Buyer": 50, "Champion": 50}, "function": {}, "level": {}}
    scored = {"mode": "scored", "scored": {"threshold": 55, "fit": fit}}
    new = a_book(an_agreement(mql=scored))
    kept = [reached(Stage.MQL, "bank1-0", 5), reached(Stage.MQL, "bank1-0", 0.5, round=2)]
    replay = replayed([a_bank(1, "Champion")], kept, new)
    assert replay.reached[Stage.MQL].missed == {"points": 1}, "the webinar of two days ago brings the points"


# ---- wins --------------------------------------------------------------------------------------------------------


def test_a_win_is_missed_where_the_group_would_not_have_met_the_bar() -> None:
    higher = a_book(an_agreement(forecast={"bar": {"people": 2}}))
    kept = won("bank1", "bank1-0")
    assert replayed([a_bank(1, "Champion")], kept, higher).reached[Stage.WON].missed == {"bar": 1}
    assert not replayed([a_bank(1, "Champion", "Economic Buyer")], kept, higher).reached[Stage.WON].missed


def test_a_win_of_the_time_before_is_missed_where_nobody_on_it_would_have_been_sent() -> None:
    kept = [replace(one, source=Source.HISTORY) for one in won("bank1", "bank1-0", days_ago=0)]
    replay = replayed([a_bank(1, "Champion")], kept)
    assert replay.reached[Stage.WON].missed == {"role": 1}


def test_of_a_win_on_which_nobody_stands_nothing_is_said() -> None:
    kept = won("bank1", opportunity_key="elsewhere")
    wins = replayed([replace(a_bank(1, "Champion"), activities=())], kept).reached[Stage.WON]
    assert (wins.kept, wins.reproduced, wins.untold) == (1, 0, {UNTOLD: 1})


# ---- terms -------------------------------------------------------------------------------------------------------


def test_terms_that_differ_are_named_where_they_stand() -> None:
    new = an_agreement(capacity={"per_rep_per_week": 5}, mql={"exclude": ["customer"]})
    assert [str(change) for change in changed_terms(an_agreement(), new)] == [
        "mql.exclude: [customer, competitor, colleague] → [customer]",
        "capacity.per_rep_per_week: 8 → 5",
    ]
    (gone,) = changed_terms(an_agreement(), without("Champion"))
    assert (gone.term, gone.after) == ("roles[Champion]", None)


def test_the_order_of_lines_is_a_term() -> None:
    shipped = an_agreement()
    turned = shipped.model_copy(update={"roles": shipped.roles[::-1]})
    (change,) = changed_terms(shipped, turned)
    assert change.term == "roles" and change.before == change.after[::-1]
