"""What probes ask: whether the store is reached, and with which HTTP status health is told."""

from __future__ import annotations

from syncd.errors import Unavailable
from syncd.model.health import Grade, Health
from syncd.pulse import Pulse
from syncd.store import Store


def require_reached(store: Store, pulse: Pulse) -> None:
    """Raise SyncdError unless the store answers and stands at the newest revision.

    While the daemon knows that its database is away nobody waits for that to be found out once more.
    """
    if pulse.away_since is not None:
        raise Unavailable(f"the database does not answer since {pulse.away_since:%Y-%m-%d %H:%M:%S} UTC")
    store.database.ping()
    store.require_head()


def status_of(health: Health) -> int:
    """200 where the systems are kept in step, with warnings or without; 503 where something is failing."""
    return 503 if health.state == Grade.FAILING.value else 200
