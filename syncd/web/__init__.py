"""The installation over HTTP, beside the daemon: health, figures, and the command line's verbs as an API."""

from syncd.web.access import Access
from syncd.web.app import application
from syncd.web.house import House
from syncd.web.server import Server
from syncd.web.table import TABLE

__all__ = ["TABLE", "Access", "House", "Server", "application"]
