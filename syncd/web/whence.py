"""Whence a request comes: from this machine itself, or by somebody who passes it on."""

from __future__ import annotations

import socket
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import HTTPConnection

from connectors.addresses import is_loopback

_OF_A_PROXY: Final = frozenset({"via", "forwarded", "x-real-ip"})
_OF_PROXIES: Final = "x-forwarded-"


def is_from_here(request: HTTPConnection) -> bool:
    """Whether a client on this machine speaks to us, as far as can be seen, and no proxy for somebody elsewhere.

    A proxy shows by its headers, or by HTTP/1.0, which nginx speaks where nobody says otherwise and no browser does:
    https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_http_version
    """
    host = request.client.host if request.client else ""
    if not (is_loopback(host) or (host and host == _host_of_the_container())) or request.scope["http_version"] == "1.0":
        return False
    return not any(name in _OF_A_PROXY or name.startswith(_OF_PROXIES) for name in request.headers)


@cache
def _host_of_the_container() -> str:
    """The address by which the machine that runs our container speaks to it, its gateway; empty outside of one.

    A port that is published there comes from it: https://docs.docker.com/engine/network/port-publishing/
    """
    if not any(Path(mark).exists() for mark in ("/.dockerenv", "/run/.containerenv")):
        return ""
    return gateway_of(Path("/proc/net/route").read_text(encoding="ascii"))


def gateway_of(routes: str) -> str:
    """The gateway of the default route in Linux's table of routes; empty where there is none."""
    for line in routes.splitlines()[1:]:
        _, destination, gateway, *_ = line.split()
        if int(destination, 16) == 0 and int(gateway, 16):
            return socket.inet_ntoa(bytes.fromhex(gateway)[::-1])
    return ""
