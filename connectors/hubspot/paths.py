"""Every path that syncd asks of HubSpot, with its API version beside it.

HubSpot supports v3 until September and v4 until March 2027; date-versioned paths take their place and live 18 months
each. Moving on means changing this table. Sources: the client package's own endpoints, and
developers.hubspot.com/docs/api-reference for the legacy ones (forms submissions, e-mail events).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint. `needs` is the key without which an answer is no answer; searches have a limit of their own."""

    method: str
    template: str
    version: str
    needs: str | None = None
    search: bool = False

    @property
    def url(self) -> str:
        """Return the path with its version, the names still open."""
        return self.template.replace("{version}", self.version)

    def told(self, names: Mapping[str, str]) -> str:
        """Return method and path as people are told of them: with the object types, but no ids and names."""
        url = self.url
        for name in ("object", "to"):
            url = url.replace(f"{{{name}}}", names.get(name, f"{{{name}}}"))
        return f"{self.method} {url}"


LIST = Path("GET", "/crm/{version}/objects/{object}", "v3", needs="results")
SEARCH = Path("POST", "/crm/{version}/objects/{object}/search", "v3", needs="results", search=True)
BATCH_READ = Path("POST", "/crm/{version}/objects/{object}/batch/read", "v3", needs="results")
BATCH_UPDATE = Path("POST", "/crm/{version}/objects/{object}/batch/update", "v3", needs="results")
BATCH_UPSERT = Path("POST", "/crm/{version}/objects/{object}/batch/upsert", "v3", needs="results")
LINKS = Path("POST", "/crm/{version}/associations/{object}/{to}/batch/read", "v4", needs="results")

OWNERS = Path("GET", "/crm/{version}/owners/", "v3", needs="results")

CAMPAIGNS = Path("GET", "/marketing/{version}/campaigns", "v3", needs="results")
CAMPAIGN = Path("GET", "/marketing/{version}/campaigns/{id}", "v3", needs="id")

FORMS = Path("GET", "/marketing/{version}/forms/", "v3", needs="results")
SUBMISSIONS = Path("GET", "/form-integrations/{version}/submissions/forms/{id}", "v1", needs="results")

EMAIL_EVENTS = Path("GET", "/email/public/{version}/events", "v1", needs="events")
EMAIL_CAMPAIGN = Path("GET", "/email/public/{version}/campaigns/{id}", "v1", needs="id")

EVENTS = Path("GET", "/marketing/{version}/marketing-events/", "v3", needs="results")
PARTICIPANTS = Path("GET", "/marketing/{version}/marketing-events/participations/{id}/breakdown", "v3", needs="results")

PROPERTIES = Path("GET", "/crm/{version}/properties/{object}", "v3", needs="results")
CREATE_PROPERTIES = Path("POST", "/crm/{version}/properties/{object}/batch/create", "v3", needs="results")
CHANGE_PROPERTY = Path("PATCH", "/crm/{version}/properties/{object}/{name}", "v3")
GROUP = Path("GET", "/crm/{version}/properties/{object}/groups/{name}", "v3", needs="name")
CREATE_GROUP = Path("POST", "/crm/{version}/properties/{object}/groups", "v3", needs="name")

LIST_BY_NAME = Path("GET", "/crm/{version}/lists/object-type-id/{object}/name/{name}", "v3", needs="list")
CREATE_LIST = Path("POST", "/crm/{version}/lists/", "v3", needs="list")
MEMBERSHIPS = Path("PUT", "/crm/{version}/lists/{id}/memberships/add-and-remove", "v3")

ACCOUNT = Path("GET", "/account-info/{version}/details", "v3", needs="portalId")

# A private app's token, or an OAuth app's: what it may do.
PRIVATE_TOKEN = Path("POST", "/oauth/{version}/private-apps/get/access-token-info", "v2", needs="scopes")
OAUTH_TOKEN = Path("GET", "/oauth/{version}/access-tokens/{token}", "v1", needs="scopes")
