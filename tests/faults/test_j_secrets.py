"""What cannot be a secret is refused, and what is one is scrubbed however it is spelled."""

import json
from pathlib import Path
from urllib.parse import quote

import pytest

from connectors.scrubber import SECRET, know, know_token, scrub
from syncd.settings import read
from syncd.strangers import outlined, reason_of
from tests.cli.conftest import Syncd

# ---- a secret that cannot be one ---------------------------------------------------------------------------------

BAD_TOKENS = [
    ("pat-na1-canary0001\npat-na1-canary0002", "it holds a line break"),
    ("pat-na1-canary0001\r\npat-na1-canary0002", "it holds a line break"),
    ("pat-na1-canary0001 pat-na1-canary0002", "it holds a blank"),
    ("pat-na1-canary0001\tpat-na1-canary0002", "it holds a blank"),
    ("pat-na1-\x1bcanary0001", "it holds a character that nobody sees"),
    ("pat-na1-\u200bcanary0001", "it holds a character that nobody sees"),
    ("pat-na1-cänary0001", "it holds a character that no token has"),
]


@pytest.mark.parametrize(("content", "why"), BAD_TOKENS, ids=[repr(content) for content, _ in BAD_TOKENS])
@pytest.mark.parametrize(
    "variable", ["SYNCD_HUBSPOT_TOKEN", "SYNCD_SALESFORCE_CLIENT_SECRET", "SYNCD_HUBSPOT_REFRESH_TOKEN"]
)
def test_a_secret_that_no_header_can_hold_is_refused_at_start_by_its_setting_s_name(
    syncd: Syncd,
    tmp_path: Path,
    variable: str,
    content: str,
    why: str,
) -> None:
    (tmp_path / "secret").write_text(content, encoding="utf-8")
    from_file = {variable: None, f"{variable}_FILE": str(tmp_path / "secret")}
    for command in ("run", "doctor", "cycle", "status"):
        answer = syncd(command, **from_file)
        assert answer.code == 2
        shown = answer.out + answer.err
        assert f"{variable}: " in shown
        assert why in shown
        assert "canary" not in shown
    assert not syncd.database.exists()


def test_a_token_file_that_an_editor_marked_and_ended_is_read(syncd: Syncd, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\ufeffsandbox-token\r\n", encoding="utf-8")
    syncd.done("pull", "--stream", "owners", SYNCD_HUBSPOT_TOKEN=None, SYNCD_HUBSPOT_TOKEN_FILE=str(tmp_path / "token"))


# ---- one scrubber ------------------------------------------------------------------------------------------------

SPELLINGS = {
    "as it is": lambda secret: secret,
    "in a URL": lambda secret: quote(secret, safe=""),
    "in JSON": lambda secret: json.dumps({"token": secret}),
    "in Python's notation": lambda secret: repr(f"Bearer {secret}".encode()),
    "glued to a word": lambda secret: f"Bearer{secret}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", ["pat-na1-9f8e+/=7d", 'quo"ted\\secret-77', "umläut-secret-1234"])
def test_a_secret_is_scrubbed_however_it_is_spelled(secret: str, spelling: str) -> None:
    know(secret)
    scrubbed = scrub(f"before {SPELLINGS[spelling](secret)} after")
    assert secret not in scrubbed
    assert SECRET in scrubbed
    assert scrubbed.startswith("before ")
    assert scrubbed.endswith(" after")


def test_each_line_of_a_key_is_a_secret() -> None:
    know("-----BEGIN PRIVATE KEY-----\nMIIEcanarycanary01\nMIIEcanarycanary02\n-----END PRIVATE KEY-----")
    assert scrub("no key in MIIEcanarycanary02 of BEGIN PRIVATE KEY") == f"no key in {SECRET} of BEGIN PRIVATE KEY"


def test_a_password_in_the_query_of_the_database_s_url_is_a_secret_too(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql:///syncd?host=db&user=syncd&password=canary%2Bquery+pw&sslpassword=canary-of-the-key"
    monkeypatch.setenv("SYNCD_DATABASE_URL", url)
    read()
    scrubbed = scrub(f"cannot connect: {url}; 'canary+query pw'")
    assert "canary" not in scrubbed
    assert scrubbed.startswith("cannot connect: postgresql:///syncd?host=db&user=syncd&password=")


def test_a_short_secret_is_one_only_where_it_stands_alone() -> None:
    know("pgpw1")
    assert scrub("password pgpw1, not pgpw12") == f"password {SECRET}, not pgpw12"


def test_tokens_that_were_granted_long_ago_make_the_scrubber_no_slower() -> None:
    for number in range(2_000):
        know_token(f"canary-session-{number:05d}")
    assert scrub("canary-session-01999") == SECRET
    assert scrub("canary-session-00001") != SECRET


# ---- what a stranger says ----------------------------------------------------------------------------------------


def broken() -> BaseException:
    try:
        try:
            raise ValueError("Invalid header value b'Bearer pat-na1-canary'")
        except ValueError as error:
            raise KeyError("pat-na1-canary") from error
    except KeyError as error:
        return error


def test_of_a_stranger_s_error_only_its_type_and_place_are_told() -> None:
    assert reason_of(broken()) == "KeyError"  # it broke in none of our modules
    assert "canary" not in outlined(broken())
    assert [line.strip().split(":")[0] for line in outlined(broken()).splitlines()] == [
        "builtins.ValueError",
        "at tests/faults/test_j_secrets.py",
        "builtins.KeyError",
        "at tests/faults/test_j_secrets.py",
    ]
