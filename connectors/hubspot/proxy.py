"""The proxy that the environment names (HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY): HubSpot's client looks for none.

It is chosen as requests chooses it, which carries the calls to Salesforce: one rule for both systems.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from requests.utils import get_auth_from_url, get_environ_proxies, select_proxy
from urllib3.util import make_headers

from connectors.base import Misconfigured


def proxy(host: str) -> dict[str, Any]:
    """Return what the client's configuration has to say of the proxy to `host` (a URL); nothing where there is none."""
    found = select_proxy(host, get_environ_proxies(host))
    if not found:
        return {}
    url = found if "://" in found else f"http://{found}"
    if (scheme := urlsplit(url).scheme) not in ("http", "https"):
        raise Misconfigured(f"HubSpot cannot be reached through a {scheme} proxy: name an HTTP one, or set NO_PROXY")
    user, password = get_auth_from_url(url)
    return {"proxy": url, "proxy_headers": make_headers(proxy_basic_auth=f"{user}:{password}") if user else None}
