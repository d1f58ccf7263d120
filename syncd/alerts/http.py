"""One POST to a receiver: no redirect is followed, and no word of a library is told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import requests
from requests import PreparedRequest, Response
from requests.exceptions import ConnectionError as Unreachable
from requests.exceptions import ConnectTimeout, ReadTimeout, RequestException, SSLError

from connectors.addresses import is_loopback
from connectors.deadline import within
from syncd.alerts.channel import ANSWER, CONNECT, MEND_LATER, Undelivered

CLOSED: Final = frozenset({401, 403, 404, 405, 407, 410})  # to whatever is sent, by the address or who sends it
LONGEST_WAIT: Final = 3600.0  # seconds, whatever a receiver asks for
_WORDS: Final = 200  # bytes of an answer that are looked at


def post(url: str, body: bytes, headers: Mapping[str, str], *, setting: str, ca_file: str | None) -> str:
    """Send a body; returns the first bytes of the answer. Raises Undelivered."""
    with requests.Session() as http, within(ANSWER, http) as over:
        http.auth = _nobody  # a .netrc names passwords for hosts, and this host is to get none
        if is_loopback(urlsplit(url).hostname or ""):
            http.trust_env = False  # no proxy stands between this machine and itself
        try:
            answer = http.post(
                url,
                data=body,
                headers={"User-Agent": "syncd", **headers},
                timeout=(CONNECT, ANSWER),
                allow_redirects=False,
                verify=ca_file or True,
                stream=True,
            )
            with answer:
                if over.is_set():  # headers that were broken off look like whole ones
                    raise ReadTimeout
                words = next(answer.iter_content(_WORDS), b"").decode("ascii", "replace") if not answer.ok else ""
                _require_taken(answer, setting)
                return words
        except RequestException as error:
            raise _undelivered(ReadTimeout() if over.is_set() else error, setting) from None


def _require_taken(answer: Response, setting: str) -> None:
    """Raise Undelivered unless the receiver says that it has it (2xx)."""
    status = answer.status_code
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        what = f"it answers {status}, that it is elsewhere; nothing is sent there, as what is sent is for it alone"
        raise Undelivered(what, f"put the address that it has now into {setting}", broken=True)
    if status == 429 or status >= 500:
        raise Undelivered(f"it answers {status}", MEND_LATER, wait=_wait(answer))
    mend = f"look at {setting}, and at what the receiver expects"
    raise Undelivered(f"it answers {status}", mend, broken=True, refused=status not in CLOSED)


def _wait(answer: Response) -> float:
    """Seconds that it asks us to wait; a date in their place counts for nothing."""
    try:
        seconds = float(answer.headers.get("Retry-After", "0"))
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else 0.0


def _undelivered(error: RequestException, setting: str) -> Undelivered:
    match error:
        case SSLError():
            mend = "have it renewed, or name its authority in SYNCD_CA_FILE"
            return Undelivered("its certificate is not trusted", mend, broken=True)
        case ConnectTimeout():
            return Undelivered(f"it cannot be reached within {CONNECT:g} s", MEND_LATER)
        case ReadTimeout():
            return Undelivered(f"it did not answer within {ANSWER:g} s", MEND_LATER)
        case Unreachable():
            return Undelivered("it cannot be reached", f"see whether it is up, and whether {setting} names it")
        case _:
            return Undelivered(f"it cannot be asked ({type(error).__name__})", f"look at {setting}", broken=True)


def _nobody(request: PreparedRequest) -> PreparedRequest:
    return request
