"""What cannot be a secret is refused, and what is one is scrubbed however it is spelled."""

import json
import re
import sys
from base64 import b64decode, b64encode, encodebytes, urlsafe_b64encode
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from connectors import scrubber
from connectors.scrubber import SECRET, know, know_grant, know_token, scrub, unsendable
from syncd.errors import ConfigError
from syncd.settings import Settings, is_secret, read
from syncd.strangers import outlined, reason_of
from tests.cli.conftest import Syncd
from tests.faults.leaky_vendors import PRIVATE_KEY

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
    "in a URL, by small letters": lambda secret: re.sub("%..", lambda match: match[0].lower(), quote(secret, safe="")),
    "in a page": escape,
    "in JSON that is quoted in JSON": lambda secret: json.dumps(json.dumps({"token": secret})),
    "broken over lines": lambda secret: f"{secret[:7]}\n      {secret[7:]}",
    "broken over lines of JSON": lambda secret: json.dumps(f"{secret[:7]}\r\n{secret[7:]}"),
    "in base64": lambda secret: b64encode(secret.encode()).decode(),
    "in basic auth": lambda secret: basic("an-app", secret),
    "in basic auth as the user": lambda secret: basic(secret, ""),
    "in basic auth of a longer name": lambda secret: basic("another-app", secret),
    "in basic auth of a name between": lambda secret: basic("my-one-app", secret),
    "in base64 of a URL": lambda secret: urlsafe_b64encode(f"x{secret}".encode()).decode().rstrip("="),
    "in base64 broken over lines": lambda secret: encodebytes(f"{'x' * 50}{secret}".encode()).decode(),
}


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def remains(secret: str, text: str) -> bool:
    """Whether a text still gives a secret away, once every way to write it is undone."""
    blobs = re.findall(r"[A-Za-z0-9_+/=-]{8,}", text.replace("\n", ""))
    undone = [unquote(text), unescape(text), *(_from_base64(blob) for blob in blobs)]
    return any(secret in one for one in (text, *undone))


def _from_base64(blob: str) -> str:
    clean = blob.translate(str.maketrans("-_", "+/")).rstrip("=")
    return "".join(
        b64decode(clean[start:][: (len(clean) - start) // 4 * 4]).decode("utf-8", "replace") for start in range(4)
    )


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("secret", ["pat-na1-9f8e+/=7d", 'quo"ted\\secret-77', "umläut-secret-1234"])
def test_a_secret_is_scrubbed_however_it_is_spelled(secret: str, spelling: str) -> None:
    know(secret)
    scrubbed = scrub(f"before {SPELLINGS[spelling](secret)} after")
    assert not remains(secret, scrubbed)
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


def test_however_many_people_sign_in_what_a_connector_holds_is_known() -> None:
    know_grant("salesforce", held := "00Dcanary!session.of.the.org")
    for number in range(200):
        know_grant("hubspot", f"CJ-canary-{number:05d}")
    for number in range(1_000):
        know_token(f"canary-session-{number:05d}")
    assert scrub(f"{held} {b64encode(held.encode()).decode()}") == f"{SECRET} {SECRET}"
    assert scrub("CJ-canary-00199, CJ-canary-00000") == f"{SECRET}, CJ-canary-00000", "renewed all day long"


def test_who_comes_makes_no_pattern_anew() -> None:
    know("canary-of-the-settings")
    scrub("any text")
    patterns = scrubber._patterns
    know_token("canary-session-00001")
    assert scrub("canary-session-00001 canary-of-the-settings") == f"{SECRET} {SECRET}"
    assert scrubber._patterns is patterns


@given(st.text(min_size=20, max_size=40), st.text(max_size=20), st.sampled_from(sorted(SPELLINGS)))
def test_nothing_is_left_of_what_was_recognised(token: str, beside: str, spelling: str) -> None:
    token = token.strip()
    if len(token) < 20 or unsendable(token):
        return
    know_token(token)
    assert not remains(token, scrub(f"{beside} {SPELLINGS[spelling](token)} {beside}"))


@given(st.text(min_size=12, max_size=40), st.text(max_size=20), st.sampled_from(sorted(SPELLINGS)))
def test_no_secret_is_left_whatever_it_is_made_of(secret: str, beside: str, spelling: str) -> None:
    secret = secret.strip()
    if len(secret) < 12 or unsendable(secret):
        return
    know(secret)
    assert not remains(secret, scrub(f"{beside} {SPELLINGS[spelling](secret)} {beside}"))


URLS = {
    "postgresql://syncd:canary-pw-1@db/syncd": "canary-pw-1",
    "postgresql://syncd:canary%2Bpw%2F2@db/syncd": "canary+pw/2",
    "postgresql://syncd:canary/pw/3@db/syncd": "canary/pw/3",
    "postgresql://syncd:canary@pw#4@db/syncd": "canary@pw#4",
    "postgresql:///syncd?host=db&password=canary-pw-5": "canary-pw-5",
}


@pytest.mark.parametrize("url", URLS)
def test_a_password_in_a_setting_s_url_is_a_secret_however_it_stands_there(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SYNCD_DATABASE_URL", url)
    settings = read()
    assert "canary" not in scrub(f"cannot connect with {URLS[url]} to {url}")
    assert "canary" not in repr(settings)


def test_every_setting_that_sounds_like_a_secret_is_one() -> None:
    """By construction: the scrubber knows every SecretStr of the settings, and nothing else is one."""
    sounding = [name for name in Settings.model_fields if re.search("token|secret|password|_key$|slack", name)]
    assert sounding
    assert [name for name in sounding if not is_secret(name)] == []


PLACES = {
    "no such file": "/canary/secret",
    "the token itself": "canary-pat-na1-0123",
    "a text that no file system takes": "canary" * 1_000,
    "no end": "/dev/zero",
    "a folder": "/",
    "no text": sys.executable,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_file_that_holds_no_secret_is_not_quoted_nor_its_name(place: str) -> None:
    with pytest.raises(ConfigError) as raised:
        read({"SYNCD_HUBSPOT_TOKEN_FILE": PLACES[place]})
    assert str(raised.value).startswith("SYNCD_HUBSPOT_TOKEN_FILE: ")
    assert "canary" not in str(raised.value)


def locked() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    sealed = serialization.BestAvailableEncryption(b"canary")
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed).decode()


def elliptic() -> str:
    key, plain = ec.generate_private_key(ec.SECP256R1()), serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


KEYS = {
    "no key": (lambda: "canary-of-a-key", "no private key in PEM form"),
    "half a key": (lambda: PRIVATE_KEY[:400], "no private key in PEM form"),
    "a locked key": (locked, "locked with a passphrase"),
    "another kind": (elliptic, "no RSA key"),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_that_cannot_sign_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    make, why = KEYS[kind]
    monkeypatch.setenv("SYNCD_SALESFORCE_PRIVATE_KEY", key := make())
    with pytest.raises(ConfigError, match=f"SYNCD_SALESFORCE_PRIVATE_KEY: .*{why}") as raised:
        read()
    assert not [line for line in key.splitlines() if "PRIVATE KEY" not in line and line in str(raised.value)]


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
