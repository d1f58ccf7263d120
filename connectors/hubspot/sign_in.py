"""Where the access token comes from: a private app's token that stays, or OAuth, whose tokens live half an hour."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol

import orjson
import urllib3
from hubspot.oauth.api_client import ApiClient
from hubspot.oauth.configuration import Configuration
from hubspot.oauth.exceptions import ApiException

from connectors.base import Misconfigured, TryLater
from connectors.hubspot import paths
from connectors.hubspot.connection import keep_level, proxy, require_safe
from connectors.scrubber import know, know_token, unsendable

REDIRECTS = range(300, 400)  # none is followed: the secrets would go along


class TokenSource(Protocol):
    """Hands out access tokens."""

    def token(self) -> str:
        """Return the token to use now."""
        ...

    def renew(self, stale: str) -> str | None:
        """Return another token than `stale`, which was refused; None where there is no other."""
        ...


@dataclass(frozen=True, slots=True)
class PrivateApp:
    """A private app's access token, which holds until a person rotates it."""

    access_token: str = field(repr=False)

    def __post_init__(self) -> None:
        know(self.access_token)
        _require_sendable(self.access_token)

    def token(self) -> str:
        """Return the one token."""
        return self.access_token

    def renew(self, stale: str) -> None:
        """Return None: only a person can rotate it."""


class OAuth:
    """An OAuth app's tokens: fetched with the refresh token, again whenever HubSpot refuses the current one.

    Raises Misconfigured where HubSpot refuses the refresh token, TryLater where it does not answer.
    """

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
        know(client_secret, refresh_token)
        self._secrets = {"client_id": client_id, "client_secret": client_secret, "refresh_token": refresh_token}
        self._timeout = timeout
        self._lock = threading.Lock()
        self._token: str | None = None

    def token(self) -> str:
        """Return the current token, fetching the first one."""
        with self._lock:
            if self._token is None:
                self._token = self._fetch()
            return self._token

    def renew(self, stale: str) -> str:
        """Fetch a new token unless another thread has done so since `stale` was handed out."""
        with self._lock:
            if self._token is None or self._token == stale:
                self._token = self._fetch()
            return self._token

    def _fetch(self) -> str:
        try:
            answer = self._api.call_api(
                paths.TOKEN.url,
                paths.TOKEN.method,
                header_params={"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"},
                post_params=[("grant_type", "refresh_token"), *self._secrets.items()],
                _return_http_data_only=True,
                _preload_content=False,
                _request_timeout=self._timeout,
            )
            token = str(orjson.loads(answer.data)["access_token"])
        except ApiException as error:
            if error.status in REDIRECTS:
                raise Misconfigured(
                    f"HubSpot's token endpoint points elsewhere ({error.status}), where no secret is sent"
                ) from None
            if error.status and error.status < 429:
                raise Misconfigured("HubSpot refuses the refresh token: connect the app to the portal again") from None
            raise TryLater(f"HubSpot's token endpoint answered {error.status}") from None
        except (urllib3.exceptions.HTTPError, UnicodeDecodeError, ValueError, KeyError, AttributeError) as error:
            raise TryLater(f"HubSpot's token endpoint does not answer properly: {type(error).__name__}") from None
        know_token(token)
        _require_sendable(token)
        return token


def _require_sendable(token: str) -> None:
    """Raise Misconfigured for what no header can hold: the error that says so would quote it."""
    if why := unsendable(token):
        raise Misconfigured(f"HubSpot's access token cannot be used: {why}")
