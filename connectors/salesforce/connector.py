"""Salesforce as a source and a target."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, Unpack

from connectors.base import (
    SIGNED_IN_AS,
    Budget,
    Misconfigured,
    OrgUser,
    Page,
    Payload,
    Picklist,
    Problem,
    Receipt,
    Record,
    Stage,
)
from connectors.callers import Caller
from connectors.endpoints import Endpoint
from connectors.salesforce import checks, deploy, differences, org, paths, removal, rights
from connectors.salesforce.client import CallOptions, Client
from connectors.salesforce.components import Component
from connectors.salesforce.describes import Shapes
from connectors.salesforce.notifications import ACTION, TYPE, Notifier
from connectors.salesforce.reading import Reader
from connectors.salesforce.shapes import CURRENCY, RECORD_TYPE
from connectors.salesforce.sign_in import AccessToken, ClientCredentials, Credentials, JwtBearer, audience
from connectors.salesforce.streams import LOOKED_INTO, STREAMS
from connectors.salesforce.writing import Writer
from connectors.transport import BeforeWrite, ahead, at_once


class Salesforce:
    """Pulls and pushes as one integration user; safe for several threads.

    login_url: the org's My Domain (`https://example.my.salesforce.com`), which the client-credentials flow needs; the
    JWT flow also takes `https://login.salesforce.com`. Give either client_secret, or private_key (PEM) and username.
    reserve: the share of the org's daily calls that is left to others. bulk_threshold: from how many rows on a reading
    goes through Bulk 2.0. currency: of the amounts of an org that does not tell it itself.
    """

    system = "salesforce"
    streams: Sequence[str] = STREAMS
    status_page = "status.salesforce.com"
    stage_setup = "Setup, Object Manager, Opportunity, StageName"

    def __init__(
        self,
        *,
        login_url: str,
        client_id: str,
        client_secret: str | None = None,
        private_key: str | None = None,
        username: str | None = None,
        currency: str | None = None,
        before_write: BeforeWrite = at_once,
        reserve: float = 0.02,
        bulk_threshold: int = 50_000,
        **options: Unpack[CallOptions],
    ) -> None:
        credentials = _credentials(login_url, client_id, client_secret, private_key, username)
        self.client = Client(login_url, credentials, reserve=reserve, before_write=before_write, **options)
        self._currency = currency
        self.budget: Budget = self.client.meter.budget
        self.shapes = Shapes(self.client, (*STREAMS, *LOOKED_INTO))
        self.reader = Reader(self.client, self.shapes, bulk_threshold)
        self.writer = Writer(self.client, self.shapes)
        self.notifier = Notifier(self.client)

    def hang_up(self, caller: Caller | None = None) -> None:
        """Break off every call of a caller that is on its way; None: whoever's."""
        self.client.lines.hang_up(caller)

    def tenant(self) -> str | None:
        """Return the org's id as Setup, Company Information shows it: 15 characters."""
        return self.client.org()[:15] or None

    def endpoints(self) -> Sequence[Endpoint]:
        """Return the endpoints that are asked, with their version and when support for it ends."""
        return paths.endpoints(self.client.version)

    def pull(self, stream: str, fields: Sequence[str], cursor: str | None) -> Iterator[Page]:
        """Yield the stream's pages behind `cursor` (None reads everything), fetching ahead while the caller works."""
        return ahead(self.reader.pull(stream, fields, cursor))

    def glance(self, wanted: Mapping[str, tuple[Sequence[str], str | None]]) -> Mapping[str, Page]:
        """Return the only page of each of these streams with little or no news: a call for five, and one for shapes."""
        return self.reader.glance(wanted)

    def fetch(self, stream: str, fields: Sequence[str], ids: Sequence[str]) -> Sequence[Record]:
        """Read single records again, deleted ones too."""
        return self.reader.fetch(stream, fields, ids)

    def push(self, object: str, wishes: Sequence[Payload]) -> Sequence[Receipt]:
        """Write payloads of one object (its API name), or carry out an action; one receipt each, in their order."""
        if object == ACTION:
            return self.notifier.push(wishes)
        return self.writer.push(object, wishes)

    def find(self, object: str, keys: Sequence[str]) -> Mapping[str, str]:
        """Look up which keys already stand in Salesforce: key → Id. Nothing stands there of a notification."""
        return {} if object == ACTION else self.writer.find(object, keys)

    def check(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find what would make a cycle fail; `wanted` are the fields to be read, per stream."""
        self.shapes.forget()
        return list(checks.check_reads(self.client, self.shapes, wanted))

    def check_writes(
        self, wanted: Mapping[str, Sequence[str]], values: Mapping[tuple[str, str], Sequence[str]] | None = None
    ) -> Sequence[Problem]:
        """Find what would make writing these fields, per object, be refused; `values`: what picklists must take."""
        self.shapes.forget()
        objects = {name: fields for name, fields in wanted.items() if name != ACTION}
        notified = self.notifier.check((values or {}).get((ACTION, TYPE), ())) if ACTION in wanted else ()
        return [*checks.check_writes(self.shapes, objects, values or {}), *notified]

    def check_rights(self, reads: Collection[str], writes: Collection[str]) -> Sequence[Problem]:
        """Find the rights that reading and writing these objects takes and no field tells of, and fields that lack."""
        return [*rights.check(self.client, reads, writes), *checks.check_package(self.shapes)]

    def check_rules(self, wanted: Mapping[str, Sequence[str]]) -> Sequence[Problem]:
        """Find the duplicate rules that may refuse records of these objects, and those that we may not edit."""
        objects = [name for name in wanted if name != ACTION]
        offered = self.notifier.check_offered() if ACTION in wanted else ()
        return [*checks.check_rules(self.client, objects), *checks.check_access(self.client, objects), *offered]

    def settings(self) -> Mapping[str, str]:
        """Return the org's own currency, where an org with a single one tells it, and whom we sign in as."""
        code = org.own_currency(self.client, self._currency)
        return {SIGNED_IN_AS: self.client.grant().user} | ({org.CURRENCY_SETTING: code} if code else {})

    def currency(self) -> str | None:
        """Return the currency of an amount that is written without one, as an ISO code; None where nobody tells."""
        return org.currency(self.client) or self._currency

    def currencies(self) -> Sequence[str]:
        """Return the active currencies that an opportunity may name; empty where the org has but one."""
        named = self.shapes.of("Opportunity").fields.get(CURRENCY)
        return named.values if named and named.createable else ()

    def stages(self) -> Sequence[Mapping[str, Any]]:
        """Return the opportunity stages in their order: ApiName, MasterLabel, IsActive, IsClosed, … (percent)."""
        return org.stages(self.client)

    def pipeline(self) -> Sequence[Stage]:
        """Return the stages of opportunities in their order."""
        return [org.stage(row) for row in self.stages()]

    def process(self, constants: Mapping[str, Any]) -> Sequence[str] | None:
        """Return the stages that the record type of our new opportunities offers; None where it offers all."""
        return org.process(self.client, self.shapes.of("Opportunity"), constants.get(RECORD_TYPE))

    def known(self, object: str) -> Collection[str]:
        """Return the fields of an object that stand there for us; none where it does not itself."""
        shape = self.shapes.find(object)
        return shape.fields.keys() if shape else ()

    def offered(self, stream: str, field: str) -> Sequence[str]:
        """Return the active values of a picklist; none where the field is none, or not there for us."""
        known = self.shapes.of(stream).fields.get(field)
        return known.values if known else ()

    def contact_roles(self) -> Sequence[str]:
        """Return the active values of OpportunityContactRole.Role."""
        role = self.shapes.of("OpportunityContactRole").fields.get("Role")
        return role.values if role else ()

    def uneditable(self, ids: Sequence[str]) -> Collection[str]:
        """Return those of these records that we see and may not edit."""
        return org.uneditable(self.client, ids)

    def untransferable(self, ids: Sequence[str]) -> Collection[str]:
        """Return those of these records that we see and may not give another owner."""
        return org.untransferable(self.client, ids)

    def role_picklist(self) -> Picklist:
        """Return the roles that the org offers for a contact of an opportunity."""
        role = self.shapes.of("OpportunityContactRole").fields.get("Role")
        setup = "Setup, Opportunity Contact Role, Role"
        return Picklist("OpportunityContactRole.Role", self.contact_roles(), bool(role and role.restricted), setup)

    def users(self, emails: Sequence[str]) -> Sequence[OrgUser]:
        """Return the users with one of these addresses, those deactivated lately, and one besides us at least."""
        return org.users(self.client, emails)

    def deploy(
        self,
        by: Administrator | None = None,
        reads: Mapping[str, Sequence[str]] | None = None,
        writes: Mapping[str, Sequence[str]] | None = None,
        *,
        dashboard_user: str | None = None,
        sales: Sequence[str] = (),
        check_only: bool = False,
    ) -> deploy.Deployment:
        """Put the metadata package into the org and assign its permission set to us.

        by: who does it; us, where our user is an administrator itself. reads, writes: the mapped fields, per object, so
        that all of them are granted. dashboard_user, sales: see deploy.Wanted.
        """
        wanted = deploy.DeploymentOrder(self.client.user(), reads or {}, writes or {}, dashboard_user, sales)
        done = deploy.deploy(self._as(by), wanted, check_only=check_only)
        self.shapes.forget()
        return done

    def differences(
        self, by: Administrator, reads: Mapping[str, Sequence[str]], writes: Mapping[str, Sequence[str]]
    ) -> differences.Differences:
        """Return what deploying would change; nothing is changed by asking."""
        return differences.look(self._as(by), deploy.DeploymentOrder(self.client.user(), reads, writes), self.client)

    def deployed(self, by: Administrator) -> Sequence[Component]:
        """Return what of the package stands in the org."""
        return removal.there(self._as(by))

    def in_the_way(
        self, by: Administrator, parts: Sequence[Component], *, fields: bool = False
    ) -> Sequence[removal.Kept]:
        """Return which of these components the org would not let go, and for whose sake; nothing is changed."""
        return removal.in_the_way(self._as(by), parts, fields=fields)

    def remove(self, by: Administrator, parts: Sequence[Component], *, fields: bool = False) -> removal.Removal:
        """Take these components out of the org; fields and their data only where asked to."""
        done = removal.remove(self._as(by), parts, fields=fields)
        self.shapes.forget()
        return done

    def _as(self, by: Administrator | None) -> Client:
        """Return the client of whoever changes the org."""
        client = by.client if by else self.client
        if client.org() != self.client.org():
            raise Misconfigured("The administrator is signed in to another org than the integration user.")
        if by and client.user() == self.client.user():
            raise Misconfigured(
                "This token is the integration user's own: the daemon's user never changes the org, an administrator "
                "does."
            )
        return client

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Administrator:
    """Somebody who may change the org, signed in for one act; nothing of the sign-in is kept.

    Give an access token (`sf org display` tells one), or the secret of an app that acts for an administrator.
    """

    def __init__(
        self,
        *,
        login_url: str,
        token: str | None = None,
        client_id: str = "",
        client_secret: str | None = None,
        **options: Unpack[CallOptions],
    ) -> None:
        credentials = AccessToken(token) if token else _credentials(login_url, client_id, client_secret, None, None)
        self.client = Client(login_url, credentials, reserve=0, **options)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.client.close()


def _credentials(
    login_url: str, client_id: str, client_secret: str | None, private_key: str | None, username: str | None
) -> Credentials:
    if client_secret:
        return ClientCredentials(client_id, client_secret)
    if private_key and username:
        return JwtBearer(client_id, username, private_key, audience(login_url))
    raise Misconfigured("Salesforce needs a client secret, or a private key and a user name.")
