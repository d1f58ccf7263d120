"""docs/reference/endpoints.md, from the connectors' tables of paths."""

from collections.abc import Iterator

from connectors.endpoints import EndpointPlace
from connectors.hubspot import paths as hubspot
from connectors.salesforce import paths as salesforce
from tests.reference.markdown import head, prose, row, table

TEXT = """
What syncd asks of HubSpot and Salesforce, in which versions of their APIs, and when the vendors' support for these
ends. `syncd endpoints` shows the same for the settings in force; `syncd doctor` warns half a year before an end, and
calls it an error from that day on. A version without support may go on answering: nobody mends anything in it any more.
"""
HUBSPOT = """
The dated paths are asked. `SYNCD_HUBSPOT_API=numbered` goes back to the numbered ones, where there are both. By
versions from 2026-09 on, HubSpot holds writes to what the portal's admin made required; a record that lacks it is
refused alone, and named in quarantine. Where no source has a dated path (30 November 2026), the numbered one is asked.
"""
SALESFORCE = f"""
All are asked in one version, {salesforce.VERSION.name} unless `SYNCD_SALESFORCE_VERSION` names another. Salesforce
promises three years of support from a version's release on, and announces an end a year before: versions 31.0 to 40.0
lose it in Summer '27, and are retired in Summer '28. `syncd doctor` asks the org whether it speaks the version.
"""


def lines() -> Iterator[str]:
    """Every endpoint of both vendors."""
    yield from head("Endpoints", "the tables `connectors/*/paths.py`", TEXT)
    yield from ("", "## HubSpot", "", prose(HUBSPOT))
    yield from table("dated path", "support ends", "numbered path", "support ends", "asked for")
    for path in hubspot.ALL:
        yield row(*_place(path.method, path.dated), *_place(path.method, path.numbered), _only(path))
    yield from ("", "## Salesforce", "", prose(SALESFORCE))
    yield from table("path", "support ends")
    for endpoint in salesforce.endpoints():
        yield row(f"`{endpoint.method} {endpoint.path}`", endpoint.version.end or "no version")


def _place(method: str, place: EndpointPlace | None) -> tuple[str, str]:
    return (f"`{method} {place.url}`", place.version.end) if place else ("none", "")


def _only(path: hubspot.Path) -> str:
    if path.oauth is not None:
        return "an OAuth app" if path.oauth else "a private app's scopes"
    return path.stream.replace("_", " ") or "everything"
