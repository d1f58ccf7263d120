"""Where the daemon of this machine listens, and what it answers there."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPException, InvalidURL
from typing import NamedTuple, Self

from syncd.errors import ConfigError, Unavailable

HOST = "127.0.0.1"  # unless SYNCD_HTTP_HOST says otherwise
HOOKS = "/hooks"  # where systems call by themselves; the system's name follows
LAST_PORT = 65535
PORT = 8080  # unless SYNCD_HTTP_PORT says otherwise; 0 serves nothing
# Who listens everywhere is asked at home: what listens on `::` takes no IPv4 (asyncio sets IPV6_V6ONLY).
_AT_HOME = {"0.0.0.0": HOST, "::": "::1"}


class Answer(NamedTuple):
    """What the daemon says of itself. ok: its HTTP status is a good one."""

    ok: bool
    text: str


class Address(NamedTuple):
    """A host and a port of this machine."""

    host: str = HOST
    port: int = PORT

    @classmethod
    def plain(cls, environment: Mapping[str, str]) -> Self | None:
        """The address that the environment says plainly; None where only `settings.read` can tell.

        The container asks for health all day long, and to make the whole of the settings takes it a third of a second.
        """
        known = {name.lower(): value for name, value in environment.items() if value}
        host, port = known.get("syncd_http_host", HOST), known.get("syncd_http_port", str(PORT))
        from_file = known.get("syncd_http_host_file") or known.get("syncd_http_port_file")
        if from_file or not (port.isascii() and port.isdigit() and int(port) <= LAST_PORT):
            return None
        return cls(host, int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether nobody but this machine reaches it; of a name that is unknown here it is not taken for granted."""
        from ipaddress import ip_address  # who asks for health needs none of it

        try:
            places = socket.getaddrinfo(self.host, None)
        except (OSError, UnicodeError):
            return False
        return all(ip_address(str(place[4][0]).partition("%")[0]).is_loopback for place in places)

    def ask(self, path: str, *, seconds: float) -> Answer:
        """Ask the daemon over HTTP, past any proxy.

        Raises Unavailable where nobody answers in time, ConfigError where the host can be nobody's name.
        """
        host = _AT_HOME.get(self.host, self.host)
        try:
            with closing(HTTPConnection(host, self.port, timeout=seconds)) as connection:
                connection.request("GET", path)
                response = connection.getresponse()
                return Answer(response.status < 400, response.read().decode(errors="replace").strip())
        except (InvalidURL, ValueError) as error:  # UnicodeError, of a name that IDNA refuses, is a ValueError
            raise self._no_host() from error
        except (OSError, HTTPException) as error:
            place = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
            raise Unavailable(f"no daemon answers at {place}") from error

    def require_free(self) -> None:
        """Raise ConfigError where nothing can listen: the server in its thread could only log it."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(self)
            except OSError as error:
                why = f"{self.host}:{self.port}: {error.strerror or error}"
                raise ConfigError(f"SYNCD_HTTP_HOST, SYNCD_HTTP_PORT: {why}") from error
            except (TypeError, ValueError) as error:  # bind calls what IDNA refuses a wrong type
                raise self._no_host() from error

    def _no_host(self) -> ConfigError:
        return ConfigError(f"SYNCD_HTTP_HOST: {self.host!r} is no host's name or address; such as 127.0.0.1")
