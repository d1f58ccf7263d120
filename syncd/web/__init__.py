"""The installation over HTTP, beside the daemon: health, figures, the command line's verbs as an API, and pages."""

from syncd.web.access import Access
from syncd.web.app import application
from syncd.web.house import House
from syncd.web.pages.table import OPERATIONS as PAGES
from syncd.web.server import Server
from syncd.web.table import TABLE

__all__ = ["PAGES", "TABLE", "Access", "House", "Server", "application"]
