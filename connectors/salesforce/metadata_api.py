"""The Metadata API: deploying a zip, and retrieving what stands in the org, each waited for.

simple-salesforce makes the calls; how a deployment went is asked by REST, because simple-salesforce leaves out which
component a failure is about. Source: Salesforce, Metadata API Developer Guide, "deployRequest", "DeployResult",
"retrieve()", "checkRetrieveStatus()".
"""

from __future__ import annotations

import binascii
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar
from xml.etree import ElementTree

import requests
from requests import exceptions
from simple_salesforce.api import Salesforce as VendorClient
from simple_salesforce.exceptions import SalesforceError
from simple_salesforce.metadata import SfdcMetadataApi

from connectors.base import ConnectorError, Misconfigured, TryLater
from connectors.salesforce import paths
from connectors.salesforce.client import Client
from connectors.salesforce.refusals import SessionExpired, broken, failure, in_words, meaning
from connectors.salesforce.sign_in import Grant
from connectors.transport import Fault

T = TypeVar("T")
PATIENCE = 1800.0  # seconds for a deployment or retrieval to end
LARGEST = 64 << 20  # bytes of all files of a retrieval, unpacked
TESTS = 3  # failed tests that are named
POLLS = (1.0, 2.0, 5.0, 10.0)  # seconds between looks, the last one repeated
RUNNING = frozenset({"Pending", "InProgress", "Canceling", "FinalizingDeploy", "Queued", None})
# simple-salesforce writes Python's False and None into the request; the API takes text as it is.
OPTIONS = {
    "allowMissingFiles": "false",
    "autoUpdatePackage": "false",
    "checkOnly": "false",
    "ignoreWarnings": "true",
    "performRetrieve": "false",
    "purgeOnDelete": "false",
    "rollbackOnError": "true",  # production takes nothing else
    "testLevel": "",
    "tests": "",
}
# Somebody else works on the same part, or in Setup, at this moment: the same deployment may pass. As users report it:
# forcedotcom/cli#1040 (UNABLE_TO_LOCK_ROW), salesforcecli/plugin-deploy-retrieve#1 (a job in progress).
PASSING = re.compile(r"UNABLE_TO_LOCK_ROW|unable to obtain exclusive access|ALREADY_IN_PROCESS|ErrorId: ?\d", re.I)
NO_RIGHT = (
    "This sign-in may not change metadata ({}): take one of somebody with Modify Metadata Through Metadata API "
    "Functions, or Modify All Data."
)
FAULT = re.compile(r"<faultcode>(?:\w+:)?(\w+)</faultcode>\s*<faultstring>(?:\w+: )?(.*?)</faultstring>", re.DOTALL)


class Failure(NamedTuple):
    """One component that the org refused: its type and name as far as the org tells them, its file, and why.

    stands: the type of somebody's own field that has its name.
    """

    kind: str
    name: str
    file: str
    problem: str
    stands: str = ""


class DeploymentOutcome(NamedTuple):
    """How one deployment ended. Where it did not succeed, nothing was changed."""

    id: str
    state: str
    components: int
    failures: tuple[Failure, ...]
    detail: str = ""  # why it ended, where no component is to blame

    @property
    def ok(self) -> bool:
        """True where everything of it stands in the org now."""
        return self.state == "Succeeded" and not self.failures

    @property
    def passing(self) -> bool:
        """True where it did not succeed for what passes by itself."""
        problems = [*(failure.problem for failure in self.failures), self.detail]
        return not self.ok and any(PASSING.search(problem) for problem in problems)


class Jobs(SfdcMetadataApi):
    """simple-salesforce's deployments and retrievals without the WSDL, which they do not use: it takes long to load."""

    def __init__(self, vendor: VendorClient) -> None:
        self.session, self.headers = vendor.session, vendor.headers
        self.metadata_url, self._session_id, self._api_version = (
            vendor.metadata_url,
            vendor.session_id,
            vendor.sf_version,
        )


