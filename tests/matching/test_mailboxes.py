"""Which addresses are one mailbox: by the providers' own word, and no others."""

import pytest

from syncd.mapping import load_all
from syncd.matching import TOKENS
from syncd.sync.reader import load_customs

CUSTOMS = load_customs(load_all().values())


def boxes(email: str) -> set[tuple[str, str]]:
    return set(TOKENS["contact"]({"emails": [email]}, CUSTOMS))


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("ida.brandt@protonmail.com", "ida.brandt@proton.me"),
        ("ida.brandt@pm.me", "ida.brandt@protonmail.ch"),
        ("ida.brandt@me.com", "ida.brandt@icloud.com"),
        ("ida.brandt@mac.com", "ida.brandt+news@me.com"),
        ("ida.brandt@ya.ru", "ida.brandt@yandex.com"),
        ("idabrandt@googlemail.com", "ida.brandt@gmail.com"),
        ("news@idabrandt.fastmail.com", "idabrandt@fastmail.com"),
        ("a@idabrandt.fastmail.fm", "idabrandt+shop@fastmail.fm"),
    ],
)
def test_hosts_and_tags_of_one_provider_are_one_mailbox(address: str, other: str) -> None:
    assert boxes(address) & boxes(other)


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("ida.brandt@gmx.de", "ida.brandt@gmx.net"),
        ("ida.brandt@outlook.com", "ida.brandt@hotmail.com"),
        ("ida.brandt@yahoo.com", "ida.brandt@ymail.com"),
        ("ida.brandt@mail.ru", "ida.brandt@inbox.ru"),
        ("ida.brandt@fastmail.com", "ida.brandt@fastmail.fm"),
        ("ida.brandt@proton.me", "idabrandt@proton.me"),
        ("ida@brandt.example.com", "brandt@example.com"),
    ],
)
def test_hosts_that_no_provider_calls_one_are_other_people_s(address: str, other: str) -> None:
    assert not boxes(address) & boxes(other)


def test_a_user_s_subdomain_of_a_function_s_name_is_a_function_s() -> None:
    assert boxes("ann@info.fastmail.com") == set()


@pytest.mark.parametrize(
    "box",
    ["kredyty", "credito", "bsa", "office.manager", "hr-manager", "loan_officer", "prets", "hypotheken", "obsluga",
     "windykacja", "cobranzas", "tesoreria", "mutui", "leningen", "aml", "ceo", "president"],
)  # fmt: skip
def test_a_function_s_box_is_nobody_s_in_any_language(box: str) -> None:
    assert boxes(f"{box}@tinybank.example") == set()


@pytest.mark.parametrize("box", ["ira", "grant", "mark.trustwell", "bill", "creditor.jones"])
def test_a_name_that_sounds_like_a_function_is_a_person_s(box: str) -> None:
    assert boxes(f"{box}@tinybank.example")
