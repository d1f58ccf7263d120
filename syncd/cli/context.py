"""What every command starts from: the settings, logs as they want them, and the mark of an unsigned agreement."""

from __future__ import annotations

from syncd import logs
from syncd.cli.mark import mark_by
from syncd.settings import Settings, read


def settings() -> Settings:
    """The settings, with logging set up by them, and all that is shown from now on marked by their agreement."""
    configured = read()
    mark_by(configured.agreement, configured.mappings)
    logs.configure(configured.log_level, configured.log_format)
    return configured
