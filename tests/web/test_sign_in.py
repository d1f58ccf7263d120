"""People sign in by a provider of identities, over real HTTP; whomever it does not name to us, now, stays outside."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from time import time
from typing import Any

import pytest
import trustme
from starlette.responses import JSONResponse, RedirectResponse, Response

from syncd.errors import ConfigError, Unavailable
from syncd.store import Store
from syncd.web.entry.provider import AT_ONCE, ENDPOINTS, Provider
from syncd.web.entry.terms import Terms
from syncd.web.rights import Right
from tests.web.identities import CLIENT, SECRET, Lies, OpenId, Pages, new_key, of, paged, provided, query


@pytest.fixture(scope="module")
def one_provider() -> Iterator[OpenId]:
    with provided() as provider:
        yield provider


@pytest.fixture
def provider(one_provider: OpenId) -> OpenId:
    """The provider, honest again."""
    one_provider.claims = {"sub": "u1", "preferred_username": "ann", "groups": ["staff", "admins"]}
    one_provider.keys, one_provider.lies = [new_key("first")], Lies()
    one_provider.codes.clear()
    one_provider.asked.clear()
    return one_provider


@pytest.fixture
def pages(sqlite_store: Store, provider: OpenId) -> Iterator[Pages]:
    with paged(sqlite_store, **of(provider)) as pages:
        yield pages


def test_whoever_the_provider_names_is_let_in_with_the_right_of_their_group(pages: Pages, sqlite_store: Store) -> None:
    assert pages.get("/api/status").status_code == 401
    entered = pages.get("/sign-in/leave")
    assert (entered.status_code, entered.url) == (200, f"{pages.address}/")
    assert "ann" in entered.text
    assert 'title="may administer"' in entered.text
    assert pages.is_in()
    with sqlite_store.reading() as unit:
        assert [(line.actor, line.action, line.detail) for line in unit.audit.lines()] == [
            ("page:ann", "sign in", "may administer")
        ]


SOON = 30


@pytest.mark.parametrize(
    "lie",
    [
        lambda claims: {**claims, "nonce": "another"},
        lambda claims: {**claims, "nonce": None},
        lambda claims: {**claims, "aud": "another-client"},
        lambda claims: {**claims, "aud": [CLIENT, "another-client"]},
        lambda claims: {**claims, "aud": [CLIENT, "another-client"], "azp": "another-client"},
        lambda claims: {**claims, "aud": None},
        lambda claims: {**claims, "iss": "https://accounts.example.com"},
        lambda claims: {**claims, "iss": claims["iss"] + "/"},
        lambda claims: {**claims, "iss": claims["iss"].upper()},
        lambda claims: {**claims, "iss": [claims["iss"]]},
        lambda claims: {**claims, "exp": int(time()) - 3600},
        lambda claims: {**claims, "exp": int(time()) - 60 - SOON},
        lambda claims: {**claims, "exp": None},
        lambda claims: {**claims, "exp": "tomorrow"},
        lambda claims: {**claims, "iat": int(time()) + 3600},
        lambda claims: {**claims, "nbf": int(time()) + 3600},
        lambda claims: {**claims, "sub": None},
        lambda claims: {**claims, "at_hash": "bm90IGl0cyBoYXNo"},
    ],
    ids=[
        "another nonce",
        "no nonce",
        "another audience",
        "two audiences and nobody authorised",
        "two audiences and another authorised",
        "no audience",
        "another issuer",
        "the issuer and a slash",
        "the issuer in capitals",
        "a list of issuers",
        "expired long ago",
        "expired a moment ago",
        "never expires",
        "expires in words",
        "of tomorrow",
        "not valid yet",
        "nobody's",
        "of another access token",
    ],
)
def test_an_identity_token_that_is_not_for_us_now_lets_nobody_in(
    pages: Pages, provider: OpenId, lie: Callable[[dict[str, Any]], dict[str, Any]]
) -> None:
    provider.lies.claims = lie
    answer = pages.get("/sign-in/leave")
    assert answer.status_code == 403
    assert "Begin again" in answer.text
    assert not pages.is_in()


@pytest.mark.parametrize(
    "forge",
    [
        "unsigned",
        "by what is public",
        "by our own secret",
        "by another key",
        "by a key in its own header",
        "broken",
        "no token",
        "list",
    ],
)
def test_an_identity_token_that_the_provider_did_not_sign_lets_nobody_in(
    pages: Pages, provider: OpenId, forge: str
) -> None:
    forgeries: dict[str, Callable[[dict[str, Any]], Any]] = {
        "unsigned": provider.unsigned,
        "by what is public": lambda claims: provider.signed_by(claims, provider.keys[-1].as_pem(private=False)),
        "by our own secret": lambda claims: provider.signed_by(claims, SECRET.encode()),
        "by a key in its own header": provider.signed_by_its_own_word,
        "by another key": lambda claims: OpenId(provider.issuer).signed(claims),
        "broken": lambda claims: provider.signed(claims)[:-8] + "AAAAAAAA",
        "no token": lambda _: None,
        "list": lambda claims: [provider.signed(claims)],
    }
    provider.lies.sign = forgeries[forge]
    assert pages.get("/sign-in/leave").status_code == 403
    assert not pages.is_in()


@pytest.mark.parametrize(
    ("claim", "held", "right"),
    [
        ("groups", ["admins"], "administer"),
        ("groups", "admins", "administer"),
        ("groups", ["viewers", "operators"], "operate"),
        ("groups", "viewers,admins", None),
        ("groups", "viewers admins", None),
        ("groups", ["revops-admins"], None),
        ("groups", "revops-admins", None),
        ("groups", ["Admins", "ADMINS", " admins", "admins ", "admin"], None),
        ("groups", ["^.*$", "admins*", "%"], None),
        ("groups", {"admins": True}, None),
        ("groups", [["admins"], {"name": "admins"}, 1, None, True], None),
        ("groups", True, None),
        ("groups", [], None),
        ("groups", None, None),
        ("roles", ["admins"], None),
    ],
)
def test_rights_go_by_the_exact_values_of_one_claim(
    sqlite_store: Store, provider: OpenId, claim: str, held: Any, right: str | None
) -> None:
    provider.claims = {"sub": "u1", claim: held}
    terms = of(provider, SYNCD_OIDC_VIEW="viewers", SYNCD_OIDC_OPERATE="operators, more")
    with paged(sqlite_store, **terms) as pages:
        answer = pages.get("/sign-in/leave")
        assert pages.is_in() is (right is not None)
    assert (f'title="may {right}"' if right else "nothing lets you in here") in answer.text


@pytest.mark.parametrize(("verified", "lets_in"), [(True, True), (False, False), ("true", False), (None, False)])
def test_an_address_counts_only_where_the_provider_has_verified_it(
    sqlite_store: Store, provider: OpenId, verified: Any, lets_in: bool
) -> None:
    provider.claims = {"sub": "u1", "email": "ann@example.com", "email_verified": verified}
    terms = of(provider, SYNCD_OIDC_CLAIM="email", SYNCD_OIDC_ADMINISTER="ann@example.com")
    with paged(sqlite_store, **terms) as pages:
        pages.get("/sign-in/leave")
        assert pages.is_in() is lets_in


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({}, "no such claim"),
        ({"_claim_names": {"groups": "src1"}}, "too many values"),
        ({"groups": ["a-private-club"]}, "no value of the claim"),
    ],
)
def test_the_log_says_why_nothing_lets_somebody_in_and_not_whom(
    pages: Pages, provider: OpenId, capsys: pytest.CaptureFixture[str], claims: dict[str, Any], why: str
) -> None:
    provider.claims = {"sub": "u1", "preferred_username": "ann-of-nowhere", **claims}
    assert "ann-of-nowhere" in pages.get("/sign-in/leave").text
    out, err = capsys.readouterr()
    assert why in out + err
    assert "ann-of-nowhere" not in out + err
    assert "a-private-club" not in out + err


def test_a_code_lets_in_once_and_only_the_browser_that_left_with_its_state(pages: Pages, provider: OpenId) -> None:
    back = pages.leave()
    cookies = dict(pages.browser.cookies)
    entered = pages.hop(back)
    assert (entered.status_code, pages.is_in()) == (303, True)
    pages.browser.cookies.clear()
    pages.browser.cookies.update(cookies)
    assert pages.hop(back).status_code == 403, "the same answer once more"
    assert not pages.is_in()
    another = pages.leave()
    pages.browser.cookies.clear()
    assert pages.hop(another).status_code == 403, "an answer that was begun elsewhere: signing somebody else in"
    assert not pages.is_in()


@pytest.mark.parametrize("state", ["", "another", "é"])
def test_a_state_that_nobody_left_with_lets_nobody_in(pages: Pages, provider: OpenId, state: str) -> None:
    answer = query(pages.leave())
    assert pages.get("/sign-in/return", params={**answer, "state": state}).status_code == 403
    assert not pages.is_in()


def test_a_code_of_another_departure_lets_nobody_in(pages: Pages, provider: OpenId) -> None:
    """PKCE and the nonce: a stolen code, put into an answer of one's own."""
    stolen = query(pages.leave())["code"]
    own = query(pages.leave())
    assert pages.get("/sign-in/return", params={**own, "code": stolen}).status_code == 403
    assert not pages.is_in()


