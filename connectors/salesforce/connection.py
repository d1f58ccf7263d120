"""One HTTP session as simple-salesforce gets it: timeouts, our CA, no silent retries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from connectors.lines import Lines

Timeout = tuple[float, float]  # connect, read; seconds
Listener = Callable[[requests.Response], None]


class TimeoutAdapter(HTTPAdapter):
    """Gives every request a timeout (requests has none) and our CA file (the environment's would win over it)."""

    def __init__(self, timeout: Timeout, ca_file: str | None, lines: Lines) -> None:
        self._lines = lines
        super().__init__(max_retries=0)
        self._timeout = timeout
        self._ca_file = ca_file

    def init_poolmanager(self, *sizes: Any, **options: Any) -> None:
        """Make the manager of connections, which are known to our lines."""
        super().init_poolmanager(*sizes, **options)
        self._lines.watch(self.poolmanager)

    def proxy_manager_for(self, *proxy: Any, **options: Any) -> Any:
        """Return the manager of connections through a proxy, which are known to our lines."""
        is_new = proxy[0] not in self.proxy_manager
        manager = super().proxy_manager_for(*proxy, **options)
        if is_new:
            self._lines.watch(manager)
        return manager

    def send(  # type: ignore[override]  # requests passes these by name
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send with our timeout and CA where the caller named none."""
        options["timeout"] = options.get("timeout") or self._timeout
        options["verify"] = self._ca_file or options.get("verify", True)
        return super().send(request, **options)


class OneHop(requests.Session):
    """Follows no redirect: every request carries a secret, and requests would take a body's along to any host."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: the answer is what it is."""


def open_http(timeout: Timeout, ca_file: str | None, heard: Listener, lines: Lines) -> requests.Session:
    """Return a session that tells `heard` of every response, failed ones included."""
    http = OneHop()
    http.mount("https://", TimeoutAdapter(timeout, ca_file, lines))
    http.mount("http://", TimeoutAdapter(timeout, ca_file, lines))
    http.hooks["response"].append(lambda response, *_, **__: heard(response))
    http.auth = _as_it_is  # without it, a .netrc entry for the host would replace our Authorization header
    return http


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
