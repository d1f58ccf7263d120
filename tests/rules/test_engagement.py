"""§4: messaging, then mobilization, then money; decay; machines; offers by their words; the next ask."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Activity, Ask, Campaign, GateName, Ruling, Rung
from syncd.rules.asks import next_ask
from syncd.rules.engagement import scale_of, weigh
from tests.rules.builders import GATES, NOON, TODAY, a_gate, an_agreement, an_interest, did

AGREEMENT = an_agreement()
BY = scale_of(AGREEMENT)
KINDS = sorted(BY.kinds)


def interest(*activities: Activity, today: date = TODAY):
    return weigh(activities, BY, today).interest


# ---- the rung rises in order -------------------------------------------------------------------------------------

RUNGS = {
    "nothing yet": ([], Rung.NONE),
    "they opened a mail": (["email_opened"], Rung.MESSAGING),
    "messaging alone never mobilizes": (["email_clicked"] * 9, Rung.MESSAGING),
    "a click, then a webinar": (["email_clicked", "webinar"], Rung.MOBILIZATION),
    "a webinar out of the blue lifts one rung": (["webinar"], Rung.MESSAGING),
    "the second one lifts the next": (["webinar", "whitepaper"], Rung.MOBILIZATION),
    "a webinar before any message, then a click": (["webinar", "email_clicked"], Rung.MESSAGING),
    "a hand-raise counts whatever came before": (["contact_sales"], Rung.MONEY),
    "and never falls again": (["price_request", "email_opened", "webinar"], Rung.MONEY),
    "mobilization alone is never money": (["email_clicked", *["webinar"] * 5], Rung.MOBILIZATION),
    "a demo is on no rung": (["demo_booked", "trial_started"], Rung.NONE),
    "kinds that the agreement does not name": (["note", "email_delivered", "task_done"], Rung.NONE),
}


@pytest.mark.parametrize(("kinds", "rung"), RUNGS.values(), ids=RUNGS.keys())
def test_a_rung_is_climbed_in_order(kinds: list[str], rung: Rung) -> None:
    days = range(len(kinds) + 1, 1, -1)
    assert interest(*(did("ann", kind, day) for kind, day in zip(kinds, days, strict=False))).rung is rung


def test_our_own_touches_are_no_engagement() -> None:
    ann = interest(did("ann", "call_answered", by_us=True), did("ann", "webinar", by_us=True))
    assert (ann.rung, ann.strength, ann.responded, dict(ann.kinds)) == (Rung.NONE, 0, False, {})


def test_later_engagements_do_not_count_yet_but_are_looked_at_again_on_their_day() -> None:
    weighing = weigh([did("ann", "webinar", -3)], BY, TODAY)
    assert weighing.interest.rung is Rung.NONE
    assert weighing.review_on == TODAY + timedelta(days=3)
    assert weigh([did("ann", "webinar", -3)], BY, TODAY + timedelta(days=3)).interest.rung is Rung.MESSAGING


def test_the_day_of_a_stamp_is_the_agreements() -> None:
    late = did("ann", "contact_sales", at=datetime(2026, 3, 12, 3, 30, tzinfo=UTC))  # 23:30 of the 11th in New York
    assert interest(late).hand_raised
    assert not interest(did("ann", "contact_sales", at=datetime(2026, 3, 12, 4, tzinfo=UTC))).hand_raised


# ---- strength ----------------------------------------------------------------------------------------------------


def test_strength_halves_in_a_half_life() -> None:
    fresh, old = interest(did("ann", "webinar", 0)), interest(did("ann", "webinar", 45))
    assert fresh.strength == 8
    assert old.strength == 4


def test_each_repetition_counts_a_share_of_the_one_before_the_most_recent_in_full() -> None:
    ann = interest(did("ann", "webinar", 45), did("ann", "webinar", 0), did("ann", "webinar", 90))
    assert ann.strength == pytest.approx(8 + 0.3 * 4 + 0.09 * 2)


@given(st.sampled_from(sorted(AGREEMENT.engagement.rungs.mobilization)), st.integers(2, 60))
def test_repetition_never_outweighs_breadth(kind: str, times: int) -> None:
    again = interest(*(did("ann", kind, 0) for _ in range(times))).strength
    weight = BY.kinds[kind].weight
    assert again < weight / (1 - BY.repeat) + 1e-9
    assert again < 2 * weight  # two kinds of that weight, once each


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 400)), max_size=12), st.randoms())
def test_the_order_in_which_activities_come_makes_no_difference(done: list[tuple[str, int]], random) -> None:
    activities = [did("ann", kind, days) for kind, days in done]
    shuffled = random.sample(activities, len(activities))
    assert weigh(activities, BY, TODAY) == weigh(shuffled, BY, TODAY)


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 400)), min_size=1, max_size=12))
def test_one_more_activity_never_weakens_and_never_lowers_the_rung(done: list[tuple[str, int]]) -> None:
    activities = [did("ann", kind, days, agent=None) for kind, days in sorted(done, key=lambda pair: -pair[1])]
    fewer, more = interest(*activities[:-1]), interest(*activities)
    rungs = list(Rung)
    assert rungs.index(more.rung) >= rungs.index(fewer.rung)
    assert more.strength >= fewer.strength


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 300)), max_size=8), st.integers(0, 400))
def test_until_the_review_day_time_alone_changes_nothing_but_the_decay(done: list[tuple[str, int]], later: int) -> None:
    activities = [did("ann", kind, days) for kind, days in done]
    now = weigh(activities, BY, TODAY)
    then = TODAY + timedelta(days=later)
    if now.review_on and then >= now.review_on:
        return
    after = weigh(activities, BY, then).interest
    for name in ("rung", "last_at", "kinds", "bots", "hand_raised", "explore", "responded", "topics"):
        assert getattr(after, name) == getattr(now.interest, name)
    assert after.strength == pytest.approx(now.interest.strength * 0.5 ** (later / 45))


# ---- responses, hand-raises, explorations ------------------------------------------------------------------------

RESPONSES = {
    "a click": (did("ann", "email_clicked"), True),
    "an opened mail is none": (did("ann", "email_opened"), False),
    "a page viewed is none": (did("ann", "page_viewed"), False),
    "on the last day of the window": (did("ann", "email_clicked", 180), True),
    "a day later": (did("ann", "email_clicked", 181), False),
    "a demo alone": (did("ann", "demo_booked"), False),
    "our own call": (did("ann", "call_answered", by_us=True), False),
}


@pytest.mark.parametrize(("activity", "responded"), RESPONSES.values(), ids=RESPONSES.keys())
def test_only_an_answer_within_its_window_is_a_response(activity: Activity, responded: bool) -> None:
    ann = interest(activity)
    assert (ann.responded, ann.responses) == (responded, (activity.kind,) if responded else ())


def test_a_response_is_looked_at_again_when_its_window_closes() -> None:
    review = weigh([did("ann", "email_clicked", 10)], BY, TODAY).review_on
    assert review == TODAY + timedelta(days=171)
    assert weigh([did("ann", "email_clicked", 10)], BY, review).interest.responded is False


def test_a_demo_is_exploring_and_no_hand_raise() -> None:
    ann = interest(did("ann", "demo_booked"))
    assert ann.explore
    assert not ann.hand_raised


def test_whoever_raised_their_hand_does_not_merely_explore() -> None:
    ann = interest(did("ann", "demo_booked"), did("ann", "price_request", 5))
    assert ann.hand_raised
    assert not ann.explore


ASKS = {
    "nothing known": ({"rung": Rung.NONE, "responded": False}, [], Ask.LISTEN),
    "they only read": ({"rung": Rung.MESSAGING, "responded": False}, [], Ask.LISTEN),
    "they answered": ({"rung": Rung.MESSAGING}, [], Ask.INVITE),
    "they explore": ({"rung": Rung.NONE, "explore": True}, [], Ask.EXPLORE),
    "they explore, after they were mobilized": ({"rung": Rung.MOBILIZATION, "explore": True}, [], Ask.EXPLORE),
    "they explore without a role": ({"rung": Rung.NONE, "explore": True}, [GateName.ROLE], Ask.EXPLORE),
    "they explore outside the market": ({"rung": Rung.NONE, "explore": True}, [GateName.MARKET], Ask.LISTEN),
    "they were mobilized": ({"rung": Rung.MOBILIZATION}, [], Ask.ASK),
    "they raised their hand": ({"rung": Rung.MONEY, "hand_raised": True}, [], Ask.ASK),
    "once, long ago": ({"rung": Rung.MONEY}, [], Ask.ASK),
    "a closed gate": ({"rung": Rung.MONEY}, [GateName.RELATION], Ask.LISTEN),
    "a hand-raise outside the market": ({"hand_raised": True}, [GateName.MARKET], Ask.DECLINE),
    "a hand-raise without a role": ({"hand_raised": True}, [GateName.ROLE], Ask.ASK),
}


@pytest.mark.parametrize(("fields", "closed", "ask"), ASKS.values(), ids=ASKS.keys())
def test_next_ask(fields: dict, closed: list[GateName], ask: Ask) -> None:
    gates = {name: a_gate(name, Ruling.NO if name in closed else Ruling.YES) for name in GATES}
    assert next_ask(an_interest(**fields), gates) is ask


# ---- machines ----------------------------------------------------------------------------------------------------


def seconds(number: float) -> datetime:
    return NOON - timedelta(days=3) + timedelta(seconds=number)


def click(second: float, message: str = "m1", kind: str = "email_clicked", agent: str | None = None) -> Activity:
    return did("ann", kind, at=seconds(second), message=message, agent=agent)


DELIVERY = click(0, kind="email_delivered")
MACHINES = {
    "a known agent, in any case": ([click(900, agent="Mozilla/5.0 BARRACUDA Sentinel")], 1, 0),
    "an agent that only opens": ([click(900, kind="email_opened", agent="Proofpoint")], 1, 0),
    "a chat's preview": ([click(900, agent="Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")], 1, 0),
    "a crawler": ([click(900, agent="Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")], 1, 0),
    "a program in Go": ([click(900, agent="Go-http-client/2.0")], 1, 0),
    "a program in Java": ([click(900, agent="Java/17.0.2")], 1, 0),
    "a program's download": ([click(900, agent="Wget/1.21.4")], 1, 0),
    "a person's telephone that is called like one": ([click(900, agent="Abbott Mobile")], 0, 1),
    "a telephone of the make Cubot": (
        [click(900, agent="Mozilla/5.0 (Linux; Android 11; CUBOT X30) Chrome/119")],
        0,
        1,
    ),
    "a person's browser": ([click(900, agent="Mozilla/5.0 Firefox/130.0")], 0, 1),
    "within seconds of delivery": ([DELIVERY, click(60)], 1, 0),
    "an open within seconds of delivery": ([DELIVERY, click(1, kind="email_opened")], 1, 0),
    "a moment later": ([DELIVERY, click(60.1)], 0, 1),
    "another message's delivery": ([DELIVERY, click(2, message="m2")], 0, 1),
    "stamps of two machines, the click seems earlier": ([DELIVERY, click(-1)], 1, 0),
    "four links at once": ([click(60), click(61), click(62), click(63)], 4, 0),
    "four links in four seconds": ([click(60), click(61), click(62), click(64)], 0, 4),
    "three links at once": ([click(60), click(60), click(60)], 0, 3),
    "links of two messages": ([click(60), click(60), click(60, "m2"), click(60, "m2")], 0, 4),
    "the scanner's run, then a person": ([click(60), click(60), click(60), click(60), click(4000)], 4, 1),
    "a machine's sign on another kind is none": ([did("ann", "webinar", agent="curl/8")], 0, 1),
}


@pytest.mark.parametrize(("activities", "bots", "people"), MACHINES.values(), ids=MACHINES.keys())
def test_machines_count_nothing_and_are_counted(activities: list[Activity], bots: int, people: int) -> None:
    ann = interest(*activities)
    assert (ann.bots, sum(ann.kinds.values())) == (bots, people)
    assert ann.responded is bool(people)
    assert (ann.strength > 0) is bool(people)


# ---- offers ------------------------------------------------------------------------------------------------------

TOPICS = {
    "the word": ("Fraud in 2026", {"fraud-detection"}),
    "in another case": ("ANTI-FRAUD", {"fraud-detection"}),
    "the beginning of a word": ("Fraudulent cheques", {"fraud-detection"}),
    "an acronym stands alone": ("amlodipine", set()),
    "an acronym": ("BSA/AML survey", {"fraud-detection"}),
    "not inside a word": ("Blending and reloaning", set()),
    "two parts in a URL": ("https://x.example/credit-decision?id=7", {"digital-lending"}),
    "two parts with an underscore": ("q1_interest_rate_outlook", {"treasury-analytics"}),
    "two offers": ("Mortgage fraud", {"digital-lending", "fraud-detection"}),
    "none": ("Spring newsletter", set()),
    "no topic": ("", set()),
}


@pytest.mark.parametrize(("topic", "offers"), TOPICS.values(), ids=TOPICS.keys())
def test_offers_by_words(topic: str, offers: set[str]) -> None:
    ann = interest(did("ann", "webinar", topic=topic))
    assert set(ann.by_offer) == set(ann.last_by_offer) == offers
    assert ann.strength > 0  # without an offer it counts all the same


def test_a_campaigns_name_points_at_offers_too() -> None:
    activity = did("ann", "webinar", topic="Registration", campaign_id="c1")
    ann = weigh([activity], BY, TODAY, {"c1": Campaign("c1", "Liquidity week")}).interest
    assert set(ann.by_offer) == {"treasury-analytics"}


def test_topics_are_ranked_by_engagement() -> None:
    ann = interest(
        did("ann", "email_clicked", 1, "Fraud news"),
        did("ann", "webinar", 1, "Loan origination"),
        did("ann", "email_clicked", 2, "Fraud news"),
    )
    assert ann.topics == ("Loan origination", "Fraud news")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 40)), min_size=2, max_size=6), st.randoms())
def test_no_day_turns_two_topics_around(done: list[tuple[str, int]], random) -> None:
    """Of the same weights, added in another order: as sums of that day's strengths one was a hair above the other."""
    again = random.sample(done, len(done))
    activities = [
        did("ann", kind, days + at / 100, topic)
        for topic, pairs in (("Fraud paper", done), ("Lending paper", again))
        for at, (kind, days) in enumerate(pairs)
    ]
    for later in range(0, 90, 10):
        ann = interest(*activities, today=TODAY + timedelta(days=later))
        assert ann.topics == ("Fraud paper", "Lending paper")


ODD = {
    "a naive stamp is UTC": datetime(2026, 3, 10, 12),  # noqa: DTZ001
    "the first year": datetime.min.replace(tzinfo=UTC),
    "the last year": datetime.max.replace(tzinfo=UTC),
}


@pytest.mark.parametrize("at", ODD.values(), ids=ODD.keys())
def test_odd_stamps_do_no_harm(at: datetime) -> None:
    assert weigh([did("ann", "webinar", at=at)], BY, TODAY).interest.bots == 0


def test_an_unknown_time_zone_reads_as_utc() -> None:
    by = scale_of(AGREEMENT.model_copy(update={"time_zone": "Mars/Olympus"}))
    assert weigh([did("ann", "webinar")], by, TODAY).interest.responded
