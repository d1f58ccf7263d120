"""A secret is sent to no address but its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3 import PoolManager

from connectors.addresses import is_of_one_house, origin, why_unsafe
from connectors.base import ConnectorError, Misconfigured
from connectors.hubspot import HubSpot, OAuth
from connectors.salesforce import Salesforce
from connectors.sandbox.server import Sandbox
from tests.cli.conftest import Syncd
from tests.faults.leaky_vendors import PRIVATE_KEY, Signpost


@contextmanager
def pointed(signpost: Signpost) -> Iterator[Sandbox]:
    with Sandbox(hubspot=signpost, salesforce=signpost) as sandbox:
        signpost.destination = sandbox.salesforce_http_url
        yield sandbox


def no_sleep(_: float) -> None:
    """Nobody waits."""


def org_behind(sandbox: Sandbox, **secret: str) -> Salesforce:
    """The org that a signpost points to, signed in to with a secret."""
    return Salesforce(
        login_url=sandbox.salesforce_url, client_id="client", ca_file=sandbox.ca_file, sleep=no_sleep, **secret
    )


REDIRECTS = (301, 302, 303, 307, 308)


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_sign_in_to_salesforce_that_is_pointed_elsewhere_sends_nothing_there(status: int) -> None:
    with pointed(signpost := Signpost(status)) as sandbox:
        for secret in ({"client_secret": "canary"}, {"private_key": PRIVATE_KEY, "username": "a@b.example"}):
            org = org_behind(sandbox, **secret)
            with pytest.raises(Misconfigured, match="points elsewhere"):
                org.tenant()
            org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_session_of_salesforce_goes_to_no_other_address(status: int) -> None:
    with pointed(signpost := Signpost(status, path="data")) as sandbox:
        org = org_behind(sandbox, client_secret="canary")
        with pytest.raises(ConnectorError):
            org.stages()
        org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize("status", REDIRECTS)
def test_a_token_of_hubspot_goes_to_no_other_address(status: int) -> None:
    with pointed(signpost := Signpost(status)) as sandbox:
        tokens = OAuth("client", "canary-secret", "canary-refresh", host=sandbox.hubspot_url)
        for token in ("canary-token", tokens):
            portal = HubSpot(token, host=sandbox.hubspot_url, sleep=no_sleep)
            with pytest.raises(Misconfigured, match="elsewhere"):
                list(portal.pull("contacts", (), None))
    assert signpost.elsewhere == []


HOMES = [
    ("http://bank.my.salesforce.com", "it is not https|http would send"),
    ("https://salesforce.com.evil.example", "not of"),
    ("https://bank.my.salesforce.com.evil.example", "not of"),
    ("https://127.0.0.1.evil.example", "not of"),
    ("https://127.0.0.2", "not of"),
    ("https://user@127.0.0.1", "names a user"),
    ("https://[bank", "no address"),
    ("//127.0.0.1", "no address"),
    # What one reader of addresses takes for one host, and another one for two.
    ("https://evil.example\\.127.0.0.1", "no address"),
    ("https://evil.example\t.127.0.0.1", "no address"),
    ("https://evil.example;.127.0.0.1", "its host is none"),
]


@pytest.mark.parametrize(("home", "why"), HOMES)
def test_an_instance_that_is_not_the_login_host_s_gets_no_session(home: str, why: str) -> None:
    with pointed(signpost := Signpost(200, path="data", home=home)) as sandbox:
        org = org_behind(sandbox, client_secret="canary")
        with pytest.raises(Misconfigured, match=why):
            org.stages()
        org.close()
    assert signpost.elsewhere == []


@pytest.mark.parametrize(
    ("host", "other", "same"),
    [
        ("login.salesforce.com", "bank.my.salesforce.com", True),
        ("test.salesforce.com", "bank--uat.sandbox.my.salesforce.com", True),
        ("bank.my.salesforce.com", "na139.salesforce.com", True),
        ("BANK.my.salesforce.com", "bank.my.salesforce.com.", True),
        ("login.salesforce.com", "login.salesforce.co", False),
        ("login.salesforce.com", "notsalesforce.com", False),
        ("bank.co.uk", "evil.co.uk", False),
        ("com", "evil.com", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.1", "11.0.0.1", False),
    ],
)
def test_two_hosts_are_of_one_house_by_what_was_registered(host: str, other: str, same: bool) -> None:
    assert is_of_one_house(host, other) is same


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SYNCD_HUBSPOT_URL", "http://api.hubapi.example"),
        ("SYNCD_HUBSPOT_URL", "http://10.0.0.7:8080"),
        ("SYNCD_HUBSPOT_URL", "http://127.0.0.1.evil.example"),
        ("SYNCD_HUBSPOT_URL", "http://localhost.evil.example"),
        ("SYNCD_HUBSPOT_URL", "https://canary-user:canary-password@api.hubapi.example"),
        ("SYNCD_HUBSPOT_URL", "https://api.hubapi.example:port"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "http://bank.my.salesforce.com"),
        ("SYNCD_SALESFORCE_LOGIN_URL", "https://canary@bank.my.salesforce.com"),
    ],
)
def test_an_address_to_which_no_secret_may_be_sent_is_refused_at_start(
    syncd: Syncd,
    variable: str,
    value: str,
) -> None:
    answer = syncd("cycle", **{variable: value})
    assert answer.code == 2
    assert answer.err.startswith(f"{variable}: ")
    assert "canary" not in answer.err


@pytest.mark.parametrize(
    "url", ["https://api.hubapi.com", "http://127.0.0.1:8080", "http://[::1]:1", "http://localhost"]
)
def test_this_machine_and_tls_may_be_sent_a_secret(url: str) -> None:
    assert why_unsafe(url) is None


AUTHORITIES = st.lists(
    st.sampled_from(
        ["a.example", "b.example", "127.0.0.1", "[::1]", "localhost", ":443", ":99999", *"\\/@:?#;%.[]-_ \t\0é。"]
    ),
    min_size=1,
    max_size=6,
).map("".join)


@given(st.sampled_from(["https://", "http://", "HTTPS://", " https://", "https:/", "https:\\\\"]), AUTHORITIES)
@example("https://", "a.example\\.b.example")
@example("https://", "a.example\\@b.example")
@example("https://", "a.example%2f.b.example")
@example("https://", "[::1%25lo]")
@example("http://", "[::ffff:127.0.0.1]:8080")
@example("https://", "a.example:")
def test_whoever_may_be_sent_a_secret_is_whom_we_looked_at_and_nobody_else(scheme: str, authority: str) -> None:
    if why_unsafe(url := f"{scheme}{authority}"):
        return
    for address in (url, f"{url}/services/data", origin(url), f"{origin(url)}/services/data"):
        try:
            sent = requests.Request("GET", address).prepare().url
        except requests.exceptions.InvalidURL:
            continue  # it is sent nowhere
        line = PoolManager().connection_from_url(str(sent))
        assert line.host.strip("[]") == urlsplit(url).hostname
        assert line.port == (urlsplit(url).port or line.port)


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("https://bank.my.salesforce.com/path?query#part", "https://bank.my.salesforce.com"),
        ("HTTPS://Bank.my.salesforce.com:8443/", "https://bank.my.salesforce.com:8443"),
        ("http://[::1]:1/x", "http://[::1]:1"),
    ],
)
def test_of_an_address_that_an_answer_names_scheme_host_and_port_are_taken(url: str, bare: str) -> None:
    assert (why_unsafe(url), origin(url)) == (None, bare)
