"""`syncd endpoints`: what is asked of the vendors, in which versions of their APIs, and how long they support these."""

from __future__ import annotations

from datetime import date

from syncd import wiring
from syncd.cli.context import settings
from syncd.cli.options import Json
from syncd.cli.screen import show_json
from syncd.cli.table import show_table

HEADINGS = ("system", "version", "support ends", "only for", "endpoint")


def endpoints(as_json: Json = False) -> None:
    """Show every endpoint that syncd asks of the vendors, its API version, and the day on which support for that ends.

    Those that end first come first. `syncd doctor` warns half a year before, and says what to do. Needs no credentials
    and no store, and asks nobody.

    - `syncd endpoints`

    - `SYNCD_HUBSPOT_API=numbered syncd endpoints` shows what would be asked by the old paths

    - `syncd endpoints --json | jq -r '.[] | select(.ends < "2027-06-01") | .path'`
    """
    asked = [(system, endpoint) for system, each in wiring.endpoints(settings()).items() for endpoint in each]
    asked.sort(key=lambda pair: pair[1].version.ends or date.max)
    if as_json:
        show_json(
            [
                {
                    "system": system,
                    "method": endpoint.method,
                    "path": endpoint.path,
                    "version": endpoint.version.name or None,
                    "ends": endpoint.version.ends,
                    "announced": endpoint.version.announced if endpoint.version.ends else None,
                    "stream": endpoint.stream or None,
                }
                for system, endpoint in asked
            ]
        )
        return
    rows = [
        (system, endpoint.version.name, endpoint.version.end, endpoint.stream, f"{endpoint.method} {endpoint.path}")
        for system, endpoint in asked
    ]
    show_table("endpoints", HEADINGS, rows)
