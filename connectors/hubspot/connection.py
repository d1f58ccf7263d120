"""What HubSpot's client lacks around its connections: it looks for no proxy, and resets a level of the log.

The proxy is that which the environment names (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY), chosen as requests chooses
it, which carries the calls to Salesforce: one rule for both systems.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from requests.utils import get_auth_from_url, get_environ_proxies, select_proxy
from urllib3.util import make_headers

from connectors.addresses import why_unsafe
from connectors.base import Misconfigured


def proxy(host: str) -> dict[str, Any]:
    """Return what the client's configuration has to say of the proxy to `host` (a URL); nothing where there is none."""
    named = select_proxy(host, get_environ_proxies(host))
    if not named:
        return {}
    url = named if "://" in named else f"http://{named}"
    if (scheme := urlsplit(url).scheme) not in ("http", "https"):
        raise Misconfigured(f"HubSpot cannot be reached through a {scheme} proxy: name an HTTP one, or set NO_PROXY")
    user, password = get_auth_from_url(url)
    return {"proxy": url, "proxy_headers": make_headers(proxy_basic_auth=f"{user}:{password}") if user else None}


def require_safe(host: str) -> None:
    """Raise Misconfigured for an address (a URL) to which no token may be sent."""
    if why := why_unsafe(host):
        raise Misconfigured(f"The address of HubSpot cannot be used: {why}")


@contextmanager
def keep_level(name: str = "urllib3") -> Iterator[None]:
    """Put a logger's level back at the end: building any of the client's API objects resets that of urllib3."""
    logger = logging.getLogger(name)
    level = logger.level
    try:
        yield
    finally:
        logger.setLevel(level)
