"""Secrets among the settings: what they may be, and that the scrubber knows each before anything is said of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, SecretStr

from connectors.addresses import why_unsafe
from connectors.scrubber import know, unsendable
from syncd.receivers import Relay, key_of

_TELLING = 16  # characters
_UNGUESSED = 20  # characters at random, which nobody finds by trying over the network
IN_QUERY = frozenset({"password", "sslpassword"})
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


def _unguessed(secret: SecretStr) -> SecretStr:
    """Whoever finds it may do everything, and nothing counts how often somebody tries."""
    if len(secret.get_secret_value()) < _UNGUESSED:
        raise ValueError(f"it has at least {_UNGUESSED} characters, at random, such as `openssl rand -hex 32` makes")
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


def _safe(secret: SecretStr) -> SecretStr:
    """An address that is a secret: who knows it can write there."""
    if why := why_unsafe(secret.get_secret_value()):
        raise ValueError(why)
    return secret


def _signing(secret: SecretStr) -> SecretStr:
    key_of(secret.get_secret_value())
    return secret


def _relay(url: SecretStr) -> SecretStr:
    Relay.read(url.get_secret_value())
    return url


Pem = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_key)]
Secret = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_sendable)]
RandomSecret = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_sendable), AfterValidator(_unguessed)]
SecretUrl = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_sendable), AfterValidator(_safe)]
SigningKey = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_signing)]
SmtpUrl = Annotated[SecretStr, BeforeValidator(_stripped), AfterValidator(_relay)]


def secrets_in(*values: Any) -> Iterator[str]:
    """Every secret among the settings' values: those that are one, and what of an address is one."""
    for value in values:
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
            yield from _telling_path(value.get_secret_value())
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(text, str) and "://" in text:
            yield from _passwords(text)


def _telling_path(url: str) -> Iterator[str]:
    """The path of a hook: one that is long gives it away by itself."""
    with suppress(ValueError):
        if "://" in url and len(path := urlsplit(url).path) > _TELLING:
            yield path


def _passwords(url: str) -> Iterator[str]:
    """The passwords in a URL, as they stand there and as they are meant; one that is its user's name is none.

    SQLAlchemy takes a password up to the last @, though a slash stands in it, which no URL allows; libpq takes its
    parameters in the query, too: https://www.postgresql.org/docs/current/libpq-connect.html
    """
    if named := _USER_AND_PASSWORD.search(url):
        user, password = named.groups()
        yield from (password, unquote(password)) if password != user else ()
    with suppress(ValueError):
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        known_as = {parts.username, query.get("user")}
        yield from (query[name] for name in IN_QUERY & query.keys() if query[name] not in known_as)
