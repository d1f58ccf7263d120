"""The endpoints that connectors ask: each with its version of the vendor's API, and when support for that ends.

A connector's `paths` holds them in one table; `syncd endpoints` shows them, and `syncd doctor` warns in time.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class Version(NamedTuple):
    """One version of a vendor's API.

    ends: the first day on which the vendor does not support it; None where no such day is known. announced: False where
    the vendor has promised its support until then, and has not said that it ends.
    """

    name: str
    ends: date | None = None
    announced: bool = True

    @property
    def end(self) -> str:
        """Say when support ends; empty where no day is known."""
        return "" if self.ends is None else f"{self.ends}" if self.announced else f"not before {self.ends}"

    def at(self, template: str) -> EndpointPlace:
        """Return where an endpoint lies in this version; `{version}` stands for its name."""
        return EndpointPlace(template.replace("{version}", self.name), self)


class EndpointPlace(NamedTuple):
    """Where an endpoint lies in one version: its path, whose other names are still open."""

    url: str
    version: Version


UNVERSIONED = Version("")


class Endpoint(NamedTuple):
    """One endpoint as a connector asks it. stream: the only one that needs it; mend: what leads to a later version."""

    method: str
    path: str
    version: Version
    mend: str
    stream: str = ""
