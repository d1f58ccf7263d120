"""Deploying the package into an org, and giving the integration user what it grants: an administrator's act. Safe to
repeat. It needs Modify Metadata and the right to assign permission sets, which no integration user should have.

A deployed custom field is visible to nobody until a permission set grants it and is assigned:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy.htm
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from xml.etree import ElementTree

import orjson
import requests
from requests import exceptions
from simple_salesforce.api import Salesforce as VendorClient
from simple_salesforce.exceptions import SalesforceError

from connectors.base import ConnectorError, TryLater
from connectors.salesforce import paths, permissions, soql
from connectors.salesforce.client import Client
from connectors.salesforce.components import ROOT
from connectors.salesforce.describes import Shapes
from connectors.salesforce.metadata import pack, without_unique
from connectors.salesforce.permissions import Fields
from connectors.salesforce.refusals import Declined, SessionExpired, broken, failure, meaning
from connectors.salesforce.sign_in import Grant
from connectors.transport import Fault

T = TypeVar("T")
INTEGRATION, LICENSE = "Salesforce Integration", "Salesforce API Integration"
NOTHING: Fields = {}
ACTIVITY = "objects/Activity.object"
SHARED = "the org takes no unique field on activities: Syncd_Key__c of tasks is an External ID alone"
PERMISSION_SET = "Syncd_Integration"
PATIENCE = 1800.0  # seconds for the deployment to end
POLLS = (1.0, 2.0, 5.0, 10.0)  # seconds between looks, the last one repeated
RUNNING = frozenset({"Pending", "InProgress", "Canceling", None})
# simple-salesforce writes Python's False and None into the request; the API takes text as it is.
OPTIONS = {
    "allowMissingFiles": "false",
    "autoUpdatePackage": "false",
    "checkOnly": "false",
    "ignoreWarnings": "true",
    "performRetrieve": "false",
    "purgeOnDelete": "false",
    "rollbackOnError": "true",
    "testLevel": "",
    "tests": "",
}
FAULT = re.compile(r"<faultcode>(?:\w+:)?(\w+)</faultcode>\s*<faultstring>(?:\w+: )?(.*?)</faultstring>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a deployment went. `errors`: one line for each component that failed; nothing is changed then."""

    id: str
    state: str
    components: int
    errors: tuple[str, ...] = ()
    assigned: bool = False  # the permission set was assigned now; False where it stood already
    notes: tuple[str, ...] = ()  # what stands otherwise than the package has it

    @property
    def ok(self) -> bool:
        """True where everything stands in the org and is granted."""
        return self.state == "Succeeded" and not self.errors


def deploy(
    client: Client, user: str, reads: Fields = NOTHING, writes: Fields = NOTHING, *, check_only: bool = False
) -> Deployment:
    """Deploy the package as the user of `client`, wait for its end, and assign the permission set to `user`.

    reads, writes: the mapped fields, per object; what the package's permission set does not grant of them is added.
    Raises TryLater where the deployment takes longer than half an hour; it goes on in the org, and may be repeated.
    """
    granting, notes = _granting(client, reads, writes)
    with client.lend() as http:
        metadata, options = MetadataApi(client, http), OPTIONS | ({"checkOnly": "true"} if check_only else {})
        done = _deploy(client, metadata, pack(client.version, granting), options)
        if any(ACTIVITY in error for error in done.errors):  # may be because it is unique: not every org takes that
            again = _deploy(client, metadata, pack(client.version, granting | without_unique("Activity")), options)
            done, notes = (again, (*notes, SHARED)) if again.ok else (done, notes)
    done = replace(done, notes=notes)
    if not done.ok or check_only:
        return done
    try:
        license_user(client, user)
        assigned = assign(client, user)
    except Declined as refusal:
        why = (
            f"The permission set {PERMISSION_SET} cannot be assigned ({refusal}): assign it in Setup, Permission Sets."
        )
        return replace(done, errors=(why,))
    return replace(done, assigned=assigned)


