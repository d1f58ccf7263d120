"""The webhooks of one app: what happens in the portal is told to the app's address, signed, and told again.

Sources: developers.hubspot.com, "Configure a webhook subscription" and "Validating requests": up to 100 events a call,
signed with the app's client secret over method, address, body and timestamp; an answer that is no 2xx, or does not come
within 5 seconds, has its events sent again, up to ten times within a day; in no order, and now and then twice.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import random
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import orjson

from connectors.sandbox.hubspot.shelf import millis

Json = dict[str, Any]

MOST: Final = 100  # events of one call
PATIENCE: Final = 5.0  # seconds to answer
GATHERED: Final = 0.05  # seconds in which events come together into one call
# Seconds from one attempt to the next: ten of them, within a day.
AGAIN: Final = (60, 180, 600, 1_800, 3_600, 7_200, 10_800, 14_400, 18_000, 21_600)
# What the portal notes of a change → what an app may subscribe to, behind the object's name.
VERBS: Final[Mapping[str, str]] = {
    "create": "creation",
    "update": "propertyChange",
    "archive": "deletion",
    "restore": "restore",
    "merge": "merge",
    "gdpr-delete": "privacyDeletion",
}
OBJECTS: Final[Mapping[str, str]] = {"contacts": "contact", "companies": "company"}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One line of the app's `webhooks-hsmeta.json`."""

    id: int
    type: str  # contact.propertyChange
    property: str = ""


@dataclass(frozen=True, slots=True)
class Spoils:
    """What goes wrong on the way. twice: every event comes twice; disorder: the latest first; lost: so many answers
    never reach the sender; skew: seconds that its clock is off; secret, portal, app: those of somebody else."""

    twice: bool = False
    disorder: bool = False
    lost: int = 0
    skew: float = 0.0
    secret: str = ""
    portal: int = 0
    app: int = 0


@dataclass(slots=True)
class Delivery:
    """One call to the app: its events, the answer's status (0: none came), and after how many seconds."""

    attempt: int
    events: int
    status: int
    seconds: float


