"""Titles: every kind in which a title was misread once, and its cousins. All titles are invented."""

from datetime import UTC, datetime

import pytest

from syncd.agreement import load, title_words
from syncd.model import TitleCorrection, TitleReading
from syncd.rules.corrections import correcting
from syncd.rules.titles import lexicon_of, read_title

SHIPPED = load()
C, VP, DIRECTOR, MANAGER, IC = "C-level", "VP", "director", "manager", "individual contributor"


def read(title: str | None, year: int | None = 2026) -> TitleReading:
    return read_title(title, lexicon_of(SHIPPED, title_words()), year)


@pytest.mark.parametrize(
    ("title", "level", "functions"),
    [
        ("VP of Operations", VP, ("operations",)),
        ("SVP Technology", VP, ("IT",)),
        ("EVP Digital", VP, ("IT",)),
        ("Vice President, Product Technology", VP, ("IT",)),
        ("Head of Innovation and IT", DIRECTOR, ("IT",)),
        ("VP, Strategic Human Resources", VP, ("HR",)),
        ("Director of Transformation & Finance", DIRECTOR, ("finance",)),
    ],
)
def test_a_word_without_a_function_never_hides_one_that_has_one(
    title: str, level: str, functions: tuple[str, ...]
) -> None:
    assert (read(title).level, read(title).functions) == (level, functions)


@pytest.mark.parametrize(
    ("title", "level", "functions"),
    [
        ("Vertriebsleiterin", DIRECTOR, ("sales",)),
        ("Produktionsleiter", DIRECTOR, ("operations",)),
        ("Interimsgeschäftsführer", C, ("executive",)),
        ("Vorstandsassistentin", IC, ()),
        ("Kreditsachbearbeiter", IC, ("lending",)),
        ("Verkoopdirecteur", DIRECTOR, ("sales",)),
        ("Risicomanager", MANAGER, ("risk",)),
        ("Ploegleider productie", MANAGER, ("operations",)),
        ("Ekonomichef", DIRECTOR, ("finance",)),
        ("Salgsdirektør", DIRECTOR, ("sales",)),
        ("Försäljningschef", DIRECTOR, ("sales",)),
    ],
)
def test_the_last_part_of_a_compound_gives_the_level_the_first_the_function(
    title: str, level: str, functions: tuple[str, ...]
) -> None:
    assert (read(title).level, read(title).functions) == (level, functions)


@pytest.mark.parametrize(
    "title",
    [
        "Aufsichtsratsvorsitzender",
        "Stellvertretende Vorsitzende des Aufsichtsrates",
        "Independent Non-Executive Director",
        "Member of the Audit and Risk Committee",
        "Président du conseil de surveillance",
        "Consejera independiente",
        "Sindaco supplente",
        "Membro do Conselho Fiscal",
        "Lid raad van toezicht",
        "Członek rady nadzorczej",
        "Styrelseledamot",
        "社外監査役",
    ],
)
def test_who_watches_or_advises_does_not_manage(title: str) -> None:
    assert (read(title).level, read(title).functions) == (None, ())


def test_a_seat_beside_a_post_takes_nothing_from_it() -> None:
    assert (read("CFO and Member of the Supervisory Board").level, read("Vorstand, Mitglied des Beirats").level) == (
        C,
        C,
    )


ENDED = [
    "CFO until 2024", "CFO (2015 – 2020)", "CFO, until the end of 2023", "Leiter Einkauf bis 12/2023",
    "Directeur financier jusqu'en 2022", "Director financiero hasta 2021", "Direttore finanziario fino al 2022",
    "Diretor financeiro até 2020", "Financieel directeur tot 2023", "Dyrektor finansowy do 2022",
    "Ekonomichef till 2021",
    "財務部長（2023年まで）", "CFO - left the company", "Leiter Einkauf (nicht mehr im Unternehmen)",
]  # fmt: skip
HELD = ["CFO since 2019", "CFO 2019 - present", "CFO until 2031", "CEO, CFO until 2024", "CFO until 2024, now CEO"]


@pytest.mark.parametrize(
    ("title", "former"), [*((title, True) for title in ENDED), *((title, False) for title in HELD)]
)
def test_a_post_that_ended_in_a_year_that_is_over_is_a_former_one(title: str, former: bool) -> None:
    assert (read(title).former, read(title).level is not None) == (former, True)


def test_which_year_is_over_the_day_says() -> None:
    words = lexicon_of(SHIPPED, title_words())
    assert [read_title("CFO until 2026", words, year).former for year in (2025, 2026, 2027)] == [False, False, True]
    assert not read_title("CFO until 2026", words).former


