"""`syncd salesforce deploy`: an administrator's act, with a token that stands nowhere afterwards."""

from pathlib import Path

import pytest

from tests.cli.conftest import Syncd

TOKEN = "sandbox-admin-token"


@pytest.mark.parametrize(
    "typed",
    [TOKEN, f"{TOKEN}\n", f'{{"status": 0, "result": {{"accessToken": "{TOKEN}"}}}}'],
    ids=["plain", "with a line end", "as the Salesforce CLI prints it"],
)
def test_an_administrator_s_token_is_taken_as_it_stands_or_as_the_cli_prints_it(shared: Syncd, typed: str) -> None:
    checked = shared.done("salesforce", "deploy", "--check", "--sign-in", "-", typed=typed).out
    assert checked.startswith("Succeeded")
    assert checked.endswith("this was a check: nothing was changed in the org\n")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "is no access token"),
        ("two lines\nof text", "is no access token"),
        ('{"result": null}', "is no access token"),
        ("wrong", "does not know this access token"),
    ],
)
def test_what_is_no_administrator_s_token_is_refused(shared: Syncd, typed: str, said: str) -> None:
    answer = shared("salesforce", "deploy", "--sign-in", "-", typed=typed)
    assert answer.code == 2
    assert said in answer.err


def test_without_a_token_the_command_says_whose_act_it_is(shared: Syncd, tmp_path: Path) -> None:
    for arguments in ((), ("--sign-in", str(tmp_path / "none"))):
        answer = shared("salesforce", "deploy", *arguments)
        assert answer.code == 2
        assert "an administrator's act" in answer.err


def test_the_integration_user_s_own_session_may_not_deploy(shared: Syncd) -> None:
    sandbox = shared.place.sandbox.salesforce
    own = sandbox.sessions.open(sandbox.org.settings.integration_user)
    answer = shared("salesforce", "deploy", "--sign-in", "-", typed=own)
    assert answer.code != 0
    assert own not in answer.out + answer.err


def test_removing_asks_for_a_word_and_for_the_data_by_themselves(shared: Syncd, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    for arguments, typed in (((), "no\n"), (("--fields",), "remove\nno\n"), (("--fields", "--yes"), "remove\n")):
        answer = shared("salesforce", "remove", "--sign-in", str(token), *arguments, typed=typed)
        assert answer.code == 2
        assert "nothing was removed" in answer.err


def test_a_look_says_what_would_change(shared: Syncd) -> None:
    answer = shared("salesforce", "deploy", "--diff", "--sign-in", "-", typed=TOKEN)
    assert answer.code == 0
    assert "would be added" in answer.out.splitlines()[0]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("deploy", "--diff", "--check"), "--diff excludes --check"),
        (("deploy", "--diff", "--sales", "a@b.example"), "--diff excludes --sales"),
        (("deploy", "--diff", "--dashboard-user", "a@b.example"), "--diff excludes --dashboard-user"),
        (("deploy", "--dashboard-user", ""), "--dashboard-user is empty"),
        (("deploy", "--dashboard-user", "a", "--dashboard-user", "b"), "say it once"),
        (("deploy", "--sign-in", "-", "--sign-in", "-"), "say it once"),
        (("deploy", "--sales", ""), "--sales is empty"),
        (("remove", "--sign-in", ""), "--sign-in is empty"),
    ],
)
def test_a_line_without_a_meaning_is_refused_with_a_sentence(shared: Syncd, line: tuple[str, ...], said: str) -> None:
    answer = shared("salesforce", *line)
    assert answer.code == 2
    assert said in answer.err


# ---- the token, with an attacker's eye -----------------------------------------------------------------------------

REAL = "00D5g000004Xyzz!AQ8AQExampleOfNoOrg.TheTokenItself_0123456789"


@pytest.mark.parametrize("verb", ["deploy", "remove"])
@pytest.mark.parametrize("typed", [REAL, f"Bearer {REAL}"])
def test_a_token_where_its_file_should_stand_is_not_repeated(shared: Syncd, verb: str, typed: str) -> None:
    answer = shared("salesforce", verb, "--sign-in", typed)
    assert answer.code == 2
    assert REAL not in answer.out + answer.err
    assert "End that session" in answer.err


@pytest.mark.parametrize("arguments", [("deploy",), ("deploy", "--diff", "--json"), ("remove", "--yes")])
def test_a_token_that_is_refused_stands_in_no_message_log_or_file(
    shared: Syncd, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "token"
    file.write_text(f'{{"result": {{"accessToken": "{REAL}", "refreshToken": "{REAL}2"}}}}')
    for line in (*arguments, "--sign-in", str(file)), (*arguments, "--sign-in", "-"):
        answer = shared("salesforce", *line, typed=file.read_text(), SYNCD_LOG_LEVEL="debug")
        assert answer.code == 2
        assert REAL not in answer.out + answer.err
    assert not [one for one in shared.database.parent.iterdir() if one.is_file() and REAL.encode() in one.read_bytes()]


def test_a_token_is_sent_to_the_org_alone_and_stands_nowhere_afterwards(shared: Syncd, tmp_path: Path) -> None:
    token = "sandbox-admin-token"
    answer = shared("salesforce", "deploy", "--check", "--sign-in", "-", typed=token, SYNCD_LOG_LEVEL="debug")
    assert answer.code == 0
    assert token not in answer.out + answer.err
    assert not [one for one in shared.database.parent.iterdir() if one.is_file() and token.encode() in one.read_bytes()]
