"""Every path that syncd asks of Salesforce, and the API versions with the days on which support for them ends.

All of Salesforce's APIs are asked in one version, which `SYNCD_SALESFORCE_VERSION` may name. Each is supported for
three years from its release at least; a version without support may go on answering, a retired one answers 410.
Sources: Salesforce, REST API Developer Guide, "API End-of-Life Policy"; help.salesforce.com, articles 005321531 of
30 April 2026 (31.0 to 40.0 lose their support in Summer '27 and are retired in Summer '28) and 000354473 (those up to
30.0 were retired in Summer '25).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from connectors.endpoints import UNVERSIONED, Endpoint, Version

PROMISED = 3  # years of support from a release on
MONTHS = (2, 6, 10)  # in which releases come: Spring, Summer, Winter, the latter named after the next year
FIRST = 66  # the version of Spring '26
FIRST_YEAR = 2026
RETIRED = 30  # the last version that is retired, and since when
SINCE = date(2025, 6, 1)
LEAVING = 40  # the last version whose end is announced, and for when
LEAVES = date(2027, 6, 1)


def version(name: str) -> Version:
    """Return the version of this name (68.0), with the first day on which Salesforce may not support it."""
    number = int(name.partition(".")[0])
    if number <= RETIRED:
        return Version(name, SINCE)
    if number <= LEAVING:
        return Version(name, LEAVES)
    years, season = divmod(number - FIRST, len(MONTHS))
    return Version(name, date(FIRST_YEAR + years + PROMISED, MONTHS[season], 1), announced=False)


VERSION = version("68.0")  # what an installation speaks that names no other version


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint. `writes`: whether a call without an answer may have changed something in the org."""

    method: str
    template: str
    writes: bool = False

    def url(self, version: str, **names: str) -> str:
        """Return the path in this version, with its names filled in."""
        return self.template.format(version=version, **{name: quote(text, safe="") for name, text in names.items()})


def is_of_the_api(locator: str) -> bool:
    """Whether what an answer points to is a path of the API, on the host that gave it."""
    return locator.startswith(VERSIONS.template) and ".." not in locator and "\\" not in locator


TOKEN = Path("POST", "/services/oauth2/token")  # without a version
WHOSE = Path("GET", "/services/oauth2/userinfo")
VERSIONS = Path("GET", "/services/data/")
LIMITS = Path("GET", "/services/data/v{version}/limits")

QUERY = Path("GET", "/services/data/v{version}/query")
TOOLING_QUERY = Path("GET", "/services/data/v{version}/tooling/query")
QUERY_ALL = Path("GET", "/services/data/v{version}/queryAll")
BULK_QUERY = Path("POST", "/services/data/v{version}/jobs/query")
BULK_JOB = Path("GET", "/services/data/v{version}/jobs/query/{job}")
BULK_RESULTS = Path("GET", "/services/data/v{version}/jobs/query/{job}/results")

DESCRIBE = Path("GET", "/services/data/v{version}/sobjects/{object}/describe")
VALUES = Path("GET", "/services/data/v{version}/ui-api/object-info/{object}/picklist-values/{record_type}/{field}")
COMPOSITE = Path("POST", "/services/data/v{version}/composite")

UPDATE = Path("PATCH", "/services/data/v{version}/composite/sobjects", writes=True)
CREATE = Path("POST", "/services/data/v{version}/composite/sobjects", writes=True)
UPSERT = Path("PATCH", "/services/data/v{version}/composite/sobjects/{object}/{key}", writes=True)
ASSIGN = Path("POST", "/services/data/v{version}/sobjects/PermissionSetAssignment", writes=True)
NOTIFY = Path("POST", "/services/data/v{version}/actions/standard/customNotificationAction", writes=True)
NOTIFIES = Path("GET", "/services/data/v{version}/actions/standard/customNotificationAction")
LICENSE = Path("POST", "/services/data/v{version}/sobjects/PermissionSetLicenseAssign", writes=True)

DELETE = Path("DELETE", "/services/data/v{version}/sobjects/{object}/{id}", writes=True)

DEPLOYMENT = Path("GET", "/services/data/v{version}/metadata/deployRequest/{id}")
PARTNER = Path("POST", "/services/Soap/u/{version}")
# The Metadata API, whose path simple-salesforce composes itself, in the version that it is given.
METADATA = Path("POST", "/services/Soap/m/{version}/", writes=True)

ALL: tuple[Path, ...] = tuple(value for value in tuple(globals().values()) if isinstance(value, Path))


def endpoints(name: str | None = None) -> list[Endpoint]:
    """Return the endpoints that are asked in the version of this name, or in ours."""
    name = name or VERSION.name
    spoken = version(name)
    mend = (
        "upgrade, or name a later version that the org speaks: SYNCD_SALESFORCE_VERSION"
        if name == VERSION.name
        else f"set SYNCD_SALESFORCE_VERSION={VERSION.name}, or take that variable away"
    )
    return [
        Endpoint(
            path.method,
            path.template.replace("{version}", name),
            spoken if "{version}" in path.template else UNVERSIONED,
            mend,
        )
        for path in ALL
    ]
