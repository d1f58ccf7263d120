"""Where wishes go is what the mappings say: streams, lengths, leads; what is their vendor's stays in them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.mapping import SystemMapping, WriteRule, load, load_all
from syncd.mapping.destinations import destinations
from syncd.model import About, Destination, Group, Outcome, Verdict, Word
from syncd.model.destinations import clip, units
from syncd.model.wishes import WISHED
from syncd.rules.opportunities import NONE
from tests.connectors.salesforce.package_files import of, shipped
from tests.rules.a_sensitive_world import handed_over
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_group,
    an_account,
    an_agreement,
    an_opportunity,
    did,
    judge,
    mobilized,
)

SHIPPED = load_all()
LABELS = {field.findtext("fullName"): field.findtext("label") for _, field in of(shipped(), "CustomField")}
THIN = "system: salesforce\nstreams: {Lead: {into: contact, fields: {last_name: {from: LastName}}}%s}\n%s"


def test_each_object_goes_to_one_system() -> None:
    places = destinations(SHIPPED.values())
    assert set(places) == {*WISHED, "user"}
    assert places["contact"].stream == "salesforce.Contact"
    assert places["contact"].forerunners == ("salesforce.Lead",)
    assert places["qualification"].stream == "hubspot.contacts"
    assert places["user"] == Destination("salesforce", "salesforce.User")


def test_what_no_mapping_writes_goes_nowhere_and_is_wished_of_nobody() -> None:
    mapping = SHIPPED["salesforce"]
    tasks_alone: dict[str, WriteRule] = {"task": mapping.writes["task"]}
    places = destinations([mapping.model_copy(update={"writes": tasks_alone})])
    assert places["opportunity"] == Destination("salesforce", "salesforce.Opportunity")  # there it stands nonetheless
    assert places["qualification"] == Destination()
    group = a_group([a_contact("ann", remote_ids={"hubspot.contacts": ("51",)})], [did("ann", "webinar")])
    objects = {wish.object for wish in judge(group, an_agreement(), TODAY).wishes}
    fewer = {wish.object for wish in judge(group, an_agreement(), TODAY, destinations=places).wishes}
    assert objects - fewer == {"qualification", "potential"}


RECORDS = {"salesforce.Contact": ("003ann",)}, {"salesforce.Lead": ("00Qann",)}


def said_since(group: Group) -> Group:
    """Who was handed over was accepted, on their own record."""
    said = Verdict(About.CONTACT, "ann", Word.ACCEPTED, "", NOON, remote_id="003ann")
    return replace(group, verdicts=(*group.verdicts, said))


def said_before(remote_ids: dict[str, tuple[str, ...]]) -> Group:
    """Ann, of whom something was said on such a record before she was handed over."""
    ((remote_id,),) = remote_ids.values()
    said = Verdict(About.CONTACT, "ann", Word.REJECTED, "no need", NOON - timedelta(days=300), remote_id=remote_id)
    group = handed_over(1, remote_ids=remote_ids)
    return replace(group, verdicts=(*group.verdicts, said))


def test_a_word_of_an_earlier_time_is_taken_out_of_its_record_once_a_release() -> None:
    for kind, remote_ids in zip(("unsaid", "lead_unsaid"), RECORDS, strict=True):
        group = said_before(remote_ids)
        ((remote_id,),) = remote_ids.values()
        (wish,) = [one for one in judge(group, an_agreement(), TODAY).wishes if one.object == kind]
        blank = {"verdict": None, "verdict_reason": None, "was": "rejected: no need"}
        assert (wish.key, wish.remote_id, wish.fields) == (f"{remote_id}/mql/ann", remote_id, blank)
        *others, said = group.verdicts
        since = replace(group, verdicts=(*others, replace(said, at=NOON)))
        accepted = replace(group.releases["mql/ann"], outcome=Outcome.ACCEPTED, why="shown by what they did: call")
        for spared in (since, replace(group, releases={"mql/ann": accepted})):
            assert kind not in {one.object for one in judge(spared, an_agreement(), TODAY).wishes}


def test_nothing_is_wished_that_no_mapping_could_write() -> None:
    people = [a_contact("ann"), a_contact("bob", role=None), a_contact("cid", remote_ids={"hubspot.contacts": ("51",)})]
    people.append(a_contact("dot", remote_ids={"salesforce.Lead": ("00Qdot",)}))
    activities = [done for one in people for done in (*mobilized(one.id), did(one.id, "contact_sales"))]
    wishes = judge(a_group(people, activities, account=an_account(remote_ids={})), an_agreement(), TODAY).wishes
    late = (handed_over(6), handed_over(6, opted_out=True, phone=None), handed_over(20), *map(said_before, RECORDS))
    late = (*late, said_since(handed_over(1)))
    followed = [wish for group in late for wish in judge(group, an_agreement(), TODAY).wishes]
    assert {wish.object for wish in (*wishes, *followed)} == set(WISHED)
    for wish in wishes:
        assert set(wish.fields) <= set(WISHED[wish.object]), wish.object


def test_a_word_of_ours_is_wished_as_the_vendor_calls_it() -> None:
    task = destinations(SHIPPED.values())["task"]
    assert (task.fitted("status", "open"), task.fitted("priority", "high")) == ("Not Started", "High")
    assert task.fitted("priority", "urgent") == "urgent"
    assert task.fitted("subject", "open") == "open"


def test_a_number_is_rounded_to_the_digits_that_the_vendor_keeps() -> None:
    opportunity = destinations(SHIPPED.values())["opportunity"]
    wished = {text: str(opportunity.fitted("probability", Decimal(text))) for text in ("12.5", "12.49", "10")}
    assert wished == {"12.5": "13", "12.49": "12", "10": "10"}
    assert opportunity.fitted("amount", Decimal("12.5")) == Decimal("12.5")


def own(folder: Path, more: str = "", writes: str = "") -> SystemMapping:
    (folder / "salesforce.yaml").write_text(THIN % (more, writes), encoding="utf-8")
    return load("salesforce", folder)


def test_ones_own_mapping_keeps_what_is_the_vendors(tmp_path: Path) -> None:
    contact = ", Contact: {into: contact, fields: {last_name: {from: LastName}}}"
    mapping = own(tmp_path, contact, "writes: {contact: {object: Contact, fields: {last_name: LastName}}}")
    assert mapping.live("contact") == "Contact"
    assert mapping.forerunners("Contact") == ("Lead",)
    assert mapping.needed("always") == ["Contact"]
    assert mapping.writes["contact"].length["last_name"] == 80


def test_ones_own_mapping_keeps_how_the_vendor_spells(tmp_path: Path) -> None:
    assert own(tmp_path).id_spelling == "case_safe"
    (tmp_path / "hubspot.yaml").write_text(
        "system: hubspot\nstreams: {contacts: {into: contact, fields: {phone: {from: properties.phone, as: phone}}}}\n",
        encoding="utf-8",
    )
    assert load("hubspot", tmp_path).asked("contacts") == ["phone"]


def test_ones_own_mapping_keeps_what_the_vendor_calls_our_words(tmp_path: Path) -> None:
    mapping = own(tmp_path, writes="writes: {task: {object: Task, fields: {status: Status, priority: Priority}}}")
    assert mapping.writes["task"].values["status"] == {"open": "Not Started"}


def test_ones_own_mapping_may_say_otherwise(tmp_path: Path) -> None:
    contact = ", Contact: {into: contact, needed: once, live: false, fields: {last_name: {from: LastName}}}"
    mapping = own(tmp_path, contact, "writes: {contact: {object: Contact, fields: {last_name: LastName}, length: {}}}")
    assert mapping.live("contact") is None
    assert mapping.needed("always") == []
    assert mapping.writes["contact"].length == {}


ANSWERED_IN = {
    "as shipped": ("", "Syncd_Criteria__c"),
    "the org's own": ("{from: Decision_Criteria__c, as: words}", "Decision_Criteria__c"),
    "the first that is read": ("{from: [MEDDIC_D__c, Syncd_Criteria__c], as: words}", "MEDDIC_D__c"),
    "a short text": ("{from: Decision_Criteria__c}", "Decision_Criteria__c"),
    "a field of another record": ("{from: [Account.Criteria__c, Syncd_Criteria__c], as: words}", None),
    "a telephone number": ("{from: Criteria_Line__c, as: phone}", None),
    "a word of a table": ("{from: Criteria__c, matches: kinds}", None),
    "an option with a label": ("{from: Criteria__c, labels: true}", None),
    "only where a tick says so": ("{from: Criteria__c, as: words, when: Is_Final__c}", None),
    "a constant": ("{value: price}", None),
    "nowhere": (" ", None),
}


@pytest.mark.parametrize(("rule", "field"), ANSWERED_IN.values(), ids=ANSWERED_IN)
def test_people_answer_in_the_field_in_which_their_words_are_read(tmp_path: Path, rule: str, field: str | None) -> None:
    """A component writes what was typed there: another field would hold it, and nobody would read it."""
    text = "system: salesforce\nrest: as shipped\n"
    if rule:
        text += f"tables: {{kinds: {{price: money}}}}\nstreams: {{Opportunity: {{fields: {{criteria: {rule}}}}}}}\n"
    (tmp_path / "salesforce.yaml").write_text(text, encoding="utf-8")
    answers = destinations(load_all(tmp_path).values())["opportunity"].answers
    assert answers.get("criteria") == field
    assert {**answers, "criteria": None} == {
        "criteria": None,
        **{what: f"Syncd_{what.capitalize()}__c" for what in ("offer", "steps", "timeline", "budget", "signature")},
    }


def test_each_finding_of_a_picture_names_the_field_of_its_answer_and_a_role_names_none() -> None:
    (picture,) = judge(a_group([a_contact("ann")], opportunities=(an_opportunity(),)), an_agreement(), TODAY).pictures
    fields = {finding.what: finding.field for finding in (*picture.known, *picture.unknown)}
    answered = {what: field for what, field in fields.items() if field}
    answers = destinations(SHIPPED.values())["opportunity"].answers
    assert answered == {what: field for what, field in answers.items() if what != "offer"}
    assert {*fields} - {*answered} == {
        role.role if role.needed == 1 else f"{role.role} ({len(role.by)} of {role.needed})" for role in picture.roles
    }
    titles = {finding.field: finding.title for finding in (*picture.known, *picture.unknown) if finding.field}
    assert titles == {field: LABELS[field] for field in titles}, "as the package calls them"


def test_a_field_is_called_as_the_mapping_says_else_as_its_name_reads(tmp_path: Path) -> None:
    text = "{criteria: {from: MEDDIC_Criteria__c, as: words}, steps: {from: S__c, as: words, titled: Our Steps}}"
    own = f"system: salesforce\nrest: as shipped\nstreams: {{Opportunity: {{fields: {text}}}}}\n"
    (tmp_path / "salesforce.yaml").write_text(own, encoding="utf-8")
    titles = destinations(load_all(tmp_path).values())["opportunity"].titles
    assert (titles["criteria"], titles["steps"], titles["offer"]) == ("MEDDIC Criteria", "Our Steps", "Syncd Offer")


def test_the_question_for_the_offer_names_its_field_and_what_may_stand_there() -> None:
    """A rep who is asked can answer there and then: each choice is a word that is read as an answer."""
    group = a_group([a_contact("ann")], opportunities=(an_opportunity(name="Platform", text="Platform"),))
    (picture,) = judge(group, an_agreement(), TODAY).pictures
    assert picture.asks
    assert (picture.asks.field, picture.asks.title) == ("Syncd_Offer__c", LABELS["Syncd_Offer__c"])
    offers = {offer.name: offer.label for offer in an_agreement().offers}
    assert {choice.value: choice.label for choice in picture.asks.choices} == {**offers, NONE: "None of these"}
    assert "its field “Syncd Offer”" in picture.next[0].say


FAMILY, FLAG, ACCENTED = "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "e\u0301\u0323"
CLIPPED = {
    "what fits stays": ("Ann Amsel", 9, "Ann Amsel"),
    "letters": ("Ann Amsel", 8, "Ann Ams…"),
    "letters of one unit each": ("Ärzte öffnen", 8, "Ärzte ö…"),
    "an emoji counts as two, and fits": ("ab\U0001f514", 4, "ab\U0001f514"),
    "an emoji counts as two, and does not": ("abc\U0001f514", 4, "abc…"),
    "never half of one": ("ab\U0001f514cd", 4, "ab…"),
    "a family is one character": (f"a{FAMILY}", 8, "a…"),
    "a whole family": (f"a{FAMILY}bc", 10, f"a{FAMILY}…"),
    "a flag is one character": (f"a{FLAG}b", 5, "a…"),
    "a letter keeps all its marks": (f"ab{ACCENTED}c", 5, "ab…"),
    "nothing but marks": ("e" + "\u0301" * 20, 10, "…"),
}


@pytest.mark.parametrize(("text", "length", "clipped"), CLIPPED.values(), ids=CLIPPED)
def test_a_text_is_clipped_to_whole_characters_in_the_vendor_s_count(text: str, length: int, clipped: str) -> None:
    assert clip(text, length) == clipped


@given(text=st.text(alphabet=st.sampled_from(f"ab{FAMILY}{FLAG}{ACCENTED}ü")), length=st.integers(1, 12))
def test_a_clipped_text_fits_begins_as_the_whole_one_and_fills_the_room(text: str, length: int) -> None:
    clipped = clip(text, length)
    assert units(clipped) <= length
    assert clipped == text if units(text) <= length else text.startswith(clipped.removesuffix("…"))
    clipped.encode()  # no half of a pair
