"""A small OpenID provider over real HTTP, with keys of its own, that can be told to lie; and syncd's pages beside."""

from __future__ import annotations

import hmac
import secrets
import socket
import ssl
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from json import dumps
from time import time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
import trustme
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from syncd import settings
from syncd.composition import signing_of
from syncd.store import Store
from syncd.web import PAGES, TABLE, Access, Server, application
from syncd.web.entry.signing import Signing
from tests.web.houses import house

CLIENT, SECRET = "syncd-client", "an-invented-client-secret"
Claims = dict[str, Any]


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@dataclass
class Lies:
    """What the provider does otherwise than it should. sign: makes an identity token of the claims."""

    document: Callable[[dict[str, Any]], Any] = lambda document: document
    claims: Callable[[Claims], Claims] = lambda claims: claims
    sign: Callable[[Claims], str] | None = None
    answer: Callable[[dict[str, str]], dict[str, str]] = lambda answer: answer
    token: Callable[[], Response] | None = None


@dataclass
class OpenId:
    """The provider: whoever comes is the person of `claims`, at once."""

    issuer: str
    claims: Claims = field(default_factory=lambda: {"sub": "u1", "preferred_username": "ann", "groups": ["admins"]})
    keys: list[Any] = field(default_factory=lambda: [new_key("first")])
    lies: Lies = field(default_factory=Lies)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # the paths

    def application(self) -> Starlette:
        paths = {
            "/.well-known/openid-configuration": self._document,
            "/authorize": self._authorize,
            "/token": self._token,
            "/keys": self._keys,
        }
        return Starlette(routes=[Route(path, to, methods=["GET", "POST"]) for path, to in paths.items()])

    async def _document(self, request: Request) -> Response:
        self.asked.append("document")
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
            "authorization_response_iss_parameter_supported": True,
        }
        answer = self.lies.document(document)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    async def _keys(self, request: Request) -> Response:
        self.asked.append("keys")
        return JSONResponse(KeySet(self.keys).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["client_id"], asked["response_type"], asked["code_challenge_method"]) == (CLIENT, "code", "S256")
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        answer = self.lies.answer({"code": code, "state": asked["state"], "iss": self.issuer, "session_state": "x"})
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=302)

    async def _token(self, request: Request) -> Response:
        if self.lies.token:
            return self.lies.token()
        scheme, _, basic = request.headers["authorization"].partition(" ")
        sent = dict(parse_qsl((await request.body()).decode()))
        asked = self.codes.pop(sent["code"], None)
        challenge = _encoded(sha256(sent["code_verifier"].encode()).digest())
        right = scheme == "Basic" and b64decode(basic).decode() == f"{CLIENT}:{SECRET}"
        if not right:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        if asked is None or asked["code_challenge"] != challenge or asked["redirect_uri"] != sent["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant", "error_description": "<script>"}, status_code=400)
        now = int(time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.claims,
        }
        claims = {name: value for name, value in self.lies.claims(claims).items() if value is not None}
        identity = (self.lies.sign or self.signed)(claims)
        return JSONResponse({"access_token": "an-access-token", "token_type": "Bearer", "id_token": identity})

    def signed(self, claims: Claims) -> str:
        key = self.keys[-1]
        return jwt.encode({"alg": "ES256", "kid": key.kid}, claims, key)

    def signed_by(self, claims: Claims, secret: bytes) -> str:
        """HS256, for whoever takes what is no secret, or not the provider's own, as its key: CVE-2016-10555 and kin."""
        header = _encoded(dumps({"alg": "HS256", "kid": self.keys[-1].kid}).encode())
        text = f"{header}.{_encoded(dumps(claims).encode())}"
        return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"

    def signed_by_its_own_word(self, claims: Claims) -> str:
        key = new_key("stranger")
        return jwt.encode({"alg": "ES256", "jwk": key.as_dict(private=False)}, claims, key)

    def unsigned(self, claims: Claims) -> str:
        parts = jwt.encode({"alg": "ES256", "kid": self.keys[-1].kid}, claims, self.keys[-1]).split(".")
        return f"{_encoded(dumps({'alg': 'none', 'typ': 'JWT'}).encode())}.{parts[1]}."


def _encoded(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def provided(certificate: trustme.LeafCert | None = None) -> Iterator[OpenId]:
    """A provider at its address; by TLS where it has a certificate."""
    port = free_port()
    provider = OpenId(f"{'https' if certificate else 'http'}://127.0.0.1:{port}")
    server = Server(provider.application(), "127.0.0.1", port)
    if certificate:
        server._server.config.load()
        server._server.config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(server._server.config.ssl)
    with server:
        yield provider


def of(provider: OpenId, **changed: str) -> dict[str, str]:
    """The settings that name a provider."""
    return {
        "SYNCD_OIDC_ISSUER": provider.issuer,
        "SYNCD_OIDC_CLIENT_ID": CLIENT,
        "SYNCD_OIDC_CLIENT_SECRET": SECRET,
        "SYNCD_OIDC_ADMINISTER": "admins",
        **changed,
    }


@dataclass
class Pages:
    """syncd's pages at their address, and one browser."""

    address: str
    signing: Signing
    browser: requests.Session

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.browser.get(self.address + path, timeout=10, **options)

    def post(self, path: str, form: dict[str, str] | None = None, **options: Any) -> requests.Response:
        headers = {"origin": self.address, **options.pop("headers", {})}
        return self.browser.post(self.address + path, data=form or {}, headers=headers, timeout=10, **options)

    def hop(self, response: requests.Response) -> requests.Response:
        """Go where a redirect leads, and no further."""
        return self.browser.get(response.headers["location"], timeout=10, allow_redirects=False)

    def leave(self) -> requests.Response:
        """Begin to sign in by the provider: its answer, which leads back."""
        return self.hop(self.get("/sign-in/leave", allow_redirects=False))

    def is_in(self) -> bool:
        return self.get("/api/status", allow_redirects=False).status_code == 200


def query(response: requests.Response) -> dict[str, str]:
    """What stands in the address to which a redirect leads."""
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


@contextmanager
def paged(store: Store, *, loopback: bool = True, **environment: str) -> Iterator[Pages]:
    """The pages of a store by these settings."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SYNCD_HTTP_URL": address, **environment}.items():
            patch.setenv(name, value)
        configured = settings.read()
    signing = signing_of(configured, store)
    served = application(house(store), Access(signing.entry, loopback), table=(*TABLE, *PAGES, *signing.operations()))
    with Server(served, "127.0.0.1", port), requests.Session() as browser:
        yield Pages(address, signing, browser)
        signing.entry.settle()
