"""Health, metrics and status over HTTP, beside the daemon."""

from syncd.web.app import application
from syncd.web.server import Server

__all__ = ["Server", "application"]
