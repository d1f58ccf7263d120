"""The one place that wires: settings → store, mappings, agreement, connectors."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from datetime import timedelta

from connectors.announcing import Announcer
from connectors.base import Source
from connectors.callers import Sleep, waiting
from connectors.endpoints import Endpoint
from connectors.hubspot import HubSpot, OAuth, StaticToken, TokenSource, Webhooks
from connectors.hubspot import endpoints as hubspot_endpoints
from connectors.register import Form, Register
from connectors.salesforce import Administrator, Component, Deployment, Differences, Kept, Removal, Salesforce
from connectors.salesforce import endpoints as salesforce_endpoints
from connectors.transport import BeforeWrite, at_once
from syncd import agreement as agreements
from syncd import shipped
from syncd.address import HOOKS
from syncd.errors import ConfigError
from syncd.in_force import digest, load_mappings, load_readers, load_rulebook
from syncd.mapping import SystemMapping
from syncd.settings import Settings
from syncd.store import Store
from syncd.sync.cycle import Wiring
from syncd.sync.run import Halt
from syncd.sync.whereabouts import Remote


def wire(settings: Settings, store: Store, *, sleep: Sleep = time.sleep) -> Wiring:
    """Everything a cycle needs; raises ConfigError for what is missing or wrong, all mapping problems at once."""
    mappings = load_mappings(settings)
    text, _ = agreements.read_text(settings.agreement, settings.mappings)
    book = load_rulebook(settings, mappings)
    hubspot = _hubspot(settings, sleep, store.require_still_alone)
    salesforce = _salesforce(settings, sleep, store.require_still_alone)
    sources: dict[str, Source] = {
        mapping.system: _register(mapping, settings) for mapping in mappings.values() if mapping.file
    }
    sources |= {hubspot.system: hubspot, salesforce.system: salesforce}
    announcers = {one.system: one for one in [_webhooks(settings)] if one is not None}
    targets: dict[str, Remote] = {salesforce.system: salesforce}
    if settings.hubspot_writes:
        targets[hubspot.system] = hubspot
    return Wiring(
        store=store,
        readers=load_readers(settings, mappings),
        sources=sources,
        targets=targets,
        book=book,
        agreement_digest=digest(book.agreement, settings.mappings),
        agreement_text=text,
        keep=settings.keep,
        backups=settings.backup_dir,
        backups_kept=settings.backup_keep,
        announcers=announcers,
    )


def salesforce(settings: Settings) -> Salesforce:
    """The Salesforce connector alone."""
    return _salesforce(settings, time.sleep)


def endpoints(settings: Settings) -> dict[str, Sequence[Endpoint]]:
    """What is asked of each vendor under these settings; nobody is asked, and no credentials are needed."""
    return {
        HubSpot.system: hubspot_endpoints(settings.hubspot_api, oauth=settings.hubspot_client_id is not None),
        Salesforce.system: salesforce_endpoints(settings.salesforce_version),
    }


def administrator(settings: Settings, token: str = "", client_id: str = "", client_secret: str = "") -> Administrator:
    """An administrator of the org, for one act: by an access token, or by an app's id and secret."""
    if not settings.salesforce_login_url:
        raise ConfigError("SYNCD_SALESFORCE_LOGIN_URL is needed to sign in")
    ca_file = str(settings.ca_file) if settings.ca_file else None
    version = settings.salesforce_version
    return Administrator(
        login_url=settings.salesforce_login_url,
        token=token,
        client_id=client_id,
        client_secret=client_secret,
        version=version,
        ca_file=ca_file,
    )


def deploy_salesforce(
    settings: Settings,
    by: Administrator,
    *,
    dashboard_user: str | None = None,
    sales: Sequence[str] = (),
    check_only: bool = False,
) -> Deployment:
    """Put the package into the org, and grant the integration user whatever the mapping in use reads or writes."""
    reads, writes = _mapped(settings)
    with salesforce(settings) as org:
        return org.deploy(by, reads, writes, dashboard_user=dashboard_user, sales=sales, check_only=check_only)


def salesforce_differences(settings: Settings, by: Administrator) -> Differences:
    """Say what deploying the package would add to the org and change in it."""
    with salesforce(settings) as org:
        return org.differences(by, *_mapped(settings))


def _mapped(settings: Settings) -> tuple[dict[str, Sequence[str]], Mapping[str, Sequence[str]]]:
    """Return the fields of Salesforce that the mapping in use reads, and those that it writes, per object."""
    mapping = load_mappings(settings)["salesforce"]
    return {stream: mapping.asked(stream) for stream in mapping.streams}, mapping.written()


def deployed_in_salesforce(settings: Settings, by: Administrator) -> Sequence[Component]:
    """Return what of the package stands in the org."""
    with salesforce(settings) as org:
        return org.deployed(by)


def in_the_way_in_salesforce(
    settings: Settings, by: Administrator, parts: Sequence[Component], *, fields: bool
) -> Sequence[Kept]:
    """Which of these components the org would not let go, and for whose sake."""
    with salesforce(settings) as org:
        return org.in_the_way(by, parts, fields=fields)