@pytest.mark.parametrize(
    "lie",
    [
        lambda answer: {**answer, "iss": "https://accounts.example.com"},
        lambda answer: {name: value for name, value in answer.items() if name != "iss"},
        lambda answer: {"state": answer["state"], "iss": answer["iss"], "error": "access_denied"},
        lambda answer: {**answer, "error": "<script>"},
    ],
    ids=["of another provider", "of nobody", "refused", "refused, with a code"],
)
def test_an_answer_that_is_not_our_providers_yes_lets_nobody_in(
    pages: Pages, provider: OpenId, lie: Callable[[dict[str, str]], dict[str, str]]
) -> None:
    provider.lies.answer = lie
    answer = pages.get("/sign-in/leave")
    assert answer.status_code == 403
    assert "<script>" not in answer.text
    assert "token" not in provider.asked
    assert not pages.is_in()


@pytest.mark.parametrize(
    "lie",
    [
        lambda document: {**document, "issuer": "https://accounts.example.com"},
        lambda document: {**document, "issuer": document["issuer"] + "/"},
        lambda document: {**document, "token_endpoint": "http://accounts.example.com/token"},
        lambda document: {**document, "jwks_uri": "file:///etc/passwd"},
        lambda document: {**document, "authorization_endpoint": "javascript:alert(1)"},
        lambda document: {"issuer": document["issuer"]},
        lambda document: [],
    ],
    ids=["another issuer", "a slash more", "in the open", "a file", "a script", "nothing else", "no document"],
)
def test_a_document_that_is_not_the_providers_leads_nobody_anywhere(
    pages: Pages, provider: OpenId, lie: Callable[[dict[str, Any]], Any]
) -> None:
    provider.lies.document = lie
    answer = pages.get("/sign-in/leave", allow_redirects=False)
    assert answer.status_code == 503
    assert "location" not in answer.headers
    assert "identity provider" in answer.text


