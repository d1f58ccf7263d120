"""HubSpot over the wire: its own client for authentication, transport and endpoints, with what that client lacks.

One API object of one package carries every call (`call_api` takes any path), so that there is one connection pool and
one ApiException; pages come as raw bytes, which orjson parses 15 times faster than the client builds its models.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import hubspot
import urllib3
from hubspot.crm.objects.exceptions import ApiException

from connectors.base import Budget, ConnectorError, Misconfigured, Refused, Stopped, TryLater
from connectors.callers import Caller, Sleep, held
from connectors.hubspot import paths
from connectors.hubspot.connection import keep_level, proxy, require_safe
from connectors.hubspot.paths import API, Api, Path
from connectors.hubspot.refusals import Expired, translate
from connectors.hubspot.sign_in import TokenSource
from connectors.hubspot.stamps import epoch, span
from connectors.lines import Lines
from connectors.transport import BeforeWrite, Clock, Fault, Meter, Retries, Throttle, at_once, parsed

T = TypeVar("T")
Json = dict[str, Any]
Query = Sequence[tuple[str, str | int]]
ListPage = tuple[Sequence[Json], str]  # one page's results, and where the next page begins

BURST = 100  # calls per 10 s of the smallest tier, until the headers say more
SEARCHES = 5  # a second and account, whatever the tier; search answers carry no headers
APART = timedelta(seconds=30)  # from which on our clock is not taken for HubSpot's; every window overlaps by more
HEADERS = (
    ("X-HubSpot-RateLimit-Max", "limit"),
    ("X-HubSpot-RateLimit-Remaining", "remaining"),
    ("X-HubSpot-RateLimit-Interval-Milliseconds", "interval"),
    ("X-HubSpot-RateLimit-Daily", "daily_limit"),
    ("X-HubSpot-RateLimit-Daily-Remaining", "daily_remaining"),
)


class Client:
    """Calls HubSpot, one Path at a time, from any number of threads.

    Waits for the rate limit, repeats calls that fail in a passing way, renews an OAuth token once per call, and keeps
    the budget. Raises the ConnectorErrors of connectors.base and `refusals`.
    """

    def __init__(
        self,
        token: TokenSource,
        *,
        host: str,
        api: Api = API,
        ca_file: str | None,
        timeout: tuple[float, float],
        requests_per_10s: int | None,
        clock: Clock,
        sleep: Sleep,
        before_write: BeforeWrite = at_once,
    ) -> None:
        self.budget = Budget()
        self.clock = clock
        self.api = api
        self.zone: ZoneInfo | None = None  # the portal's, once somebody asked for it
        self.currency: str | None = None  # the same
        self._date = ""
        self._skew = timedelta()  # HubSpot's clock minus ours
        self._meter = Meter(self.budget, clock)
        self._token = token
        self._cap = requests_per_10s
        self._timeout = timeout
        self._vendor = _vendor_client(host, ca_file)
        self._lines = Lines()
        self._lines.watch(self._vendor.rest_client.pool_manager)
        self._signing = threading.Lock()
        self._sleep = sleep
        self._before_write = before_write
        self._calls = Throttle(requests_per_10s or BURST, 10.0, clock=clock, sleep=sleep, meter=self._meter)
        self._searches = Throttle(SEARCHES, 1.0, clock=clock, sleep=sleep, meter=self._meter)
        self._retries = Retries(self._meter, sleep=sleep)

    @property
    def server_time(self) -> datetime | None:
        """HubSpot's time at the last answer, as its Date header had it; None where it had none."""
        try:
            return parsedate_to_datetime(self._date)
        except ValueError:
            return None

    def now(self) -> datetime:
        """Return the time: HubSpot's, where ours was far from it at its last answer.

        Windows of changes end by it: who asks by a clock that runs behind sees nothing of the last hours.
        """
        ours = self.clock()
        return ours + self._skew if abs(self._skew) > APART else ours

    def come(self, stamp: int, settle: timedelta = timedelta()) -> int:
        """Return a stamp of ours, or HubSpot's time at its last answer, less `settle`, where ours has not come there.

        Who bookmarks what has not come yet misses what happens until then: a clock may be set between two calls.
        """
        theirs = self.server_time
        return stamp if theirs is None or stamp - epoch(theirs - settle) <= span(APART) else epoch(theirs - settle)

    def call(self, path: Path, query: Query = (), body: Any = None, **names: str) -> Any:
        """Return the parsed answer (None where it is empty). `names` fill in the path."""
        return self._retries(lambda: self._renewing(path, query, body, names))

    def hang_up(self, caller: Caller | None = None) -> None:
        """Break off every call of a caller that is on its way; None: whoever's."""
        self._lines.hang_up(caller)
        self._token.hang_up(caller)

    def heed_stop(self) -> None:
        """Raise Stopped where syncd was asked to stop: between the many calls that a page takes beside its own."""
        self._sleep(0)

    def page(self, path: Path, query: Query, after: str = "", **names: str) -> ListPage:
        """Return one page's results, and where the next one begins (empty: this is the last)."""
        answer = self.call(path, [*query, ("after", after)] if after else query, **names)
        following = (answer.get("paging") or {}).get("next") or {}
        return answer["results"], str(following.get("after") or "")

    def walk(self, path: Path, query: Query, after: str = "", **names: str) -> Iterator[ListPage]:
        """Yield all pages from `after` on."""
        while True:
            results, after = self.page(path, query, after, **names)
            yield results, after
            if not after:
                return

    def portal(self) -> str | None:
        """Ask for the portal's id, its currency, and the time zone in which its day (and allowance) begins.

        None: not told. `companyCurrency` is that of amounts without another one (HubSpot, "Account information API").
        """
        self.zone = None
        try:
            account = self.call(paths.ACCOUNT)
        except Refused:
            return None
        with suppress(ZoneInfoNotFoundError, ValueError):
            self.zone = ZoneInfo(account.get("timeZone") or "UTC")
        self.currency = account.get("companyCurrency") or None
        return str(account["portalId"])

    def granted(self) -> frozenset[str] | None:
        """Return the scopes of the access token; None where HubSpot does not describe it."""
        scopes = self._retries(lambda: self._patiently(self._token.scopes))
        if scopes is not None:
            return scopes
        try:
            token = self._retries(lambda: self._patiently(self._token.token))
            return frozenset(self.call(paths.PRIVATE_TOKEN, body={"tokenKey": token})["scopes"])
        except (Refused, Misconfigured):
            return None  # no private app's: a service key's is described nowhere

    @staticmethod
    def _patiently(ask: Callable[[], T]) -> T:
        """Ask where tokens come from; what passes there is waited for as everywhere."""
        try:
            return ask()
        except Stopped:
            raise
        except TryLater as error:
            raise Fault("sign-in", error) from None

    def _renewing(self, path: Path, query: Query, body: Any, names: Mapping[str, str]) -> Any:
        token = self._sign()
        try:
            return self._once(path, query, body, names)
        except Expired as error:
            if self._sign(stale=token) is None:
                raise Misconfigured(str(error)) from error
        try:
            return self._once(path, query, body, names)
        except Expired as error:
            raise Misconfigured(f"{error}; a renewed token was refused too") from error

    def _sign(self, stale: str | None = None) -> str | None:
        """Put the token to use into the client's configuration, where each call picks it up."""
        with held(self._signing):
            token = self._patiently(self._token.token if stale is None else partial(self._token.renew, stale))
            if token is not None:
                self._vendor.configuration.access_token = token
            return token

    def _once(self, path: Path, query: Query, body: Any, names: Mapping[str, str]) -> Any:
        self._calls.acquire(*([self._searches] if path.search else []))
        if path.writes:
            self._before_write()
        self._meter.called()
        url, what = path.at(self.api).url, path.in_words(self.api, names)
        try:
            response = self._vendor.call_api(
                # The client writes each comma as %2C, and an address has 15,000 characters at most.
                f"{url}?{urlencode(query, safe=',')}" if query else url,
                path.method,
                path_params=dict(names),
                query_params=[],
                header_params={"Accept": "application/json"},
                body=body,
                auth_settings=["oauth2"],
                _preload_content=False,
                _request_timeout=self._timeout,
            )
            content = _read(response, self._timeout[1])
            status, headers = response.status, response.headers
        except ApiException as error:
            raise self._refusal(error, what) from None  # it quotes the answer's body
        except (urllib3.exceptions.HTTPError, TimeoutError) as error:
            raise Fault(type(error).__name__, TryLater(f"HubSpot does not answer {what}")) from error
        except (AttributeError, UnicodeDecodeError) as error:
            raise _undecodable(error, what) from None
        self._adapt(self._listen(headers))
        return None if status == 204 else _parse(content, path, what)

    def _refusal(self, error: ApiException, what: str) -> ConnectorError:
        headers = error.headers or {}
        self._listen(headers)
        refusal = translate(error.status or 0, headers, error.body, what, self.clock(), self.zone)
        if error.status == 429 and isinstance(refusal, Fault):
            (self._searches if refusal.cause == "SECONDLY" else self._calls).pause(refusal.wait)
        return refusal

    def _listen(self, headers: Mapping[str, str]) -> dict[str, int]:
        """Keep what the headers say of the budget and the vendor's time; return the figures."""
        self._date = headers.get("Date", "")
        if (theirs := self.server_time) is not None:
            self._skew = theirs - self.clock()
        figures = {name: int(text) for header, name in HEADERS if (text := headers.get(header, "")).isdigit()}
        if figures:
            self._meter.said(**{name: figure for name, figure in figures.items() if name != "interval"})
        return figures

    def _adapt(self, figures: Mapping[str, int]) -> None:
        """Keep to the limit that an answer names; not to a refusal's zero, which a moment later is wrong."""
        if limit := figures.get("limit"):
            interval = figures.get("interval")
            seconds = interval / 1000 if interval else None
            self._calls.observe(min(limit, self._cap or limit), figures.get("remaining"), seconds)


