"""The identity provider: OpenID Connect's code flow with PKCE, after which we know who somebody is, or why we do not.

https://openid.net/specs/openid-connect-core-1_0.html (3.1), https://www.rfc-editor.org/rfc/rfc9700 (what to guard).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from connectors.addresses import is_loopback, why_unsafe
from connectors.deadline import within
from connectors.scrubber import know, know_token
from syncd.errors import Unavailable
from syncd.wall import steady
from syncd.web.entry.terms import Terms

# Asymmetric ones alone: a key that the provider publishes can never be one that signs.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
_DEFAULT: Final = ("RS256",)  # what a provider signs with that does not say: Core, 2 and 15.1
KINDS_OF_KEYS: Final = ("RSA", "EC", "OKP")
LEEWAY: Final = 60  # seconds by which the clocks may differ
FRESH: Final = 3_600.0  # seconds for which document and keys are kept
AGAIN: Final = 30.0  # seconds between looks at keys that are unknown: nobody has us ask all the time
TIMEOUT: Final = (5, 10)  # seconds to connect, to answer
WHOLE: Final = 20.0  # seconds for a whole call, however its bytes come
LARGEST: Final = 1 << 20  # bytes of an answer, unpacked
AT_ONCE: Final = 4  # people for whom the provider is asked; each keeps a thread, and one that hangs must not keep all
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class NotLetIn(Exception):
    """Somebody whom nothing lets in. why: for the log, without anything that they sent; known: who they are is sure."""

    def __init__(self, why: str, *, known: bool = False) -> None:
        super().__init__(why)
        self.why, self.known = why, known


@dataclass(frozen=True)
class Departure:
    """What is kept of somebody who is on their way to the provider."""

    state: str = field(default_factory=lambda: generate_token(43), repr=False)
    nonce: str = field(default_factory=lambda: generate_token(43), repr=False)
    verifier: str = field(default_factory=lambda: generate_token(64), repr=False)


class Provider:
    """One identity provider. Its document and keys are fetched when they are first needed, and again when they age."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        if terms.client_secret:
            know(terms.client_secret)
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._document: Mapping[str, Any] = {}
        self._keys: list[Mapping[str, Any]] = []
        self._fetched = self._keys_fetched = -FRESH

    def look(self) -> None:
        """Read the provider's document. Raises Unavailable where it is not what we can go by."""
        with self._place():
            self._described()

    def address_for(self, departure: Departure) -> str:
        """Where somebody goes to say who they are. Raises Unavailable."""
        with self._place(), self._client(document := self._described()) as client:
            address, _ = client.create_authorization_url(
                document["authorization_endpoint"],
                state=departure.state,
                nonce=departure.nonce,
                code_verifier=departure.verifier,
            )
        return str(address)

    def claims_of(self, code: str, departure: Departure, issuer: str | None) -> Mapping[str, Any]:
        """What the provider says of whoever came back with a code. Raises NotLetIn, Unavailable.

        issuer: whom the answer itself names: RFC 9207, against answers of another provider.
        """
        with self._place():
            return self._claims_of(code, departure, issuer)

    def _claims_of(self, code: str, departure: Departure, issuer: str | None) -> Mapping[str, Any]:
        document = self._described()
        if issuer is None and document.get("authorization_response_iss_parameter_supported") is True:
            raise NotLetIn("the answer names no issuer")
        if issuer is not None and issuer != self.terms.issuer:
            raise NotLetIn("the answer is another issuer's")
        granted = self._granted(document, code, departure)
        identity, access = granted.get("id_token"), granted.get("access_token")
        if not isinstance(identity, str):
            raise NotLetIn("the provider sends no identity token")
        know_token(identity)
        if isinstance(access, str):
            know_token(access)
        return self._verified(identity, access, departure.nonce, document)

    def _granted(self, document: Mapping[str, Any], code: str, departure: Departure) -> Mapping[str, Any]:
        """What the provider gives for the code, once."""
        with self._client(document) as client:
            try:
                granted: Mapping[str, Any] = client.fetch_token(
                    document["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    redirect_uri=self.terms.redirect_uri,
                    code_verifier=departure.verifier,
                )
            except AuthlibBaseError as error:
                raise NotLetIn(f"the provider refuses the code: {_code(error.error)}") from None
            except (requests.RequestException, ValueError, RecursionError) as error:
                raise self._unavailable(error) from None
        return granted

    def _verified(self, identity: str, access: Any, nonce: str, document: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims of an identity token: signed by this provider, for us, now, and for this departure alone."""
        named = document.get("id_token_signing_alg_values_supported")
        offered = named if isinstance(named, list) else _DEFAULT
        registry = JWSRegistry(algorithms=[one for one in ALGORITHMS if one in offered], strict_check_header=False)
        try:
            token = self._decoded(identity, document, registry)
            claims = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": self.terms.issuer},
                    "aud": {"essential": True, "value": self.terms.client_id},
                    "sub": {"essential": True},
                },
                {"nonce": nonce, "client_id": self.terms.client_id, "access_token": access},
            )
            claims.validate(leeway=LEEWAY)
        except ClaimError as error:
            raise NotLetIn(f"the identity token's {_code(error.claim)} is not right") from None
        except (
            JoseError,
            ValueError,
            TypeError,
            KeyError,
            RecursionError,
        ) as error:  # what is no token, or of no algorithm or key
            raise NotLetIn(f"the identity token cannot be read: {type(error).__name__}") from None
        return dict(claims)

    def _decoded(self, identity: str, document: Mapping[str, Any], registry: JWSRegistry) -> jwt.Token:
        """The token, read by the keys that we know, or else by those that the provider has by now."""
        try:
            return jwt.decode(identity, key=_key_set(self._published(document)), registry=registry)
        except (InvalidKeyIdError, BadSignatureError):
            return jwt.decode(identity, key=_key_set(self._published(document, anew=True)), registry=registry)

    def _described(self) -> Mapping[str, Any]:
        """The provider's own document, which names the issuer that we mean, and safe addresses. Raises Unavailable."""
        with self._lock:
            if steady() - self._fetched < FRESH:
                return self._document
            document = self._fetch(get_well_known_url(self.terms.issuer, external=True))
            if document.get("issuer") != self.terms.issuer:
                raise Unavailable(
                    "the identity provider's document names another issuer than SYNCD_OIDC_ISSUER, which must be "
                    "written exactly as it stands there"
                )
            for name in ENDPOINTS:
                address = document.get(name)
                if not isinstance(address, str) or (why := why_unsafe(address) or self._why_strange(address)):
                    why = why if isinstance(address, str) else "it is missing"
                    raise Unavailable(f"the identity provider's document has a {name} that cannot be used: {why}")
            self._document, self._fetched = document, steady()
            return document

    def _why_strange(self, address: str) -> str | None:
        """Say why an endpoint cannot be one of this issuer: another's would have us ask services of this machine."""
        here, there = (is_loopback(urlsplit(url).hostname or "") for url in (address, self.terms.issuer))
        return "it is of this machine, and the issuer is not" if here and not there else None

    def _published(self, document: Mapping[str, Any], *, anew: bool = False) -> list[Mapping[str, Any]]:
        """The keys by which the provider signs now; anew: it may have others by now."""
        with self._lock:
            age = steady() - self._keys_fetched
            if age >= FRESH or (anew and age >= AGAIN):
                keys = self._fetch(document["jwks_uri"]).get("keys")
                usable = keys if isinstance(keys, list) else []
                self._keys = [key for key in usable if isinstance(key, dict) and key.get("kty") in KINDS_OF_KEYS]
                self._keys_fetched = steady()
            return self._keys

    def _fetch(self, address: str) -> Mapping[str, Any]:
        with self._client({}) as client:
            try:
                answer = client.get(address, withhold_token=True)
                answer.raise_for_status()
                content = answer.json()
            except (requests.RequestException, ValueError, RecursionError) as error:
                raise self._unavailable(error) from None
        if answer.is_redirect or not isinstance(content, dict):
            raise self._unavailable(None)
        return content

    def _client(self, document: Mapping[str, Any]) -> _Client:
        offered = document.get("token_endpoint_auth_methods_supported")
        by_form = isinstance(offered, list) and "client_secret_basic" not in offered
        method = "client_secret_post" if by_form else "client_secret_basic"
        return _Client(self.terms, method if self.terms.client_secret else "none")

    @contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Unavailable(f"the identity provider {self.terms.issuer} keeps others waiting; try again in a minute")
        try:
            yield
        finally:
            self._places.release()

    def _unavailable(self, error: Exception | None) -> Unavailable:
        why = f" ({type(error).__name__})" if error else ""
        return Unavailable(f"the identity provider {self.terms.issuer} does not answer as one does{why}")


class _Client(OAuth2Session):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client with our timeouts and authorities, past .netrc, and no redirect: a secret would go along."""

    def __init__(self, terms: Terms, method: str) -> None:
        super().__init__(
            client_id=terms.client_id,
            client_secret=terms.client_secret,
            scope=terms.scopes,
            redirect_uri=terms.redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method=method,
            default_timeout=TIMEOUT,
        )
        self._ca_file = terms.ca_file
        self.auth = _as_it_is

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: the answer is what it is."""

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send with our authorities, which those of the environment would win over."""
        if self._ca_file:
            options["verify"] = self._ca_file
        with within(WHOLE, self) as over:
            answer: requests.Response = super().request(method, url, stream=True, **options)
            with answer:
                parts, size = [], 0
                for part in answer.iter_content(1 << 16):
                    parts.append(part)
                    if (size := size + len(part)) > LARGEST:
                        raise requests.exceptions.ContentDecodingError("an answer is too large")
            if over.is_set():  # what was broken off may look like a whole answer
                raise requests.ReadTimeout
            answer._content = b"".join(parts)
        return answer


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _key_set(keys: list[Mapping[str, Any]]) -> KeySet:
    return KeySet.import_key_set({"keys": keys})  # type: ignore[typeddict-item]


def _code(text: Any) -> str:
    """A code of the protocol, as far as it looks like one: what it says may be anybody's words."""
    word = str(text)
    return word if word.isascii() and word.replace("_", "").isalnum() and len(word) <= 40 else "an error"
