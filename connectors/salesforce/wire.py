"""One HTTP session as simple-salesforce gets it: timeouts, our CA, no silent retries; and what a broken call means."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from typing import Any

import requests
from requests import exceptions
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError, ProxyError

from connectors.base import ConnectorError, Misconfigured, TryLater, Uncertain
from connectors.transport import Fault

Timeout = tuple[float, float]  # connect, read; seconds
Listener = Callable[[requests.Response], None]

SETTINGS = (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema, exceptions.InvalidHeader)
UNSENT = (NewConnectionError, ConnectTimeoutError, ProxyError)


class TimeoutAdapter(HTTPAdapter):
    """Gives every request a timeout (requests has none) and our CA file (the environment's would win over it)."""

    def __init__(self, timeout: Timeout, ca_file: str | None) -> None:
        super().__init__(max_retries=0)
        self._timeout = timeout
        self._ca_file = ca_file

    def send(  # type: ignore[override]  # requests passes these by name
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send with our timeout and CA where the caller named none."""
        options["timeout"] = options.get("timeout") or self._timeout
        options["verify"] = self._ca_file or options.get("verify", True)
        return super().send(request, **options)


def open_http(timeout: Timeout, ca_file: str | None, heard: Listener) -> requests.Session:
    """Return a session that tells `heard` of every response, failed ones included."""
    http = requests.Session()
    http.mount("https://", TimeoutAdapter(timeout, ca_file))
    http.mount("http://", TimeoutAdapter(timeout, ca_file))
    http.hooks["response"].append(lambda response, *_, **__: heard(response))
    http.auth = _as_it_is  # without it, a .netrc entry for the host would replace our Authorization header
    return http


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def broken(error: exceptions.RequestException, *, write: bool) -> ConnectorError:
    """Say what a call without an answer means: Fault: send it again. Uncertain: it was a write and it went out."""
    name = type(error).__name__
    if isinstance(error, SETTINGS):
        return Misconfigured(f"The address of Salesforce cannot be used ({name}).")
    if untrusted(error):
        return Misconfigured("The certificate of Salesforce's address is not trusted: set the CA file.")
    if write and not _unsent(error):
        return Uncertain(f"No answer came to a write ({name}): it may or may not have taken effect.")
    cause = "timeout" if isinstance(error, exceptions.Timeout) else "connection"
    return Fault(cause, TryLater(f"Salesforce cannot be reached ({name})."))


def untrusted(error: BaseException) -> bool:
    """True where a certificate was refused; other TLS errors are just cut connections."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _unsent(error: BaseException) -> bool:
    return any(isinstance(cause, UNSENT) for cause in _causes(error))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and all that it wraps: requests and urllib3 keep causes in args and `reason`."""
    while isinstance(error, BaseException):
        yield error
        wrapped = error.reason if isinstance(error, MaxRetryError) else next(iter(error.args), None)
        error = wrapped if isinstance(wrapped, BaseException) else error.__cause__ or error.__context__
