"""§6: the picture of every open opportunity, in words and as JSON, that no quiet day moves."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement.terms import Agreement
from syncd.model import (
    AccountPicture,
    Answer,
    Contact,
    ContactRole,
    Group,
    Judgement,
    Knowledge,
    NextAction,
    Picture,
    Strength,
    Tally,
    Unknown,
)
from syncd.rules.next_actions import Reaching, next_actions
from syncd.rules.picture import strength_in
from syncd.rules.telling import (
    account_in_words,
    account_shortened,
    as_json,
    in_words,
    reaching,
    shortened,
    tally_in_words,
)
from syncd.store.judgements import plain
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_assessment,
    an_opportunity,
    did,
    judge,
)
from tests.rules.builders import mobilized as moved

AGREEMENT = an_agreement()
SALES = an_opportunity()
SAID = {
    "budget": Answer(SALES.id, "budget", "200,000 of IT", NOON - timedelta(days=3), "Opportunity.Budget__c", "user-1"),
}


BOTH = ("picture", "picture_json")


def judgement_of(*contacts: Contact, today: date = TODAY, activities: Any = (), **fields: Any) -> Judgement:
    return judge(a_group(contacts, activities, **{"opportunities": (SALES,)} | fields), AGREEMENT, today)


def picture_of(*contacts: Contact, **fields: Any) -> Picture:
    (picture,) = judgement_of(*contacts, **fields).pictures
    return picture


def wished(judgement: Judgement, object: str) -> dict[str, Any]:
    (wish,) = (wish for wish in judgement.wishes if wish.object == object)
    return dict(wish.fields)


# ---- what it tells -----------------------------------------------------------------------------------------------


def test_what_sales_opened_is_pictured_whether_or_not_anybody_is_qualified() -> None:
    picture = picture_of(a_contact("ann"))
    assert (picture.opportunity, picture.offer, picture.label) == (
        "opportunity-1",
        "fraud-detection",
        "Fraud detection",
    )
    assert picture.roles[1].role == "Economic Buyer"
    assert [person.name for person in picture.roles[1].by] == ["Ann Invented"]
    assert (picture.roles[1].strength, picture.roles[1].state) == (Strength.NONE, Knowledge.ASSUMED)
    assert "Technical Buyer" in picture.gaps
    assert "Economic Buyer" not in picture.gaps


def test_a_role_may_have_brackets_in_its_name() -> None:
    """It is the org's picklist that names it."""
    bracketed = AGREEMENT.model_dump_json(by_alias=True).replace("Economic Buyer", "Economic Buyer (CFO)")
    agreement = Agreement.model_validate_json(bracketed)
    judgement = judge(a_group([a_contact("ann")], opportunities=(SALES,)), agreement, TODAY)
    (picture,) = judgement.pictures
    assert [person.name for role in picture.roles for person in role.by] == ["Ann Invented"]
    assert "Economic Buyer (CFO)" in [action.closes for action in picture.next], "by title alone, so it is asked"


def test_without_contacts_it_says_so() -> None:
    picture = picture_of()
    assert picture.people == 0
    assert {action.reach for action in picture.next} == {"nobody is known"}
    assert picture.next[0].say == "find the Executive Sponsor: C-level of executive"
    assert "No contact is known at this account" in in_words(picture)


def test_an_opportunity_that_names_no_offer_is_asked_for_it_first() -> None:
    picture = picture_of(opportunities=(an_opportunity(name="Platform", text="Platform"),))
    assert (picture.offer, picture.next[0].closes, picture.next[0].by) == (None, "offer", "Cen Tral")
    assert [role.role for role in picture.roles] == [
        *("Executive Sponsor", "Economic Buyer", "Decision Maker", "Technical Buyer", "Champion")
    ]
    assert all(role.needed == 1 for role in picture.roles), "as many as the offer that needs the fewest"


def test_every_gap_has_the_action_that_closes_it() -> None:
    picture = picture_of(a_contact("ann"), activities=moved("ann"))
    assert [action.closes for action in picture.next] == [finding.what for finding in picture.unknown]
    assert all(action.say and action.reach and action.by for action in picture.next)


