"""What sales sees of a person: gates, rep and day of the release on contact and lead, whole in any room."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import (
    Ask,
    Contact,
    Gate,
    GateName,
    Group,
    Outcome,
    PersonPicture,
    Ref,
    Ruling,
    Rung,
    ShownGate,
    Standing,
    Wish,
)
from syncd.rules.people import person_picture
from syncd.rules.shortening import as_json, json_in, measure, person_shortened
from syncd.rules.wishes import make_wishes
from tests.rules.builders import (
    CENTRAL,
    REP,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_assessment,
    did,
    judge,
    judge_waiting,
    judged,
    mobilized,
    released,
)

AGREEMENT = an_agreement()
LEAD = {"salesforce.Lead": ("00Qann",)}


def wished(group: Group, object: str, today: date = TODAY) -> list[Wish]:
    return [wish for wish in judge_waiting(group, AGREEMENT, today).wishes if wish.object == object]


def handed(*contacts: Contact, **fields: Any) -> Group:
    """The bank's people, mobilized, and handed to the reps to whom they fall."""
    group = a_group(contacts, [one for contact in contacts for one in mobilized(contact.id)], **fields)
    return released(group, judge_waiting(group, AGREEMENT, TODAY).candidates)


def gates_of(wish: Wish) -> dict[str, Any]:
    return dict(json.loads(str(wish.fields["gates_json"])))


# ---- the gates ---------------------------------------------------------------------------------------------------


def test_the_gates_are_those_that_judged_them_with_what_would_make_them_pass() -> None:
    group = a_group([a_contact("ann", title=None)], [did("ann", "email_clicked")])
    (judgement,) = judge(group, AGREEMENT, TODAY).contacts
    picture = person_picture(judgement, group.account, AGREEMENT)
    assert [(gate.name, gate.ruling, gate.reason) for gate in picture.gates] == [
        (gate.name, gate.ruling, gate.reason) for gate in judgement.gates
    ]
    assert picture.would_pass == ("find out the job title",)
    assert (picture.contact, picture.account, picture.mql) == ("Ann Invented", "First Invented Bank", Ruling.UNKNOWN)
    assert picture.guidance == ()


def test_who_explores_is_never_asked_for_business() -> None:
    (wish,) = wished(a_group([a_contact("ann")], [did("ann", "demo_booked")]), "contact")
    gates = gates_of(wish)
    assert (gates["ask"], gates["agreement"]) == ("explore", AGREEMENT.label)
    assert any("Never ask for business" in sentence for sentence in gates["guidance"])
    assert any("60 days" in sentence for sentence in gates["guidance"])


def test_the_json_has_the_agreed_shape() -> None:
    (wish,) = wished(handed(a_contact("ann")), "contact")
    assert [*gates_of(wish)] == [
        *("contact", "account", "mql", "role", "ask", "rung", "agreement"),
        *("gates", "would_pass", "topics", "guidance", "verdict", "returned", "left_out"),
    ]
    assert [*gates_of(wish)["gates"][0]] == ["name", "ruling", "reason", "value", "source"]


def test_no_quiet_day_moves_them() -> None:
    group = handed(a_contact("ann"), a_contact("dot", remote_ids=LEAD))
    days = [TODAY + timedelta(days=number) for number in range(20)]
    for object in ("contact", "lead"):
        assert len({str(wished(group, object, day)[0].fields["gates_json"]) for day in days}) == 1


WORDS = st.text(max_size=200)
PEOPLE = st.builds(
    PersonPicture,
    contact=WORDS,
    account=st.one_of(WORDS, st.just("ü" * 40_000), st.just("🏦" * 20_000)),
    mql=st.sampled_from(Ruling),
    role=st.one_of(st.none(), WORDS),
    ask=st.sampled_from(Ask),
    rung=st.sampled_from(Rung),
    agreement=WORDS,
    gates=st.lists(
        st.builds(
            ShownGate,
            name=st.sampled_from(GateName),
            ruling=st.sampled_from(Ruling),
            reason=st.one_of(WORDS, st.just("why\n" * 10_000)),
            value=WORDS,
            source=WORDS,
        ),
        max_size=8,
    ).map(tuple),
    would_pass=st.lists(WORDS, max_size=6).map(tuple),
    topics=st.lists(WORDS, max_size=6).map(tuple),
    guidance=st.lists(WORDS, max_size=4).map(tuple),
)


@given(PEOPLE, st.integers(500, 131_072))
def test_they_fit_whole_and_say_how_many_were_left_out(picture: PersonPicture, length: int) -> None:
    short = person_shortened(picture, length)
    text = json_in(short, length)
    assert text is not None
    assert measure(text) <= length
    assert len(text.encode("utf-16-le")) // 2 <= length
    shown = json.loads(text)
    parts = ("gates", "would_pass", "topics", "guidance")
    assert sum(len(shown[name]) for name in parts) + shown["left_out"] == sum(
        len(getattr(picture, name)) for name in parts
    )
    if measure(as_json(picture)) <= length:
        assert short == picture