def remove_from_salesforce(
    settings: Settings, by: Administrator, parts: Sequence[Component], *, fields: bool = False
) -> Removal:
    """Take these components out of the org again; fields and their data only where asked to."""
    with salesforce(settings) as org:
        return org.remove(by, parts, fields=fields)


def hubspot(settings: Settings) -> HubSpot:
    """The HubSpot connector alone, for deploy."""
    return _hubspot(settings, time.sleep)


def waiter(stop: threading.Event) -> Sleep:
    """A wait that raises Stopped as soon as the run for which it is made is to end: no shutdown waits for a vendor, and
    no retry runs on. stop: ends those that belong to no run."""
    return waiting(Halt(stop).sleep)


def _webhooks(settings: Settings) -> Announcer | None:
    """Who reads what HubSpot calls us with; None where there is no app that would. Raises ConfigError for a part."""
    secret, address = settings.hubspot_webhook_secret, settings.hubspot_webhook_url
    if secret is None:
        if address or settings.hubspot_webhook_app:
            raise ConfigError(
                "SYNCD_HUBSPOT_WEBHOOK_SECRET is missing: the client secret of the app whose webhooks call"
            )
        return None
    if address is None and settings.http_url is not None:
        address = f"{settings.http_url}{HOOKS}/{HubSpot.system}"
    if address is None:
        raise ConfigError(
            "SYNCD_HUBSPOT_WEBHOOK_URL is missing: the address by which HubSpot reaches its webhooks' door"
        )
    return Webhooks(secret.get_secret_value(), address, settings.hubspot_webhook_app)


def _hubspot(settings: Settings, sleep: Sleep, before_write: BeforeWrite = at_once) -> HubSpot:
    ca_file = str(settings.ca_file) if settings.ca_file else None
    return HubSpot(
        _hubspot_token(settings, ca_file),
        host=settings.hubspot_url,
        api=settings.hubspot_api,
        ca_file=ca_file,
        requests_per_10s=settings.hubspot_requests_per_10s,
        settle=None if settings.hubspot_settle_seconds is None else timedelta(seconds=settings.hubspot_settle_seconds),
        lanes=settings.hubspot_lanes,
        sleep=sleep,
        before_write=before_write,
    )


def _hubspot_token(settings: Settings, ca_file: str | None) -> TokenSource:
    """A token that stays, or an OAuth app's three secrets; never both, never a part."""
    token, client = settings.hubspot_token, settings.hubspot_client_id
    secret, refresh = settings.hubspot_client_secret, settings.hubspot_refresh_token
    if token and not (client or secret or refresh):
        return StaticToken(token.get_secret_value())
    if not token and client and secret and refresh:
        return OAuth(
            client, secret.get_secret_value(), refresh.get_secret_value(), host=settings.hubspot_url, ca_file=ca_file
        )
    if not (token or client or secret or refresh):
        raise ConfigError(
            "SYNCD_HUBSPOT_TOKEN (or SYNCD_HUBSPOT_TOKEN_FILE) is missing: a service key, or an app's access token"
        )
    raise ConfigError(
        "HubSpot wants either SYNCD_HUBSPOT_TOKEN, a service key or an app's token, or all of SYNCD_HUBSPOT_CLIENT_ID, "
        "SYNCD_HUBSPOT_CLIENT_SECRET and SYNCD_HUBSPOT_REFRESH_TOKEN, of an OAuth app; each may come from a file"
    )


def _salesforce(settings: Settings, sleep: Sleep, before_write: BeforeWrite = at_once) -> Salesforce:
    if not settings.salesforce_login_url or not settings.salesforce_client_id:
        raise ConfigError("SYNCD_SALESFORCE_LOGIN_URL and SYNCD_SALESFORCE_CLIENT_ID are needed to sign in")
    secret, key = settings.salesforce_client_secret, settings.salesforce_private_key
    if secret is None and (key is None or not settings.salesforce_username):
        raise ConfigError(
            "SYNCD_SALESFORCE_CLIENT_SECRET is missing (client credentials), or SYNCD_SALESFORCE_PRIVATE_KEY with "
            "SYNCD_SALESFORCE_USERNAME (JWT bearer); each may come from a file named in …_FILE"
        )
    return Salesforce(
        login_url=settings.salesforce_login_url,
        client_id=settings.salesforce_client_id,
        client_secret=secret.get_secret_value() if secret else None,
        private_key=key.get_secret_value() if key else None,
        username=settings.salesforce_username,
        version=settings.salesforce_version,
        currency=settings.salesforce_currency,
        ca_file=str(settings.ca_file) if settings.ca_file else None,
        sleep=sleep,
        before_write=before_write,
    )


def _register(mapping: SystemMapping, settings: Settings) -> Register:
    stream = next(iter(mapping.streams))
    file, _ = shipped.find(str(mapping.file), settings.mappings)
    form = Form(mapping.encoding, mapping.delimiter, mapping.sheet)
    return Register(mapping.system, file, mapping.id or "id", stream=stream, form=form)
