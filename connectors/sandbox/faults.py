"""Faults on demand: what goes wrong between a client and a vendor, struck by rule.

Both simulators use it the same way. A simulator has these four members and one line at its door:

    class Simulator:
        system = "salesforce"                                 # or "hubspot"; rules may name it
        async def answer(self, scope, receive, send): ...     # the whole app, without faults
        def refusal(self, kind, scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]: ...
                     # the vendor's own answer (status, headers, body) to one of REFUSALS:
                     # limited (429 burst), exhausted (the day's quota), unavailable (503), expired (401);
                     # for expired, also end the session that the scope's Authorization header names
        def disturb(self, scope) -> None: ...                 # change a record that the call may be about to show
        clock = Clock()                                       # which jumps

        async def __call__(self, scope, receive, send):
            if self.faults.rules and not scope["path"].startswith("/_sandbox/"):
                await self.faults.serve(self, scope, receive, send)
            else:
                await self.answer(scope, receive, send)

Rules come by constructor, by `faults.add(Rule("cut_after", method="POST", count=1))`, in words from the command line
(`fault_rules.read`), or as JSON from a file or the admin endpoint `/_sandbox/faults` (`load`, `show`). Cutting needs
the server's hand on the transport, which connectors.sandbox.server puts into the scope; without it, a cut is raised as
ConnectionResetError.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from typing import Any, Protocol

from connectors.sandbox.fault_rules import KINDS, Rule, rule_of

__all__ = ["Faults", "Rule", "Vendor"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

REFUSALS = frozenset({"limited", "exhausted", "unavailable", "expired"})
_ADDED = frozenset({"latency", "disturb", "skew", "jump", "restart"})  # these go together with another fault
_STEPS = frozenset({"add", "now", "lift"})
CUT = "sandbox.cut"  # scope extension: abort the connection at once
CLOSE = "sandbox.close"  # scope extension: close it after what was written
_HTML = b"<html><head><title>%d</title></head><body><h1>The service is temporarily unavailable</h1></body></html>"


class Vendor(Protocol):
    """What a simulator shows to the faults."""

    system: str
    clock: Any

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, without faults."""
        ...

    def refusal(self, kind: str, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        """Return status, headers and body of the vendor's own answer to one of REFUSALS."""
        ...

    def disturb(self, scope: Scope) -> None:
        """Change a record that the call may be about to show."""
        ...


@dataclass(slots=True)
class Faults:
    """The rules in force, and the dice. `rules` empty: nothing goes wrong and nothing is slowed.

    restart: ends every connection to the database that stands behind the sandbox, for so many seconds. jump: sets the
    vendors' clock on. deafen: has a vendor take no connections for so many seconds. The sandbox's server gives them.
    """

    rules: list[Rule] = field(default_factory=list)
    seed: int = 0
    restart: Callable[[float], None] | None = None
    jump: Callable[[float], None] | None = None
    deafen: Callable[[str, float], None] | None = None
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def add(self, *rules: Rule) -> None:
        """Put more rules in force, behind those that stand; raises ValueError for what this sandbox cannot do."""
        self._require_able(rules)
        self.rules.extend(rules)

    def clear(self) -> None:
        """End every rule."""
        self.rules.clear()

    def load(self, content: Any) -> None:
        """Put rules from JSON in force: {"rules": [{"kind": …}, …], "seed": 7}, or the list alone, replace all others.

        {"add": [{"kind": …}]} puts them beside those that stand, {"lift": KIND} ends those of a kind ("": all), and
        {"now": [{"kind": …}]} does once and at once what needs no call: jump, restart, a hang at connect. Raises
        ValueError where a rule cannot be read; the old rules then stay.
        """
        whole = {"rules": content} if isinstance(content, list) else content
        if isinstance(whole, dict) and len(whole) == 1 and whole.keys() <= _STEPS:
            ((step, what),) = whole.items()
            self._step(step, what)
            return
        if not isinstance(whole, dict) or not isinstance(whole.get("rules"), list):
            raise ValueError('faults are {"rules": [{"kind": "latency", "seconds": 0.5}, …], "seed": 7}')
        if strange := whole.keys() - {"rules", "seed", "kinds"}:
            raise ValueError(f"beside rules and seed, faults have no {', '.join(sorted(strange))}")
        rules = [rule_of(given) for given in whole["rules"]]
        self._require_able(rules)
        self.rules[:] = rules
        if "seed" in whole:
            self.seed = int(whole["seed"])
            self.dice = random.Random(self.seed)

    def _step(self, step: str, what: Any) -> None:
        """Take one step: lift the rules of a kind, or read rules and add them, or do them now."""
        if step == "lift":
            if not isinstance(what, str) or (what and what not in KINDS):
                raise ValueError(f"no fault is called {what!r}; there are {', '.join(KINDS)}")
            self.rules[:] = [rule for rule in self.rules if what and rule.kind != what]
            return
        if not isinstance(what, list):
            raise ValueError(f'{step} takes a list of rules: [{{"kind": "limited"}}, …]')
        rules = [rule_of(given) for given in what]
        if step == "add":
            self.add(*rules)
            return
        self._require_able(rules)
        if vain := [rule.kind for rule in rules if self._deed(rule) is None]:
            raise ValueError(f"{vain[0]}: waits for a call; at once come jump, restart, and hang with at=connect")
        for deed in filter(None, map(self._deed, rules)):
            deed()

    def _deed(self, rule: Rule) -> Callable[[], object] | None:
        """What a rule does where it concerns no call: to the clock, the database, or whoever connects."""
        if rule.kind == "jump" and self.jump:
            return partial(self.jump, rule.seconds)
        if rule.kind == "restart" and self.restart:
            return partial(self.restart, rule.seconds)
        if rule.at == "connect" and self.deafen:
            soon = partial(self.deafen, rule.system, rule.seconds)  # after the answer to whoever asked for it
            return lambda: asyncio.get_running_loop().call_later(0.1, soon)
        return None

    def _require_able(self, rules: Iterable[Rule]) -> None:
        if self.restart is None and any(rule.kind == "restart" for rule in rules):
            raise ValueError("restart: this sandbox stands before no database; start it with --database HOST:PORT")

    def show(self) -> dict[str, Any]:
        """Return the rules as JSON values, with how often each has struck."""
        return {"seed": self.seed, "rules": [asdict(rule) for rule in self.rules], "kinds": dict(KINDS)}

    async def serve(self, vendor: Vendor, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call through `vendor`, spoilt by the rules that strike."""
        method, path = scope["method"], scope["path"]
        struck = [rule for rule in self.rules if rule.strikes(vendor.system, method, path, self.dice.random)]
        for rule in struck:
            if rule.kind == "latency":
                await asyncio.sleep(rule.seconds)
            elif rule.kind == "disturb":
                vendor.disturb(scope)
            elif rule.kind == "skew":
                send = _skewed(send, rule.seconds)
            elif rule.kind == "jump":
                vendor.clock.advance(rule.seconds)
            elif rule.kind == "restart" and self.restart is not None:
                self.restart(rule.seconds)
            elif rule.at == "connect" and self.deafen is not None:
                self.deafen(rule.system or vendor.system, rule.seconds)  # this call's connection ends with the others
        spoiler = next((rule for rule in struck if rule.kind not in _ADDED and rule.at != "connect"), None)
        if spoiler is None:
            await vendor.answer(scope, receive, send)
        else:
            await _spoil(spoiler, vendor, scope, receive, send)


async def _spoil(rule: Rule, vendor: Vendor, scope: Scope, receive: Receive, send: Send) -> None:
    match rule.kind:
        case "cut_before":
            await _drain(receive)
            await _cut(scope, receive)
        case "hang" if rule.at == "headers":
            await _drain(receive)
            await _gone(receive)
        case kind if kind in REFUSALS | {"html", "status"}:
            await _drain(receive)
            status, headers, body = _refusal(rule, vendor, scope)
            if rule.retry_after is not None:
                headers = [*headers, (b"retry-after", b"%d" % rule.retry_after)]
            await _reply(send, status, headers, body)
        case _:
            await _mangle(rule, vendor, scope, receive, send)


def _refusal(rule: Rule, vendor: Vendor, scope: Scope) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    match rule.kind:
        case "html":
            return rule.status, [(b"content-type", b"text/html; charset=utf-8")], _HTML % rule.status
        case "status":
            return rule.status, [(b"content-type", b"application/json;charset=utf-8")], b"{}"
        case kind:
            return vendor.refusal(kind, scope)


async def _mangle(rule: Rule, vendor: Vendor, scope: Scope, receive: Receive, send: Send) -> None:
    """Let the vendor carry the call out, then spoil its answer."""
    status, headers, body = await _capture(vendor, scope, receive)
    cut_at = int(len(body) * rule.part)
    match rule.kind:
        case "cut_after":
            await _cut(scope, receive)
        case "empty":
            await _reply(send, status, headers, b"")
        case "truncated":
            await _reply(send, status, headers, body[:cut_at])
        case "wrong_type":
            kept = [pair for pair in headers if pair[0].lower() != b"content-type"]
            await _reply(send, status, [*kept, (b"content-type", b"text/plain; charset=utf-8")], body)
        case "cut_during":
            await _start(send, status, headers, len(body))
            await send({"type": "http.response.body", "body": body[:cut_at], "more_body": True})
            await _cut(scope, receive, CLOSE)
        case "hang":
            await _start(send, status, headers, len(body))
            await send({"type": "http.response.body", "body": body[:cut_at], "more_body": True})
            await _gone(receive)
        case "drip":
            await _drip(send, status, headers, body, rule.seconds)


async def _capture(vendor: Vendor, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await vendor.answer(scope, receive, keep)
    start = messages[0]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    return start["status"], list(start.get("headers", ())), body


async def _reply(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
    await _start(send, status, headers, len(body))
    await send({"type": "http.response.body", "body": body})


async def _start(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]], length: int) -> None:
    kept = [pair for pair in headers if pair[0].lower() not in {b"content-length", b"transfer-encoding"}]
    await send(
        {"type": "http.response.start", "status": status, "headers": [*kept, (b"content-length", b"%d" % length)]}
    )


async def _drip(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes, seconds: float) -> None:
    pieces = max(1, min(20, len(body)))
    size = -(-len(body) // pieces)
    await _start(send, status, headers, len(body))
    for at in range(0, len(body), max(1, size)):
        await asyncio.sleep(seconds / pieces)
        await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    """Take the whole request in: a client that is still writing would see a broken pipe instead of the answer."""
    while (await receive()).get("more_body"):
        pass


async def _cut(scope: Scope, receive: Receive, how: str = CUT) -> None:
    cut = (scope.get("extensions") or {}).get(how)
    if cut is None:
        raise ConnectionResetError("the sandbox cut the connection")
    cut()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait until the client, or the sandbox itself, ends the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _skewed(send: Send, seconds: float) -> Send:
    async def shifted(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            dates = [value for name, value in headers if name.lower() == b"date"]
            at = parsedate_to_datetime(dates[-1].decode()) if dates else datetime.now(UTC)
            date = format_datetime((at + timedelta(seconds=seconds)).astimezone(UTC), usegmt=True).encode()
            message["headers"] = [*(pair for pair in headers if pair[0].lower() != b"date"), (b"date", date)]
        await send(message)

    return shifted
