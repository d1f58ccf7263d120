"""Who receives alerts, as the settings name them: a mail relay, and the key that signs what a webhook gets."""

from __future__ import annotations

import base64
import binascii
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

PREFIX: Final = "whsec_"
KEY: Final = range(24, 65)  # bytes, after the specification of Standard Webhooks
PORTS: Final = {"smtp": 587, "smtps": 465}  # of submission: RFC 6409, RFC 8314


class Relay(NamedTuple):
    """Who takes mail from us: `smtp://user:password@host:587` or `smtps://…`."""

    host: str
    port: int
    tls: bool  # from the first byte
    user: str = ""
    password: str = ""

    @classmethod
    def read(cls, url: str) -> Relay:
        """Read the address of a relay. Raises ValueError, never with the address."""
        how = "it is written like smtp://user:password@mail.example.com:587, or smtps://…:465"
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(how) from None
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError(how)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)


def key_of(secret: str) -> bytes:
    """The bytes of a secret as it is written. Raises ValueError."""
    how = f"it is {PREFIX} and 24 to 64 bytes in base64: echo {PREFIX}$(openssl rand -base64 32)"
    if not secret.startswith(PREFIX):
        raise ValueError(how)
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError(how) from None
    if len(key) not in KEY:
        raise ValueError(how)
    return key
