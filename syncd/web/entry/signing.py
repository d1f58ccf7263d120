"""Signing in and out: the pages' operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qsl

import structlog
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from connectors.addresses import is_loopback
from syncd.errors import Unavailable
from syncd.store import Store
from syncd.store.administrator import ADMIN
from syncd.store.sessions import LONGEST
from syncd.strangers import reason_of
from syncd.web.entry import pages, passwords
from syncd.web.entry.departures import LONGEST as LONGEST_AWAY
from syncd.web.entry.departures import Departures
from syncd.web.entry.doorkeeper import Entry
from syncd.web.entry.limits import (
    BY_ADDRESS,
    BY_NAME,
    DEPARTURES,
    FAILURES,
    GUESSES,
    RETURNS,
    TOLD,
    Limit,
    Limits,
    neighbourhood,
)
from syncd.web.entry.people import Person, source_of
from syncd.web.entry.provider import NotLetIn, Provider
from syncd.web.entry.terms import RETURN
from syncd.web.operations import Call, Operation
from syncd.web.rights import Kind, Right
from syncd.web.whence import is_from_here

MOST_TYPED: Final = 8 * 1024  # bytes of a form
LONGEST_NAME: Final = 100  # characters of a name that is shown
WRONG: Final = "Name or password are wrong."
AGAIN: Final = "That did not work. Begin again here."
NOTHING_GRANTED: Final = (
    "{name} is known, and nothing lets you in here: have somebody who runs syncd add one of your values of “{claim}” "
    "to its settings."
)
NOT_IN_THE_OPEN: Final = (
    "A password is not sent in the open: reach this page by https, and set SYNCD_HTTP_URL to that address."
)

log = structlog.get_logger()


class Returned(BaseModel):
    """What stands in the address by which somebody comes back; providers add words of their own."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    code: str = ""
    state: str = ""
    iss: str | None = None
    error: str = ""


