"""By what people come in: the identity provider of the settings, and which values of a claim grant which right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from syncd.errors import ConfigError
from syncd.settings import Settings
from syncd.web.rights import Right

RETURN: Final = "/sign-in/return"  # where the provider sends people back to
_EMAIL: Final = "email"


@dataclass(frozen=True)
class Terms:
    """What the settings say of the identity provider. granted: the claim's values, by the right that each grants."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scopes: str
    claim: str
    granted: Mapping[str, Right]
    redirect_uri: str
    ca_file: str | None = None

    @property
    def source(self) -> str:
        """By what a session's right was granted, as a digest: other terms end it."""
        values = sorted((value, int(right)) for value, right in self.granted.items())
        return sha256(repr((self.issuer, self.client_id, self.claim, values)).encode()).hexdigest()

    def right_of(self, claims: Mapping[str, Any]) -> Right | None:
        """The highest right that the claim's values grant, each compared as it stands; None where none grants any.

        An address counts only where the provider says that it is verified: some let people write any into their
        profile. https://www.descope.com/blog/post/noauth
        """
        if self.claim == _EMAIL and claims.get("email_verified") is not True:
            return None
        held = claims.get(self.claim)
        values = held if isinstance(held, list) else [held]
        rights = [self.granted[value] for value in values if isinstance(value, str) and value in self.granted]
        return max(rights, default=None)

    def why_none(self, claims: Mapping[str, Any]) -> str:
        """Why nothing lets somebody in, for the log: without their name, and without a value of theirs."""
        elsewhere = claims.get("_claim_names")
        if isinstance(elsewhere, dict) and self.claim in elsewhere:  # Core, 5.6.2; Entra does so beyond 200 groups
            return (
                "the provider leaves the claim out, as it has too many values: grant rights by another, such as roles"
            )
        if self.claim not in claims:
            return "the identity token has no such claim as SYNCD_OIDC_CLAIM"
        if self.claim == _EMAIL and claims.get("email_verified") is not True:
            return "the provider does not say that the address is verified"
        return "no value of the claim grants a right"


def terms_of(settings: Settings) -> Terms | None:
    """The terms of the settings; None where they name no provider. Raises ConfigError where a part is missing."""
    values = ((settings.oidc_view, Right.VIEW), (settings.oidc_operate, Right.OPERATE))
    granted = {
        value: right for words, right in (*values, (settings.oidc_administer, Right.ADMINISTER)) for value in words
    }
    if not settings.oidc_issuer:
        if settings.oidc_client_id or settings.oidc_client_secret or granted:
            raise ConfigError("SYNCD_OIDC_ISSUER is needed beside the other SYNCD_OIDC_ settings")
        return None
    if not settings.oidc_client_id:
        raise ConfigError("SYNCD_OIDC_CLIENT_ID is needed beside SYNCD_OIDC_ISSUER")
    if not settings.http_url:
        raise ConfigError(
            "SYNCD_HTTP_URL is needed beside SYNCD_OIDC_ISSUER: the address by which people reach the pages, to which "
            "the provider sends them back"
        )
    if not granted:
        raise ConfigError(
            "SYNCD_OIDC_VIEW, SYNCD_OIDC_OPERATE or SYNCD_OIDC_ADMINISTER is needed beside SYNCD_OIDC_ISSUER: nobody "
            "would get in"
        )
    if "openid" not in settings.oidc_scopes.split():
        raise ConfigError("SYNCD_OIDC_SCOPES must name openid: without it the provider says of nobody who they are")
    secret = settings.oidc_client_secret
    return Terms(
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        scopes=settings.oidc_scopes,
        claim=settings.oidc_claim,
        granted=granted,
        redirect_uri=settings.http_url.rstrip("/") + RETURN,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
    )
