"""Who syncd is to HubSpot: a service key, an app's token, or OAuth's, renewed once for all threads."""

from __future__ import annotations

import threading

import pytest

from connectors.base import ConnectorError, Misconfigured, TryLater
from connectors.hubspot import OAuth
from tests.connectors.contract import records
from tests.connectors.hubspot.portals import CONTACT, Open, Portal, contact


def read(portal: Portal, **options: object) -> int:
    return len({record.id for record in records(portal.connect(**options).pull("contacts", CONTACT, None))})


@pytest.fixture
def portal(open_portal: Open) -> Portal:
    return open_portal({"contacts": [contact(id) for id in range(100, 450)]})


def test_a_private_app_s_token_that_is_refused_must_be_mended(portal: Portal) -> None:
    with pytest.raises(Misconfigured, match="does not accept the access token"):
        read(portal, token="rotated")
    assert portal.slept == []


def test_a_service_key_whose_scopes_nobody_describes_is_judged_by_what_it_is_refused(portal: Portal) -> None:
    scopes = {"crm.objects.contacts.read", "crm.objects.contacts.write", "crm.schemas.contacts.read"}
    portal.simulator.portal.identity.grant("service-key", scopes, described=False)
    hubspot = portal.connect(token="service-key")
    assert hubspot.client.granted() is None
    assert read(portal, token="service-key") == 350
    assert not hubspot.check({"contacts": ("email",)})
    [problem] = hubspot.check({"contacts": ("email",), "owners": ()})
    assert "the key or app lacks one of the scopes crm.objects.owners.read" in problem.what
    assert "Service Keys" in problem.mend


def oauth(portal: Portal, refresh_token: str = "sandbox-refresh") -> OAuth:
    return OAuth("sandbox-client", "sandbox-secret", refresh_token, host=portal.url)


def test_an_oauth_token_that_runs_out_in_mid_paging_is_renewed_once(portal: Portal) -> None:
    portal.spoil("expired", path="/crm/*", skip=2, count=1)
    assert read(portal, token=oauth(portal)) == 350
    assert portal.calls("oauth") == 2
    assert portal.slept == []


def test_a_renewed_token_that_is_refused_too_must_be_mended(portal: Portal) -> None:
    portal.spoil("expired", path="/crm/*")
    with pytest.raises(Misconfigured, match="a renewed token was refused too"):
        read(portal, token=oauth(portal))
    assert portal.calls("oauth") == 2


def test_threads_renew_a_token_once_between_them(portal: Portal) -> None:
    tokens = oauth(portal)
    stale = tokens.token()
    renewed: list[str] = []
    threads = [threading.Thread(target=lambda: renewed.append(tokens.renew(stale))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(renewed)) == 1
    assert portal.calls("oauth") == 2


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "unavailable"}, TryLater),
        ({"kind": "cut_before"}, TryLater),
        ({"kind": "html", "status": 200}, TryLater),
        ({"kind": "status", "status": 400}, Misconfigured),
    ],
)
def test_a_token_endpoint_in_trouble_is_told_from_a_wrong_refresh_token(
    portal: Portal, fault: dict[str, object], kind: type[ConnectorError]
) -> None:
    portal.spoil(**{"path": "/oauth/*"} | fault)  # type: ignore[arg-type]
    with pytest.raises(kind):
        read(portal, token=oauth(portal))


def test_a_wrong_refresh_token_must_be_mended(portal: Portal) -> None:
    with pytest.raises(Misconfigured, match="connect the app to the portal again"):
        read(portal, token=oauth(portal, "forged"))


def test_a_missing_scope_is_named(portal: Portal) -> None:
    portal.simulator.portal.identity.grant("narrow", ["crm.objects.owners.read"])
    with pytest.raises(Misconfigured, match=r"crm\.objects\.contacts\.read"):
        read(portal, token="narrow")


def test_a_token_that_does_not_come_is_not_waited_for_for_ever(portal: Portal) -> None:
    portal.spoil("latency", path="/oauth/*", seconds=1.0)
    tokens = OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.url, timeout=(5, 0.3))
    with pytest.raises(TryLater, match="Timeout"):
        tokens.token()
