"""`syncd migrate`: the store's tables at the newest revision."""

from __future__ import annotations

from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json, show_line
from syncd.store import Store
from syncd.store.readiness import reachable


def migrate(as_json: Json = False) -> None:
    """Bring the store's tables to the newest revision; safe to repeat.

    - `syncd migrate`, once after every upgrade, before `syncd run`
    """
    store = Store(settings().database_url)
    with reachable(store):
        revision = store.migrate()
    store.close()
    if as_json:
        show_json({"revision": revision})
    else:
        show_line(f"the store stands at revision {revision}")
