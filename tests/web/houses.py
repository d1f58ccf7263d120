"""Houses to be served: a store of a test's own, and what a daemon would know beside it."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from starlette.requests import Request
from starlette.types import ASGIApp

from syncd.in_force import load_rulebook
from syncd.pulse import Pulse
from syncd.rules import Rulebook
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.plan import Plan
from syncd.web import Access, House, Server, application
from syncd.web.rights import BOOTSTRAP, Kind, Principal, Right, bearer

NOON = datetime(2026, 11, 2, 17, tzinfo=UTC)


@dataclass
class Allowance:
    """What a system still lets us ask."""

    calls: int
    daily_remaining: int | None


def house(
    store: Store,
    pulse: Pulse | None = None,
    *,
    streams: Sequence[tuple[str, str]] = (),
    budgets: Mapping[str, Mapping[str, Any]] | None = None,
) -> House:
    """The house of a store, which asks nobody: its plan is empty."""
    systems = dict.fromkeys([system for system, _ in streams])
    mappings = {name: SimpleNamespace(streams=dict.fromkeys(s for n, s in streams if n == name)) for name in systems}
    sources = {name: SimpleNamespace(budget=Allowance(**left)) for name, left in (budgets or {}).items()}
    readers: Any = SimpleNamespace(mappings=mappings)
    wiring = Wiring(store, readers, sources, {}, _book(), "", "", lambda: NOON)  # type: ignore[arg-type]
    return House(wiring, pulse or Pulse(), lambda _: Plan("2026-11-02", ()))


@cache
def _book() -> Rulebook:
    return load_rulebook(Settings(registers=()))


@dataclass(frozen=True)
class OneToken:
    """A door that knows one token and needs no store, where the house behind it is what is looked at."""

    token: str | None = None

    @property
    def configured(self) -> bool:
        return bool(self.token)

    def recognise(self, request: Request) -> Principal | None:
        sent = bearer(request)
        if self.token and sent and sent == self.token:
            return Principal(BOOTSTRAP, Right.ADMINISTER, Kind.TOKEN)
        return None


@contextmanager
def served(house: House, token: str | None = None, *, loopback: bool = True, **walls: Any) -> Iterator[str]:
    """The house on a free port: its address."""
    with listening(application(house, Access(OneToken(token), loopback), **walls)) as address:
        yield address


@contextmanager
def listening(pages: ASGIApp) -> Iterator[str]:
    """An application on a free port: its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Server(pages, "127.0.0.1", port):
        yield f"http://127.0.0.1:{port}"