def _granting(client: Client, reads: Fields, writes: Fields) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Return the permission set, by its place in the package, for what is mapped and there; and what is not there."""
    name = f"permissionsets/{PERMISSION_SET}.permissionset"
    shipped = ROOT.joinpath(f"{name}-meta.xml").read_bytes()
    if not reads:
        return {}, ()
    known, shapes = permissions.read(shipped), Shapes(client, [*reads])
    wanted = known | permissions.needed(shapes, reads, writes)
    granted = permissions.there(shapes, wanted)
    lacking = sorted(f"{owner}.{field}" for owner, field in wanted.fields.keys() - granted.fields.keys())
    notes = (f"the org does not have, and the permission set does not grant: {', '.join(lacking)}",) if lacking else ()
    return {name: permissions.write(shipped, granted)} if granted != known else {}, notes


def is_assigned(client: Client, user: str, name: str = PERMISSION_SET) -> bool:
    """True where the user has the permission set."""
    mine = (f"AssigneeId = {soql.text(user)}", f"PermissionSet.Name = {soql.text(name)}")
    return any(client.rows(soql.select(("Id",), "PermissionSetAssignment", *mine, limit=1)))


def license_user(client: Client, user: str) -> bool:
    """Give a user of the licence "Salesforce Integration" the permission set licence that any grant needs there.

    False where there is nothing to give. Source: Salesforce Help, "Give Integration Users API Only Access".
    """
    mine = (f"Id = {soql.text(user)}", f"Profile.UserLicense.Name = {soql.text(INTEGRATION)}")
    if not any(client.rows(soql.select(("Id",), "User", *mine))):
        return False
    labelled = f"MasterLabel = {soql.text(LICENSE)}"
    offered = next(client.rows(soql.select(("Id",), "PermissionSetLicense", labelled, limit=1)), None)
    if offered is None:
        return False
    held = (f"AssigneeId = {soql.text(user)}", f"PermissionSetLicenseId = {soql.text(offered['Id'])}")
    if any(client.rows(soql.select(("Id",), "PermissionSetLicenseAssign", *held, limit=1))):
        return False
    body = orjson.dumps({"AssigneeId": user, "PermissionSetLicenseId": offered["Id"]})
    client.call(paths.LICENSE, body=body)
    return True


def assign(client: Client, user: str, name: str = PERMISSION_SET) -> bool:
    """Assign the permission set to the user; False where it stood already."""
    if is_assigned(client, user, name):
        return False
    granted = next(client.rows(soql.select(("Id",), "PermissionSet", f"Name = {soql.text(name)}", limit=1)), None)
    if granted is None:
        raise Declined("NOT_FOUND", f"the org has no permission set {name}")
    body = orjson.dumps({"AssigneeId": user, "PermissionSetId": granted["Id"]})
    try:
        client.call(paths.ASSIGN, body=body)
    except Declined:
        if not is_assigned(client, user, name):  # it is, where somebody else was a moment faster
            raise
    return True


class MetadataApi:
    """The Metadata API on a client of its own: it leaves SOAP headers on it, and takes its time to load the WSDL."""

    def __init__(self, client: Client, http: requests.Session) -> None:
        self._client = client
        self._http = http
        self._known: tuple[Grant, VendorClient] | None = None

    def ask(self, call: Callable[[VendorClient], T]) -> T:
        """Make one call; deploying twice is harmless, so each may be repeated."""

        def once() -> T:
            grant = self._client.grant()
            try:
                return self._ask(grant, call)
            except SessionExpired:
                return self._ask(self._client.grant(instead_of=grant), call)

        return self._client.retry(once)

    def _ask(self, grant: Grant, call: Callable[[VendorClient], T]) -> T:
        if self._known is None or self._known[0] is not grant:
            self._known = (grant, self._client.vendor_client(self._http, grant))
        self._client.meter.called()
        try:
            return call(self._known[1])
        except SalesforceError as error:
            raise _refusal(self._client, error) from None
        except exceptions.RequestException as error:
            raise broken(error, write=False) from error
        except ElementTree.ParseError as error:
            raise Fault("body", TryLater("The Metadata API answers with what is no XML.")) from error


def _deploy(client: Client, metadata: MetadataApi, package: bytes, options: Mapping[str, str]) -> Deployment:
    box = io.BytesIO(package)
    started = metadata.ask(lambda client: client.deploy(box, sandbox=True, **options))["asyncId"]
    if not started:
        raise TryLater("The Metadata API did not say which deployment it started.")
    waited, looks = 0.0, iter(POLLS)
    pause = POLLS[-1]
    while True:
        status = metadata.ask(lambda client: client.checkDeployStatus(started))
        if status["state"] not in RUNNING:
            return _read(started, status)
        if waited >= PATIENCE:
            raise TryLater(f"Deployment {started} has not ended after half an hour; look at it in Setup.")
        pause = next(looks, pause)
        client.sleep(pause)
        waited += pause


def _read(deployment: str, status: Mapping[str, Any]) -> Deployment:
    detail = status["deployment_detail"] or {}
    errors = [f"{error['file']}: {error['message']}" for error in detail.get("errors") or ()]
    if status["state"] != "Succeeded" and not errors:
        errors = [status["state_detail"] or f"The deployment ended as {status['state']} without a reason."]
    return Deployment(deployment, str(status["state"]), int(detail.get("deployed_count") or 0), tuple(errors))


def _refusal(client: Client, error: SalesforceError) -> ConnectorError:
    if fault := FAULT.search(str(error.content)):
        code, message = fault.groups()
        return meaning(400, code, message, write=False, now=client.clock())
    return failure(error, write=False, now=client.clock())
