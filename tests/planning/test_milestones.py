"""What was newly reached: from a judgement, the facts and the milestones that are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement import load_industries, title_words
from syncd.model import About, ContactRole, Group, Opportunity, Verdict, Word
from syncd.model.milestones import Milestone, Source, Stage
from syncd.planning.acceptance import heard_of
from syncd.planning.journeys import journeys
from syncd.planning.milestones import Keeping, Ledger, Scene, in_round, newly_reached, unsettled
from syncd.rules import judge, rulebook_of
from tests.rules.builders import (
    DESTINATIONS,
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_agreement,
    an_opportunity,
    did,
    mobilized,
    released,
)

SINCE = NOON - timedelta(days=30)
BOOK = rulebook_of(an_agreement(), title_words(), load_industries(), DESTINATIONS)
FRAUD = "fraud-detection"


def scene(
    group: Group,
    kept: Sequence[Milestone] = (),
    closed: Mapping[str, datetime] | None = None,
    now: datetime = NOON,
    since: datetime = SINCE,
) -> Scene:
    """The scene when everybody who waits for a rep was handed over."""
    handed = released(group, judge(group, BOOK, TODAY).candidates)
    return Scene(handed, judge(handed, BOOK, TODAY), Ledger(kept), Keeping(now, since), BOOK, closed or {})


def reached(group: Group, kept: Sequence[Milestone] = (), **options: Any) -> list[Milestone]:
    return newly_reached(scene(group, kept, **options))


def stages_of(milestones: Sequence[Milestone]) -> list[str]:
    return [f"{milestone.stage} {milestone.subject} {milestone.round}" for milestone in milestones]


def bank(**fields: Any) -> Group:
    """Ann is an MQL who supports fraud detection, so that an opportunity is opened."""
    return a_group([a_contact("ann")], mobilized("ann"), **fields)


def only(stage: Stage, milestones: Sequence[Milestone]) -> Milestone:
    (milestone,) = [milestone for milestone in milestones if milestone.stage is stage]
    return milestone


# ---- what is said of an opportunity ----


def test_each_other_word_on_an_opportunity_is_a_milestone_of_its_own() -> None:
    ours = an_opportunity(id="opp-1", key=f"bank/{FRAUD}", offer=FRAUD, owner="user-1")
    kept: list[Milestone] = []
    for days, word in ((3, Word.ACCEPTED), (3, Word.ACCEPTED), (2, Word.REJECTED), (1, Word.ACCEPTED)):
        verdict = Verdict(About.OPPORTUNITY, "opp-1", word, "", NOON - timedelta(days=days))
        kept += heard_of(scene(bank(opportunities=(ours,), verdicts=(verdict,)), kept))
    said = [f"{stage} bank/{FRAUD} {number}" for number, stage in enumerate(("accepted", "rejected", "accepted"), 1)]
    assert stages_of(kept) == said
    assert {(one.opportunity_id, one.contact_id, one.offer, one.rep) for one in kept} == {
        ("opp-1", None, FRAUD, "user-1")
    }
    assert journeys(kept).contacts == ()


# ---- contacts ----


def test_who_passes_every_gate_reached_inquiry_and_mql_by_their_responses() -> None:
    first, last = mobilized("ann")
    group = a_group([a_contact("ann")], [replace(first, campaign_id="c1"), replace(last, campaign_id="c2")])
    inquiry, mql = (only(stage, reached(group)) for stage in (Stage.INQUIRY, Stage.MQL))
    assert (inquiry.at, inquiry.evidence, inquiry.campaign_id) == (first.at, (first.id,), "c1")
    assert (mql.at, mql.evidence, mql.campaign_id, mql.source) == (NOON, (last.id,), "c2", Source.SEEN)
    assert (mql.agreement, mql.terms, mql.segment) == (BOOK.agreement.label, BOOK.terms, "mid-size US banks")
    assert (mql.contact_id, mql.account_id, mql.rep, mql.offer) == ("ann", "bank", "user-1", FRAUD)


def test_who_responded_and_has_no_role_is_an_inquiry_alone() -> None:
    group = a_group([a_contact("ann", None)], mobilized("ann"))
    assert stages_of(reached(group)) == ["inquiry ann 1"]


def test_who_did_nothing_reached_nothing() -> None:
    assert reached(a_group([a_contact("ann")])) == []


def test_a_response_of_the_time_before_is_history() -> None:
    inquiry, mql = (
        only(stage, reached(bank(), since=NOON - timedelta(days=1))) for stage in (Stage.INQUIRY, Stage.MQL)
    )
    assert (inquiry.source, mql.source) == (Source.HISTORY, Source.SEEN)


def test_what_is_kept_is_not_reached_again_whatever_became_of_it() -> None:
    kept = reached(bank())
    assert reached(bank(), kept) == []
    silent = a_group([a_contact("ann")])
    assert reached(silent, kept) == []
    assert reached(bank(), [replace(milestone, agreement="2020.1", terms="others") for milestone in kept]) == []


@pytest.mark.parametrize("ending", [Stage.REJECTED, Stage.RECYCLED])
def test_behind_an_ending_a_round_begins_anew(ending: Stage) -> None:
    kept = reached(bank())
    ended = replace(only(Stage.MQL, kept), stage=ending, at=NOON - timedelta(days=1), key="")
    again = reached(bank(), [*kept, ended])
    assert stages_of(again) == ["mql ann 2"], "they did nothing since that would be an inquiry of its own"
    newer = a_group([a_contact("ann")], (*mobilized("ann"), did("ann", "webinar", 0)))
    assert stages_of(reached(newer, [*kept, ended])) == ["inquiry ann 2", "mql ann 2"]
    assert reached(newer, [*kept, ended, *reached(newer, [*kept, ended])]) == []


def test_a_task_that_went_out_before_milestones_were_kept_was_a_release() -> None:
    sent = NOON - timedelta(days=40)
    group = bank(sent={"mql/ann": sent}, opened=frozenset({"mql/ann"}))
    milestones = reached(group)
    mql, release = only(Stage.MQL, milestones), only(Stage.RELEASED, milestones)
    assert (mql.at, release.at) == (sent, sent), "nobody was handed over before they qualified"
    assert (mql.source, release.source) == (Source.HISTORY, Source.HISTORY)
    assert reached(group, milestones) == []


def test_a_system_s_own_dates_are_history_beside_the_rounds_of_the_agreement() -> None:
    days = {
        name: NOON - timedelta(days=ago) for name, ago in (("lead_since", 90), ("mql_since", 80), ("sql_since", 70))
    }
    milestones = reached(a_group([a_contact("ann", **days)], mobilized("ann")))
    assert {"inquiry ann 0", "mql ann 0", "accepted ann 0", "inquiry ann 1", "mql ann 1"} < {*stages_of(milestones)}
    before = [milestone for milestone in milestones if milestone.round == 0]
    assert [milestone.at for milestone in before] == list(days.values())
    assert {(milestone.source, milestone.agreement, milestone.terms) for milestone in before} == {
        (Source.HISTORY, "", "")
    }


def test_of_two_signs_of_acceptance_the_first_counts_and_later_dates_are_no_history() -> None:
    converted = a_contact("ann", sql_since=NOON - timedelta(days=50), converted_at=NOON - timedelta(days=60))
    assert only(Stage.ACCEPTED, reached(a_group([converted]))).at == converted.converted_at
    assert reached(a_group([a_contact("ann", mql_since=NOON - timedelta(days=1))])) == []


# ---- opportunities ----


def test_what_is_opened_now_is_a_qualified_opportunity_on_its_delegates() -> None:
    sqo = only(Stage.SQO, reached(bank()))
    assert (sqo.at, sqo.offer, sqo.opportunity_key, sqo.opportunity_id) == (NOON, FRAUD, f"bank/{FRAUD}", None)
    assert (sqo.evidence, sqo.source, sqo.currency) == (("ann",), Source.SEEN, "USD")
    assert sqo.amount


def ours(**fields: Any) -> Opportunity:
    return an_opportunity(key=f"bank/{FRAUD}", offer=FRAUD, created_at=NOON, **fields)


def test_what_we_opened_is_qualified_once_whether_it_stands_or_is_on_its_way() -> None:
    kept = reached(bank())
    assert reached(bank(opportunities=(ours(),)), kept) == []
    assert stages_of(reached(bank(opportunities=(ours(is_closed=True, is_won=True),)), kept)) == [f"won bank/{FRAUD} 1"]


def test_what_we_opened_before_milestones_were_kept_was_qualified_then() -> None:
    old = an_opportunity(key=f"bank/{FRAUD}", offer=FRAUD, created_at=SINCE - timedelta(days=9))
    sqo = only(Stage.SQO, reached(bank(opportunities=(old,))))
    assert (sqo.at, sqo.source, sqo.opportunity_id) == (old.created_at, Source.HISTORY, old.id)


def test_what_sales_opened_before_was_qualified_when_it_was_made_and_is_not_again_when_adopted() -> None:
    roles = (ContactRole("r1", "ann", "Economic Buyer"), ContactRole("r2", None, None))
    old = an_opportunity(created_at=SINCE - timedelta(days=9), roles=roles)
    milestones = reached(bank(opportunities=(old,)))
    sqo = only(Stage.SQO, milestones)
    assert (sqo.at, sqo.source, sqo.offer, sqo.evidence) == (old.created_at, Source.HISTORY, FRAUD, ("ann",))
    assert (sqo.amount, sqo.currency, sqo.rep) == (old.amount, "USD", old.owner)
    assert reached(bank(opportunities=(old,)), milestones) == []


def test_what_sales_opened_since_is_qualified_when_it_is_adopted() -> None:
    theirs = an_opportunity()
    sqo = only(Stage.SQO, reached(bank(opportunities=(theirs,))))
    assert (sqo.at, sqo.source, sqo.opportunity_id, sqo.opportunity_key) == (NOON, Source.SEEN, theirs.id, None)
    assert (sqo.amount, sqo.evidence) == (theirs.amount, ("ann",))
    silent = a_group([a_contact("ann")], opportunities=(theirs,))
    assert reached(silent) == [], "no bar was met"


def test_an_outcome_is_dated_by_the_history_else_by_the_close_date() -> None:
    lost = an_opportunity(is_closed=True, stage="Closed Lost", close_date=TODAY - timedelta(days=5))
    at = NOON - timedelta(days=7)
    group = a_group(opportunities=(lost,))
    assert unsettled(group, Ledger(())) == [lost.id]
    assert only(Stage.LOST, reached(group, closed={lost.id: at})).at == at
    assert only(Stage.LOST, reached(group)).at.date() == lost.close_date
    ahead = replace(lost, close_date=TODAY + timedelta(days=60))
    assert only(Stage.LOST, reached(a_group(opportunities=(ahead,)))).at == NOON


def test_an_outcome_is_kept_again_only_where_it_turned() -> None:
    lost = an_opportunity(is_closed=True, stage="Closed Lost")
    kept = reached(a_group(opportunities=(lost,)))
    reopened = replace(lost, is_closed=False)
    assert reached(a_group(opportunities=(reopened,)), kept) == []
    assert reached(a_group(opportunities=(lost,)), kept) == []
    assert unsettled(a_group(opportunities=(lost,)), Ledger(kept)) == []
    won = a_group(opportunities=(replace(lost, is_won=True),))
    turned = reached(won, kept, now=NOON + timedelta(days=9))
    assert stages_of(turned) == ["won opportunity-1 2"]
    assert stages_of(reached(a_group(opportunities=(lost,)), [*kept, *turned])) == ["lost opportunity-1 3"]


def test_what_a_person_deleted_is_lost_once_where_it_was_qualified() -> None:
    kept = reached(bank())
    gone = bank(deleted={f"bank/{FRAUD}": NOON - timedelta(hours=1)})
    lost = only(Stage.LOST, reached(gone, kept))
    assert (lost.opportunity_key, lost.offer, lost.at) == (f"bank/{FRAUD}", FRAUD, NOON - timedelta(hours=1))
    assert stages_of([one for one in reached(gone, [*kept, lost]) if one.stage is Stage.LOST]) == []
    assert not [one for one in reached(gone) if one.stage is Stage.LOST], "what never qualified was not lost"


# ---- what others add ----


def test_what_a_rep_makes_of_it_is_kept_in_the_round_of_its_mql() -> None:
    kept = reached(bank())
    ledger = Ledger(kept)
    mql = only(Stage.MQL, kept)
    accepted = in_round(ledger, Milestone(Stage.ACCEPTED, NOON, "bank", "ann", rep="user-9"))
    assert accepted and (accepted.round, accepted.offer, accepted.segment) == (1, mql.offer, mql.segment)
    assert (accepted.rep, accepted.key) == ("user-9", "accepted/ann/1")
    assert in_round(Ledger([*kept, accepted]), replace(accepted, at=NOON + timedelta(1))) is None


FACTS = st.fixed_dictionaries(
    {
        "responses": st.integers(0, 2),
        "role": st.sampled_from(["Economic Buyer", None]),
        "opportunity": st.sampled_from(["none", "open", "lost", "won"]),
        "ends": st.booleans(),
    }
)


@given(st.lists(FACTS, max_size=6))
def test_whatever_comes_nothing_is_kept_twice_and_each_stage_comes_once_a_round(days: list[dict[str, Any]]) -> None:
    kept: dict[str, Milestone] = {}
    for number, facts in enumerate(days):
        now = NOON + timedelta(hours=number)
        opportunities = () if facts["opportunity"] == "none" else (_standing(facts["opportunity"]),)
        contacts = [a_contact("ann", facts["role"])]
        group = a_group(contacts, mobilized("ann")[: facts["responses"]], opportunities=opportunities)
        news = reached(group, list(kept.values()), now=now)
        if facts["ends"] and any(milestone.stage is Stage.MQL for milestone in kept.values()):
            ending = in_round(Ledger(kept.values()), Milestone(Stage.REJECTED, now, "bank", "ann"))
            news += [ending] if ending else []
        assert not {milestone.key for milestone in news} & kept.keys()
        assert len({milestone.key for milestone in news}) == len(news)
        kept |= {milestone.key: milestone for milestone in news}
        assert reached(group, list(kept.values()), now=now) == [] or facts["ends"]


def _standing(state: str) -> Opportunity:
    return an_opportunity(is_closed=state != "open", is_won=state == "won", stage=f"stage {state}")
