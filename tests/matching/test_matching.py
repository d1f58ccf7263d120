"""Who is who, as rules: names, places, recognition and survivorship."""

from importlib.resources import files

import pytest

from syncd.mapping import load_all
from syncd.matching import (
    TOKENS,
    Candidate,
    Sighting,
    company_name,
    employer_tokens,
    other_person,
    place,
    recognise_account,
    recognise_contact,
    survive,
)
from syncd.matching.evidence import employer_domain
from syncd.model import RemoteRef
from syncd.sync.reader import load_customs

CUSTOMS = load_customs(load_all().values())


@pytest.mark.parametrize(
    "email", ["ann@bank..example", "ann@bank", "ann", "@bank.example", "ann.@bank.example", f"{'a' * 65}@bank.example"]
)
def test_what_is_no_address_identifies_nobody(email: str) -> None:
    assert TOKENS["contact"]({"emails": [email]}, CUSTOMS) == []


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Wells Fargo Bank, National Association", "wells fargo bank"),
        ("The First State Bank Inc.", "first state bank"),
        ("Société Générale S.A.", "societe generale"),
        ("Smith & Sons Co., Ltd.", "smith and sons"),
        ("Inc.", "inc"),
        ("Bank of N.A.", "bank of"),
        ("Hansen Maschinenbau GmbH & Co. KG", "hansen maschinenbau"),
        ("Cementos del Norte S.A. de C.V.", "cementos del norte"),
        ("Yamada Seiki K.K.", "yamada seiki"),
        ("Officine Rossi S.p.A.", "officine rossi"),
        ("Nordhavn Rederi A/S", "nordhavn rederi"),
        ("Kuusi Oyj", "kuusi"),
        ("Wisła Sp. z o.o.", "wisla"),
        ("Southern Cross Pty Ltd", "southern cross"),
        ("Smith & Co.", "smith"),
        ("Berg AB (publ)", "berg"),
        ("Lindt Werke Aktiengesellschaft", "lindt werke"),
        ("Van Dijk B.V.B.A.", "van dijk"),
        ("Sharma Textiles Pvt. Ltd.", "sharma textiles"),
        ("Tan Trading Sdn. Bhd.", "tan trading"),
        ("Colonial Savings, F.A.", "colonial savings"),
        ("1st Federal Savings Bank of SC, Inc.", "1st federal savings bank of sc"),
        ("Acme Holdings II, LLC", "acme holdings ii"),
        ("Acme UK Limited", "acme uk"),
        ("KG", "kg"),
        ("Wisła sp.z o.o.", "wisla"),
        ("Wisła sp.z o.o. sp.k.", "wisla"),
        ("Wisła Sp.zo.o.", "wisla"),
        ("Wisła Sp. zo.o.", "wisla"),
        ("Start UG (haftungsbeschränkt)", "start"),
        ("Start UG (haftungsbeschränkt) & Co. KG", "start"),
        ("ООО «Ромашка»", "romashka"),
        ("Ромашка ООО", "romashka"),
        ("ООО", "ooo"),
        ("PT. Astra International Tbk.", "astra international"),
        ("PT Bank Mandiri (Persero) Tbk", "bank mandiri"),
        ("PT Tbk", "pt"),
        ("Silva Comércio EIRELI", "silva comercio"),
        ("株式会社山田", "shan tian"),
        ("山田 株式会社", "shan tian"),
        ("株式会社", "zhu shi hui she"),
        ("AO Smith", "ao smith"),
        ("Astra PT Works", "astra pt works"),
    ],
)
def test_a_company_name_is_compared_without_legal_forms(name: str, plain: str) -> None:
    assert company_name(name, CUSTOMS) == plain


def test_a_mailbox_of_64_characters_is_one() -> None:
    address = f"{'a' * 64}@bank.example"
    assert TOKENS["contact"]({"emails": [address]}, CUSTOMS) == [("email", address)]


@pytest.mark.parametrize(
    "host", ["sympatico.ca", "spectrum.net", "daum.net", "vodafone.de", "privaterelay.appleid.com"]
)
def test_a_host_of_free_mail_says_nothing_of_an_employer(host: str) -> None:
    assert employer_domain([f"ann@{host}"], CUSTOMS) is None


def sighting(system: str = "salesforce", stream: str = "Account", remote_id: str = "1", **row: object) -> Sighting:
    return Sighting(RemoteRef(system, stream, remote_id), dict(row))


def known(id: str, *streams: str, **row: object) -> Candidate:
    return Candidate(id, dict(row), frozenset(streams))


BANK = {"name": "First State Bank", "city": "Springfield", "state": "IL", "domain": "fsb.example"}


