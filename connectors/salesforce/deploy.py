"""Deploying the package into an org, and giving the integration user what it grants: an administrator's act. Safe to
repeat. It needs Modify Metadata and the right to assign permission sets, which no integration user should have.

A deployed custom field is visible to nobody until a permission set grants it and is assigned:
https://developer.salesforce.com/docs/atlas.en-us.api_meta.meta/api_meta/meta_deploy.htm
How a lead's fields are mapped at conversion (LeadConvertSettings) is the org's own affair, and never deployed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from connectors.base import Misconfigured, TryLater
from connectors.salesforce import permissions, soql
from connectors.salesforce.assignments import PERMISSION_SET, SALES, assign, license_user, user_of
from connectors.salesforce.client import Client
from connectors.salesforce.comparing import Comparison, compare, retrieved
from connectors.salesforce.components import Component, Name, shipped
from connectors.salesforce.describes import Shapes
from connectors.salesforce.left_out import Attempt, RefusedPart, attempt, is_core
from connectors.salesforce.metadata import pack
from connectors.salesforce.metadata_api import DeploymentOutcome, Failure, MetadataApi
from connectors.salesforce.permissions import Fields
from connectors.salesforce.picklists import with_theirs
from connectors.salesforce.refusals import Declined

PAUSES = (5.0, 15.0, 60.0)  # seconds before a deployment is sent again that met another one, or a lock
ROUNDS = 12  # of taking out what is refused; the package's longest chain of references has five links


@dataclass(frozen=True, slots=True)
class DeploymentOrder:
    """What an administrator deploys for: whom it is granted to, what the mapping uses, and whom a dashboard runs as.

    user: the integration user's id. reads, writes: the mapped fields, per object; what the package's permission set
    does not grant of them is added. sales: usernames who get the set for people.
    """

    user: str
    reads: Fields = field(default_factory=dict)
    writes: Fields = field(default_factory=dict)
    dashboard_user: str | None = None
    sales: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a deployment went. `errors`: one line for each component of the core that failed; nothing is changed then."""

    id: str
    state: str
    components: int
    errors: tuple[str, ...] = ()
    assigned: bool = False  # the permission set was assigned now; False where it stood already
    notes: tuple[str, ...] = ()  # what stands otherwise than the package has it
    left_out: tuple[RefusedPart, ...] = ()  # what the org refuses; the rest stands
    changed: tuple[Comparison, ...] = ()  # what stood there otherwise before

    @property
    def ok(self) -> bool:
        """True where everything stands in the org and is granted, but what was left out."""
        return self.state == "Succeeded" and not self.errors

    def lines(self, changes: str) -> Iterator[str]:
        """Yield it in words. changes: the verb for what stood there otherwise."""
        yield f"{self.state}: {self.components:,} components{'; permission set assigned' if self.assigned else ''}"
        for comparison in self.changed:
            yield f"{changes} {comparison.name}: {'; '.join(map(str, comparison.differences))}"
        for part in self.left_out:
            yield f"left out {part.name}: {part.why}; {part.means}"
        yield from (*self.notes, *self.errors)


def deploy(client: Client, wanted: DeploymentOrder, *, check_only: bool = False) -> Deployment:
    """Deploy the package as the user of `client`, wait for its end, and assign the permission sets.

    Raises TryLater where the deployment takes longer than half an hour; it goes on in the org, and may be repeated.
    Raises Misconfigured where a username is nobody's, or the dashboard would run as the integration user.
    """
    _check_namespace(client)
    people = {username: user_of(client, username) for username in wanted.sales}
    _check_dashboard_user(client, wanted)
    parts, notes = prepared(client, wanted)
    with client.lend() as http:
        api = MetadataApi(client, http)
        standing = retrieved(api, parts)
        tried, taken = beside_theirs(with_theirs(parts, standing), standing)
        if taken:
            return Deployment("", "Failed", 0, errors=taken)
        last, done = _until_taken(client, api, tried, wanted, check_only)
    deployment = Deployment(
        done.id,
        done.state,
        done.components,
        errors=_errors(done),
        notes=(*notes, *last.notes.values()),
        left_out=last.left_out,
        changed=tuple(one for one in compare(last.parts.values(), standing) if one.state == "differs"),
    )
    if check_only or not deployment.ok:
        return deployment
    return _assigned(client, deployment, wanted.user, people)