class MetadataApi:
    """The Metadata API on a client of its own: it leaves SOAP headers on it."""

    def __init__(self, client: Client, http: requests.Session) -> None:
        self._client = client
        self._http = http
        self._known: tuple[Grant, VendorClient] | None = None

    def deploy(self, package: bytes, *, check_only: bool = False, purge: bool = False) -> DeploymentOutcome:
        """Deploy a zip and wait for its end. Raises TryLater where that takes longer than half an hour.

        check_only: nothing is changed. purge: what it deletes does not lie in the Recycle Bin.
        """
        switches = {"checkOnly": check_only, "purgeOnDelete": purge}
        options = OPTIONS | {name: str(value).lower() for name, value in switches.items()}
        box = io.BytesIO(package)
        started = self._ask(lambda vendor: vendor.deploy(box, sandbox=True, **options))["asyncId"]
        if not started:
            raise TryLater("The Metadata API did not say which deployment it started.")

        def look() -> Mapping[str, Any]:
            params = {"includeDetails": "true"}
            status: Mapping[str, Any] = self._client.call(paths.DEPLOYMENT, params=params, id=started)["deployResult"]
            return status

        return _read(started, self._wait(f"Deployment {started}", look, lambda status: status["status"]))

    def retrieve(self, wanted: Mapping[str, Collection[str]]) -> dict[str, bytes]:
        """Return the files of these components (type → names) as far as they stand in the org, by place in the zip."""
        unpackaged = {kind: sorted(names) for kind, names in sorted(wanted.items())}
        started, _ = self._ask(lambda vendor: vendor.mdapi.retrieve("", unpackaged=unpackaged))
        if not started:
            raise TryLater("The Metadata API did not say which retrieval it started.")
        state, error, _ = self._wait(
            f"Retrieval {started}",
            lambda: self._ask(lambda vendor: vendor.mdapi.check_retrieve_status(started)),
            lambda status: status[0],
        )
        if state != "Succeeded":
            raise TryLater(f"Retrieval {started} ended as {state}: {error or 'without a reason'}.")
        _, _, _, content = self._ask(lambda vendor: vendor.mdapi.retrieve_zip(started))
        return unpacked(content)

    def _wait(self, what: str, look: Callable[[], T], state: Callable[[T], Any]) -> T:
        waited, looks, pause = 0.0, iter(POLLS), POLLS[-1]
        while state(status := look()) in RUNNING:
            if waited >= PATIENCE:
                raise TryLater(f"{what} has not ended after half an hour; look at it in Setup.")
            pause = next(looks, pause)
            self._client.sleep(pause)
            waited += pause
        return status

    def _ask(self, call: Callable[[VendorClient], T]) -> T:
        """Make one call; deploying twice is harmless, so each may be repeated."""

        def once() -> T:
            grant = self._client.grant()
            try:
                return self._once(grant, call)
            except SessionExpired:
                return self._once(self._client.grant(instead_of=grant), call)

        return self._client.retry(once)

    def _once(self, grant: Grant, call: Callable[[VendorClient], T]) -> T:
        if self._known is None or self._known[0] is not grant:
            vendor = self._client.vendor_client(self._http, grant)
            vendor._mdapi = Jobs(vendor)
            self._known = (grant, vendor)
        self._client.meter.called()
        try:
            return call(self._known[1])
        except SalesforceError as error:
            raise _refusal(self._client, error) from None
        except exceptions.RequestException as error:
            raise broken(error, write=False) from error
        except (ElementTree.ParseError, binascii.Error, zipfile.BadZipFile) as error:
            raise Fault("body", TryLater("The Metadata API answers with what is no XML.")) from error


def unpacked(content: bytes) -> dict[str, bytes]:
    """Return the files of a retrieval by their place in its zip. Raises TryLater for what is none, or a bomb."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(file.file_size for file in packed.infolist()) > LARGEST:  # more than it says is never read
                raise TryLater(f"The org's metadata brings more than {LARGEST >> 20} MiB, which no package of ours is.")
            return {name: packed.read(name) for name in packed.namelist() if name != "package.xml"}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):  # the last for one that is locked
        raise TryLater("The org's metadata cannot be unpacked.") from None


def _read(deployment: str, status: Mapping[str, Any]) -> DeploymentOutcome:
    details = status.get("details") or {}
    failures = tuple(
        Failure(*(str(failed.get(key) or "") for key in ("componentType", "fullName", "fileName", "problem")))
        for failed in details.get("componentFailures") or ()
        if failed.get("problemType") != "Warning"
    )
    state = str(status["status"])
    detail = str(status.get("errorMessage") or "") or "; ".join(_tests(details.get("runTestResult") or {}))
    detail = detail or str(status.get("stateDetail") or "")
    return DeploymentOutcome(deployment, state, int(status.get("numberComponentsDeployed") or 0), failures, detail)


def _tests(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the org's own Apex tests keep a deployment out: it may run them all, though the package has no Apex."""
    for failed in (result.get("failures") or ())[:TESTS]:
        yield f"the org's own test {failed.get('name')}.{failed.get('methodName')} fails: {failed.get('message')}"
    for warning in (result.get("codeCoverageWarnings") or ())[:TESTS]:
        yield f"the org's own code is tested too little: {warning.get('message')}"


def _refusal(client: Client, error: SalesforceError) -> ConnectorError:
    if fault := FAULT.search(str(error.content)):
        code, message = fault.groups()
        if code == "INSUFFICIENT_ACCESS":
            return Misconfigured(NO_RIGHT.format(in_words(message)))
        if PASSING.search(code):
            return Fault("busy", TryLater("Another deployment is under way in the org."))
        return meaning(400, code, message, write=False, now=client.clock())
    return failure(error, write=False, now=client.clock())