def test_a_role_that_an_answer_alone_knows_is_asked_for_as_one_that_nobody_has() -> None:
    group = a_group([a_contact("ann")], opportunities=(SALES,))
    (ann,) = judgement_of(a_contact("ann")).contacts
    for insiders in ([], [ann]):
        reaching = Reaching(an_assessment(group, [ann]), None, insiders)
        gap = Unknown("Technical Buyer", Knowledge.STALE, "Who runs it?")
        (action,) = next_actions(reaching, [gap], named=True)
        assert action.closes == gap.what and action.say


ACTIONS = {
    "somebody inside who is mobilized is asked by the owner": (
        [a_contact("ann")],
        moved("ann"),
        "Technical Buyer",
        NextAction("", "Ann Invented", "Who runs the core banking interface we would connect to?", "Cen Tral"),
    ),
    "who only reads is invited first, by marketing": (
        [a_contact("ann")],
        [did("ann", "email_clicked", 2, "Fraud paper")],
        "Technical Buyer",
        NextAction(
            *("", "Ann Invented"),
            "invite them to an event, or offer a paper on “Fraud paper”; then ask: "
            "Who runs the core banking interface we would connect to?",
            "marketing",
        ),
    ),
    "who has the role and is not reached": (
        [a_contact("bob", "Technical Buyer", bounced=True)],
        [],
        "Technical Buyer",
        NextAction("", "Bob Invented", "find a working e-mail address, or find a phone", "marketing"),
    ),
    "whose part nobody knows": (
        [a_contact("eve", title=None)],
        [],
        "Technical Buyer",
        NextAction("", "Eve Invented", "find out their function and level", "marketing"),
    ),
}


@pytest.mark.parametrize(("people", "activities", "gap", "action"), ACTIONS.values(), ids=ACTIONS.keys())
def test_whom_to_reach_with_what_and_by_whom(
    people: list[Contact], activities: Any, gap: str, action: NextAction
) -> None:
    picture = picture_of(*people, activities=activities)
    assert next(one for one in picture.next if one.closes == gap) == replace(action, closes=gap)


OBJECTIONS = {
    "opted out, no phone": ({"opted_out": True}, "find a phone"),
    "opted out of mail and calls": (
        {"opted_out": True, "phone": "+1 217 555 0142", "do_not_call": True},
        "find a way to reach them",
    ),
    "asked not to be contacted": ({"no_contact": True}, "find a phone"),
    "bounced, and another address is closed by them": (
        {"emails": ("a@first-invented.example", "b@first-invented.example"), "bounced": ("a@first-invented.example",)}
        | {"opted_out": ("b@first-invented.example",)},
        "find a working e-mail address, or find a phone",
    ),
}


@pytest.mark.parametrize(("facts", "say"), OBJECTIONS.values(), ids=OBJECTIONS)
def test_what_somebody_objected_to_stands_on_their_own_record_alone(facts: dict[str, Any], say: str) -> None:
    """Whoever sees the opportunity or the account may not be one who sees that field of the contact."""
    judgement = judgement_of(a_contact("bob", "Technical Buyer", **facts))
    action = next(one for one in judgement.pictures[0].next if one.closes == "Technical Buyer")
    assert (action.reach, action.say) == ("Bob Invented", say)
    shown = "\n".join(str(wished(judgement, name)[text]) for name in ("account", "opportunity") for text in BOTH)
    assert not [word for word in ("consent", "opted out", "asked not", "bounced") if word in shown]
    assert "consent" in wished(judgement, "contact")["gates_json"]


def test_an_overdue_close_date_is_told() -> None:
    passed = an_opportunity(close_date=TODAY - timedelta(days=1))
    assert picture_of(opportunities=(passed,)).overdue == TODAY - timedelta(days=1)
    assert judgement_of(opportunities=(SALES,)).review_on == SALES.close_date + timedelta(days=1)


BANDS = {0.0: Strength.NONE, 0.99: Strength.NONE, 1.0: Strength.WEAK, 4.0: Strength.FAIR, 12.0: Strength.STRONG}


@pytest.mark.parametrize(("strength", "band"), BANDS.items())
def test_strength_is_told_in_the_agreed_bands(strength: float, band: Strength) -> None:
    assert strength_in(AGREEMENT.group.strength, strength) is band


# ---- answers and roles -------------------------------------------------------------------------------------------


def test_an_answer_is_known_with_its_source_and_moves_the_next_question_on() -> None:
    answered = replace(SALES, answers=(SAID["budget"],))
    picture = picture_of(a_contact("ann"), opportunities=(answered,))
    (budget,) = (finding for finding in picture.known if finding.what == "budget")
    assert (budget.value, budget.source, budget.by) == ("200,000 of IT", "Opportunity.Budget__c", "Rae Rep")
    assert budget.at == TODAY - timedelta(days=3)
    assert "budget" not in [action.closes for action in picture.next]


