"""docs/reference/settings.md, from the Settings class."""

from collections.abc import Iterator

from connectors.hubspot import connector, paths
from connectors.salesforce.paths import VERSION
from syncd.settings import PREFIX, Settings
from tests.reference.markdown import head, kind, row, shown, table

TEXT = """
syncd reads its settings from the environment, and nothing else. Every variable may come from a file instead:
`SYNCD_HUBSPOT_TOKEN_FILE=/run/secrets/token` is read at start, without the line's end. Both at once are refused. An
empty variable counts as not set. Wrong settings end with exit code 2: all are named at once, never their values.
"""

CONNECTORS = {  # defaults that a connector has, not the settings
    "hubspot_url": paths.HOST,
    "hubspot_settle_seconds": int(connector.SETTLE.total_seconds()),
    "salesforce_version": VERSION.name,
}


def lines() -> Iterator[str]:
    """Every variable."""
    yield from head("Settings", "`syncd/settings.py`", TEXT)
    yield from table("variable", "what it is", "value", "default")
    for name, field in Settings.model_fields.items():
        value = CONNECTORS.get(name, field.default)
        default = f"`{shown(value)}`" if value is not None else "none"
        yield row(f"`{PREFIX}{name.upper()}`", field.description, kind(field.annotation), default)
