"""Where the access token comes from: a token that stays, as a service key is one, or OAuth, whose live half an hour."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
import urllib3
from hubspot.oauth.api_client import ApiClient
from hubspot.oauth.configuration import Configuration
from hubspot.oauth.exceptions import ApiException

from connectors.base import Misconfigured, TryLater
from connectors.callers import Caller, held
from connectors.hubspot import paths
from connectors.hubspot.connection import keep_level, proxy, require_safe
from connectors.hubspot.paths import API, Path
from connectors.hubspot.refusals import PASSING, code_of, document
from connectors.lines import Lines
from connectors.scrubber import know, know_grant, unsendable

REDIRECTS = range(300, 400)  # none is followed: the secrets would go along


class TokenSource(Protocol):
    """Hands out access tokens. oauth: whether they come from an OAuth app."""

    oauth: bool

    def token(self) -> str:
        """Return the token to use now."""
        ...

    def renew(self, stale: str) -> str | None:
        """Return another token than `stale`, which was refused; None where there is no other."""
        ...

    def scopes(self) -> frozenset[str] | None:
        """Return what the token may do, as far as this sign-in can ask; else None."""
        ...

    def hang_up(self, caller: Caller | None = None) -> None:
        """Break off a caller's call for a token that is on its way; None: whoever's."""
        ...


@dataclass(frozen=True, slots=True)
class StaticToken:
    """A token that holds until a person rotates it: a service key, or the access token of an app.

    HubSpot makes service keys and apps of developer projects; of private apps, since 26 October 2026, no new ones, and
    those that stand go on. Source: developers.hubspot.com/changelog/legacy-private-app-creation-sunset.
    """

    access_token: str = field(repr=False)
    oauth = False

    def __post_init__(self) -> None:
        know(self.access_token)
        _require_sendable(self.access_token)

    def token(self) -> str:
        """Return the one token."""
        return self.access_token

    def renew(self, stale: str) -> None:
        """Return None: only a person can rotate it."""

    def scopes(self) -> None:
        """Return None: whose token it is, the portal tells."""

    def hang_up(self, caller: Caller | None = None) -> None:
        """Nobody is asked."""


class OAuth:
    """An OAuth app's tokens: fetched with the refresh token, again whenever HubSpot refuses the current one.

    Raises Misconfigured where HubSpot refuses the refresh token, TryLater where it does not answer.
    """

    oauth = True

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        refresh_token: str,
        *,
        host: str | None = None,
        ca_file: str | None = None,
        timeout: tuple[float, float] = (5, 60),
    ) -> None:
        host = host or paths.HOST
        require_safe(host)
        with keep_level():
            configuration = Configuration(host=host, ssl_ca_cert=ca_file)
            configuration.retries = False
            for name, value in proxy(host).items():
                setattr(configuration, name, value)
            self._api = ApiClient(configuration)
        self._lines = Lines()
        self._lines.watch(self._api.rest_client.pool_manager)
        know(client_secret, refresh_token)
        self._secrets = {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token}
        self._timeout = timeout
        self._lock = threading.Lock()
        self._token: str | None = None

    def token(self) -> str:
        """Return the current token, fetching the first one."""
        with held(self._lock):
            if self._token is None:
                self._token = self._fetch()
            return self._token

    def renew(self, stale: str) -> str:
        """Fetch a new token unless another thread has done so since `stale` was handed out."""
        with held(self._lock):
            if self._token is None or self._token == stale:
                self._token = self._fetch()
            return self._token

    def scopes(self) -> frozenset[str] | None:
        """Ask what the token may do; None where HubSpot does not say."""
        client = {name: self._secrets[name] for name in ("client_id", "client_secret")}
        try:
            answer = self._ask(paths.INTROSPECT, client | {"token": self.token(), "token_type_hint": "access_token"})
        except Misconfigured:
            return None
        return frozenset(map(str, answer["scopes"])) if answer.get("scopes") else None

    def hang_up(self, caller: Caller | None = None) -> None:
        """Break off a caller's call that is on its way; None: whoever's."""
        self._lines.hang_up(caller)

    def _fetch(self) -> str:
        token = str(self._ask(paths.TOKEN, {"grant_type": "refresh_token", **self._secrets})["access_token"])
        know_grant("hubspot", token)
        _require_sendable(token)
        return token

    def _ask(self, path: Path, form: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            response = self._api.call_api(
                path.at(API).url,
                path.method,
                header_params={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
                post_params=list(form.items()),
                _return_http_data_only=True,
                _preload_content=False,
                _request_timeout=self._timeout,
            )
            answer: Mapping[str, Any] = orjson.loads(response.data)
            answer[str(path.needs)]
        except ApiException as error:
            raise _refusal(error) from None
        except (urllib3.exceptions.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TryLater(f"HubSpot's token endpoint does not answer properly: {type(error).__name__}") from None
        return answer


# What passes by itself, though its status says that the request is wrong: RFC 6749, 4.1.2.1 and 5.2.
PASSING_ERRORS = ("server_error", "temporarily_unavailable", "unknown_error")


def _refusal(error: ApiException) -> Misconfigured | TryLater:
    """Say what the token endpoint's refusal means: most are a person's to mend, the rest pass."""
    status = error.status or 0
    if status in REDIRECTS:
        return Misconfigured(f"HubSpot's token endpoint points elsewhere ({status}), where no secret is sent")
    content = document(error.body)
    code = code_of(content.get("error")) or code_of(content.get("status"))
    if status in PASSING or status == 429 or status >= 500 or not status or code.lower() in PASSING_ERRORS:
        return TryLater(f"HubSpot's token endpoint answers {status} {code}".rstrip())
    if code in ("invalid_client", "BAD_CLIENT_ID", "BAD_CLIENT_SECRET"):
        return Misconfigured(f"HubSpot does not know the app ({code}): copy its client id and client secret again")
    return Misconfigured("HubSpot refuses the refresh token: connect the app to the portal again")


def _require_sendable(token: str) -> None:
    """Raise Misconfigured for what no header can hold: the error that says so would quote it."""
    if why := unsendable(token):
        raise Misconfigured(f"HubSpot's access token cannot be used: {why}")