def test_the_latest_answer_counts_and_ages() -> None:
    older = replace(SAID["budget"], value="none", at=NOON - timedelta(days=30))
    answered = replace(SALES, answers=(SAID["budget"], older))
    judgement = judgement_of(opportunities=(replace(answered, close_date=None),))
    aged_on = TODAY + timedelta(days=178)
    assert judgement.review_on <= aged_on
    (old,) = judgement_of(opportunities=(answered,), today=aged_on).pictures
    (finding,) = (finding for finding in old.unknown if finding.what == "budget")
    assert (finding.state, finding.value) == (Knowledge.STALE, "200,000 of IT")
    assert next(action for action in old.next if action.closes == "budget")


def test_a_role_that_a_person_sets_outranks_the_titles_and_is_known() -> None:
    set_by_rep = replace(SALES, roles=(ContactRole("00K1", "ann", "Champion"),))
    judgement = judgement_of(a_contact("ann"), activities=moved("ann"), opportunities=(set_by_rep,))
    (ann,) = judgement.contacts
    assert (ann.role, ann.role_by) == ("Champion", "set by sales on Fraud platform")
    assert ann.gates[1].reason == "Champion: set by sales on Fraud platform"
    assert next(role for role in judgement.pictures[0].roles if role.role == "Economic Buyer").by == ()


@pytest.mark.parametrize("role", ["Evaluator", None])
def test_a_role_that_the_agreement_does_not_know_teaches_nothing(role: str | None) -> None:
    set_by_rep = replace(SALES, roles=(ContactRole("00K1", "ann", role),))
    (ann,) = judgement_of(a_contact("ann"), opportunities=(set_by_rep,)).contacts
    assert (ann.role, ann.role_by) == ("Economic Buyer", "")


def test_our_own_contact_role_is_nobodys_word_until_a_person_changes_it() -> None:
    ours = ContactRole("00K1", "ann", "Champion", key="bank/fraud-detection/ann")
    for role, expected in ((ours, "Economic Buyer"), (replace(ours, said=True), "Champion")):
        (ann,) = judgement_of(a_contact("ann"), opportunities=(replace(SALES, roles=(role,)),)).contacts
        assert ann.role == expected


# ---- where it stands ---------------------------------------------------------------------------------------------


def test_both_texts_stand_on_the_opportunity_and_its_account() -> None:
    judgement = judgement_of(a_contact("ann"), activities=moved("ann"))
    on_it, on_account = wished(judgement, "opportunity"), wished(judgement, "account")
    assert json.loads(on_it["picture_json"]) == plain(judgement.pictures[0])
    assert on_it["picture"] == in_words(judgement.pictures[0])
    assert json.loads(on_account["picture_json"])["opportunities"] == [plain(judgement.pictures[0])]
    assert on_account["picture"].startswith("Fraud platform\nOffer: Fraud detection.")
    assert on_it["tally"] == on_account["tally"]


def test_an_account_without_an_open_opportunity_shows_none() -> None:
    closed = replace(SALES, is_closed=True)
    fields = wished(judgement_of(a_contact("ann"), opportunities=(closed,)), "account")
    assert (fields["picture"], fields["picture_json"], fields["tally"]) == (None, None, None)


def texts(judgement: Judgement) -> list[Any]:
    return [wish.fields for wish in judgement.wishes if wish.object in ("account", "opportunity")]


def quiet_group() -> Group:
    answered = replace(SALES, answers=(SAID["budget"],), close_date=TODAY + timedelta(days=9))
    people = [a_contact("ann"), a_contact("bob", "Champion"), a_contact("cat", "Technical Buyer")]
    return a_group(people, [*moved("ann"), *moved("bob"), did("cat", "email_clicked", 3)], opportunities=(answered,))


def test_thirty_quiet_days_change_nothing_but_bands_ages_and_what_is_overdue() -> None:
    group, today, last = quiet_group(), TODAY, judge(quiet_group(), AGREEMENT, TODAY)
    moves = []
    for day in range(1, 31):
        today = TODAY + timedelta(days=day)
        fresh = judge(group, AGREEMENT, today)
        if texts(fresh) != texts(last):
            assert last.review_on is not None
            assert last.review_on <= today, "what is judged only when it is due stands as if it were judged every day"
            moves.append((day, _moved(last.pictures[0], fresh.pictures[0])))
            last = fresh
        elif last.review_on is not None and last.review_on <= today:
            last = fresh
    assert [day for day, _ in moves]
    assert {what for _, changes in moves for what in changes} <= {"strength", "state", "overdue"}


