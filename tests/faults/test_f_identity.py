"""Who is who: names, websites and places that systems write in different ways, and what makes two records one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from connectors.base import SIGNED_IN_AS, Page, Record
from syncd.mapping import load_all
from syncd.matching import TOKENS, recognise_account
from syncd.model import Activity, Double, GateName, Group, Ref, RemoteRef, Ruling, Wish
from syncd.rules.mql import gate_terms, qualify
from syncd.store import Store
from syncd.store.doubles import Proposal
from syncd.sync.match import match
from syncd.sync.reader import Readers, load_customs
from syncd.sync.run import Run
from tests.benchmarks.pairs import (
    account_pairs,
    known,
    merged,
    people_pairs,
    readers,
    register_copies,
    sighting,
    verdicts,
)
from tests.ledger import save
from tests.rules.a_sensitive_world import a_likely_double
from tests.rules.builders import (
    NOON,
    TODAY,
    a_contact,
    a_gate,
    a_group,
    a_reading,
    an_account,
    an_agreement,
    an_assessment,
    an_interest,
    did,
    judge,
    mobilized,
)

READERS = readers()
TINY = {"Name": "Tiny Bank", "BillingCity": "Salem", "Website": "tinybank.example", "BillingCountry": "US"}


def hub(**properties: Any) -> Mapping[str, Any]:
    return {"name": "Tiny Bank", "city": "Salem", "domain": "tinybank.example", "country": "US", **properties}


def is_one(org: Mapping[str, Any], portal: Mapping[str, Any]) -> bool:
    """Whether an account of the org and a company of the portal become one, whichever comes first."""
    left = sighting(READERS, "salesforce.Account", "001", org)
    right = sighting(READERS, "hubspot.companies", "9", portal)
    answers = {merged("account", *order, READERS.customs) for order in ((left, right), (right, left))}
    assert len(answers) == 1, "the order must not matter"
    return answers.pop()


# ---- same name and website, another state; a holding at one website and town --------------------------------------


def test_the_website_is_weighed_where_only_the_states_differ() -> None:
    assert is_one(TINY | {"BillingState": "NY"}, hub(state="CT"))
    assert is_one(
        {"Name": "Tiny Bank", "Website": "tinybank.example", "BillingState": "NY"},
        {"name": "Tiny Bank", "domain": "tinybank.example", "state": "CT"},
    )


@pytest.mark.parametrize("holding", ["Tiny Bancorp, Inc.", "Tiny Bank Holding", "Tiny Financial Services"])
def test_a_holding_at_the_website_and_town_of_its_bank_is_not_merged_with_it(holding: str) -> None:
    assert not is_one(TINY | {"Name": holding}, hub())


@pytest.mark.parametrize(
    ("portal", "wanted"),
    [
        pytest.param({"name": "Tiny Bank", "city": "", "country": ""}, "1", id="the identical name"),
        pytest.param({"name": "Tiny Bank", "city": "Keene"}, "2", id="a name without the town that stands beside it"),
        pytest.param({"name": "Tiny Bank of Keene", "city": "Keene"}, "2", id="the same town"),
        pytest.param({"name": "Riverside Clinic"}, None, id="a stranger by name"),
    ],
)
def test_of_two_banks_that_share_a_website_the_one_that_fits_best_is_meant(
    portal: Mapping[str, str], wanted: str | None
) -> None:
    banks = [TINY, TINY | {"Name": "Tiny Bank of Keene", "BillingCity": "Keene"}]
    index: dict[Any, list[Any]] = {}
    for number, raw in enumerate(banks, 1):
        row = sighting(READERS, "salesforce.Account", str(number), raw | {"BillingState": "NH"})
        candidate, tokens = known("account", row, READERS.customs)
        for token in tokens:
            index.setdefault(token, []).append(candidate)
    record = sighting(READERS, "hubspot.companies", "9", hub(**portal))
    met = {token: index[token] for token in TOKENS["account"](record.row, READERS.customs) if token in index}
    account = recognise_account(record, met, READERS.customs)
    assert (account[0].id if account else None) == (wanted and f"salesforce.Account/{wanted}")


# ---- identical name and city in a country without states ----------------------------------------------------------


def test_the_country_stands_in_the_state_s_place_where_no_states_are_written() -> None:
    org = {"Name": "Rheinquell Brunnen GmbH", "BillingCity": "Andernach", "BillingCountry": "Germany"}
    assert is_one(org, {"name": "Rheinquell Brunnen", "city": "Andernach", "country": "Deutschland"})
    assert not is_one(org, {"name": "Rheinquell Brunnen", "city": "Andernach", "country": "Austria"})


def test_one_name_in_two_towns_of_one_name_is_two_banks() -> None:
    org = {"Name": "First Bank", "BillingCity": "Springfield", "BillingState": "IL", "BillingCountry": "US"}
    assert not is_one(org, {"name": "First Bank", "city": "Springfield", "state": "MO", "country": "US"})


# ---- legal forms, short forms, spellings --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Müller & Söhne GmbH", "Mueller und Soehne Gesellschaft mit beschränkter Haftung"),
        ("Hansen Maschinenbau GmbH & Co. KG", "Hansen Maschinenbau"),
        ("Cementos del Norte S.A. de C.V.", "Cementos del Norte"),
        ("Yamada Seiki K.K.", "Yamada Seiki"),
        ("Officine Rossi S.p.A.", "Officine Rossi"),
        ("Nordhavn Rederi A/S", "Nordhavn Rederi"),
        ("Kuusi Kauppa Oyj", "Kuusi Kauppa"),
        ("Wisła Meble Sp. z o.o.", "Wisla Meble"),
        ("Southern Cross Wool Pty Ltd", "Southern Cross Wool"),
        ("Smith Brothers & Co.", "Smith Bros"),
        ("State Bank of St. Jacob", "State Bank of Saint Jacob"),
        ("1st Natl Bank of Ely", "The First National Bank of Ely"),
        ("Tiny Bank N.A.", "Tiny Bank, National Association"),
        ("The Tiny Bank", "Tiny Bank, The"),
        ("Kovač Les d.o.o.", "Kovac Les"),
        ("Tisza Malom Kft.", "Tisza Malom"),
        ("Nørgaard Vinduer ApS", "Noergaard Vinduer"),
        ("Tan Trading Pte. Ltd.", "Tan Trading"),
        ("Menuiserie Vasseur EURL", "Menuiserie Vasseur"),
        ("Distribuidora Sol Ltda.", "Distribuidora Sol"),
        ("J. R. Tolliver Insurance Agency, Inc.", "JR Tolliver Insurance Agency"),
        ("Hollis Ventures LLC d/b/a Brightleaf Laundry", "Brightleaf Laundry"),
    ],
)
def test_a_name_is_one_in_every_legal_form_short_form_and_spelling(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Wyk auf Föhr", "BillingCountry": "Germany"}
    assert is_one(org, {"name": right, "city": "Wyk auf Foehr", "country": "DE"})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Halvorsen Electric Inc.", "Halvorsen Elevator Inc."),
        ("Ashgrove Realty Partners IV L.P.", "Ashgrove Realty Partners VI L.P."),
        ("Global", "Global Inc"),
        ("Unknown", "unknown"),
        ("Self-employed", "Self Employed"),
    ],
)
def test_a_name_that_tells_less_makes_no_two_companies_one(left: str, right: str) -> None:
    org = {"Name": left, "BillingCity": "Kiel", "BillingCountry": "Germany"}
    assert not is_one(org, {"name": right, "city": "Kiel", "country": "Germany"})


# ---- websites -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("website", "others"),
    [
        pytest.param("HTTPS://WWW.TinyBank.example./about?utm_source=x#top", "", id="scheme, case, path"),
        pytest.param("http://https://www.tinybank.example", "", id="two schemes"),
        pytest.param("www:tinybank.example", "", id="a colon"),
        pytest.param("facebook.com/tiny; tinybank.example", "", id="two websites in one field"),
        pytest.param("mail.tinybank.example", "", id="a host below the domain"),
        pytest.param("tiny-old.example", "tinybank.example;tiny.example", id="an additional domain"),
    ],
)
def test_every_domain_of_a_company_counts(website: str, others: str) -> None:
    portal = {"name": "Tiny Bank", "website": website, "hs_additional_domains": others}
    assert is_one({"Name": "Tiny Bank", "Website": "tinybank.example"}, portal)


@pytest.mark.parametrize(
    "host",
    ["facebook.com", "linkedin.com/company/tiny", "sites.google.com/view/tiny", "gmail.com", "co.uk", "yahoo.co.uk"],
)
def test_a_shared_host_is_no_website_of_anybody(host: str) -> None:
    org = {"Name": "Tiny Bank", "BillingCity": "Salem", "Website": host}
    assert not is_one(org, {"name": "Tiny Bank", "city": "Keene", "website": host})
    assert TOKENS["account"](sighting(READERS, "salesforce.Account", "1", org).row, READERS.customs) == []


def test_two_firms_below_one_public_suffix_have_two_domains() -> None:
    org = {"Name": "Tiny Bank", "Website": "name-one.co.uk"}
    assert not is_one(org, {"name": "Tiny Bank", "website": "name-two.co.uk"})


# ---- people: addresses --------------------------------------------------------------------------------------------


def is_one_person(left: Mapping[str, str], right: Mapping[str, str]) -> bool:
    """Whether two contacts of the portal become one, whichever comes first."""
    records = [
        sighting(READERS, "hubspot.contacts", str(number), {"hs_additional_emails": "", **raw})
        for number, raw in enumerate((left, right))
    ]
    answers = {merged("contact", *order, READERS.customs) for order in (records, records[::-1])}
    assert len(answers) == 1, "the order must not matter"
    return answers.pop()


def ida(email: str, first: str = "Ida", last: str = "Ost", **more: str) -> Mapping[str, str]:
    return {"email": email, "firstname": first, "lastname": last, **more}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param("ida@müller-bank.example", "ida@xn--mller-bank-9db.example", id="one host in IDNA 2008"),
        pytest.param("ida+webinar@tinybank.example", "ida@tinybank.example", id="a tag"),
        pytest.param("i.d.a.ost@gmail.com", "idaost@googlemail.com", id="dots of Gmail"),
        pytest.param("ida@tinybank.example\u200b", "ida@tinybank.example", id="a zero-width character at the end"),
        pytest.param("mailto:ida@tinybank.example", "ida@tinybank.example", id="mailto"),
        pytest.param("Ida Ost <ida@tinybank.example>", "<ida@tinybank.example>", id="angle brackets"),
        pytest.param("ida@tinybank.example.", "IDA@TinyBank.example", id="a full stop, and case"),
        pytest.param("ida＠tinybank.example", "ida@tinybank.example", id="a full-width at-sign"),
    ],
)
def test_one_mailbox_in_two_spellings_is_one_person_s(left: str, right: str) -> None:
    assert is_one_person(ida(left), ida(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(ida("i.ost@tinybank.example", "Ivo"), ida("iost@tinybank.example", "Inga"), id="dots elsewhere"),
        pytest.param(ida("anna@tinybank.example"), ida("аnna@tinybank.example"), id="a Cyrillic letter"),
        *(
            pytest.param(ida(f"{box}@tinybank.example"), ida(f"{box}@tinybank.example"), id=f"{box}@")
            for box in ("loans", "ap", "buchhaltung", "loan-ops", "frontdesk", "support2", "kreditabteilung")
        ),
        *(
            pytest.param(ida(email), ida(email), id=email)
            for email in ("none@none.com", "test@test.com", "x@x.com", "no-email@tinybank.example", "keine@keine.de")
        ),
    ],
)
def test_an_address_that_is_no_one_s_makes_no_two_records_one(
    left: Mapping[str, str], right: Mapping[str, str]
) -> None:
    assert not is_one_person(left, right)


# ---- people: names in one mailbox ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("J.R.", "Ost"), ("JR", "Ost")),
        (("J. R.", "Ost"), ("John Robert", "Ost")),
        (("Josef", "Ost"), ("Sepp", "Ost")),
        (("Francisco", "Ruiz"), ("Paco", "Ruiz")),
        (("Giuseppe", "Riva"), ("Beppe", "Riva")),
        (("Jakub", "Wolski"), ("Kuba", "Wolski")),
        (("Wilhelm", "Ost"), ("Willi", "Ost")),
        (("Ida", "Ost"), ("Ida", "Ost-West")),
        (("Zo\u00eb", "Ost"), ("Zoe\u0308", "Ost")),
        (("Jürgen", "Möhring"), ("Juergen", "Moehring")),
        (("", "Ost, Ida"), ("Ida", "Ost")),
        (("Dr. Ida", "Ost, MBA"), ("Ida", "Ost")),
        (("Ida", "Ost Jr."), ("Ida", "Ost")),
    ],
)
def test_one_person_is_known_by_short_forms_initials_and_new_last_names(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    assert is_one_person(ida("ida.ost@tinybank.example", *left), ida("ida.ost@tinybank.example", *right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Otis", "Granger Sr."), ("Otis", "Granger Jr.")),
        (("Ernst", "Wagner sen."), ("Ernst", "Wagner jun.")),
        (("Leland", "Strobel II"), ("Leland", "Strobel III")),
        (("Kristin", "Aldous"), ("Kristen", "Beaumont")),
        (("Stephen", "Pratt"), ("Steven", "Ochoa")),
        (("Daniel", "Sousa"), ("Daniela", "Sousa")),
        (("Giorgio", "Riva"), ("Giorgia", "Riva")),
        (("Mr. & Mrs.", "Ost"), ("Ida", "Ost")),
        (("Ida", "Ost"), ("Ida", "Westermann")),
    ],
)
def test_father_and_son_couples_and_colleagues_of_one_box_are_several(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    assert not is_one_person(ida("post2@tinybank.example", *left), ida("post2@tinybank.example", *right))
    assert not is_one_person(ida("granger@tinybank.example", *left), ida("granger@tinybank.example", *right))


def test_15_characters_of_an_id_tell_their_letters_apart_by_case() -> None:
    refs = [
        sighting(READERS, "hubspot.contacts", "1", {"salesforcecontactid": id, "lastname": "Ost"}).row["cross_ids"]
        for id in ("0035g00000AbCdE", "0035g00000AbCdEAAU", "0035g00000abcde")
    ]
    assert refs[0] == [ref._replace(id=refs[0][0].id) for ref in refs[0]]
    assert refs[0][0].id[:15] == "0035g00000AbCdE" and len(refs[0][0].id) == 18
    assert refs[0] != refs[2]


# ---- users --------------------------------------------------------------------------------------------------------

READ = Readers(load_all(), load_customs(load_all().values()))


def brought(store: Store, system: str, stream: str, *rows: Mapping[str, Any]) -> None:
    records = [Record(str(row.get("Id") or row["id"]), None, False, dict(row)) for row in rows]
    save(store, system, stream, Page(records, "x"))
    match(store, READ, Run())


def belongs_to(store: Store, ref: str) -> str:
    system, _, rest = ref.partition(".")
    stream, _, id = rest.partition("/")
    with store.reading() as unit:
        return unit.links.find([RemoteRef(system, stream, id)])[RemoteRef(system, stream, id)].golden_id


def org_user(id: int, email: str = "rep@syncd-demo.example", *, active: bool = True) -> Mapping[str, Any]:
    return {"Id": f"005{id:012d}AAA", "Name": f"Rep {id}", "Email": email, "IsActive": active}


def owner(id: int, email: str = "rep@syncd-demo.example", *, archived: bool = False) -> Mapping[str, Any]:
    return {"id": str(id), "firstName": "Rep", "lastName": str(id), "email": email, "archived": archived}


def test_two_users_of_one_system_with_one_address_are_two_and_the_owner_is_the_active_one(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1, active=False), org_user(2))
    brought(store, "hubspot", "owners", owner(7))
    older, younger = (belongs_to(store, f"salesforce.User/005{id:012d}AAA") for id in (1, 2))
    assert older != younger
    assert belongs_to(store, "hubspot.owners/7") == younger
    with store.reading() as unit:
        users = unit.groups.users()
    assert (users[older].active, users[younger].active) == (False, True)


def test_an_archived_owner_with_the_address_of_the_new_one_is_nobody_else(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1))
    brought(store, "hubspot", "owners", owner(7, archived=True), owner(8))
    assert belongs_to(store, "hubspot.owners/7") == "hubspot.owners/7"
    assert belongs_to(store, "hubspot.owners/8") == belongs_to(store, f"salesforce.User/005{1:012d}AAA")


def test_an_owner_finds_the_user_who_comes_later(store: Store) -> None:
    brought(store, "hubspot", "owners", owner(7))
    brought(store, "salesforce", "User", org_user(1))
    assert belongs_to(store, "hubspot.owners/7") == f"salesforce.User/005{1:012d}AAA"


def test_a_refreshed_sandbox_org_s_addresses_are_the_users_own(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1, "east@syncd-demo.example.invalid"))
    brought(store, "hubspot", "owners", owner(7, "east@syncd-demo.example"))
    assert belongs_to(store, "hubspot.owners/7") == f"salesforce.User/005{1:012d}AAA"
    with store.reading() as unit:
        (user,) = unit.groups.users().values()
    assert user.email == "east@syncd-demo.example"


def test_whom_syncd_signs_in_as_is_nobody_to_hand_anything_to(store: Store) -> None:
    brought(store, "salesforce", "User", org_user(1), org_user(2, "integration@syncd-demo.example"))
    with store.writing() as unit:
        unit.notes.keep(f"setting salesforce {SIGNED_IN_AS}", f"005{2:012d}AAA")
    with store.reading() as unit:
        assert [user.name for user in unit.groups.users().values()] == ["Rep 1"]


def test_a_queue_owns_nothing_for_us_and_the_territory_s_rep_is_asked(store: Store) -> None:
    queue = "00G000000000001AAA"
    brought(store, "salesforce", "User", org_user(1))
    brought(store, "salesforce", "Account", {**ORG_BANK, "OwnerId": queue, "BillingState": "NY"})
    with store.reading() as unit:
        group = unit.groups.of_account(f"salesforce.Account/{ORG_BANK['Id']}")
    assert group is not None and group.account.owner is None
    agreement = an_agreement(handover={"territories": [{"rep": "rep@syncd-demo.example"}]})
    assert an_assessment(group, [], agreement=agreement).rep == f"salesforce.User/005{1:012d}AAA"


# ---- what they are to us ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("type", ["Customer", "customer", " CUSTOMER ", "customer - direct"])
def test_case_and_blanks_of_a_type_do_not_matter(type: str) -> None:
    assert sighting(READERS, "salesforce.Account", "1", {"Name": "Tiny", "Type": type}).row["relation"] == "customer"


def test_a_type_that_no_table_knows_passes_no_gate_in_silence() -> None:
    row = sighting(READERS, "salesforce.Account", "1", {"Name": "Tiny", "Type": "Client"}).row
    assert row["relation"] == "unclear"
    account, market = an_account(relation="unclear"), a_gate(GateName.MARKET, Ruling.YES)
    reading, terms = a_reading("finance", level="C-level"), gate_terms(an_agreement())
    gates = qualify(a_contact("ida"), account, reading, "Economic Buyer", an_interest(), market, terms)
    assert {gate.name: gate.ruling for gate in gates}[GateName.RELATION] is Ruling.UNKNOWN


# ---- merges -------------------------------------------------------------------------------------------------------


def test_a_cross_id_of_a_record_that_was_merged_away_means_who_took_it_in(store: Store) -> None:
    numbers = ("31", "32")
    people = [
        in_portal(f"ida{number}@tinybank.example", lastname=f"Ost{number}") | {"id": number} for number in numbers
    ]
    brought(store, "hubspot", "contacts", *people)
    org = {"Id": IN_ORG["Id"], "LastName": "Ost", "Email": "other@elsewhere.example", "HubSpot_Contact_ID__c": "31"}
    brought(store, "salesforce", "Contact", org)
    merged_into = in_portal("ida31@tinybank.example", hs_calculated_merged_vids="31:1764000000000;32:1764000000000")
    brought(store, "hubspot", "contacts", merged_into | {"id": "90"})
    names = ("hubspot.contacts/90", f"salesforce.Contact/{IN_ORG['Id']}")
    assert len({belongs_to(store, name) for name in names}) == 1


# ---- likely doubles -----------------------------------------------------------------------------------------------

ORG_BANK = {"Id": "001000000000001AAA", "Name": "Tiny Bank", "Website": "tinybank.example"}
IN_ORG = {"Id": "003000000000001AAA", "LastName": "Ost", "FirstName": "Ida", "AccountId": ORG_BANK["Id"]}
IN_ORG |= {"Email": "ida@tinybank.example", "Phone": "+1 217 555 0101"}


def in_portal(email: str, **more: str) -> Mapping[str, Any]:
    names = {"firstname": "Ida", "lastname": "Ost", "phone": "217-555-0101", "hs_additional_emails": ""}
    return {"id": "168", "properties": {"email": email, **names, **more}, "associations": {}}


def doubles_of(store: Store, account_id: str) -> list[tuple[str, str, str]]:
    with store.reading() as unit:
        doubles = unit.doubles.of_accounts([account_id])
    return [(double.id, double.other, double.evidence) for of in doubles.values() for double in of]


def test_one_name_account_and_telephone_with_another_address_is_proposed_and_not_merged(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG)
    brought(store, "hubspot", "contacts", in_portal("i.ost@tinybank.example"))
    org, portal = f"salesforce.Contact/{IN_ORG['Id']}", "hubspot.contacts/168"
    assert belongs_to(store, portal) == portal
    evidence = "the same name and telephone at one company"
    assert sorted(doubles_of(store, f"salesforce.Account/{ORG_BANK['Id']}")) == [
        (portal, org, evidence),
        (org, portal, evidence),
    ]


def test_zoe_with_a_composed_and_a_decomposed_letter_is_one_and_no_likely_double(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG | {"FirstName": "Zoë"})
    brought(store, "hubspot", "contacts", in_portal("ida@tinybank.example", firstname="Zoe\u0308"))
    assert belongs_to(store, "hubspot.contacts/168") == f"salesforce.Contact/{IN_ORG['Id']}"
    assert doubles_of(store, f"salesforce.Account/{ORG_BANK['Id']}") == []


def test_a_holding_at_one_website_and_town_is_a_likely_double_of_its_bank(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK | {"BillingCity": "Salem"})
    brought(store, "hubspot", "companies", {"id": "9", "properties": dict(hub(name="Tiny Bank Holding"))})
    assert [pair[:2] for pair in doubles_of(store, "hubspot.companies/9")] == [
        ("hubspot.companies/9", f"salesforce.Account/{ORG_BANK['Id']}")
    ]


def test_of_an_erased_person_no_likely_double_is_left(store: Store) -> None:
    brought(store, "salesforce", "Account", ORG_BANK)
    brought(store, "salesforce", "Contact", IN_ORG)
    brought(store, "hubspot", "contacts", in_portal("i.ost@tinybank.example"))
    with store.writing() as unit:
        unit.people.erase("hubspot.contacts/168")
    with store.reading() as unit:
        assert unit.doubles.undecided() == []


def test_many_proposals_are_looked_up_at_once(store: Store) -> None:
    asked: list[str] = []

    def keep(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    pairs = [Proposal("contact", "a", f"b{number}", "one name") for number in range(50)]
    with store.writing() as unit:
        event.listen(unit.connection, "before_cursor_execute", keep)
        unit.doubles.propose(pairs, datetime.now(UTC))
    assert len([statement for statement in asked if statement.lstrip().startswith("SELECT")]) == 1


def test_what_a_person_decided_is_asked_no_more_and_outlives_a_merge(store: Store) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    pair = Proposal("contact", "a", "b", "one name")
    with store.writing() as unit:
        assert unit.doubles.propose([pair], now) == {"a", "b"}
        assert unit.doubles.propose([pair], now) == set()
        unit.doubles.decide("contact", "b", "a", "apart", now)
        assert unit.doubles.propose([pair], now) == set()
        assert unit.doubles.undecided() == []
        unit.doubles.rename("contact", "b", "c")
        assert unit.doubles.propose([Proposal("contact", "c", "a", "one name")], now) == set()


def wishes_of(group: Group, day: date = TODAY) -> dict[str, Wish]:
    return {f"{wish.object} {wish.key}": wish for wish in judge(group, an_agreement(), day).wishes}


def ann_twice(*activities: Activity) -> Group:
    return replace(a_likely_double(), activities=activities or mobilized("ann-2"))


def test_nobody_is_created_beside_a_likely_double_until_the_agreed_days_have_passed() -> None:
    held = wishes_of(ann_twice())
    assert "contact ann-2" not in held and "task mql/ann-2" not in held
    assert not any(key.startswith("contact_role") and "ann-2" in key for key in held)
    later = wishes_of(ann_twice(), TODAY + timedelta(days=12))
    assert "contact ann-2" in later and "task mql/ann-2" in later
    assert judge(ann_twice(), an_agreement(), TODAY).review_on <= TODAY + timedelta(days=12)


def test_a_hand_raise_does_not_wait_and_goes_out_on_the_likely_existing_contact() -> None:
    held = wishes_of(ann_twice(did("ann-2", "contact_sales")))
    task = held["task mql/ann-2"]
    assert task.fields["contact"] == Ref("contact", "ann")
    assert "Doubt: Ann Invented may be on record already, as ann" in str(task.fields["description"])
    assert "contact ann-2" not in held


def bank_in_doubt(*activities: Activity) -> Group:
    account = an_account(remote_ids={"hubspot.companies": ("9",)})
    double = Double(
        "account", "bank", "other", "the same website", NOON, other_ids={"salesforce.Account": ("001000000000009",)}
    )
    person = a_contact("ann", remote_ids={"hubspot.contacts": ("9",)})
    return a_group([person], activities, account=account, doubles=(double,))


def test_no_opportunity_is_opened_at_an_account_in_doubt() -> None:
    held = wishes_of(bank_in_doubt(*mobilized("ann")))
    assert [key for key in held if key.split()[0] in ("account", "contact", "opportunity", "task")] == []
    calls = judge(bank_in_doubt(*mobilized("ann")), an_agreement(), TODAY).calls
    assert any("this account may be other" in reason for call in calls for reason in call.reasons)
    later = wishes_of(bank_in_doubt(*mobilized("ann")), TODAY + timedelta(days=14))
    assert {key.split()[0] for key in later} >= {"account", "contact", "opportunity", "task"}


def test_a_hand_raise_at_an_account_in_doubt_goes_out_on_the_account_without_a_person() -> None:
    task = wishes_of(bank_in_doubt(did("ann", "contact_sales")))["task mql/ann"]
    assert (task.fields.get("contact"), task.fields["about"]) == (None, Ref("account", "other"))


# ---- what the measuring sets show ---------------------------------------------------------------------------------


def test_no_two_accounts_of_the_measuring_set_are_merged_that_must_not_be() -> None:
    pairs = account_pairs()
    answers = verdicts("account", pairs, READERS)
    assert [pair.id for pair in pairs if pair.same != "yes" and any(answers[pair.id])] == []
    for level, floor in (("plain", 0.97), ("hard", 0.6)):
        of = [pair for pair in pairs if pair.same == "yes" and pair.level == level]
        assert sum(all(answers[pair.id]) for pair in of) >= floor * len(of), level


def test_people_of_the_measuring_set_are_told_apart_and_found() -> None:
    pairs = people_pairs()
    answers = verdicts("contact", pairs, READERS)
    wrong = [pair.id for pair in pairs if pair.same != "yes" and any(answers[pair.id])]
    right = [pair.id for pair in pairs if pair.same == "yes" and all(answers[pair.id])]
    assert len(right) >= 0.95 * (len(right) + len(wrong))
    assert len(right) >= 0.8 * sum(pair.same == "yes" for pair in pairs)


def test_a_spoiled_copy_of_a_register_s_row_is_never_taken_for_another_row() -> None:
    copies = register_copies(READERS)
    assert sum(counts["wrong"] for counts in copies.values()) == 0
    assert all(counts["right"] >= 0.9 * counts.total() for kind, counts in copies.items() if "swapped" not in kind)
