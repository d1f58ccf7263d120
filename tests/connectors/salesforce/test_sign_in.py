"""Signing in to Salesforce: two flows, their forms, and what a refusal says."""

from collections import Counter
from datetime import UTC, datetime

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.base import Misconfigured
from connectors.salesforce import Salesforce
from connectors.salesforce.sign_in import ClientCredentials, JwtBearer, audience
from connectors.sandbox.faults import Rule

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("login_url", "expected"),
    [
        ("https://login.salesforce.com", "https://login.salesforce.com"),
        ("https://bank.my.salesforce.com", "https://login.salesforce.com"),
        ("https://test.salesforce.com", "https://test.salesforce.com"),
        ("https://bank--uat.sandbox.my.salesforce.com", "https://test.salesforce.com"),
    ],
)
def test_the_jwt_audience_fits_the_org(login_url, expected):
    assert audience(login_url) == expected


def test_a_jwt_says_who_acts_for_whom_and_for_how_long():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    form = JwtBearer("client", "sync@bank.example", pem).form(NOW)
    claims = jwt.decode(
        form["assertion"],
        key.public_key(),
        algorithms=["RS256"],
        audience="https://login.salesforce.com",
        options={"verify_exp": False},
    )
    assert (claims["iss"], claims["sub"]) == ("client", "sync@bank.example")
    assert claims["exp"] - NOW.timestamp() == 180


def test_an_unreadable_private_key_is_the_users_mistake():
    with pytest.raises(Misconfigured, match="private key"):
        JwtBearer("client", "sync@bank.example", "no key").form(NOW)


def test_credentials_must_be_whole():
    with pytest.raises(Misconfigured, match="client secret"):
        Salesforce(login_url="https://x.example", client_id="client", private_key="key")


def test_secrets_do_not_show():
    shown = repr(ClientCredentials("client", "s3cret")) + repr(JwtBearer("client", "user", "k3y"))
    assert "s3cret" not in shown
    assert "k3y" not in shown


def counts(org):
    return Counter(call["path"] for call in org.simulator.calls)


def signed_in(org):
    return counts(org)["/services/oauth2/token"]


def test_the_client_credentials_flow_acts_as_the_integration_user(world):
    org = world()
    with org.connect() as connector:
        assert connector.client.user() == org.ME
    assert counts(org) == {"/services/oauth2/token": 1}


def test_signing_in_tells_the_org(world):
    org = world()
    with org.connect() as connector:
        assert connector.tenant() == next(iter(org.rows("Organization")))[:15]
    assert counts(org) == {"/services/oauth2/token": 1}


def test_the_jwt_flow_signs_in_with_a_private_key(world):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    org = world(jwt_keys={"jwt-client": public.decode()})
    options = {"client_secret": None, "client_id": "jwt-client", "private_key": private.decode()}
    with org.connect(**options, username="integration@bank.example") as connector:
        assert connector.client.user() == org.ME
    with org.connect(**options, username="nobody@bank.example") as connector, pytest.raises(Misconfigured):
        connector.client.user()


def test_a_wrong_secret_is_told_with_its_mend(world):
    with world().connect(client_secret="wrong") as connector, pytest.raises(Misconfigured, match="client secret"):
        connector.stages()


@pytest.mark.parametrize("login_url", ["127.0.0.1", "ftp://127.0.0.1", "https://"])
def test_an_address_that_is_none_is_told(world, login_url):
    with world().connect(login_url=login_url) as connector, pytest.raises(Misconfigured, match="address"):
        connector.stages()


@pytest.mark.parametrize("kind", ["html", "empty", "cut_before", "truncated"])
def test_a_sign_in_that_does_not_answer_is_tried_again(world, kind):
    org = world()
    org.faults.add(Rule(kind, path="/services/oauth2/token", count=2))
    with org.connect() as connector:
        assert connector.stages()
