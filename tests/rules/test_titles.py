"""Job titles: level and functions, with every trap that is known. All titles are invented."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.agreement import Agreement, load, title_words
from syncd.agreement.terms import TitleTerms, Words
from syncd.model import TitleReading
from syncd.rules.titles import Lexicon, lexicon_of, read_title

SHIPPED = load()
C, VP, DIRECTOR, MANAGER, IC = "C-level", "VP", "director", "manager", "individual contributor"


def read(title: str | None, agreement: Agreement = SHIPPED) -> TitleReading:
    return read_title(title, lexicon_of(agreement, title_words()))


CASES: list[tuple[str, str | None, tuple[str, ...]]] = [
    # plain titles and their abbreviations
    ("CEO", C, ("executive",)),
    ("Chief Executive Officer", C, ("executive",)),
    ("CFO", C, ("finance",)),
    ("chief financial officer", C, ("finance",)),
    ("CIO", C, ("IT",)),
    ("CTO", C, ("IT",)),
    ("CISO", C, ("IT",)),
    ("CMO", C, ("marketing",)),
    ("CHRO", C, ("HR",)),
    ("COO", C, ("operations",)),
    ("Chief Risk Officer", C, ("risk",)),
    ("Chief Revenue Officer", C, ("sales",)),
    ("Chief Lending Officer", C, ("lending",)),
    ("Chief Credit Officer", C, ("lending",)),
    ("Chief Information Security Officer", C, ("IT",)),
    ("Deputy CFO", C, ("finance",)),
    ("Interim CEO", C, ("executive",)),
    ("Group CFO", C, ("finance",)),
    ("Vice President, Information Technology", VP, ("IT",)),
    ("Vice-President Information Security", VP, ("IT",)),
    ("V.P. Fin", VP, ("finance",)),
    ("VP Fin.", VP, ("finance",)),
    ("Sr VP Mktg", VP, ("marketing",)),
    ("Dir. of IT", DIRECTOR, ("IT",)),
    ("DIR OF I.T.", DIRECTOR, ("IT",)),
    ("Acting Director of Finance", DIRECTOR, ("finance",)),
    ("Director, Product Marketing", DIRECTOR, ("marketing",)),
    ("Director of AML & Fraud", DIRECTOR, ("risk",)),
    ("Director of People", DIRECTOR, ("HR",)),
    ("R&D Director", DIRECTOR, ()),
    ("Sr. Mgr, HR", MANAGER, ("HR",)),
    ("Learning & Development Manager", MANAGER, ("HR",)),
    ("Purchasing Manager", MANAGER, ("operations",)),
    ("Loan Officer", IC, ("lending",)),
    ("BSA Officer", IC, ("risk",)),
    ("Software Engineer II", IC, ("IT",)),
    ("Teller", IC, ()),
    # steps of vice presidents
    ("SVP, Retail Lending", VP, ("lending",)),
    ("EVP", VP, ()),
    ("AVP Branch Manager", VP, ("operations",)),
    ("First Vice President", VP, ()),
    ("Vice President Relationship Manager", VP, ("sales",)),
    # heads, leads, owners, partners, presidents, boards
    ("Head of Sales", DIRECTOR, ("sales",)),
    ("Head of Treasury & ALM", DIRECTOR, ("finance",)),
    ("Global Head, IT Security", DIRECTOR, ("IT",)),
    ("Head Teller", MANAGER, ()),
    ("Team Lead", MANAGER, ()),
    ("IT Team Lead", MANAGER, ("IT",)),
    ("Lead Software Engineer", MANAGER, ("IT",)),
    ("Lead Generation Specialist", IC, ("marketing",)),
    ("Co-Founder", C, ("executive",)),
    ("Cofounder & CTO", C, ("executive", "IT")),
    ("Owner/Operator", C, ("executive",)),
    ("Product Owner", IC, ()),
    ("Partner", C, ()),
    ("Managing Partner", C, ("executive",)),
    ("HR Business Partner", IC, ("HR",)),
    ("President", C, ("executive",)),
    ("President & CEO", C, ("executive",)),
    ("Bank President", C, ("executive",)),
    ("President and Chief Operating Officer", C, ("executive", "operations")),
    ("President, Mortgage Division", DIRECTOR, ("executive", "lending")),
    ("Market President", DIRECTOR, ("executive",)),
    ("Chairman of the Board", C, ("executive",)),
    ("Board Member", C, ("executive",)),
    ("Member of the Board of Directors", C, ("executive",)),
    ("Advisory Board Member", IC, ()),
    ("Managing Director", DIRECTOR, ("executive",)),
    ("Managing Director, Treasury", DIRECTOR, ("finance",)),
    ("Executive Director", DIRECTOR, ("executive",)),
    ("General Manager", MANAGER, ("executive",)),
    ("Controller", MANAGER, ("finance",)),
    # somebody else's level
    ("Assistant to the CEO", IC, ()),
    ("Executive Assistant to the CFO and COO", IC, ()),
    ("Executive Assistant, CEO", IC, ()),
    ("EA to CEO", IC, ()),
    ("PA to the Managing Director", IC, ()),
    ("CEO's Assistant", IC, ()),
    ("Director Assistant", IC, ()),
    ("Secretary to the Board", IC, ()),
    ("Advisor to the Chief Information Officer", IC, ()),
    ("Chief of Staff", MANAGER, ("executive",)),
    ("Chief of Staff to the CEO", MANAGER, ("executive",)),
    ("Chief Engineer", MANAGER, ()),
    ("Account Executive", IC, ("sales",)),
    ("Executive Assistant", IC, ()),
    ("Marketing Intern", IC, ("marketing",)),
    ("Manager in Training", IC, ()),
    ("Management Consultant", IC, ()),
    ("Product Manager", MANAGER, ()),
    ("Assistant Manager", MANAGER, ()),
    ("Assistant Director of Finance", DIRECTOR, ("finance",)),
    # two functions, two posts
    ("Sales and Marketing Director", DIRECTOR, ("sales", "marketing")),
    ("VP of Sales & Marketing", VP, ("sales", "marketing")),
    ("CFO, COO & Treasurer", C, ("finance", "operations")),
    ("CIO/CISO", C, ("IT",)),
    ("CRO", C, ("risk", "sales")),
    ("Senior Vice President, Chief Credit Officer", C, ("lending",)),
    # companies and idioms
    ("Head of Marketing at Sales Corp", DIRECTOR, ("marketing",)),
    ("Chief Technology Officer @ Fin Tech & Sons", C, ("IT",)),
    ("Order to Cash Manager", MANAGER, ()),
    ("Business to Business Sales Director", DIRECTOR, ("sales",)),
    # German
    ("Geschäftsführer", C, ("executive",)),
    ("GESCHAEFTSFUEHRER", C, ("executive",)),
    ("Geschäftsführerin Vertrieb", C, ("sales",)),
    ("Vorstand Finanzen", C, ("finance",)),
    ("Finanzvorstand", C, ("finance",)),
    ("Leiter IT", DIRECTOR, ("IT",)),
    ("IT-Leiter", DIRECTOR, ("IT",)),
    ("Leiterin Marketing (m/w/d)", DIRECTOR, ("marketing",)),
    ("Leiter/in Finanzen", DIRECTOR, ("finance",)),
    ("Vertriebsleiter", DIRECTOR, ("sales",)),
    ("Personalleiterin", DIRECTOR, ("HR",)),
    ("Prokurist", DIRECTOR, ()),
    ("Teamleiter Buchhaltung", MANAGER, ("finance",)),
    ("Projektleiter", MANAGER, ()),
    ("Assistentin der Geschäftsführung", IC, ()),
    ("Sachbearbeiterin Einkauf", IC, ("operations",)),
    # French
    ("PDG", C, ("executive",)),
    ("Directeur général", C, ("executive",)),
    ("Directrice des ressources humaines", DIRECTOR, ("HR",)),
    ("Directeur des systèmes d'information", DIRECTOR, ("IT",)),
    ("DAF", DIRECTOR, ("finance",)),
    ("Responsable des ventes", MANAGER, ("sales",)),
    ("Chef de projet informatique", MANAGER, ("IT",)),
    ("Assistante de direction", IC, ()),
    ("Ingénieur commercial", IC, ("sales",)),
    # Spanish
    ("Director General", C, ("executive",)),
    ("Consejero Delegado", C, ("executive",)),
    ("Gerente General", C, ("executive",)),
    ("Vicepresidente de Ventas", VP, ("sales",)),
    ("Directora de Recursos Humanos", DIRECTOR, ("HR",)),
    ("Director de Marketing y Ventas", DIRECTOR, ("marketing", "sales")),
    ("Jefe de Ventas", MANAGER, ("sales",)),
    ("Asistente de Dirección", IC, ()),
    # words of other languages that are others in English
    ("Vocal Teacher", IC, ()),
    ("Pizza Chef", IC, ()),
    ("Sous Chef", IC, ()),
    ("Mail Carrier", IC, ()),
    ("Air Traffic Controller", IC, ()),
    ("Customer Advocate", IC, ()),
    ("Managing Partner, Tax Services", None, ("executive", "finance")),
    ("GM", None, ("executive",)),
    # nothing to read
    ("Marketing", None, ("marketing",)),
    ("", None, ()),
    ("n/a", None, ()),
    ("???", None, ()),
]


@pytest.mark.parametrize(("title", "level", "functions"), CASES, ids=[title for title, _, _ in CASES])
def test_a_title_is_read_into_level_and_functions(title: str, level: str | None, functions: tuple[str, ...]) -> None:
    reading = read(title)
    assert (reading.level, reading.functions, reading.former) == (level, functions, False)


@pytest.mark.parametrize(
    ("title", "former"),
    [
        ("Former CFO", True),
        ("Ex-CFO", True),
        ("Retired Chief Information Officer", True),
        ("CFO (retired)", True),
        ("President Emeritus", True),
        ("Formerly VP Sales at Acme", True),
        ("Ehemaliger Geschäftsführer", True),
        ("Ancien directeur financier", True),
        ("Former CFO, now Board Member", False),
        ("CEO | ex-Google", False),
        ("VP Sales, formerly Acme", False),
        ("CTO (ret.)", True),
        ("VP Lending, ret", True),
        ("CFO", False),
    ],
)
def test_who_was_is_no_more(title: str, former: bool) -> None:
    reading = read(title)
    assert reading.former is former
    assert reading.level in (C, VP, DIRECTOR)


def test_a_missing_title_says_nothing() -> None:
    assert read(None) == TitleReading(functions=(), level=None, words=(), confidence=0.0)


def test_the_words_that_showed_it_are_kept() -> None:
    assert read("Dir. of IT").words == ("director", "it")
    assert read("Chief Risk Officer").words == ("chief", "risk")


def test_confidence_rises_with_what_is_shown() -> None:
    assert read("Director of IT").confidence == 1.0
    assert read("VP of Sales & Marketing").confidence == 0.9
    assert read("Loan Officer").confidence == 0.8
    assert read("Director").confidence == 0.5
    assert read("Teller").confidence == 0.3
    assert read("???").confidence == 0.0


# ---- the agreement's part ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "level"),
    [("Vice President", MANAGER), ("AVP Lending", MANAGER), ("SVP Lending", VP), ("EVP", VP), ("VP & CFO", C)],
)
def test_in_banks_a_plain_vice_president_may_be_a_manager(title: str, level: str) -> None:
    banks = SHIPPED.model_copy(update={"titles": TitleTerms(vp_is="manager")})
    assert read(title, banks).level == level


def test_keywords_of_the_agreement_add_to_the_shipped_words() -> None:
    assert read("Head of Sparkle").functions == ()
    keyworded = SHIPPED.model_copy(update={"functions": {**SHIPPED.functions, "IT": Words(keywords=("Sparkle",))}})
    assert read("Head of Sparkle", keyworded).functions == ("IT",)
    assert read("Head of Software", keyworded).functions == ("IT",)


def test_only_functions_of_the_agreement_are_given() -> None:
    assert read("General Counsel").functions == ()
    with_legal = SHIPPED.model_copy(update={"functions": {**SHIPPED.functions, "legal": Words()}})
    assert read("General Counsel", with_legal).functions == ("legal",)


def test_functions_and_levels_carry_the_agreements_own_names() -> None:
    renamed = SHIPPED.model_copy(
        update={
            "functions": {"Human Resources": Words(), "Technology": Words()},
            "levels": {
                "C-suite": Words(),
                "Vice President": Words(),
                "head": Words(),
                "managers": Words(),
                "staff": Words(),
            },
            "titles": TitleTerms(vp_is="Vice President"),
        }
    )
    assert read("CHRO", renamed) == TitleReading(("Human Resources",), "C-suite", ("chro",), 1.0)
    assert read("VP IT", renamed).level == "Vice President"
    assert read("IT Director", renamed).level == "head"
    assert read("Developer", renamed).level == "staff"


def test_a_function_of_its_own_is_shown_by_its_name() -> None:
    own = SHIPPED.model_copy(update={"functions": {"sustainability": Words(keywords=("ESG",))}})
    assert read("Director of Sustainability", own).functions == ("sustainability",)
    assert read("ESG Analyst", own).functions == ("sustainability",)


def test_a_level_of_its_own_is_shown_by_its_keywords() -> None:
    levels = {**SHIPPED.levels, "fellow": Words(keywords=("Distinguished Fellow",))}
    assert read("Distinguished Fellow", SHIPPED.model_copy(update={"levels": levels})).level == "fellow"


# ---- properties --------------------------------------------------------------------------------------------------


@given(st.text(max_size=600))
def test_any_text_is_read(title: str) -> None:
    reading = read(title)
    assert reading.level is None or reading.level in SHIPPED.levels
    assert set(reading.functions) <= set(SHIPPED.functions)
    assert 0 <= reading.confidence <= 1


@given(st.sampled_from([title for title, _, _ in CASES if title.isascii()]))
def test_case_and_blanks_make_no_difference(title: str) -> None:
    assert read(title.upper()) == read(title) == read(f"  {title.lower()}  ")


def test_a_lone_surrogate_is_no_obstacle() -> None:
    assert read("Director \ud800 of IT").level == DIRECTOR


def test_reading_is_fast() -> None:
    """Far below the rates it reaches (15,000 and 1,000,000 a second), so that a busy machine does not fail it."""
    words: Lexicon = lexicon_of(SHIPPED, title_words())
    titles = [f"Senior Vice President, Information Technology {number}" for number in range(1000)]
    started = time.perf_counter()
    for title in titles:
        read_title(title, words)
    uncached = time.perf_counter() - started
    started = time.perf_counter()
    for title in titles * 10:
        read_title(title, words)
    cached = time.perf_counter() - started
    assert uncached < 1, f"{len(titles) / uncached:.0f} titles a second"
    assert cached < 1, f"{10 * len(titles) / cached:.0f} titles a second"