def _vendor_client(host: str, ca_file: str | None) -> Any:
    """Build the one API object's transport."""
    require_safe(host)
    with keep_level():
        client = hubspot.HubSpot(
            host=host.rstrip("/"), retry=False, ssl_ca_cert=ca_file, connection_pool_maxsize=32, **proxy(host)
        )
        api = client.crm.objects.basic_api.api_client
    api.set_default_header("Accept-Encoding", "gzip")
    return api


def _read(response: Any, seconds: float) -> bytes:
    """Read the whole body; a body that drips in for longer than `seconds` is given up."""
    end = time.monotonic() + seconds
    parts = []
    try:
        while part := response.read1(1 << 20):
            parts.append(part)
            if time.monotonic() > end:
                raise TimeoutError
    except BaseException:
        response.close()
        raise
    response.release_conn()
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _parse(content: bytes, path: Path, what: str) -> Any:
    """Return the JSON answer; one that is cut off, no JSON or lacks what makes it an answer is a passing fault."""
    try:
        answer = parsed(content)
    except ValueError as error:
        raise Fault("not JSON", TryLater(f"HubSpot's answer to {what} is no JSON")) from error
    # Taken for an empty page, a strange answer would end a list early: it would look as if everything was deleted.
    if path.needs is not None and not (isinstance(answer, dict) and path.needs in answer):
        raise Fault("no answer", TryLater(f"HubSpot's answer to {what} lacks {path.needs!r}"))
    return answer


def _undecodable(error: AttributeError | UnicodeDecodeError, what: str) -> ConnectorError:
    """Say what stands behind the client's own slips: it decodes error bodies as UTF-8, even where there is none."""
    cause = error.__context__
    if isinstance(error, UnicodeDecodeError):
        return Fault("not text", TryLater(f"HubSpot answers {what} with something unreadable"))
    if isinstance(cause, ApiException):  # status 0: the TLS handshake failed
        return Misconfigured(f"No secure connection to HubSpot for {what}: check the certificate authority file")
    raise error
