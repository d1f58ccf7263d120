"""Secrets among the settings: what they may be, and that the scrubber knows each before anything is said of it."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from connectors.scrubber import know, unsendable

_IN_QUERY = frozenset({"password", "sslpassword"})
_USER_AND_PASSWORD = re.compile(r"://([^:/@]*):(.+)@")


def _stripped(value: Any) -> Any:
    """A secret as it was meant: without the line's end, and the mark that some programs put before a text.

    The scrubber knows it from here on, whatever comes of it: what is no secret that can be used is somebody's all the
    same.
    """
    if isinstance(value, str):
        know(value.strip())
    return value.removeprefix("\ufeff").strip() if isinstance(value, str) else value


def _sendable(secret: SecretStr) -> SecretStr:
    """What cannot stand in a header would be quoted by the error that says so."""
    if why := unsendable(secret.get_secret_value()):
        raise ValueError(why)
    return secret


def _key(secret: SecretStr) -> SecretStr:
    """A key that cannot sign is found at the start, not at the first cycle; what is wrong with it quotes none of it."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(secret.get_secret_value().encode(), password=None)
    except TypeError:
        raise ValueError("the key is locked with a passphrase: give it without one") from None
    except Exception:  # noqa: BLE001 - a dozen kinds, of two libraries, whose words may quote the key
        raise ValueError("it is no private key in PEM form (-----BEGIN PRIVATE KEY-----)") from None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("it is no RSA key, and Salesforce takes no other one")
    return secret


Pem = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_key)]
Secret = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_sendable)]


def passwords_in(*urls: str) -> list[str]:
    """The passwords in URLs, as they stand there and as they are meant; one that is its user's name is none.

    SQLAlchemy takes a password up to the last @, though a slash stands in it, which no URL allows.

    libpq takes its parameters in the query, too: https://www.postgresql.org/docs/current/libpq-connect.html
    """
    passwords: list[str] = []
    for url in urls:
        try:
            parts = urlsplit(url)
        except ValueError:
            continue
        if named := _USER_AND_PASSWORD.search(url):
            user, password = named.groups()
            passwords += [password, unquote(password)] if password != user else []
        query = dict(parse_qsl(parts.query))
        known_as = {parts.username, query.get("user")}
        passwords += [query[name] for name in _IN_QUERY & query.keys() if query[name] not in known_as]
    return passwords