def _moved(before: Picture, after: Picture) -> set[str]:
    """Which parts of a picture differ: bands, states, what is overdue; or anything else."""
    changes = {"overdue"} if before.overdue != after.overdue else set()
    for old, new in zip(before.roles, after.roles, strict=True):
        changes |= {name for name in ("strength", "state") if getattr(old, name) != getattr(new, name)}
    levelled = [
        replace(
            picture,
            overdue=None,
            roles=tuple(replace(role, strength=Strength.NONE, state=Knowledge.KNOWN) for role in picture.roles),
        )
        for picture in (before, after)
    ]
    return changes | ({"something else"} if levelled[0] != levelled[1] else set())


# ---- shortening --------------------------------------------------------------------------------------------------


def a_crowd(number: int) -> Picture:
    return picture_of(*(a_contact(f"p{at}", "Champion", last_name="Ü" * 40) for at in range(number)))


CROWD = a_crowd(40)


@given(st.integers(1_600, 9_000))
def test_both_texts_fit_whole_and_say_how_many_were_left_out(length: int) -> None:
    short = shortened(CROWD, length)
    assert max(len(as_json(short)), len(in_words(short)) + in_words(short).count("\n")) <= length
    assert json.loads(as_json(short))["left_out"] == short.left_out
    assert (f"{short.left_out} more entries" in in_words(short)) is (short.left_out > 0)
    kept = sum(len(role.by) for role in short.roles) + len(short.next) + len(short.known) + len(short.unknown)
    whole = sum(len(role.by) for role in CROWD.roles) + len(CROWD.next) + len(CROWD.known) + len(CROWD.unknown)
    assert kept + short.left_out == whole


@given(st.integers(2_500, 40_000), st.integers(1, 12))
def test_an_account_with_many_opportunities_shows_as_many_as_fit(length: int, number: int) -> None:
    whole = AccountPicture("First Invented Bank", (CROWD,) * number)
    short = account_shortened(whole, length)
    words = account_in_words(short)
    assert max(len(as_json(short)), len(words) + words.count("\n")) <= length
    assert len(short.opportunities) + short.left_out == number


def test_what_fits_is_left_as_it_is() -> None:
    assert shortened(CROWD, None) == CROWD == shortened(CROWD, 100_000)


def test_an_account_is_called_by_what_is_known_of_it() -> None:
    nameless = judgement_of(account=an_account(name=None))
    assert json.loads(wished(nameless, "account")["picture_json"])["account"] == "first-invented.example"


@pytest.mark.parametrize(("reach", "words"), [("Ann Invented", "Cen Tral → Ann Invented"), ("Cen Tral", "Cen Tral")])
def test_who_acts_alone_is_named_once(reach: str, words: str) -> None:
    assert reaching(NextAction("offer", reach, "say which offer it is for", "Cen Tral")) == words


def test_no_name_makes_a_line_of_the_tally_or_a_part_of_one() -> None:
    """Components draw the tally by its lines, and by the semicolons in them."""
    ann = replace(a_contact("ann"), first_name="Ann\nRound 9: Bob", last_name="Invented; Fraud detection: 7")
    tally = Tally(1, 1, {"fraud": ("ann",)}, {"fraud": ("ann",)}, ("fraud",), ())
    assert tally_in_words(tally, {"ann": ann}, {"fraud": "Fraud;\r\ndetection"}) == [
        "Present: 1. An offer is viable with 1.",
        "First alignment: Fraud, detection: 1 (Ann Round 9: Bob Invented, Fraud detection: 7).",
        "Viable, with their delegates: Fraud, detection: 1 (Ann Round 9: Bob Invented, Fraud detection: 7).",
    ]


def test_why_a_task_is_there_is_told_in_whole_sentences() -> None:
    judgement = judge(a_group([a_contact("ann")], [*moved("ann")]), an_agreement(), TODAY)
    (task,) = (wish for wish in judgement.wishes if wish.object == "task")
    assert str(task.fields["description"]).startswith("Why: They meet every condition of a qualified lead. In the ")