@pytest.mark.parametrize(
    "title",
    [
        "President's Club Winner",
        "Presidents Club Member",
        "President’s Club 2023",
        "Manager's Choice Award Winner",
        "Chairman's Award Recipient",
        "CEO's Circle Member",
        "Managing Director's Office",
        "Directors' Club",
        "Leadership Award Winner",
        "Winner of the CFO Award",
        "President of the Rotary Club",
        "Vice President of the Investment Club",
        "Rotary Club Treasurer",
        "Vorstand im Verein",
        "Président du club de football",
        "Lauréat du prix du meilleur directeur",
        "Presidente del club de fútbol",
        "Ganador del premio al mejor director",
        "Voorzitter voetbalvereniging",
        "Prezes klubu sportowego",
    ],
)
def test_a_managing_word_of_an_award_or_a_club_gives_nobody_a_level(title: str) -> None:
    assert (read(title).level, read(title).functions) == (None, ())


@pytest.mark.parametrize(
    ("title", "level", "functions"),
    [
        ("Student, President of Finance Club", IC, ()),
        ("Sales Manager, President's Club Winner", MANAGER, ("sales",)),
        ("CFO & Treasurer of the Tennis Club", C, ("finance",)),
        ("General Manager, Golf Club", MANAGER, ("executive",)),
        ("CEO, Award Winner", C, ("executive",)),
        ("CEO's Assistant", IC, ()),
        ("Owner's Representative", IC, ()),
    ],
)
def test_a_club_or_an_award_takes_nothing_from_a_post_beside_it(
    title: str, level: str, functions: tuple[str, ...]
) -> None:
    assert (read(title).level, read(title).functions) == (level, functions)


@pytest.mark.parametrize(
    ("title", "level", "functions"),
    [
        ("Dyrektor Finansowy", DIRECTOR, ("finance",)),
        ("Kierownik IT", MANAGER, ("IT",)),
        ("Direttore Finanziario", DIRECTOR, ("finance",)),
        ("Financieel directeur", DIRECTOR, ("finance",)),
        ("Leiterin Rechnungswesen", DIRECTOR, ("finance",)),
        ("Diretor de TI", DIRECTOR, ("IT",)),
        ("人事部長", DIRECTOR, ("HR",)),
        ("営業・マーケティング部長", DIRECTOR, ("sales", "marketing")),
        ("代表取締役社長", C, ("executive",)),
        ("社長秘書", IC, ()),
    ],
)
def test_dutch_portuguese_polish_italian_and_japanese_are_read(
    title: str, level: str, functions: tuple[str, ...]
) -> None:
    assert (read(title).level, read(title).functions) == (level, functions)


@pytest.mark.parametrize("title", ["财务总监", "경리부장", "特になし", "المدير المالي"])
def test_a_language_that_is_not_read_is_clearly_unknown(title: str) -> None:
    assert read(title) == TitleReading(functions=(), level=None, words=(), confidence=0.0)


@pytest.mark.parametrize(
    "title",
    [
        "Steering Committee Support",
        "Leadership Forum",
        "Management Committee Secretariat",
        "Head Office Receptionist",
        "Loan Officer, Head Office",
        "Board Room Services Coordinator",
        "Participant, Future Leaders Programme",
        "CEO Forum Coordinator",
        "Uczestnik Akademii Menedżera",
        "Alumna del Programa de Alta Dirección",
    ],
)
def test_a_managing_word_in_the_name_of_a_body_gives_no_level(title: str) -> None:
    assert read(title).level in (None, IC)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Leadership Development Manager", MANAGER),
        ("VP Learning Academy", VP),
        ("Director, Management Institute", DIRECTOR),
        ("Program Manager, Leadership Academy", MANAGER),
    ],
)
def test_a_post_in_such_a_body_keeps_its_level(title: str, level: str) -> None:
    assert read(title).level == level


@pytest.mark.parametrize(
    "title",
    ["Executive Assistant to the Chief Financial Officer", "Asystentka dyrektora finansowego", "Direktionsassistent"],
)
def test_who_assists_a_chief_is_none(title: str) -> None:
    assert (read(title).level, read(title).functions) == (IC, ())


def test_a_correction_by_hand_wins() -> None:
    correction = TitleCorrection("Grand Vizier", ("IT",), C, datetime(2026, 11, 2, tzinfo=UTC))
    reading = correcting(read, [correction], SHIPPED)("grand vizier")
    assert (reading.functions, reading.level) == (("IT",), C)
