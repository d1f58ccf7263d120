"""Signing in: client credentials or JWT bearer, by our own request.

simple-salesforce signs in without a timeout, hard-wires `*.salesforce.com`, and its own renewal after a 401 drops
headers and may recurse; so it gets a ready session id and never renews by itself.
Flows: https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_flows.htm
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

import jwt
import orjson
import requests

from connectors.addresses import is_of_one_house, origin, why_unsafe
from connectors.base import Misconfigured, TryLater
from connectors.salesforce import paths
from connectors.salesforce.refusals import broken, told_by
from connectors.scrubber import know, know_grant, unsendable
from connectors.transport import Fault

JWT_LIFE = timedelta(minutes=3)  # the longest that Salesforce accepts

# An external client app, or a connected app from the days when Salesforce offered new ones: both sign in alike.
# https://help.salesforce.com/s/articleView?id=xcloud.manage_external_client_apps.htm
APP = "check the external client app (Setup, External Client App Manager)"

# What the token endpoint's error means, and what mends it.
MEND: Mapping[str, str] = {
    "invalid_client_id": "the client id is unknown: copy the consumer key of the external client app",
    "invalid_client": "client id or client secret are wrong: copy both from the external client app",
    "invalid_grant": "the app may not act for this user: enable the flow, set its run-as user, pre-authorise the user",
    "invalid_app_access": "the user may not use the app: assign the app to the user's permission set",
    "inactive_user": "the integration user is inactive or locked: activate it",
    "inactive_org": "the org is locked",
    "unsupported_grant_type": "the org does not allow this flow: enable it among the external client app's settings",
}


# The same, by what the error says: the code invalid_grant stands for a dozen things.
DESCRIBED: Mapping[str, str] = {
    "ip restricted": "this machine's address is outside the IP range that the org lets in: add it under Setup, Network "
    "Access or the profile's Login IP Ranges, or relax the app's IP restrictions",
    "inactive user": MEND["inactive_user"],  # invalid_grant: restforce#303
    "invalid login hours": "the user may not sign in at this hour: widen the Login Hours of its profile",
}
# What passes by itself, though Salesforce answers it with 400: rates of sign-ins are counted by the hour.
# https://help.salesforce.com/s/articleView?id=000312767&type=1 (login rate); RFC 6749, 4.1.2.1 (server_error)
PASSING = frozenset({"unknown_error", "server_error", "temporarily_unavailable"})
PASSING_WORDS = ("retry your request", "try again", "login rate exceeded", "login_rate_exceeded", "rate limit")


@dataclass(frozen=True, slots=True)
class Grant:
    """One session that Salesforce granted. `user` is the Id of the user that it acts for, `org` that of the org."""

    token: str = field(repr=False)
    instance_url: str
    user: str
    org: str


class Credentials(Protocol):
    """One way to sign in."""

    def form(self, now: datetime) -> Mapping[str, str]:
        """Return the form to post to the token endpoint."""
        ...


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """The client-credentials flow: the app acts as its run-as user."""

    client_id: str
    client_secret: str = field(repr=False)

    def __post_init__(self) -> None:
        know(self.client_secret)

    def form(self, now: datetime) -> Mapping[str, str]:
        """Return the form of the client-credentials flow."""
        return {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }


@dataclass(frozen=True, slots=True)
class JwtBearer:
    """The JWT bearer flow: a signed statement (RS256) that the app acts for `username`.

    audience: `https://login.salesforce.com` in production, `https://test.salesforce.com` for a sandbox org.
    """

    client_id: str
    username: str
    private_key: str = field(repr=False)
    audience: str = "https://login.salesforce.com"

    def __post_init__(self) -> None:
        know(self.private_key)

    def form(self, now: datetime) -> Mapping[str, str]:
        """Return the form of the JWT bearer flow, signed at `now`."""
        claims = {"iss": self.client_id, "sub": self.username, "aud": self.audience, "exp": now + JWT_LIFE}
        try:
            assertion = jwt.encode(claims, self.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise Misconfigured("The private key for Salesforce is no readable RSA key in PEM form.") from None
        know_grant("salesforce", assertion)
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A session that somebody else opened, such as an administrator's: it is used, never renewed, and never kept."""

    token: str = field(repr=False)

    def form(self, now: datetime) -> Mapping[str, str]:
        """Return nothing: there is nothing to ask for."""
        return {}


def audience(login_url: str) -> str:
    """Return the JWT audience that fits a login address: sandboxes have one of their own."""
    host = urlsplit(login_url).hostname or ""
    sandbox = host == "test.salesforce.com" or ".sandbox.my." in host
    return f"https://{'test' if sandbox else 'login'}.salesforce.com"


