"""Every path that syncd asks of HubSpot, with its API version and the day on which that ends beside it.

Date-versioned paths take the place of numbered ones and live 18 months each. Moving on means changing this table.
Sources: the client package's own endpoints, developers.hubspot.com/docs/api-reference for the legacy ones (forms
submissions, e-mail events); developers.hubspot.com/changelog, "Legacy APIs and Apps: What's Going Unsupported and When"
and "Deprecating support for HubSpot v4 APIs", for the days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Version(NamedTuple):
    """One version of an API, and the day from which HubSpot no longer supports it."""

    name: str
    ends: date


HOST = "https://api.hubapi.com"

OAUTH = Version("2026-03", date(2027, 9, 1))  # a dated version lives for 18 months
V4 = Version("v4", date(2027, 3, 30))
V3 = Version("v3", date(2027, 9, 1))
V2 = Version("v2", date(2027, 9, 1))
V1 = Version("v1", date(2027, 9, 1))  # submissions and e-mail events: no dated path takes their place yet


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint. `needs` is the key without which an answer is no answer; searches have a limit of their own.

    writes: whether a call changes records.
    """

    method: str
    template: str
    version: Version
    needs: str | None = None
    search: bool = False
    writes: bool = False

    @property
    def url(self) -> str:
        """Return the path with its version, the names still open."""
        return self.template.replace("{version}", self.version.name)

    def in_words(self, names: Mapping[str, str]) -> str:
        """Return method and path as messages name them: with the object types, but no ids and names."""
        url = self.url
        for name in ("object", "to"):
            url = url.replace(f"{{{name}}}", names.get(name, f"{{{name}}}"))
        return f"{self.method} {url}"


LIST = Path("GET", "/crm/{version}/objects/{object}", V3, needs="results")
SEARCH = Path("POST", "/crm/{version}/objects/{object}/search", V3, needs="results", search=True)
BATCH_READ = Path("POST", "/crm/{version}/objects/{object}/batch/read", V3, needs="results")
BATCH_UPDATE = Path("POST", "/crm/{version}/objects/{object}/batch/update", V3, needs="results", writes=True)
BATCH_UPSERT = Path("POST", "/crm/{version}/objects/{object}/batch/upsert", V3, needs="results", writes=True)
LINKS = Path("POST", "/crm/{version}/associations/{object}/{to}/batch/read", V4, needs="results")

OWNERS = Path("GET", "/crm/{version}/owners/", V3, needs="results")

CAMPAIGNS = Path("GET", "/marketing/{version}/campaigns", V3, needs="results")

FORMS = Path("GET", "/marketing/{version}/forms/", V3, needs="results")
SUBMISSIONS = Path("GET", "/form-integrations/{version}/submissions/forms/{id}", V1, needs="results")

EMAIL_EVENTS = Path("GET", "/email/public/{version}/events", V1, needs="events")
EMAIL_CAMPAIGN = Path("GET", "/email/public/{version}/campaigns/{id}", V1, needs="id")
MARKETING_EMAIL = Path("GET", "/marketing/{version}/emails/{id}", V3, needs="id")

EVENTS = Path("GET", "/marketing/marketing-events/{version}", V3, needs="results")
PARTICIPANTS = Path("GET", "/marketing/marketing-events/{version}/participations/{id}/breakdown", V3, needs="results")

PROPERTIES = Path("GET", "/crm/{version}/properties/{object}", V3, needs="results")
CREATE_PROPERTIES = Path("POST", "/crm/{version}/properties/{object}/batch/create", V3, needs="results")
CHANGE_PROPERTY = Path("PATCH", "/crm/{version}/properties/{object}/{name}", V3)
GROUP = Path("GET", "/crm/{version}/properties/{object}/groups/{name}", V3, needs="name")
CREATE_GROUP = Path("POST", "/crm/{version}/properties/{object}/groups", V3, needs="name")

LIST_BY_NAME = Path("GET", "/crm/{version}/lists/object-type-id/{object}/name/{name}", V3, needs="list")
CREATE_LIST = Path("POST", "/crm/{version}/lists/", V3, needs="list")
MEMBERSHIPS = Path("PUT", "/crm/{version}/lists/{id}/memberships/add-and-remove", V3, writes=True)

ACCOUNT = Path("GET", "/account-info/{version}/details", V3, needs="portalId")

# Where OAuth gets its access tokens.
TOKEN = Path("POST", "/oauth/{version}/token", OAUTH, needs="access_token")
# What an OAuth app's token may do; asked in the body, since paths stand in logs.
INTROSPECT = Path("POST", "/oauth/{version}/token/introspect", OAUTH, needs="active")
# What a private app's token may do.
PRIVATE_TOKEN = Path("POST", "/oauth/{version}/private-apps/get/access-token-info", V2, needs="scopes")
