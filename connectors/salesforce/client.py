"""Calls to Salesforce through simple-salesforce: signed in, with timeouts, retried by cause, counted.

simple-salesforce 1.12 neither times out nor retries, and is not thread-safe: each call borrows a client of its own.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypedDict, TypeVar
from urllib.parse import urlencode

import orjson
import requests
from requests import exceptions
from simple_salesforce.api import Salesforce as VendorClient
from simple_salesforce.exceptions import SalesforceError

from connectors.base import Budget, BudgetExhausted, TryLater, Uncertain
from connectors.callers import Sleep, held
from connectors.lines import Lines
from connectors.salesforce import paths
from connectors.salesforce.connection import Timeout, open_http
from connectors.salesforce.paths import Path
from connectors.salesforce.refusals import BUDGET_PAUSE, SessionExpired, broken, failure
from connectors.salesforce.sign_in import Credentials, Grant, sign_in
from connectors.transport import BeforeWrite, Clock, Fault, Meter, Retries, at_once, now, parsed

T = TypeVar("T")
Parse = Callable[[requests.Response], Any]


def json(response: requests.Response) -> Any:
    """Read a JSON body from its raw bytes; None for 204."""
    return None if response.status_code == 204 else parsed(response.content)


class CallOptions(TypedDict, total=False):
    """How calls are made, where not as Client makes them by itself.

    timeout: seconds to connect and to read.
    """

    version: str | None
    ca_file: str | None
    timeout: Timeout
    clock: Clock
    sleep: Sleep


class Client:
    """Makes calls as the integration user. Safe for several threads.

    reserve: the share of the org's daily calls that is left to others.
    """

    def __init__(
        self,
        login_url: str,
        credentials: Credentials,
        *,
        reserve: float,
        before_write: BeforeWrite = at_once,
        version: str | None = None,
        ca_file: str | None = None,
        timeout: Timeout = (5, 120),
        clock: Clock = now,
        sleep: Sleep = time.sleep,
    ) -> None:
        self.version = version or paths.VERSION.name
        self.clock = clock
        self.sleep = sleep
        self.meter = Meter(Budget(), clock)
        self.lines = Lines()
        self.skew: timedelta | None = None  # the server's clock minus ours, as the last Date header said
        self._login_url = login_url
        self._credentials = credentials
        self._timeout = timeout
        self._ca_file = ca_file
        self._reserve = reserve
        self._before_write = before_write
        self._retries = Retries(self.meter, sleep=sleep)
        self._grant: Grant | None = None
        self._signing_in = threading.Lock()
        self._idle: list[requests.Session] = []
        self._closed = False

    def url(self, path: Path, **names: str) -> str:
        """Return the address of a path within the org, in the version that we speak."""
        return path.url(self.version, **names)

    def now(self) -> datetime:
        """Return a time that has surely come on the server too: the earlier of both clocks."""
        return self.clock() + min(self.skew or timedelta(), timedelta())

    def user(self) -> str:
        """Return the Id of the user that we act for."""
        return self._retries(self.grant).user

    def org(self) -> str:
        """Return the Id of the org that we are signed in to; empty where it does not tell."""
        return self._retries(self.grant).org

    def call(
        self,
        path: Path,
        *,
        parse: Parse = json,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **names: str,
    ) -> Any:
        """Return the parsed answer. `names` fill in the path.

        Raises TryLater when patience is over, BudgetExhausted, Misconfigured, Declined for a refused call, and for one
        that writes, without a usable answer, Uncertain at once.
        """
        request = {"params": params, "data": body, "headers": dict(headers or {})}
        return self._make(path.method, self.url(path, **names), path.writes, parse, request)

    def follow(self, locator: str) -> Any:
        """Return the page of a query to which Salesforce pointed. Raises TryLater where that is no path of the API.

        The session goes along, and `.evil.example` behind a host's name would be another host.
        """
        if not paths.is_of_the_api(locator):
            raise TryLater("Salesforce's answer names a next page outside its API, to which no session is sent.")
        return self._make("GET", locator, False, json, {})

    def query(self, soql: str, *, deleted: bool = True) -> Any:
        """Return a query's first page: totalSize, done, records, nextRecordsUrl. Deleted and archived rows included."""
        return self.call(paths.QUERY_ALL if deleted else paths.QUERY, params={"q": soql})

    def asking(self, soql: str, *, deleted: bool = True) -> str:
        """Return the address of a query, for `together`. Deleted and archived rows included."""
        return f"{self.url(paths.QUERY_ALL if deleted else paths.QUERY)}?{urlencode({'q': soql})}"

    def together(self, urls: Mapping[str, str]) -> dict[str, Any]:
        """Return the answers under these names of GETs that are one call, also of the day's allowance.

        25 of them at most, and five queries among them; what is not there (404) is None, what was refused otherwise is
        left out. Raises Declined where all are.
        Source: Salesforce, REST API Developer Guide, "Send Multiple Requests Using Composite": "The entire series of
        requests counts as a single call toward your API limits" (each one of a "Composite Batch" counts).
        """
        wanted = [{"method": "GET", "url": url, "referenceId": name} for name, url in urls.items()]
        answer = self.call(paths.COMPOSITE, body=orjson.dumps({"compositeRequest": wanted}))
        if not isinstance(answer, dict) or "compositeResponse" not in answer:
            raise TryLater("Salesforce's answer to several questions at once holds no answers.")
        return {
            part["referenceId"]: part["body"] if part["httpStatusCode"] == 200 else None
            for part in answer["compositeResponse"]
            if part["httpStatusCode"] in (200, 404)
        }

    def rows(self, soql: str, *, deleted: bool = False) -> Iterator[dict[str, Any]]:
        """Yield all rows of a query, page after page."""
        page = self.query(soql, deleted=deleted)
        while True:
            yield from page["records"]
            if page["done"]:
                return
            page = self.follow(page["nextRecordsUrl"])

    def close(self) -> None:
        """Close the connections, those in use once their call has ended. Later calls open one each."""
        self._closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    def retry(self, call: Callable[[], T]) -> T:
        """Repeat `call` while it raises Fault."""
        return self._retries(call)

    def _make(self, method: str, url: str, write: bool, parse: Parse, request: dict[str, Any]) -> Any:
        self._spare_the_budget()
        return self._retries(lambda: self._call(method, url, write, parse, request))

    def _call(self, method: str, url: str, write: bool, parse: Parse, request: dict[str, Any]) -> Any:
        grant = self.grant()
        try:
            return self._send(grant, method, url, write, parse, request)
        except SessionExpired:
            grant = self.grant(instead_of=grant)
        try:
            return self._send(grant, method, url, write, parse, request)
        except SessionExpired as error:
            what = (
                "Salesforce refuses the session that it has just granted: see the user's session settings, IP ranges."
            )
            raise TryLater(what) from error

    def _send(self, grant: Grant, method: str, url: str, write: bool, parse: Parse, request: dict[str, Any]) -> Any:
        if write:
            self._before_write()
        self.meter.called()
        with self.lend() as http:
            client = self.vendor_client(http, grant)
            try:
                response = client._call_salesforce(method, f"https://{client.sf_instance}{url}", **request)
            except SalesforceError as error:
                raise failure(error, write=write, now=self.clock()) from None
            except exceptions.RequestException as error:
                raise broken(error, write=write) from error
        try:
            return parse(response)
        except ValueError as error:
            kind = response.headers.get("Content-Type") or "no content type"
            what = f"Salesforce answers {response.status_code} with a body that cannot be read ({kind})."
            raise Uncertain(what) if write else Fault("body", TryLater(what)) from error

    def grant(self, instead_of: Grant | None = None) -> Grant:
        """Return the session that all threads share; sign in where there is none, or where it is the refused one."""
        with held(self._signing_in):
            if self._grant is None or self._grant is instead_of:
                self._grant = None
                with self.lend() as http:
                    self._grant = sign_in(http, self._login_url, self._credentials, self.clock())
            return self._grant

    def vendor_client(self, http: requests.Session, grant: Grant) -> VendorClient:
        """Return a simple-salesforce client that never renews its session; its errors are simple-salesforce's own."""
        client = VendorClient(
            session_id=grant.token, instance_url=grant.instance_url, session=http, version=self.version
        )
        del client.headers["X-PrettyPrint"]  # indented bodies are a third larger
        return client

    @contextmanager
    def lend(self) -> Iterator[requests.Session]:
        """Lend connections that nobody else uses meanwhile."""
        try:
            http = self._idle.pop()
        except IndexError:
            http = open_http(self._timeout, self._ca_file, self._heard, self.lines)
        try:
            yield http
        finally:
            if self._closed:
                http.close()
            else:
                self._idle.append(http)

    def _heard(self, response: requests.Response) -> None:
        """Keep what the headers say: the server's time and the calls left."""
        if date := response.headers.get("Date"):
            self.skew = parsedate_to_datetime(date) - self.clock()
        # `api-usage=891/15000`, perhaps followed by `; per-app-api-usage=…`; absent on some answers.
        if (usage := response.headers.get("Sforce-Limit-Info", "")).startswith("api-usage="):
            used, _, limit = usage.removeprefix("api-usage=").split(";")[0].partition("/")
            if used.isdigit() and limit.isdigit():
                self.meter.said(daily_limit=int(limit), daily_remaining=max(int(limit) - int(used), 0))

    def _spare_the_budget(self) -> None:
        budget = self.meter.budget
        if budget.daily_limit is None or budget.daily_remaining is None or budget.seen_at is None:
            return
        look_again = budget.seen_at + BUDGET_PAUSE
        if budget.daily_remaining <= budget.daily_limit * self._reserve and budget.seen_at <= self.clock() < look_again:
            left = f"{budget.daily_remaining} of {budget.daily_limit}"
            raise BudgetExhausted(
                f"Only {left} API calls are left in the org; they are kept for others.", retry_at=look_again
            )