@pytest.mark.parametrize(
    "answer",
    [
        RedirectResponse("http://127.0.0.1:9/token", status_code=307),
        JSONResponse({"error": "invalid_client", "error_description": SECRET}, status_code=401),
        JSONResponse({"access_token": "x"}),
        Response("no JSON", status_code=502),
        Response("[]"),
    ],
    ids=["leads elsewhere", "refuses us", "no identity", "broken", "a list"],
)
def test_a_token_endpoint_that_gives_none_lets_nobody_in_and_no_secret_out(
    pages: Pages, provider: OpenId, answer: Response, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.lies.token = lambda: answer
    shown = pages.get("/sign-in/leave")
    assert shown.status_code in (403, 503)
    assert not pages.is_in()
    out, err = capsys.readouterr()
    assert SECRET not in shown.text + out + err


def test_new_keys_are_fetched_when_they_sign_and_unknown_ones_are_not_asked_for_all_the_time(
    pages: Pages, provider: OpenId, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("syncd.web.entry.provider.steady", lambda: now[0])
    pages.get("/sign-in/leave")
    now[0] += 60
    provider.keys = [new_key("second")]
    assert pages.get("/sign-in/leave").status_code == 200
    assert provider.asked.count("keys") == 2
    provider.lies.sign = OpenId(provider.issuer, keys=[new_key("stranger")]).signed
    for _ in range(3):
        assert pages.get("/sign-in/leave").status_code == 403
    assert provider.asked.count("keys") == 2, "within half a minute of the last look"
    assert provider.asked.count("document") == 1


def test_a_provider_that_nobody_can_sign_in_by_is_told_at_the_start(
    pages: Pages, provider: OpenId, capsys: pytest.CaptureFixture[str]
) -> None:
    provider.lies.document = lambda document: {**document, "issuer": document["issuer"] + "/"}
    pages.signing.look_ahead().join(10)
    out, err = capsys.readouterr()
    assert "names another issuer than SYNCD_OIDC_ISSUER" in out + err


@pytest.mark.parametrize("content", [b"[" * 200_000, b" " * 5_000_000 + b"{}"], ids=["deep", "large"])
def test_an_answer_that_no_honest_provider_gives_is_none(pages: Pages, provider: OpenId, content: bytes) -> None:
    provider.lies.document = lambda _: Response(content, media_type="application/json")
    assert pages.get("/sign-in/leave", allow_redirects=False).status_code == 503


@pytest.mark.parametrize("name", ENDPOINTS)
def test_a_provider_elsewhere_names_no_service_of_this_machine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    issuer = "https://id.example"
    provider = Provider(Terms(issuer, CLIENT, SECRET, "openid", "groups", {"x": Right.VIEW}, "http://localhost/r"))
    document = {"issuer": issuer, **dict.fromkeys(ENDPOINTS, f"{issuer}/x"), name: "http://127.0.0.1:8080/x"}
    monkeypatch.setattr(provider, "_fetch", lambda _: document)
    with pytest.raises(Unavailable, match=f"{name} that cannot be used: it is of this machine"):
        provider.look()


def test_where_a_document_leads_elsewhere_nobody_follows(pages: Pages, provider: OpenId) -> None:
    provider.lies.document = lambda document: RedirectResponse(document["jwks_uri"], status_code=307)
    assert pages.get("/sign-in/leave", allow_redirects=False).status_code == 503
    assert provider.asked == ["document"]


def test_a_provider_that_hangs_keeps_few_and_tells_the_others(pages: Pages) -> None:
    kept = pages.signing.provider
    assert kept is not None
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(kept._place())
        assert "keeps others waiting" in pages.get("/sign-in/leave").text
    assert pages.get("/sign-in/leave").status_code == 200


def test_a_provider_by_tls_is_known_by_our_authorities_alone(sqlite_store: Store, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with provided(authority.issue_cert("127.0.0.1")) as provider:
        with paged(sqlite_store, **of(provider, SYNCD_CA_FILE=str(tmp_path / "ca.pem"))) as pages:
            assert pages.get("/sign-in/leave", allow_redirects=False).status_code == 303
        with paged(sqlite_store, **of(provider)) as pages:
            assert pages.get("/sign-in/leave", allow_redirects=False).status_code == 503


def test_a_session_ends_with_the_terms_that_granted_it(sqlite_store: Store, provider: OpenId) -> None:
    with paged(sqlite_store, **of(provider)) as pages:
        pages.get("/sign-in/leave")
        cookies = dict(pages.browser.cookies)
        assert pages.is_in()
    with paged(sqlite_store, **of(provider)) as again:
        again.browser.cookies.update(cookies)
        assert again.is_in(), "a restart signs nobody out"
    with paged(sqlite_store, **of(provider, SYNCD_OIDC_ADMINISTER="owners")) as changed:
        changed.browser.cookies.update(cookies)
        assert not changed.is_in()


def test_nobody_of_the_provider_is_called_as_the_local_administrator_is(sqlite_store: Store, provider: OpenId) -> None:
    provider.claims = {"sub": "u1", "preferred_username": "Admin", "groups": "admins"}
    with paged(sqlite_store, **of(provider)) as pages:
        pages.get("/sign-in/leave")
    with sqlite_store.reading() as unit:
        assert unit.audit.lines()[0].actor == "page:Admin (of the provider)"


def test_a_name_of_the_providers_is_text_and_no_more(sqlite_store: Store, provider: OpenId) -> None:
    provider.claims = {"sub": "u1", "preferred_username": "<b>ann</b>\n\x1b[31m\u202e" + "x" * 200, "groups": "admins"}
    with paged(sqlite_store, **of(provider)) as pages:
        shown = pages.get("/sign-in/leave").text
    assert "&lt;b&gt;ann&lt;/b&gt;" in shown
    assert "<b>" not in shown
    with sqlite_store.reading() as unit:
        (line,) = unit.audit.lines()
    assert line.actor.isprintable()
    assert len(line.actor) <= len("page:") + 100


@pytest.mark.parametrize(
    ("left_out", "names"),
    [
        ("SYNCD_OIDC_ISSUER", "SYNCD_OIDC_ISSUER"),
        ("SYNCD_OIDC_CLIENT_ID", "SYNCD_OIDC_CLIENT_ID"),
        ("SYNCD_HTTP_URL", "SYNCD_HTTP_URL"),
        ("SYNCD_OIDC_ADMINISTER", "SYNCD_OIDC_VIEW"),
    ],
)
def test_a_part_of_the_settings_is_no_provider(
    sqlite_store: Store, provider: OpenId, left_out: str, names: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{names}"), paged(sqlite_store, **of(provider, **{left_out: ""})):
        pytest.fail("nobody could get in, or everybody")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SYNCD_HTTP_URL", "https://syncd.example.com/radar"),
        ("SYNCD_HTTP_URL", "http://syncd.example.com"),
        ("SYNCD_OIDC_SCOPES", "profile email"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(sqlite_store: Store, provider: OpenId, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name), paged(sqlite_store, **of(provider, **{name: value})):
        pytest.fail("nobody would come back")


@pytest.mark.parametrize("address", ["http://idp.example.com", "https://user:word@idp.example.com", "ftp://x"])
def test_a_provider_in_the_open_is_refused_at_the_start(sqlite_store: Store, provider: OpenId, address: str) -> None:
    with (
        pytest.raises(ConfigError, match="SYNCD_OIDC_ISSUER"),
        paged(sqlite_store, **of(provider, SYNCD_OIDC_ISSUER=address)),
    ):
        pytest.fail("a secret would go there")
