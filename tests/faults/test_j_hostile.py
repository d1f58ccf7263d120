"""A vendor's host that means harm, or somebody in its place: it is sent no secret, and its answers fell nobody."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from connectors import lines
from connectors.base import ConnectorError, TryLater
from connectors.hubspot import paths as hubspot_paths
from connectors.hubspot.client import Client as HubSpotClient
from connectors.hubspot.sign_in import OAuth, StaticToken
from connectors.salesforce import markup
from connectors.salesforce import paths as salesforce_paths
from connectors.salesforce.client import Client as SalesforceClient
from connectors.salesforce.metadata_api import MetadataApi, unpacked
from connectors.salesforce.sign_in import AccessToken, ClientCredentials
from connectors.sandbox.server import Sandbox
from connectors.transport import now, parsed
from tests.faults.leaky_vendors import Signpost

NAMES = dict.fromkeys(("object", "id", "key", "job", "record_type", "field", "name", "form", "event", "to"), "1")
REDIRECTS = (301, 302, 307, 308)


def no_sleep(_: float) -> None:
    """Nobody waits."""


def portal(sandbox: Sandbox, token: Any = None, api: hubspot_paths.Api = "dated") -> HubSpotClient:
    return HubSpotClient(
        token or StaticToken("canary-token"),
        host=sandbox.hubspot_url,
        api=api,
        ca_file=None,
        timeout=(5, 5),
        requests_per_10s=None,
        clock=now,
        sleep=no_sleep,
    )


@contextmanager
def org(sandbox: Sandbox, credentials: Any = None) -> Iterator[SalesforceClient]:
    credentials = credentials or ClientCredentials("client", "canary-secret")
    client = SalesforceClient(
        sandbox.salesforce_url, credentials, reserve=0, ca_file=sandbox.ca_file, timeout=(5, 5), sleep=no_sleep
    )
    yield client
    client.close()


# ---- it points elsewhere -----------------------------------------------------------------------------------------


class Elsewhere(Signpost):
    """Points every call but the one for a token to another address, over plain HTTP or TLS."""

    def __init__(self, status: int) -> None:
        super().__init__(status, path="data")


WAYS = [(status, scheme) for status in REDIRECTS for scheme in ("http", "https")]


@contextmanager
def leading(status: int, scheme: str) -> Iterator[tuple[Signpost, Sandbox]]:
    """Both vendors point every call but the one for a session to another address."""
    signpost, other = Elsewhere(status), Signpost(status)
    other.elsewhere = signpost.elsewhere
    with Sandbox(hubspot=other, salesforce=signpost) as sandbox:
        elsewhere = {"http": sandbox.salesforce_http_url, "https": sandbox.hubspot_https_url}
        other.destination = signpost.destination = elsewhere[scheme]
        yield signpost, sandbox


@pytest.fixture(scope="module", params=WAYS, ids=str)
def pointing(request: pytest.FixtureRequest) -> Iterator[tuple[Signpost, Sandbox]]:
    with leading(*request.param) as both:
        yield both


def test_no_path_of_salesforce_follows_a_vendor_that_points_elsewhere(pointing: tuple[Signpost, Sandbox]) -> None:
    signpost, sandbox = pointing
    with org(sandbox) as client:
        for path in salesforce_paths.ALL:
            if path not in (salesforce_paths.TOKEN, salesforce_paths.WHOSE):
                with pytest.raises(ConnectorError):
                    client.call(path, **NAMES)
    with org(sandbox, AccessToken("canary-token")) as client, pytest.raises(ConnectorError):
        client.grant()
    assert signpost.elsewhere == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_no_deployment_and_no_retrieval_follows(scheme: str) -> None:
    """One status stands for all: the session is the same, and its WSDL takes half a second to load."""
    with leading(307, scheme) as (signpost, sandbox), org(sandbox) as client, client.lend() as http:
        api = MetadataApi(client, http)
        for act in (lambda: api.deploy(b"PK"), lambda: api.retrieve({"CustomField": ["Contact.Syncd_Key__c"]})):
            with pytest.raises(ConnectorError):
                act()
        assert signpost.elsewhere == []


@pytest.mark.parametrize("api", ["dated", "numbered"])
def test_no_path_of_hubspot_follows(pointing: tuple[Signpost, Sandbox], api: hubspot_paths.Api) -> None:
    signpost, sandbox = pointing
    client = portal(sandbox, api=api)
    for path in hubspot_paths.ALL:
        with pytest.raises(ConnectorError):
            client.call(path, **NAMES)
    tokens = OAuth("client", "canary-secret", "canary-refresh", host=sandbox.hubspot_url)
    with pytest.raises(ConnectorError):
        tokens.token()
    assert signpost.elsewhere == []


LOCATORS = [
    ".evil.example/services/data/v68.0/query/01g",
    "@evil.example/services/data/v68.0/query/01g",
    ":443@evil.example/",
    "//evil.example/services/data/v68.0/query/01g",
    "https://evil.example/services/data/v68.0/query/01g",
    "/services/data/../../apex/steal",
    "/services/data/\\evil.example",
    "/apexrest/steal",
    "",
]


@pytest.mark.parametrize("locator", LOCATORS)
def test_a_next_page_lies_on_the_host_that_named_it(locator: str) -> None:
    with Sandbox(hubspot=Elsewhere(302), salesforce=Elsewhere(302)) as sandbox, org(sandbox) as client:
        client.grant()
        with pytest.raises(TryLater, match="outside its API"):
            client.follow(locator)


# ---- its answers -------------------------------------------------------------------------------------------------


class Answering:
    """A vendor that grants tokens, and answers all else with one body."""

    def __init__(self, body: bytes, *headers: tuple[bytes, bytes], status: int = 200) -> None:
        self.body, self.headers, self.status = body, headers, status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        status, body, headers = self.status, self.body, list(self.headers)
        if scope["path"].endswith("/token"):
            home = f"https://{dict(scope['headers'])[b'host'].decode()}"
            status, headers = 200, []
            body = json.dumps({"access_token": "canary-session", "instance_url": home}).encode()
        headers.append((b"content-length", b"%d" % len(body)))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


GZIP = (b"content-encoding", b"gzip")


@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_that_unpacks_to_more_than_any_that_is_asked_for_ends_there(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr(lines, "LARGEST", 1 << 20)
    bomb = Answering(gzip.compress(b" " * (8 << 20)), GZIP, status=status)
    with Sandbox(hubspot=bomb, salesforce=bomb) as sandbox:
        with pytest.raises(TryLater):
            portal(sandbox).call(hubspot_paths.ACCOUNT)
        with org(sandbox) as client, pytest.raises(TryLater):
            client.call(salesforce_paths.LIMITS)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"[" * 5_000 + b"]" * 5_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000])
def test_json_that_is_nested_deeper_than_any_record_is_no_answer(body: bytes) -> None:
    with pytest.raises(ValueError):
        parsed(body)
    deep = Answering(body)
    with Sandbox(hubspot=deep, salesforce=deep) as sandbox:
        with pytest.raises(TryLater, match="is no JSON"):
            portal(sandbox).call(hubspot_paths.ACCOUNT)
        with org(sandbox) as client, pytest.raises(TryLater, match="cannot be read"):
            client.call(salesforce_paths.LIMITS)


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">%s]><CustomObject>&z;</CustomObject>""" % b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("z") + 1)
)
FILE = (
    b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><CustomObject>&f;</CustomObject>"""
)
REMOTE = b"""<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><CustomObject/>"""


SPOILT = {"laughs": LAUGHS, "file": FILE, "network": REMOTE, "cut off": b"<CustomObject>", "nothing": b""}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_metadata_that_brings_entities_is_not_read(content: bytes) -> None:
    with pytest.raises(TryLater, match="cannot be read"):
        markup.read(content)
    assert markup.read(b"<CustomObject><label>a</label></CustomObject>").findtext("label") == "a"


def test_no_module_reads_an_org_s_xml_in_another_way() -> None:
    """`etree.fromstring` is for files of our own package alone."""
    ours = {"components.py", "deploy.py", "permissions.py", "comparing.py", "markup.py"}
    folder = salesforce_paths.__file__.rpartition("/")[0]
    reading = {file.name for file in Path(folder).glob("*.py") if "etree.fromstring(" in file.read_text()}
    assert reading <= ours


def test_a_retrieval_that_unpacks_to_more_than_any_package_is_not_unpacked() -> None:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(70):
            packed.writestr(f"objects/{number}.object", bytes(1 << 20))
    content = box.getvalue()
    assert len(content) < 200_000
    with pytest.raises(TryLater, match="more than 64 MiB"):
        unpacked(content)