def beside_theirs(
    parts: Sequence[Component], standing: Mapping[Name, Mapping[str, bytes]]
) -> tuple[Attempt, tuple[str, ...]]:
    """Return the first attempt, without fields that stand there otherwise, and which of the core do.

    A field of our name and of another type is somebody's: to change its type may cost what stands in it.
    """
    theirs = {
        comparison.name: difference.theirs
        for comparison in compare(parts, standing)
        for difference in comparison.differences
        if comparison.name.kind == "CustomField" and difference.element == "type"
    }
    files = {part.name: part.file for part in parts}
    failures = [
        Failure(*name, files[name], _taken(name, kind, standing[name][files[name]]), stands=kind)
        for name, kind in theirs.items()
    ]
    core = tuple(failure.problem for failure in failures if is_core(Name(failure.kind, failure.name)))
    tried = attempt(parts)
    return (tried if core or not failures else tried.without(failures) or tried), core


def _taken(name: Name, kind: str, field: bytes) -> str:
    label = etree.fromstring(field).findtext("{*}label") or name.full
    return f"{name.full} stands there already, of the type {kind} and labelled {label!r}: rename or delete it"


def _until_taken(
    client: Client, api: MetadataApi, tried: Attempt, wanted: DeploymentOrder, check_only: bool
) -> tuple[Attempt, DeploymentOutcome]:
    """Deploy, and again without what the org refuses, until it takes it or refuses the core."""
    for _ in range(ROUNDS):
        done = _deployed(client, api, pack(client.version, parts=[*tried.parts.values()]), check_only)
        after = None if done.ok else tried.without(done.failures, wanted.dashboard_user)
        if after is None:
            break
        tried = after
    return tried, done


def _deployed(client: Client, api: MetadataApi, package: bytes, check_only: bool) -> DeploymentOutcome:
    """Deploy, and again where it was refused for what passes by itself. Raises TryLater where it does not pass."""
    for pause in (*PAUSES, None):
        done = api.deploy(package, check_only=check_only)
        if not done.passing:
            return done
        if pause is not None:
            client.sleep(pause)
    why = next(iter(_errors(done)))
    raise TryLater(f"The org is busy, and nothing was changed ({why}): deploy again once nobody changes its Setup.")


def _errors(done: DeploymentOutcome) -> tuple[str, ...]:
    if done.failures:
        return tuple(f"{failure.file}: {failure.problem}" for failure in done.failures)
    return () if done.ok else (done.detail or f"The deployment ended as {done.state} without a reason.",)


def _assigned(client: Client, done: Deployment, user: str, people: Mapping[str, str]) -> Deployment:
    assigned = False
    for id_, name in ((user, PERMISSION_SET), *((person, SALES) for person in people.values())):
        try:
            if name == PERMISSION_SET:
                license_user(client, id_)
            assigned = (assign(client, id_, name) and name == PERMISSION_SET) or assigned
        except Declined as refusal:
            why = f"The permission set {name} cannot be assigned ({refusal}): assign it in Setup, Permission Sets."
            return replace(done, errors=(why,))
    return replace(done, assigned=assigned)


def _check_namespace(client: Client) -> None:
    """Raise Misconfigured for an org whose own parts get a prefix: nothing of ours would have its name there.

    Source: Salesforce, Object Reference, "Organization": NamespacePrefix is that of a Developer Edition org that makes
    managed packages.
    """
    try:
        row = next(client.rows(soql.select(("NamespacePrefix",), "Organization", limit=1)), {})
    except Declined:
        return
    if prefix := row.get("NamespacePrefix"):
        raise Misconfigured(
            f"This org has the namespace {prefix}: every field would be named {prefix}__Syncd_…, which nobody reads. "
            "Install syncd in the org in which sales works; orgs that make managed packages are none."
        )


def _check_dashboard_user(client: Client, wanted: DeploymentOrder) -> None:
    if wanted.dashboard_user and user_of(client, wanted.dashboard_user) == wanted.user:
        raise Misconfigured(
            f"A dashboard that runs as the integration user {wanted.dashboard_user} would show everybody all that it "
            "reads: name somebody whose view of the pipeline all its readers may have."
        )


def prepared(client: Client, wanted: DeploymentOrder) -> tuple[list[Component], tuple[str, ...]]:
    """Return the package, its permission set granting what is mapped and there, and what is not there in words."""
    parts = shipped()
    if not wanted.reads:
        return parts, ()
    place = next(at for at, part in enumerate(parts) if part.name == Name("PermissionSet", PERMISSION_SET))
    shipped_set = parts[place].content
    known, shapes = permissions.read(shipped_set), Shapes(client, [*wanted.reads])
    needed = known | permissions.needed(shapes, wanted.reads, wanted.writes)
    granted = permissions.there(shapes, needed)
    if granted != known:
        parts[place] = parts[place].rewritten(permissions.write(shipped_set, granted))
    lacking = sorted(f"{owner}.{name}" for owner, name in needed.fields.keys() - granted.fields.keys())
    notes = (f"the org does not have, and the permission set does not grant: {', '.join(lacking)}",) if lacking else ()
    return parts, notes
