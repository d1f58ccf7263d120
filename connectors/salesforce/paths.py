"""Every path that syncd asks of Salesforce, with the API version and the day on which that ends beside it.

Each version is supported for three years from its release at least, and a retired one answers 410: moving on means
changing this table. Source: Salesforce, REST API Developer Guide, "API End-of-Life Policy". The Metadata API's path is
simple-salesforce's own; it speaks the same version.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from urllib.parse import quote


class Version(NamedTuple):
    """One version of all of Salesforce's APIs, and the first day on which Salesforce may end its support."""

    name: str
    ends: date


VERSION = Version("68.0", date(2029, 10, 1))  # what an installation speaks that names no other version


@dataclass(frozen=True, slots=True)
class Path:
    """One endpoint. `writes`: whether a call without an answer may have changed something in the org."""

    method: str
    template: str
    writes: bool = False

    def url(self, version: str, **names: str) -> str:
        """Return the path in this version, with its names filled in."""
        return self.template.format(version=version, **{name: quote(text, safe="") for name, text in names.items()})


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
