"""`syncd token` and `syncd admin`: made, shown once, ended; and who did it stands in the audit log."""

from collections.abc import Callable
from pathlib import Path

import pytest

from syncd.model.tokens import is_token
from syncd.store import Store
from syncd.web.entry.passwords import is_right
from tests.cli.conftest import Answer, ask
from tests.empty_stores import empty_sqlite

GOOD = "a quiet lake at dawn"
Ask = Callable[..., Answer]


@pytest.fixture
def syncd(tmp_path: Path) -> Ask:
    url = empty_sqlite(tmp_path / "syncd.db")
    return lambda *words, typed="": ask({"SYNCD_DATABASE_URL": url}, *words, typed=typed)


def test_a_token_is_shown_once_alone_on_standard_output(syncd: Ask, tmp_path: Path) -> None:
    answer = syncd("token", "create", "prometheus")
    assert answer.code == 0
    assert is_token(answer.out.removesuffix("\n"))
    shown = [syncd(*words) for words in (("token", "list"), ("token", "list", "--json"), ("audit-log",), ("status",))]
    secret = answer.out.strip()
    assert all(one.code == 0 and secret not in one.out + one.err for one in shown)
    assert not [file for file in tmp_path.glob("syncd.db*") if secret.encode() in file.read_bytes()]
    assert "prometheus  view" in shown[0].out
    assert "prometheus: view, until" in shown[2].out


def test_a_token_may_do_what_it_is_asked_for_as_long_as_is_asked_for(syncd: Ask) -> None:
    made = syncd("token", "create", "ci", "--right", "operate", "--days", "30", "--json").json
    assert (made["name"], made["right"], made["ended"], is_token(made["token"])) == ("ci", "operate", False, True)
    (listed,) = syncd("token", "list", "--json").json
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert listed["expires_at"][:10] > listed["made_at"][:10]
    assert listed["made_by"].startswith("cli:")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "ci", "--right", "root"), "it is one of view, operate, administer"),
        (("create", "ci", "--days", "366"), "365"),
        (("create", "two words"), "letters, digits"),
        (("create", "SYNCD_HTTP_TOKEN"), "are taken"),
        (("create", "ci\x1b[31m"), "letters, digits"),
        (("revoke", "nobody-knows-it"), "syncd token list"),
    ],
)
def test_what_no_token_can_be_is_refused(syncd: Ask, words: tuple[str, ...], says: str) -> None:
    answer = syncd("token", *words)
    assert answer.code in (2, 6)
    assert says in answer.err
    assert syncd("token", "list", "--json").json == []


def test_a_token_in_the_place_of_its_name_is_not_repeated(syncd: Ask) -> None:
    secret = syncd("token", "create", "ci").out.strip()
    answer = syncd("token", "revoke", secret)
    assert answer.code == 2
    assert secret not in answer.out + answer.err
    assert syncd("token", "revoke", "ci").code == 0
    assert syncd("token", "list", "--json").json == []


@pytest.mark.parametrize(
    "password",
    ["", "short", "x" * 14, "x" * 1_001, "passwordpassword", "syncdsyncdsyncd1", "123456789012345", "qwertyuiopasdfgh"],
)
def test_a_password_that_is_guessed_soon_is_refused_and_not_repeated(syncd: Ask, password: str) -> None:
    answer = syncd("admin", typed=f"{password}\n")
    assert answer.code == 2
    assert not password or password not in answer.out + answer.err
    assert syncd("admin", "remove").code == 6


def test_the_administrator_has_the_password_of_standard_input(syncd: Ask, tmp_path: Path) -> None:
    assert syncd("admin", typed=f"{GOOD}\r\nmore\n").code == 0
    store = Store(f"sqlite:///{tmp_path / 'syncd.db'}")
    with store.reading() as unit:
        kept = unit.administrator.password()
    store.close()
    assert kept is not None
    assert kept.hash.startswith("$argon2id$")
    assert is_right(GOOD, kept.hash)
    assert not is_right(f"{GOOD} ", kept.hash)
    assert not is_right(GOOD, None)
    assert syncd("admin", "sign-out-everybody", "--json").json == {"ended": 0}
    assert syncd("admin", "remove").code == 0
    log = [(line["action"], line["detail"]) for line in syncd("audit-log", "--json").json]
    assert log == [("admin remove", ""), ("admin sign-out-everybody", "0"), ("admin", "another password")]