def sign_in(http: requests.Session, login_url: str, credentials: Credentials, now: datetime) -> Grant:
    """Ask for a session. Raises Misconfigured where the credentials are refused, Fault where the answer was none."""
    _require_safe(login_url)
    if isinstance(credentials, AccessToken):
        return _whose(http, login_url, credentials.token)
    try:
        response = http.post(login_url.rstrip("/") + paths.TOKEN.template, data=dict(credentials.form(now)))
    except requests.exceptions.RequestException as error:
        raise broken(error, write=False) from error
    try:
        answer: Any = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        answer = None
    if response.status_code == 200 and isinstance(answer, dict) and answer.get("access_token"):
        # The identity URL ends in …/id/{organization id}/{user id}.
        org, user = f"//{answer.get('id') or ''}".rsplit("/", 2)[-2:]
        token = str(answer["access_token"])
        know_grant("salesforce", token)
        if why := unsendable(token):
            raise Misconfigured(f"Salesforce's session cannot be used: {why}.")
        return Grant(token, _home(str(answer.get("instance_url") or login_url), login_url), user, org)
    if response.is_redirect:
        raise Misconfigured(
            f"Salesforce's sign-in points elsewhere ({response.status_code}), where no secret is sent: give the org's "
            "My Domain, https://example.my.salesforce.com."
        )
    if why := _passing(response, answer):
        raise Fault("sign-in", TryLater(f"Salesforce's sign-in answers {why}."), _asked_to_wait(response))
    if isinstance(answer, dict) and answer.get("error") and response.status_code < 500:
        raise _refused(*told_by(str(answer["error"]), str(answer.get("error_description") or "")))
    raise Fault("sign-in", TryLater(f"Salesforce's sign-in answers {response.status_code} without a session."))


def _whose(http: requests.Session, login_url: str, token: str) -> Grant:
    """Return the session behind a token, after asking whose it is. Raises Misconfigured where it is none any more."""
    know_grant("salesforce", token)
    if why := unsendable(token):
        raise Misconfigured(f"This access token cannot be used: {why}.")
    try:
        response = http.get(login_url.rstrip("/") + paths.WHOSE.template, headers={"Authorization": f"Bearer {token}"})
        answer = orjson.loads(response.content)
    except requests.exceptions.RequestException as error:
        raise broken(error, write=False) from error
    except orjson.JSONDecodeError:
        answer = None
    if response.status_code == 200 and isinstance(answer, dict) and answer.get("user_id"):
        return Grant(token, login_url, str(answer["user_id"]), str(answer.get("organization_id") or ""))
    if response.status_code in (401, 403):
        raise Misconfigured("Salesforce does not know this access token (any more), or it is another org's.")
    raise Fault("sign-in", TryLater(f"Salesforce answers {response.status_code} when asked whose a token is."))


def _passing(response: requests.Response, answer: Any) -> str | None:
    """Say what passes of an answer without a session; None where a person must mend it, or nothing is said."""
    if response.status_code in (408, 425, 429):
        return str(response.status_code)
    if not isinstance(answer, dict):
        return None
    code, description = (str(answer.get(name) or "") for name in ("error", "error_description"))
    if code.lower() in PASSING or any(words in description.lower() for words in PASSING_WORDS):
        return f"{response.status_code} {told_by(code, '')[0]}".rstrip()
    return None


def _asked_to_wait(response: requests.Response) -> float:
    asked = response.headers.get("Retry-After", "")
    return float(asked) if asked.isdigit() else 0.0


def _require_safe(login_url: str) -> None:
    if why := why_unsafe(login_url):
        raise Misconfigured(f"The address to sign in to Salesforce cannot be used: {why}.")


def _home(instance_url: str, login_url: str) -> str:
    """Return the instance's address where the session may be sent there; raise Misconfigured elsewhere."""
    why = why_unsafe(instance_url) or _why_strange(urlsplit(instance_url), urlsplit(login_url))
    if why:
        raise Misconfigured(f"Salesforce's sign-in names an instance to which no session is sent: {why}.")
    return origin(instance_url)


def _why_strange(home: SplitResult, login: SplitResult) -> str | None:
    if home.scheme != "https":
        return "it is not https"
    if not is_of_one_house(home.hostname or "", login.hostname or ""):
        return f"it is not of {login.hostname}'s domain"
    return None


def _refused(code: str, description: str) -> Misconfigured:
    mend = next((mend for words, mend in DESCRIBED.items() if words in description.lower()), None)
    mend = mend or MEND.get(code, description or APP)
    return Misconfigured(f"Salesforce refuses to sign in ({code}: {description}): {mend}.")
