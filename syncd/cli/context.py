"""What every command starts from: the settings, and logs as they want them."""

from __future__ import annotations

from syncd import logs
from syncd.settings import Settings, read


def settings() -> Settings:
    """The settings, with logging set up by them."""
    configured = read()
    logs.configure(configured.log_level, configured.log_format)
    return configured
