"""Every path that syncd asks of HubSpot, with its API version and the day on which support for that ends beside it.

Dated versions take the place of numbered ones and are supported for 18 months each. Where HubSpot has an endpoint in
both, `SYNCD_HUBSPOT_API` chooses; where it has one only, that one is asked. Moving on means changing this table.

Sources for the paths: HubSpot's OpenAPI descriptions, github.com/HubSpot/HubSpot-public-api-spec-collection, folders
`2026-09` of objects, associations, properties, lists, owners, campaigns, marketing emails, marketing events and account
info, `2026-03` of OAuth; for the numbered ones the client package. No source has, on 30 November 2026, dated paths for
forms (a beta alone), their submissions, e-mail events, e-mail campaigns, and what a static token may do.
Sources for the days: developers.hubspot.com/docs/developer-tooling/platform/versioning (2026-03 came on 30 March 2026,
2026-09 on 8 September 2026); …/docs/api-reference/legacy/migration-guide (numbered versions are not supported from
September 2027 on); …/changelog/introducing-date-based-api-versioning (v4 until 2027-03 comes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from connectors.endpoints import Endpoint, EndpointPlace, Version

Api = Literal["dated", "numbered"]
API: Final[Api] = "dated"  # what an installation asks that says nothing else

HOST = "https://api.hubapi.com"

DATED = Version("2026-09", date(2028, 3, 8))
OAUTH = Version("2026-03", date(2027, 9, 30))
V4 = Version("v4", date(2027, 3, 30))
V3 = Version("v3", date(2027, 9, 1))
V2 = Version("v2", date(2027, 9, 1))
V1 = Version("v1", date(2027, 9, 1))


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint, in a numbered version, a dated one, or both. `needs`: the key without which an answer is none.

    search: searches have a limit of their own. writes: whether a call changes records. stream: the only stream that
    needs it. oauth: only OAuth apps ask it (True), only static tokens (False).
    """

    method: str
    numbered: EndpointPlace | None = None
    dated: EndpointPlace | None = None
    needs: str | None = None
    search: bool = False
    writes: bool = False
    stream: str = ""
    oauth: bool | None = None

    def at(self, api: Api) -> EndpointPlace:
        """Return where it lies for those who ask this kind of versions: in the other kind where it has one only."""
        first, second = (self.dated, self.numbered) if api == "dated" else (self.numbered, self.dated)
        place = first or second
        assert place is not None, "a path lies somewhere"
        return place

    def in_words(self, api: Api, names: Mapping[str, str]) -> str:
        """Return method and path as messages name them: with the object types, but no ids and names."""
        url = self.at(api).url
        for name in ("object", "to"):
            url = url.replace(f"{{{name}}}", names.get(name, f"{{{name}}}"))
        return f"{self.method} {url}"

    def mend(self, api: Api) -> str:
        """Say what leads to a version that is supported for longer."""
        if self.dated is None:
            without = f"; SYNCD_WITHOUT=hubspot.{self.stream} where nobody misses it" if self.stream else ""
            return f"upgrade once HubSpot has a dated path for it (developers.hubspot.com/changelog){without}"
        if self.at(api) is self.numbered:
            return "set SYNCD_HUBSPOT_API=dated, or take that variable away"
        return "upgrade: a later release asks a later version"


_O3, _O = "/crm/{version}/objects/{object}", "/crm/objects/{version}/{object}"
LIST = Path("GET", V3.at(_O3), DATED.at(_O), needs="results")
SEARCH = Path("POST", V3.at(f"{_O3}/search"), DATED.at(f"{_O}/search"), needs="results", search=True)
BATCH_READ = Path("POST", V3.at(f"{_O3}/batch/read"), DATED.at(f"{_O}/batch/read"), needs="results")
BATCH_UPDATE = Path("POST", V3.at(f"{_O3}/batch/update"), DATED.at(f"{_O}/batch/update"), needs="results", writes=True)
BATCH_UPSERT = Path("POST", V3.at(f"{_O3}/batch/upsert"), DATED.at(f"{_O}/batch/upsert"), needs="results", writes=True)
LINKS = Path(
    "POST",
    V4.at("/crm/{version}/associations/{object}/{to}/batch/read"),
    DATED.at("/crm/associations/{version}/{object}/{to}/batch/read"),
    needs="results",
)