@dataclass(frozen=True)
class Signing:
    """The operations behind the pages. secure: whether people reach them by https, by the settings' word."""

    store: Store
    entry: Entry
    limits: Limits
    provider: Provider | None
    secure: bool
    departures: Departures = field(default_factory=Departures)

    def operations(self) -> Sequence[Operation]:
        """What the pages answer to; anybody may ask for them."""

        def operation(
            method: str, path: str, summary: str, handler: Callable[[Call], Response], **more: Any
        ) -> Operation:
            return Operation(method, path, None, summary, handler, page=True, **{"media_type": "text/html", **more})

        return (
            operation("GET", "/sign-in", "Where somebody signs in", self.sign_in),
            operation("POST", "/sign-in", "Sign in by name and password", self.sign_in_by_password, most=MOST_TYPED),
            operation("GET", "/sign-in/leave", "Go to the identity provider", self.leave),
            operation("GET", RETURN, "Come back from it", self.come_back, query=Returned),
            operation("POST", "/sign-out", "End the session", self.sign_out, most=MOST_TYPED),
        )

    def look_ahead(self) -> Thread:
        """Read the provider's document, aside: the log says at the start by what nobody could sign in."""
        thread = Thread(target=self._look, name="a look at the provider", daemon=True)
        thread.start()
        return thread

    def _look(self) -> None:
        try:
            if self.provider is not None:
                self.provider.look()
        except Unavailable as error:
            log.warning("nobody can sign in", error=reason_of(error))

    def sign_in(self, call: Call) -> Response:
        """The ways in; whoever is in already is led on."""
        return _lead("/") if call.principal.kind is Kind.PERSON else self._page(call.request)

    def sign_in_by_password(self, call: Call) -> Response:
        """The local administrator's way in. It takes as long for a name that nobody has."""
        request = call.request
        if not self._is_guarded(request):
            return self._page(request, NOT_IN_THE_OPEN, HTTPStatus.FORBIDDEN)
        typed = dict(parse_qsl(call.raw.decode(errors="replace"), keep_blank_values=True))
        name, password = typed.get("name", ""), typed.get("password", "")
        counted = self._counted(name, _place(request))
        for limit, key in counted:  # before the password is looked at, as many may be sent at once; given back below
            if seconds := self.limits.wait(limit, key):
                return self._too_often(request, limit, seconds)
        try:
            with self.store.reading() as unit:
                kept = unit.administrator.password() if name == ADMIN else None
            right = passwords.is_right(password, kept.hash if kept else None)
            source = source_of(kept)
            if not right or source is None:
                self.limits.wait(FAILURES, name)
                log.warning("a sign-in was refused", by="password", why="name or password")
                return self._page(request, WRONG, HTTPStatus.UNAUTHORIZED)
            for limit, key in (*counted, (FAILURES, name)):
                self.limits.forgive(limit, key)
            return self._let_in(request, Person(ADMIN, Right.ADMINISTER, source))
        except Unavailable as error:
            return self._page(request, _sentence(reason_of(error)), HTTPStatus.SERVICE_UNAVAILABLE)

    def _counted(self, name: str, place: str) -> Sequence[tuple[Limit, str]]:
        """By what a try is counted: never by the name alone, by which anybody could shut out whose name it is."""
        both = f"{name}\n{place}"
        guessed = ((GUESSES, both),) if self.limits.is_spent(FAILURES, name) else ()
        return ((BY_ADDRESS, place), (BY_NAME, both), *guessed)

    def leave(self, call: Call) -> Response:
        """On to the identity provider."""
        request = call.request
        if self.provider is None:
            return self._page(request, "No identity provider is set up.", HTTPStatus.NOT_FOUND)
        if seconds := self.limits.wait(DEPARTURES, _place(request)):
            return self._too_often(request, DEPARTURES, seconds)
        departure = self.departures.begin()
        try:
            response = _lead(self.provider.address_for(departure))
        except Unavailable as error:
            log.warning("nobody can sign in", error=reason_of(error))
            return self._page(request, _sentence(reason_of(error)), HTTPStatus.SERVICE_UNAVAILABLE)
        self._put_cookie(request, response, self._departure_cookie, departure.state, LONGEST_AWAY)
        return response

    def come_back(self, call: Call) -> Response:
        """Back from the identity provider, with a code that says who somebody is."""
        request, returned = call.request, call.query_as(Returned)
        if self.provider is None:
            return self._page(request, "No identity provider is set up.", HTTPStatus.NOT_FOUND)
        if seconds := self.limits.wait(RETURNS, _place(request)):
            return self._too_often(request, RETURNS, seconds)
        try:
            response = self._returned(self.provider, request, returned)
        except NotLetIn as refused:
            log.warning("a sign-in was refused", by="provider", why=refused.why)
            response = self._page(request, str(refused) if refused.known else AGAIN, HTTPStatus.FORBIDDEN)
        except Unavailable as error:
            log.warning("nobody can sign in", error=reason_of(error))
            response = self._page(request, _sentence(reason_of(error)), HTTPStatus.SERVICE_UNAVAILABLE)
        self._put_cookie(request, response, self._departure_cookie, "", 0)
        return response

    def sign_out(self, call: Call) -> Response:
        """End the session, here and in the store."""
        request = call.request
        secret = request.cookies.get(self.entry.cookie)
        if secret and call.principal.kind is Kind.PERSON:
            self.entry.people.end(secret, call.principal)
        response = _lead("/sign-in")
        self._put_cookie(request, response, self.entry.cookie, "", 0)
        return response

    def _returned(self, provider: Provider, request: Request, returned: Returned) -> Response:
        departure = self.departures.end(returned.state, request.cookies.get(self._departure_cookie, ""))
        if returned.error or not returned.code:
            raise NotLetIn("the provider sends no code")
        claims = provider.claims_of(returned.code, departure, returned.iss)
        name = name_of(claims)
        right = provider.terms.right_of(claims)
        if right is None:
            log.warning("a sign-in was refused", by="provider", why=provider.terms.why_none(claims))
            known = NOTHING_GRANTED.format(name=name, claim=provider.terms.claim)
            return self._page(request, known, HTTPStatus.FORBIDDEN)
        return self._let_in(request, Person(name, right, provider.terms.source))

    def _let_in(self, request: Request, person: Person) -> Response:
        """A new session, whatever the browser held before."""
        secret = self.entry.people.begin(person, request.cookies.get(self.entry.cookie))
        response = _lead("/")
        self._put_cookie(request, response, self.entry.cookie, secret, int(LONGEST.total_seconds()))
        return response

    def _page(
        self, request: Request, wrong: str = "", status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        try:
            with self.store.reading() as unit:
                by_password = unit.administrator.password() is not None
        except Unavailable:
            by_password = False
        if by_password and not self._is_guarded(request):
            by_password, wrong = False, wrong or NOT_IN_THE_OPEN
        issuer = self.provider.terms.issuer if self.provider else None
        return pages.sign_in(
            request, by_password=by_password, issuer=issuer, wrong=wrong, status=status, headers=headers
        )

    def _too_often(self, request: Request, limit: Limit, seconds: int) -> Response:
        if not self.limits.wait(TOLD, limit.of):
            log.warning("a sign-in was refused", why=f"too many {limit.of}")
        minutes = -(-seconds // 60)
        wrong = f"Too many attempts. Try again in {minutes} minute{'s' if minutes > 1 else ''}."
        return self._page(request, wrong, HTTPStatus.TOO_MANY_REQUESTS, {"retry-after": str(seconds)})

    def _is_guarded(self, request: Request) -> bool:
        """Whether nobody on the way reads what is typed: https, or a browser that speaks to its own machine."""
        if self.secure or request.url.scheme == "https":
            return True
        return is_loopback(request.url.hostname or "") and is_from_here(request)

    @property
    def _departure_cookie(self) -> str:
        return f"{self.entry.cookie}-departure"

    def _put_cookie(self, request: Request, response: Response, name: str, value: str, seconds: int) -> None:
        """Lax: people come back from the provider's site with it; other sites' forms do not send it along."""
        secure = self.secure or request.url.scheme == "https"
        response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")


def name_of(claims: Mapping[str, Any]) -> str:
    """How somebody is called here and in the audit log. Nobody but the local administrator is called so."""
    names = (claims.get(claim) for claim in ("preferred_username", "email", "sub"))
    name = next((name for name in names if isinstance(name, str) and name.strip()), "somebody")
    name = "".join(character if character.isprintable() else " " for character in name).strip()[:LONGEST_NAME]
    return f"{name} (of the provider)" if name.casefold() == ADMIN else name


def _lead(address: str) -> Response:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def _place(request: Request) -> str:
    return neighbourhood(request.client.host if request.client else None)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