@pytest.mark.parametrize(
    ("record", "candidates", "wanted"),
    [
        pytest.param(BANK, [known("a", "fdic.institutions", **BANK)], "a", id="same website"),
        pytest.param(
            BANK,
            [known("a", "fdic.institutions", **BANK), known("b", "fdic.institutions", **{**BANK, "city": "Peoria"})],
            "a",
            id="of two banks that share a website, the one in the same town",
        ),
        pytest.param(
            BANK,
            [known("a", "fdic.institutions", **{**BANK, "name": "Prairie Trust", "city": "Peoria"})],
            None,
            id="a group's website under another name in another town",
        ),
        pytest.param(
            {**BANK, "state": "TX"},
            [known("a", "fdic.institutions", **BANK)],
            "a",
            id="the state alone is written otherwise",
        ),
        pytest.param(
            {**BANK, "state": "TX", "city": "Austin"},
            [known("a", "hubspot.companies", **BANK)],
            None,
            id="another town in another state",
        ),
        pytest.param(
            BANK, [known("a", "salesforce.Account", **{**BANK, "city": "Peoria"})], None, id="two of one system"
        ),
    ],
)
def test_a_website_recognises(record: dict, candidates: list[Candidate], wanted: str | None) -> None:
    account = recognise_account(sighting(**record), {("domain", "fsb.example"): candidates}, CUSTOMS)
    assert (account[0].id if account else None) == wanted


def test_two_rows_of_a_register_are_never_one() -> None:
    row = sighting("fdic", "institutions", "2", **BANK)
    key = place(row.row, CUSTOMS)
    candidates = {
        ("place", key): [known("a", "fdic.institutions", **BANK)],
        ("domain", "fsb.example"): [known("a", "fdic.institutions", **BANK)],
    }
    assert recognise_account(row, candidates, CUSTOMS) is None


@pytest.mark.parametrize(
    ("emails", "domain"),
    [
        (["jane@gmail.com", "jane@bank.example"], "bank.example"),
        (["jane@gmail.com"], None),
        (["no address"], None),
    ],
)
def test_free_mail_says_nothing_of_the_employer(emails: list[str], domain: str | None) -> None:
    assert employer_domain(emails, CUSTOMS) == domain


@pytest.mark.parametrize(
    "host",
    [
        "yahoo.co.uk",
        "gmx.at",
        "hotmail.fr",
        "pm.me",
        "outlook.de",
        "posteo.de",
        "wp.pl",
        "seznam.cz",
        "rediffmail.com",
        "docomo.ne.jp",
        "inbox.lv",
        "walla.co.il",
        "hispeed.ch",
        "volny.cz",
        "hey.com",
        "bluewin.ch",
        "gmail.com",
        "linkedin.com",
    ],
)
def test_hosts_of_free_mail_are_known_in_other_countries_too(host: str) -> None:
    assert employer_domain([f"susi@{host}"], CUSTOMS) is None


EMPLOYERS = {
    "a host below the company's": ("susi@mail.tinybank.example", ["mail.tinybank.example", "tinybank.example"]),
    "two hosts below it": ("susi@eu.mail.bank.co.uk", ["eu.mail.bank.co.uk", "bank.co.uk"]),
    "a domain below a suffix of two words": ("susi@bank.com.br", ["bank.com.br"]),
    "a suffix that a provider shares out": ("susi@bank.github.io", ["bank.github.io"]),
    "a city's suffix": ("susi@mail.bank.city.kawasaki.jp", ["mail.bank.city.kawasaki.jp", "city.kawasaki.jp"]),
    "a host below free mail": ("susi@eu.gmail.com", ["eu.gmail.com"]),
    "a suffix alone": ("susi@co.uk", ["co.uk"]),
    "a domain in another script": (
        "susi@post.xn--mller-bank-9db.example",
        ["post.xn--mller-bank-9db.example", "xn--mller-bank-9db.example"],
    ),
    "free mail": ("susi@gmail.com", []),
}


@pytest.mark.parametrize(("email", "domains"), EMPLOYERS.values(), ids=EMPLOYERS.keys())
def test_what_was_registered_of_an_address_s_domain_says_where_somebody_works(email: str, domains: list[str]) -> None:
    assert employer_tokens({"emails": [email]}, CUSTOMS) == [("domain", domain) for domain in domains]


def test_what_was_registered_of_a_domain_makes_no_two_accounts_one() -> None:
    row = {"name": "Law School", "city": "Fallow", "domain": "law.tinybank.example"}
    assert ("domain", "tinybank.example") in TOKENS["account"](row, CUSTOMS)
    sharers = [known("a", "salesforce.Account", name="Tiny Bank", city="Brill", domain="tinybank.example")]
    assert recognise_account(sighting(**row), {("domain", "tinybank.example"): sharers}, CUSTOMS) is None


def test_the_preferred_system_speaks_unless_it_is_blank() -> None:
    golden, sources = survive(
        "account",
        [
            sighting("hubspot", "companies", "9", name="hub name", city="Peoria", phone="555-0100"),
            sighting("salesforce", "Account", "001", name="sales name", city=None),
            sighting("fdic", "institutions", "77", name="official name", codes=["SIC 1987 6022"], registers=["fdic"]),
        ],
        CUSTOMS,
    )
    assert golden["name"] == "sales name"
    assert golden["city"] == "Peoria"
    assert golden["codes"] == ["SIC 1987 6022"]
    assert str(sources["phone"]) == "hubspot.companies/9"


