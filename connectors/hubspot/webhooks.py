"""HubSpot's calls to us: who signed them, and which records they tell of.

Sources: developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation (v3), and
/docs/apps/developer-platform/add-features/configure-webhooks. Up to 100 events come in one call, in no order, again
after 5 seconds without an answer, and up to ten times within a day; `eventId` alone is not unique.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

import orjson

from connectors.announcing import Announced, Announcement, How, Unreadable, Unsigned
from connectors.hubspot.cursor import digest
from connectors.hubspot.stamps import moment
from connectors.transport import Clock, now

SIGNATURE: Final = "x-hubspot-signature-v3"
TIMESTAMP: Final = "x-hubspot-request-timestamp"
OLDEST: Final = timedelta(minutes=5)
AHEAD: Final = timedelta(minutes=1)  # that HubSpot's clock may be before ours
LONGEST_ID: Final = 20  # digits
# Of an address these are signed as they are meant, whatever is sent; all other escapes stay.
DECODED: Final[Mapping[str, str]] = {f"%{ord(sign):02X}": sign for sign in ":/?@!$'()*,;"}

OURS: Final = "syncd_"  # what our own properties begin with: of our writing nobody need tell us
STREAMS: Final[Mapping[str, str]] = {
    "contact": "contacts",
    "0-1": "contacts",
    "company": "companies",
    "0-2": "companies",
}
GONE: Final = frozenset({"deletion", "privacyDeletion"})
CHANGED: Final = frozenset({"creation", "propertyChange", "merge", "restore", "associationChange"})


def signature(secret: str, address: str, body: bytes, timestamp: str, method: str = "POST") -> str:
    """The signature of one call: base64 of HMAC-SHA256 over method, address, body and timestamp (milliseconds)."""
    source = f"{method}{decoded(address)}".encode() + body + timestamp.encode()
    return b64encode(hmac.new(secret.encode(), source, sha256).digest()).decode()


def decoded(address: str) -> str:
    """An address as it is signed."""
    path, mark, query = address.partition("?")
    for escape, sign in DECODED.items():
        path, query = (part.replace(escape, sign).replace(escape.lower(), sign) for part in (path, query))
    return f"{path}{mark}{query}"


@dataclass(frozen=True)
class Webhooks:
    """Reads what the webhooks of one app bring. address: the app's `targetUrl`; app: its id, where that is checked."""

    secret: str
    address: str
    app: int | None = None
    clock: Clock = now
    system: str = "hubspot"

    def require_timely(self, headers: Mapping[str, str]) -> None:
        """Raise Unsigned where there is no signature, or it is not of the last minutes."""
        if not headers.get(SIGNATURE):
            raise Unsigned("it is not signed")
        stamp = headers.get(TIMESTAMP, "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 16):
            raise Unsigned("it does not say of when it is")
        at = moment(int(stamp))
        age = self.clock() - at if at else OLDEST * 2
        if age > OLDEST:
            raise Unsigned("it is older than five minutes")
        if age < -AHEAD:
            raise Unsigned("it is of a time to come")

    def read(self, headers: Mapping[str, str], body: bytes, tenant: str | None) -> Announced:
        """Return what a call says; see `connectors.announcing`."""
        self.require_timely(headers)
        proper = signature(self.secret, self.address, body, headers[TIMESTAMP])
        if not hmac.compare_digest(proper.encode(), headers[SIGNATURE].encode("utf-8", "replace")):
            raise Unsigned("its signature is another one")
        events = _events(body)
        ours = [event for event in events if self._is_ours(event, tenant)]
        announcements = [announcement for event in ours for announcement in _announcements(event)]
        return Announced(announcements, len(events) - len(ours), len(ours) - len(announcements))

    def _is_ours(self, event: Mapping[str, Any], tenant: str | None) -> bool:
        portal, app = event.get("portalId"), event.get("appId")
        return tenant in (None, str(portal)) and self.app in (None, app)


def _events(body: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        events = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Unreadable("it is no JSON") from None
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Unreadable("it is no list of events")
    return events


def _announcements(event: Mapping[str, Any]) -> list[Announcement]:
    """What an event tells of our streams' records; of one that we do not know, and of our own writing, nothing."""
    kind, _, verb = str(event.get("subscriptionType")).partition(".")
    stream = STREAMS.get(str(event.get("objectTypeId")) if kind == "object" else kind)
    how: How | None = "gone" if verb in GONE else "changed" if verb in CHANGED else None
    remote_id, at = _record_of(event, verb), moment(event.get("occurredAt"))
    if stream is None or how is None or not remote_id or at is None:
        return []
    if str(event.get("propertyName") or "").startswith(OURS):
        return []
    names = [str(event.get(name)) for name in ("portalId", "subscriptionId", "eventId", "occurredAt")]
    return [Announcement(digest([kind, verb, remote_id, *names]), stream, remote_id, how, at)]


def _record_of(event: Mapping[str, Any], verb: str) -> str:
    """The record that an event is about: of a merge who stays, which names who went; of an association, whose it is."""
    names = {"merge": ("newObjectId", "primaryObjectId"), "associationChange": ("fromObjectId",)}.get(verb, ())
    text = str(next((value for name in (*names, "objectId") if (value := event.get(name))), ""))
    return text if text.isascii() and text.isdigit() and len(text) < LONGEST_ID else ""
