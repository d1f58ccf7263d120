"""Fault rules: what goes wrong, where and how often, as people write it, in words or as JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

KINDS: Mapping[str, str] = {
    "latency": "answers after `seconds`",
    "disturb": "a record changes before the call is answered",
    "limited": "the vendor's 429 for bursts",
    "exhausted": "the vendor's answer when the day's quota is used up",
    "unavailable": "the vendor's 503",
    "expired": "the vendor's 401; the session named by the call ends",
    "status": "a bare `status` with an empty JSON object",
    "html": "a proxy's HTML page with `status`",
    "empty": "the right status without a body",
    "truncated": "the answer's body ends after `part` of it, and says that this was all",
    "wrong_type": "the right body as text/plain",
    "drip": "the body comes in small pieces over `seconds`",
    "skew": "the Date header is off by `seconds`",
    "jump": "the clock of both vendors is set on by `seconds`, or back where they are negative",
    "restart": "the database that the sandbox stands before ends every connection, and takes none for `seconds`",
    "hang": "no answer ever comes, and the connection stays; `at` says from where on",
    "cut_before": "the connection ends before the call is handled",
    "cut_after": "the call is carried out, then the connection ends without an answer",
    "cut_during": "the connection ends after `part` of the body",
}
# What narrows a rule, and what shapes its fault.
KNOBS: Mapping[str, tuple[type, str]] = {
    "system": (str, "only this one: hubspot or salesforce"),
    "method": (str, "only this one, such as POST"),
    "path": (str, "only paths that fit this pattern, such as `/crm/*/search`"),
    "probability": (float, "of a strike at each call that fits, 0 to 1"),
    "count": (int, "how often it strikes at most; without it, for ever"),
    "skip": (int, "how many calls that fit pass first"),
    "burst": (int, "how many calls in a row one strike takes"),
    "at": (str, "where a hang sets in: connect (nobody takes a connection, for `seconds`), headers or body"),
    "seconds": (float, "of latency, drip, skew, jump, restart, and of a hang at connect"),
    "status": (int, "of status and html"),
    "retry_after": (int, "seconds, as a header of refusals, status and html"),
    "part": (float, "of the body that truncated, cut_during and a hang in the body let through, 0 to 1"),
}
SYSTEMS = ("hubspot", "salesforce")
PLACES = ("connect", "headers", "body")  # of a hang
LONGEST_DEAF = 600.0  # seconds: who takes no connection cannot be told to take them again
_COUNTED = frozenset({"struck", "seen", "running"})  # what `show` adds to a rule


@dataclass(slots=True)
class Rule:
    """When a fault of one kind strikes.

    system, method and path (a glob such as `/crm/*/search`) narrow it; `skip` matching calls pass first; each strike
    has the `probability` and then takes `burst` calls in a row; it ends after `count` strikes (None: never).
    `retry_after` adds that header to refusals, bare statuses and HTML pages.
    """

    kind: str
    system: str = ""
    method: str = ""
    path: str = "*"
    probability: float = 1.0
    count: int | None = None
    skip: int = 0
    burst: int = 1
    seconds: float = 0.0
    status: int = 503
    at: str = "headers"
    retry_after: int | None = None
    part: float = 0.5
    struck: int = 0
    seen: int = 0
    running: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(KINDS)}")
        if self.system and self.system not in SYSTEMS:
            raise ValueError(f"{self.kind}: there is no system {self.system!r}; there are {', '.join(SYSTEMS)}")
        self.method = self.method.upper()
        for name, most in (("probability", 1), ("part", 1), ("status", 599)):
            if not 0 <= getattr(self, name) <= most:
                raise ValueError(f"{self.kind}: {name} is {getattr(self, name)}, and has to be from 0 to {most}")
        if self.at not in PLACES or (self.at != "headers" and self.kind != "hang"):
            raise ValueError(f"{self.kind}: at is {self.at!r}; a hang, and nothing else, is at {', '.join(PLACES)}")
        if self.at == "connect" and not 0 < self.seconds <= LONGEST_DEAF:
            raise ValueError(f"{self.kind}: at=connect needs seconds, from above 0 to {LONGEST_DEAF:.0f}")
        if self.burst < 1 or self.skip < 0 or (self.count is not None and self.count < 0):
            raise ValueError(f"{self.kind}: burst is at least 1, skip and count are no less than 0")

    def strikes(self, system: str, method: str, path: str, chance: Callable[[], float]) -> bool:
        """Say whether this call is hit, and count it."""
        if (self.system and self.system != system) or (self.method and self.method != method):
            return False
        if not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        if self.running:
            self.running -= 1
        elif (
            self.seen <= self.skip
            or (self.count is not None and self.struck >= self.count)
            or chance() >= self.probability
        ):
            return False
        else:
            self.running = self.burst - 1
            self.struck += 1
        return True


def read(text: str) -> Rule:
    """Return the rule that a text such as `limited,system=hubspot,probability=0.1` describes.

    Raises ValueError for a kind, a name or a value that is none.
    """
    kind, *parts = [part.strip() for part in text.split(",")]
    fields: dict[str, Any] = {"kind": kind}
    for part in parts:
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{kind}: {part!r} is no name=value, such as probability=0.1")
        try:
            fields[name] = KNOBS[name][0](value) if name in KNOBS else value
        except ValueError:
            raise ValueError(f"{kind}: {name}={value}: {value!r} is no number") from None
    return rule_of(fields)


def rule_of(content: Any) -> Rule:
    """Return the rule that a JSON object describes; raises ValueError."""
    if not isinstance(content, dict) or not isinstance(content.get("kind"), str):
        raise ValueError(f"a fault rule names its kind: {', '.join(KINDS)}")
    if strange := content.keys() - KNOBS.keys() - _COUNTED - {"kind"}:
        known = ", ".join(KNOBS)
        raise ValueError(f"{content['kind']}: a fault rule has no {', '.join(sorted(strange))}; it has {known}")
    for name, value in content.items():
        wanted = KNOBS.get(name, (object,))[0]
        fits = isinstance(value, int | float if wanted is float else wanted) and not isinstance(value, bool)
        if not fits and not (value is None and name in ("count", "retry_after")):
            raise ValueError(f"{content['kind']}: {name} is {value!r}, and has to be of type {wanted.__name__}")
    return Rule(**content)