def test_an_objection_counts_wherever_it_was_made() -> None:
    objection = ("ida@bank.example", "opted_out", "")
    golden, _ = survive(
        "contact",
        [
            sighting("salesforce", "Contact", "003", emails=["ida@bank.example"]),
            sighting("hubspot", "contacts", "51", emails=["ida@bank.example"], closures=[objection]),
            sighting("hubspot", "contacts", "52", emails=["ida@bank.example"], closures=[objection]),
        ],
        CUSTOMS,
    )
    assert [(closure[:3], str(closure[3])) for closure in golden["closures"]] == [(objection, "hubspot.contacts/51")]


def test_the_shipped_file_is_read() -> None:
    assert files("mappings").joinpath("matching.yaml").is_file()
    assert "gmail.com" in CUSTOMS.free_mail


# ---- people who share a mailbox ----------------------------------------------------------------------------------


def named(first: str | None, last: str | None) -> dict[str, str | None]:
    return {"first_name": first, "last_name": last}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(("Jane", "Doe"), ("Jane", "Doe"), id="the same"),
        pytest.param(("Jane", "Doe"), ("JANE ", "Dœ"), id="case, blanks, ligatures"),
        pytest.param(("Jane", "Doe"), ("Jane", "Miller"), id="married"),
        pytest.param(("J.", "Doe"), ("Jane", "Doe"), id="an initial"),
        pytest.param(("Alex", "Doe"), ("Alexandra", "Doe"), id="a beginning"),
        pytest.param(("Bob", "Doe"), ("Robert", "Doe"), id="a short form"),
        pytest.param(("William", "Doe"), ("Bill", "Doe"), id="a short form, the other way"),
        pytest.param(("Mary Ann", "Doe"), ("Ann", "Doe"), id="one of two first names"),
        pytest.param(("Stephen", "Doe"), ("Steven", "Doe"), id="a spelling"),
        pytest.param(("Doe", "Jane"), ("Jane", "Doe"), id="the other order"),
        pytest.param(("Dr. Jane", "Doe"), ("Jane", "Doe"), id="a salutation"),
        pytest.param((None, "Doe"), ("Jane", "Doe"), id="no first name"),
        pytest.param((None, "Unknown"), ("Jane", "Doe"), id="a placeholder for the last name"),
        pytest.param(("Mr.", "Doe"), ("Jane", "Doe"), id="a salutation is no first name"),
        pytest.param(("Jane", None), ("Jane", "Doe"), id="no last name"),
    ],
)
def test_one_person_under_two_spellings(left: tuple[str | None, str], right: tuple[str, str]) -> None:
    for a, b in ((left, right), (right, left)):
        assert not other_person(named(*a), named(*b), CUSTOMS)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param(("Jane", "Doe"), ("John", "Doe"), id="a couple"),
        pytest.param(("Ada", "Quill"), ("Bruno", "Quill"), id="a family's address"),
        pytest.param(("Jane", "Doe"), ("Peter", "Miller"), id="an assistant's address"),
        pytest.param(("Jane", None), ("Peter", None), id="first names alone"),
        pytest.param(("Jane", None), ("Peter", "Miller"), id="one last name"),
        pytest.param(("James", "Jones"), ("John", "James"), id="a last name that is a first name too, misplaced"),
    ],
)
def test_two_people_of_one_mailbox(left: tuple[str, str | None], right: tuple[str, str]) -> None:
    for a, b in ((left, right), (right, left)):
        assert other_person(named(*a), named(*b), CUSTOMS)


@pytest.mark.parametrize(
    ("name", "owners", "wanted"),
    [
        pytest.param(("Jane", "Doe"), [("Jane", "Doe")], [0], id="hers"),
        pytest.param(("Jane", "Doe"), [("Jane", "Doe"), ("J", "Doe")], [0, 1], id="two records of hers are one"),
        pytest.param(("Jane", "Doe"), [("John", "Doe"), ("Jane", "Doe")], [1], id="the one of two"),
        pytest.param(("Jane", "Doe"), [("John", "Doe"), (None, "Doe")], [1], id="not his, and nothing says not hers"),
        pytest.param((None, "Doe"), [("Jane", "Doe"), ("John", "Doe")], [], id="either's, so nobody's"),
        pytest.param(("J", "Doe"), [("Jane", "Doe"), ("John", "Doe")], [], id="an initial of either"),
        pytest.param((None, "Doe"), [("Jane", "Doe")], [0], id="without a first name hers, as long as she is alone"),
    ],
)
def test_an_address_makes_no_two_people_one(
    name: tuple[str | None, str], owners: list[tuple[str | None, str]], wanted: list[int]
) -> None:
    group = [known(str(number), "hubspot.contacts", **named(*name)) for number, name in enumerate(owners)]
    people = recognise_contact(sighting(**named(*name)), {("email", "x@y.example"): group}, CUSTOMS)
    assert [int(one.id) for one, _ in people] == wanted


def test_explicit_evidence_makes_one_of_whatever_names() -> None:
    group = [known("a", **named("Jane", "Doe")), known("b", **named("John", "Doe"))]
    people = recognise_contact(sighting(**named("Ada", "Quill")), {("ref", "hubspot.contacts/1"): group}, CUSTOMS)
    assert [one.id for one, _ in people] == ["a", "b"]