OWNERS = Path(
    "GET", V3.at("/crm/{version}/owners/"), DATED.at("/crm/owners/{version}"), needs="results", stream="owners"
)

CAMPAIGNS = Path(
    "GET",
    V3.at("/marketing/{version}/campaigns"),
    DATED.at("/marketing/campaigns/{version}"),
    needs="results",
    stream="campaigns",
)

FORMS = Path("GET", V3.at("/marketing/{version}/forms/"), needs="results", stream="form_submissions")
SUBMISSIONS = Path(
    "GET", V1.at("/form-integrations/{version}/submissions/forms/{id}"), needs="results", stream="form_submissions"
)

EMAIL_EVENTS = Path("GET", V1.at("/email/public/{version}/events"), needs="events", stream="email_events")
EMAIL_CAMPAIGN = Path("GET", V1.at("/email/public/{version}/campaigns/{id}"), needs="id", stream="email_events")
MARKETING_EMAIL = Path(
    "GET",
    V3.at("/marketing/{version}/emails/{id}"),
    DATED.at("/marketing/emails/{version}/{id}"),
    needs="id",
    stream="email_events",
)

_E = "/marketing/marketing-events/{version}"
EVENTS = Path("GET", V3.at(_E), DATED.at(_E), needs="results", stream="marketing_events")
PARTICIPANTS = Path(
    "GET",
    V3.at(f"{_E}/participations/{{id}}/breakdown"),
    DATED.at(f"{_E}/participations/{{id}}/breakdown"),
    needs="results",
    stream="marketing_events",
)

_P3, _P = "/crm/{version}/properties/{object}", "/crm/properties/{version}/{object}"
PROPERTIES = Path("GET", V3.at(_P3), DATED.at(_P), needs="results")
CREATE_PROPERTIES = Path("POST", V3.at(f"{_P3}/batch/create"), DATED.at(f"{_P}/batch/create"), needs="results")
CHANGE_PROPERTY = Path("PATCH", V3.at(f"{_P3}/{{name}}"), DATED.at(f"{_P}/{{name}}"))
GROUP = Path("GET", V3.at(f"{_P3}/groups/{{name}}"), DATED.at(f"{_P}/groups/{{name}}"), needs="name")
CREATE_GROUP = Path("POST", V3.at(f"{_P3}/groups"), DATED.at(f"{_P}/groups"), needs="name")

_L3, _L = "/crm/{version}/lists", "/crm/lists/{version}"
_BY_NAME = "object-type-id/{object}/name/{name}"
LIST_BY_NAME = Path("GET", V3.at(f"{_L3}/{_BY_NAME}"), DATED.at(f"{_L}/{_BY_NAME}"), needs="list")
CREATE_LIST = Path("POST", V3.at(f"{_L3}/"), DATED.at(_L), needs="list")
_MEMBERS = "{id}/memberships/add-and-remove"
MEMBERSHIPS = Path("PUT", V3.at(f"{_L3}/{_MEMBERS}"), DATED.at(f"{_L}/{_MEMBERS}"), writes=True)

_A = "/account-info/{version}/details"
ACCOUNT = Path("GET", V3.at(_A), DATED.at(_A), needs="portalId")

# OAuth v1 ends on 16 February 2027 (developers.hubspot.com/changelog, "v1 OAuth API Deprecation") and has tokens in its
# paths, which stand in logs: it is never asked.
TOKEN = Path("POST", dated=OAUTH.at("/oauth/{version}/token"), needs="access_token", oauth=True)
INTROSPECT = Path("POST", dated=OAUTH.at("/oauth/{version}/token/introspect"), needs="active", oauth=True)
# What a private app's token may do; a service key's is described nowhere.
PRIVATE_TOKEN = Path("POST", V2.at("/oauth/{version}/private-apps/get/access-token-info"), needs="scopes", oauth=False)

ALL: tuple[Path, ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Path))


def endpoints(api: Api, *, oauth: bool | None = None) -> list[Endpoint]:
    """Return what is asked by those who ask this kind of versions. oauth: by an OAuth app, a static token, or any."""
    asked = [path for path in ALL if oauth is None or path.oauth in (None, oauth)]
    places = [(path, path.at(api)) for path in asked]
    return [Endpoint(path.method, at.url, at.version, path.mend(api), path.stream) for path, at in places]
