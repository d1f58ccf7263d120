"""What is done by hand in a system itself, and not in the store: it stands in the audit log where there is a store."""

from __future__ import annotations

from contextlib import closing, suppress

from sqlalchemy.exc import DBAPIError

from syncd.cli.actor import actor
from syncd.errors import SyncdError
from syncd.settings import Settings
from syncd.store import Store
from syncd.store.readiness import require_ready


def note(configured: Settings, action: str, detail: str) -> None:
    """Write down who did it. It is done, and nothing that the store has against it undoes that."""
    with suppress(SyncdError, DBAPIError), closing(Store(configured.database_url)) as store:
        require_ready(store)
        with store.writing() as unit:
            unit.audit.write(actor(), action, detail)