def test_where_there_is_hardly_any_room_nothing_stands() -> None:
    picture = person_picture(judged("ann", None), an_account(), AGREEMENT)
    assert json_in(person_shortened(picture, 40), 40) is None


# ---- the rep, and since when --------------------------------------------------------------------------------------


def test_who_was_handed_over_shows_the_rep_and_the_day() -> None:
    (wish,) = wished(handed(a_contact("ann")), "contact")
    assert (wish.fields["rep"], wish.fields["released_on"]) == (Ref("user", REP.id), TODAY)


def test_who_waits_in_the_queue_is_nobodys_yet() -> None:
    (wish,) = wished(a_group([a_contact("ann")], mobilized("ann")), "contact")
    assert (wish.fields["rep"], wish.fields["released_on"]) == (None, None)


LEFT = replace(REP, active=False)
NOWHERE = replace(REP, remote_ids={})


@pytest.mark.parametrize(
    ("rep", "outcome", "shown"),
    [
        (REP, Outcome.OPEN, REP.id),
        (REP, Outcome.REJECTED, REP.id),
        (REP, Outcome.RECYCLED, REP.id),
        (LEFT, Outcome.OPEN, CENTRAL.id),
        (LEFT, Outcome.RECYCLED, REP.id),
        (NOWHERE, Outcome.RECYCLED, None),
    ],
)
def test_whose_somebody_is_stays_as_it_was_but_of_an_open_release_whose_rep_left(
    rep: Any, outcome: Outcome, shown: str | None
) -> None:
    group = handed(a_contact("ann"))
    releases = {key: replace(release, outcome=outcome) for key, release in group.releases.items()}
    users = {REP.id: rep, CENTRAL.id: CENTRAL}
    later = replace(group, releases=releases, users=users, account=replace(group.account, owner=CENTRAL.id))
    made = make_wishes(an_assessment(later, [judged("ann", "Economic Buyer")]), [])
    (wish,) = (wish for wish in made if wish.object == "contact")
    assert wish.fields["rep"] == (Ref("user", shown) if shown else None)
    assert wish.fields["released_on"] == TODAY
    assert wish.fields["waiting"] is (outcome is Outcome.OPEN)


# ---- leads -------------------------------------------------------------------------------------------------------


def test_a_lead_shows_what_a_contact_shows() -> None:
    (lead,) = wished(handed(a_contact("ann", remote_ids=LEAD)), "lead")
    (contact,) = wished(handed(a_contact("ann")), "contact")
    assert lead.fields == contact.fields
    assert (lead.key, lead.remote_id, lead.stream) == ("salesforce.Lead/00Qann", "00Qann", "salesforce.Lead")


def test_every_record_of_a_lead_is_written() -> None:
    twice = handed(a_contact("ann", remote_ids={"salesforce.Lead": ("00Q1", "00Q2")}))
    assert [wish.remote_id for wish in wished(twice, "lead")] == ["00Q1", "00Q2"]


WHO = {
    "a lead with a role in the market": ({"remote_ids": LEAD}, frozenset(), Standing.IN, True),
    "a lead outside the market": ({"remote_ids": LEAD}, frozenset(), Standing.OUT, False),
    "the same, written before": ({"remote_ids": LEAD}, frozenset({"lead/salesforce.Lead/00Qann"}), Standing.OUT, True),
    "a contact beside the lead": (
        {"remote_ids": {"salesforce.Contact": ("003",), **LEAD}},
        frozenset(),
        Standing.IN,
        False,
    ),
    "the same, whose lead was written before": (
        {"remote_ids": {"salesforce.Contact": ("003",), **LEAD}},
        frozenset({"lead/salesforce.Lead/00Qann"}),
        Standing.IN,
        True,
    ),
    "a converted lead, written before": (
        {"remote_ids": LEAD, "converted_at": did("x", "call_made").at},
        frozenset({"lead/salesforce.Lead/00Qann"}),
        Standing.IN,
        False,
    ),
    "nobody of Salesforce's": ({"remote_ids": {"hubspot.contacts": ("51",)}}, frozenset(), Standing.IN, False),
}


@pytest.mark.parametrize(("fields", "opened", "standing", "written"), WHO.values(), ids=WHO.keys())
def test_which_leads_are_written(
    fields: dict[str, Any], opened: frozenset[str], standing: Standing, written: bool
) -> None:
    group = a_group([a_contact("ann", **fields)], opened=opened)
    cold = judged("ann", "Economic Buyer", closed=[GateName.RESPONDED])
    made = make_wishes(an_assessment(group, [cold], standing=standing), [])
    assert [wish.remote_id for wish in made if wish.object == "lead"] == (["00Qann"] if written else [])


def test_a_gate_keeps_its_evidence() -> None:
    gate = Gate(GateName.ROLE, Ruling.UNKNOWN, "Head", "hubspot contacts.jobtitle", "no level", "find out the level")
    picture = person_picture(replace(judged("ann", None), gates=(gate,)), an_account(name=None), AGREEMENT)
    assert picture.gates == (ShownGate(gate.name, gate.ruling, gate.reason, gate.value, gate.source),)
    assert picture.account == "first-invented.example"
