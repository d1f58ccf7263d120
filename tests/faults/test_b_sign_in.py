"""What passes at the sign-in is waited for; what a person must mend is named with its mend."""

import json
from typing import Any

import pytest

from connectors.base import Misconfigured, TryLater
from connectors.hubspot import OAuth, paths
from tests.connectors.hubspot.conftest import *  # noqa: F403
from tests.connectors.hubspot.portals import CONTACT, contact
from tests.connectors.salesforce.conftest import *  # noqa: F403


class Stumbling:
    """A vendor whose token endpoint answers this so many times, and then as it should."""

    def __init__(self, app: Any, answers: list[tuple[int, Any]], headers: tuple[tuple[bytes, bytes], ...] = ()) -> None:
        self.app, self.answers, self.headers = app, list(answers), headers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not (scope["path"].endswith("/token") and self.answers):
            await self.app(scope, receive, send)
            return
        while (await receive()).get("more_body"):
            pass
        status, content = self.answers.pop(0)
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        length = (b"content-length", b"%d" % len(body))
        await send({"type": "http.response.start", "status": status, "headers": [*self.headers, length]})
        await send({"type": "http.response.body", "body": body})


def oauth_error(code: str, description: str = "") -> dict[str, str]:
    return {"error": code, "error_description": description}


PASSING = {
    "unknown_error": (400, oauth_error("unknown_error", "retry your request")),
    "unknown_error in other words": (400, oauth_error("UNKNOWN_ERROR", "An unexpected error occurred")),
    "server_error": (400, oauth_error("server_error", "authorization server error")),
    "temporarily_unavailable": (400, oauth_error("temporarily_unavailable", "")),
    "login rate": (400, oauth_error("invalid_grant", "login rate exceeded")),
    "login rate in capitals": (403, oauth_error("invalid_grant", "LOGIN_RATE_EXCEEDED")),
    "too many requests": (429, oauth_error("too_many_requests")),
    "too many requests without a word": (429, b""),
    "a gateway's page": (502, b"<html>Bad Gateway</html>"),
    "down": (503, oauth_error("invalid_grant", "authentication failure")),
}


@pytest.mark.parametrize("answer", PASSING.values(), ids=PASSING)
def test_a_sign_in_to_salesforce_that_stumbles_is_tried_again(world: Any, answer: tuple[int, Any]) -> None:
    org = world()
    org.stand_before(Stumbling(org.simulator, [answer] * 3))
    with org.connect() as connector:
        assert connector.stages()
    assert len(org.naps) == 3


def test_a_sign_in_that_is_asked_to_wait_waits(world: Any) -> None:
    org = world()
    org.stand_before(Stumbling(org.simulator, [(429, b"")], ((b"retry-after", b"17"),)))
    with org.connect() as connector:
        assert connector.stages()
    assert org.naps[0] >= 17


def test_a_sign_in_that_never_passes_is_tried_later_and_asks_for_nobody(world: Any) -> None:
    org = world()
    org.stand_before(Stumbling(org.simulator, [PASSING["login rate"]] * 99))
    with org.connect() as connector, pytest.raises(TryLater) as raised:
        connector.stages()
    assert raised.value.retry_at is not None


MENDED = {
    "ip": (oauth_error("invalid_grant", "ip restricted"), "IP range"),
    "ip in other words": (oauth_error("invalid_grant", "IP restricted or invalid login hours"), "IP range"),
    "hours": (oauth_error("invalid_grant", "invalid login hours"), "Login Hours"),
    "user": (oauth_error("invalid_grant", "user hasn't approved this consumer"), "pre-authorise"),
    "secret": (oauth_error("invalid_client", "invalid client credentials"), "client secret"),
}


@pytest.mark.parametrize(("answer", "mend"), MENDED.values(), ids=MENDED)
def test_a_sign_in_that_a_person_must_mend_says_what_mends_it(world: Any, answer: Any, mend: str) -> None:
    org = world()
    org.stand_before(Stumbling(org.simulator, [(400, answer)] * 3))
    with org.connect() as connector, pytest.raises(Misconfigured, match=mend):
        connector.stages()
    assert org.naps == []


OF_BOTH = {name: answer for name, answer in PASSING.items() if "login rate" not in name}  # HubSpot has no such rate


@pytest.mark.parametrize("answer", OF_BOTH.values(), ids=OF_BOTH)
def test_a_sign_in_to_hubspot_that_stumbles_is_tried_again(open_portal: Any, answer: tuple[int, Any]) -> None:
    portal = open_portal({"contacts": [contact(1)]})
    portal._stage.app = Stumbling(portal.simulator, [answer] * 3)
    tokens = OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.url)
    connector = portal.connect(token=tokens)
    assert [record.id for page in connector.pull("contacts", CONTACT, None) for record in page.records] == ["1"]
    assert len(portal.slept) == 3


def test_an_app_that_hubspot_does_not_know_is_told_from_a_refresh_token(open_portal: Any) -> None:
    portal = open_portal({})
    with pytest.raises(Misconfigured, match="client id and client secret"):
        OAuth("sandbox-client", "wrong", "sandbox-refresh", host=portal.url).token()
    with pytest.raises(Misconfigured, match="connect the app to the portal again"):
        OAuth("sandbox-client", "sandbox-secret", "wrong", host=portal.url).token()


def test_no_token_stands_in_a_path(open_portal: Any) -> None:
    portal = open_portal({})
    tokens = OAuth("sandbox-client", "sandbox-secret", "sandbox-refresh", host=portal.url)
    for token in (tokens, "sandbox-token"):
        assert "crm.objects.contacts.read" in portal.connect(token=token).client.granted()
    called = [place.url for path in paths.ALL for place in (path.numbered, path.dated) if place]
    assert called
    assert not [path for path in called if "{token}" in path]
