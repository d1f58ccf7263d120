"""A small org, and two ways to ask it: through the ASGI door without sockets, and with packages to deploy."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from connectors.sandbox.clock import Clock
from connectors.sandbox.salesforce import SalesforceSimulator

NOW = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
ME = "005000000000001AAA"
REP = "005000000000002AAA"
GONE = "005000000000003AAA"
ACME, BANK = "001000000000001AAA", "001000000000002AAA"
ANN, BOB, CY = "003000000000001AAA", "003000000000002AAA", "003000000000003AAA"
LEAD = "00Q000000000001EAA"
WEBINAR = "701000000000001AAA"
DEAL = "006000000000001AAA"
NAMESPACE = "http://soap.sforce.com/2006/04/metadata"

WORLD: dict[str, list[dict[str, Any]]] = {
    "User": [
        {"Id": REP, "Username": "rep@acme.example", "FirstName": "Rita", "LastName": "Rep", "IsActive": True},
        {"Id": GONE, "Username": "gone@acme.example", "LastName": "Gone", "IsActive": False},
    ],
    "Account": [
        {"Id": ACME, "Name": "Acme", "OwnerId": REP, "BillingCity": "Rome", "AnnualRevenue": 5000000.0},
        {"Id": BANK, "Name": "First Bank", "OwnerId": ME, "Industry": "Banking", "NumberOfEmployees": 300},
    ],
    "Contact": [
        {"Id": ANN, "FirstName": "Ann", "LastName": "Abel", "AccountId": ACME, "Email": "ann@acme.example"},
        {
            "Id": BOB,
            "FirstName": "Bob",
            "LastName": "Berg",
            "AccountId": ACME,
            "Email": "bob@acme.example",
            "Title": "CFO",
        },
        {"Id": CY, "FirstName": "Cy", "LastName": "Cole", "AccountId": BANK, "DoNotCall": True},
    ],
    "Lead": [
        {"Id": LEAD, "FirstName": "Lee", "LastName": "Lind", "Company": "Lind & Co", "Status": "Open - Not Contacted"}
    ],
    "Campaign": [{"Id": WEBINAR, "Name": "Fraud webinar", "Type": "Webinar", "StartDate": "2026-10-01"}],
    "Opportunity": [
        {
            "Id": DEAL,
            "Name": "Acme core",
            "AccountId": ACME,
            "StageName": "Prospecting",
            "CloseDate": "2026-12-31",
            "Amount": 1000,
        }
    ],
}


class Answer(NamedTuple):
    """What a call brought back; `content` is the parsed JSON, or None where the body is none."""

    status: int
    headers: dict[str, str]
    body: bytes
    content: Any


class Api:
    """One org and its door: `api("GET", "query", q="SELECT …")` asks below /services/data/v59.0/ as its one user."""

    def __init__(self, rows: Mapping[str, Iterable[Mapping[str, Any]]] | None = None, **options: Any) -> None:
        tables = WORLD if rows is None else rows
        self.clock = Clock(NOW, frozen=True)
        world = {name: [dict(row) for row in some] for name, some in tables.items()}
        self.simulator = SalesforceSimulator(world, clock=self.clock, **options)
        self.org = self.simulator.org
        self.session = self.simulator.sessions.open(ME)
        self.version = "59.0"

    def __call__(
        self, method: str, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None, **query: str
    ) -> Answer:
        """Ask; a path that begins with a slash stands for itself."""
        whole = path if path.startswith("/") else f"/services/data/v{self.version}/{path}"
        known = {"authorization": f"Bearer {self.session}", "host": "acme.my.salesforce.com"}
        data = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        return asyncio.run(self._ask(method, whole, urlencode(query), known | dict(headers or {}), data))

    def ok(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """Ask, and return the content of a good answer."""
        answer = self(method, path, body, **query)
        assert answer.status < 300, answer.content
        return answer.content

    def refused(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, str, str]:
        """Ask, and return status, code and message of the one error."""
        answer = self(method, path, body, **query)
        assert answer.status >= 400, answer.content
        (error,) = answer.content
        return answer.status, error["errorCode"], error["message"]

    def query(self, text: str, resource: str = "query") -> list[dict[str, Any]]:
        """Return the rows of a query without their attributes."""
        return [plain(row) for row in self.ok("GET", resource, q=text)["records"]]

    def column(self, text: str, resource: str = "query") -> list[Any]:
        """Return the only column of a query."""
        return [next(iter(row.values())) for row in self.query(text, resource)]

    def create(self, name: str, **fields: Any) -> str:
        return str(self.ok("POST", f"sobjects/{name}", fields)["id"])

    def stored(self, record_id: str) -> dict[str, Any]:
        """Return a row as it is stored."""
        row = self.org.row(record_id)
        assert row is not None
        return row

    def deploy(self, files: Mapping[str, str], *, rollback: bool = True, check_only: bool = False) -> Any:
        """Deploy a package with these files and return its finished deployment."""
        content = package(files)
        made = self.simulator.deployments.start(content, ME, check_only=check_only, rollback=rollback)
        return self.simulator.deployments.look(made.id)

    def deploy_key(self, sobject: str = "Account", field: str = "Key__c") -> None:
        """Deploy a unique external id, and see it."""
        done = self.deploy(
            {
                f"objects/{sobject}.object": object_file(key_field(field)),
                "permissionsets/All.permissionset": grants(f"{sobject}.{field}"),
            }
        )
        assert done.status == "Succeeded", done.failures
        self.assign("All")

    def assign(self, name: str, user: str = ME) -> None:
        """Assign a permission set, to the integration user unless it is said to whom."""
        (permission_set,) = self.query(f"SELECT Id FROM PermissionSet WHERE Name = '{name}'")
        self.create("PermissionSetAssignment", AssigneeId=user, PermissionSetId=permission_set["Id"])

    def sign_in(self, user: str) -> None:
        """Ask as that user from here on."""
        self.session = self("POST", "/_sandbox/sign-in", {"user": user}).content["access_token"]

    async def _ask(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        sent: list[Any] = []
        scope = {
            "type": "http",
            "method": method,
            "scheme": "https",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.simulator(scope, receive, send)
        content = b"".join(message.get("body", b"") for message in sent[1:])
        said = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        parsed = orjson.loads(content) if content and "json" in said.get("content-type", "") else None
        return Answer(sent[0]["status"], said, content, parsed)


def plain(value: Any) -> Any:
    """Return a record without attributes at any level."""
    if isinstance(value, dict):
        return {key: plain(found) for key, found in value.items() if key != "attributes"}
    return [plain(found) for found in value] if isinstance(value, list) else value


def key_field(name: str = "Key__c") -> str:
    return (
        f"<fields><fullName>{name}</fullName><externalId>true</externalId><label>Key</label><length>80</length>"
        "<type>Text</type><unique>true</unique></fields>"
    )


def object_file(inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><CustomObject xmlns="{NAMESPACE}">{inner}</CustomObject>'


def grants(*fields: str, editable: bool = True) -> str:
    inner = "".join(
        f"<fieldPermissions><editable>{str(editable).lower()}</editable><field>{name}</field><readable>true</readable></fieldPermissions>"
        for name in fields
    )
    return f'<PermissionSet xmlns="{NAMESPACE}">{inner}<label>Everything</label></PermissionSet>'


def package(files: Mapping[str, str], listed: Mapping[str, Iterable[str]] | None = None) -> bytes:
    """Return a zip of the files, with a package.xml that lists them all unless `listed` says otherwise."""
    kinds = {
        "dashboards": "Dashboard", "layouts": "Layout", "objects": "CustomObject", "permissionsets": "PermissionSet",
        "profiles": "Profile", "quickActions": "QuickAction", "reportTypes": "ReportType", "reports": "Report",
    }  # fmt: skip
    if listed is None:
        wanted: dict[str, list[str]] = {}
        for name in files:
            folder, _, rest = name.partition("/")
            if folder in kinds:
                wanted.setdefault(kinds[folder], []).append(rest.rpartition(".")[0])
        listed = wanted
    types = "".join(
        f"<types>{''.join(f'<members>{member}</members>' for member in members)}<name>{kind}</name></types>"
        for kind, members in listed.items()
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        if "package.xml" not in files:
            archive.writestr("package.xml", f'<Package xmlns="{NAMESPACE}">{types}<version>59.0</version></Package>')
        for name, text in files.items():
            archive.writestr(name, text)
    return stream.getvalue()


def field(name: str, kind: str, **elements: Any) -> str:
    """A custom field's metadata; its elements stand in the order of their names, as the schema wants them."""
    inner = "".join(f"<{key}>{value}</{key}>" for key, value in elements.items() if key < "type")
    rest = "".join(f"<{key}>{value}</{key}>" for key, value in elements.items() if key >= "type")
    return f"<fields><fullName>{name}</fullName><label>Label</label>{inner}<type>{kind}</type>{rest}</fields>"