@dataclass
class Webhooks:
    """One app's subscriptions, and the thread that sends. pace: what the waits between attempts are divided by."""

    target: str
    secret: str
    subscriptions: Sequence[Subscription]
    portal: int
    app: int = 54_321
    concurrent: int = 10
    pace: float = 1.0
    spoils: Spoils = field(default_factory=Spoils)
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=10_000))

    def __post_init__(self) -> None:
        self._new = threading.Condition()
        self._events: deque[Json] = deque()
        self._again: list[tuple[float, int, int, list[Json]]] = []  # due, place, attempt, events
        self._places, self._lost, self._over = 0, self.spoils.lost, False
        self._random = random.Random(0)
        self._pool = ThreadPoolExecutor(self.concurrent, thread_name_prefix="webhooks")
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
        self._thread = threading.Thread(target=self._work, name="webhooks", daemon=True)
        self._thread.start()

    @classmethod
    def read(cls, content: Json, portal: int) -> Webhooks:
        """The webhooks that an app declares, by the names of its own file, with what is to go wrong beside them."""
        settings, subscribed = content["settings"], content["subscriptions"]
        lines = [line for part in ("legacyCrmObjects", "hubEvents") for line in subscribed.get(part, ())]
        subscriptions = [
            Subscription(1_000 + place, line["subscriptionType"], line.get("propertyName", ""))
            for place, line in enumerate(lines)
            if line.get("active", True)
        ]
        known = {name: content[name] for name in ("app", "pace") if name in content}
        spoils = Spoils(**content.get("spoils", {}))
        concurrent = int(settings.get("maxConcurrentRequests", 10))
        target, secret = settings["targetUrl"], content["clientSecret"]
        return cls(target, secret, subscriptions, portal, concurrent=concurrent, spoils=spoils, **known)

    def happened(self, write: Any) -> None:
        """Tell the app of a change, as far as it has subscribed to it."""
        object_, verb = OBJECTS.get(write.object), VERBS.get(write.verb)
        events = [
            self._event(write, subscription, name)
            for subscription in self.subscriptions
            if f"{object_}.{verb}" == subscription.type
            for name in (write.fields if verb == "propertyChange" else [""])
            if name == subscription.property
        ]
        self.send(events * 2 if self.spoils.twice else events)

    def send(self, events: Sequence[Json]) -> None:
        """Send these events, whatever they say."""
        with self._new:
            self._events.extend(events)
            self._new.notify()

    def end(self) -> None:
        """Send nothing more."""
        with self._new:
            self._over = True
            self._new.notify()
        self._thread.join()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def show(self) -> Json:
        """What was sent, and what waits to be sent again."""
        with self._new:
            waiting = len(self._events) + sum(len(entry[3]) for entry in self._again)
        return {"deliveries": [asdict(one) for one in self.deliveries], "waiting": waiting}

    def _event(self, write: Any, subscription: Subscription, name: str) -> Json:
        event: Json = {
            "eventId": self._random.randrange(1, 1 << 32),
            "subscriptionId": subscription.id,
            "portalId": self.spoils.portal or self.portal,
            "appId": self.spoils.app or self.app,
            "occurredAt": millis(write.at),
            "subscriptionType": subscription.type,
            "attemptNumber": 0,
            "objectId": int(write.id),
            "changeSource": "INTEGRATION" if write.who == "api" else write.who if write.who == "FORM" else "CRM_UI",
        }
        match write.verb:
            case "update":
                event |= {"propertyName": name, "propertyValue": str(write.fields[name] or "")}
            case "merge":
                primary, *others = write.fields["merged"]
                event |= {"primaryObjectId": primary, "mergedObjectIds": [primary, *others]}
                event |= {"newObjectId": int(write.id), "numberOfPropertiesMoved": 1}
            case "create":
                event["changeFlag"] = "NEW"
            case "archive" | "gdpr-delete":
                event["changeFlag"] = "DELETED"
        return event

    def _work(self) -> None:
        while True:
            with self._new:
                while not (self._over or self._events or self._is_due()):
                    self._new.wait(self._again[0][0] - time.monotonic() if self._again else None)
                if self._over:
                    return
            time.sleep(GATHERED)
            for attempt, events in self._taken():
                self._pool.submit(self._deliver, attempt, events)

    def _is_due(self) -> bool:
        return bool(self._again) and self._again[0][0] <= time.monotonic()

    def _taken(self) -> list[tuple[int, list[Json]]]:
        """The calls that are to be made now."""
        with self._new:
            events = [*self._events]
            self._events.clear()
            if self.spoils.disorder:
                events.reverse()
            calls = [(0, events[start : start + MOST]) for start in range(0, len(events), MOST)]
            while self._is_due():
                _, _, attempt, again = heapq.heappop(self._again)
                calls.append((attempt, again))
        return calls

    def _deliver(self, attempt: int, events: list[Json]) -> None:
        started = time.monotonic()
        status = self._call([event | {"attemptNumber": attempt} for event in events])
        with self._new:
            if self._lost and status:
                self._lost -= 1
                status = 0
            self.deliveries.append(Delivery(attempt, len(events), status, time.monotonic() - started))
            if not 200 <= status < 300 and attempt < len(AGAIN):
                self._places += 1
                due = time.monotonic() + AGAIN[attempt] / self.pace
                heapq.heappush(self._again, (due, self._places, attempt + 1, events))
                self._new.notify()

    def _call(self, events: list[Json]) -> int:
        body, stamp = orjson.dumps(events), str(round((time.time() + self.spoils.skew) * 1000))
        source = b"POST" + self.target.encode() + body + stamp.encode()
        key = (self.spoils.secret or self.secret).encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client)",
            "X-HubSpot-Signature-v3": base64.b64encode(hmac.new(key, source, hashlib.sha256).digest()).decode(),
            "X-HubSpot-Request-Timestamp": stamp,
        }
        try:
            with self._open(urllib.request.Request(self.target, body, headers), timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code
        except OSError:  # nobody takes the call, or answers in time
            return 0
