"""Every channel over a real socket: what its receiver gets, and what is said where it takes nothing."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import orjson
import pytest
import trustme
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from syncd.alerts import Channel, Undelivered, channels
from syncd.alerts.http import post
from syncd.alerts.mail import Mail
from syncd.alerts.slack import Slack
from syncd.alerts.slack import content as slack_content
from syncd.alerts.webhook import Webhook
from syncd.errors import ConfigError
from syncd.model.alerts import AlertEntry, Message, News
from syncd.receivers import Relay, key_of
from syncd.settings import read
from tests.alerts.receivers import hook, relay

SECRET = f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
SINCE = datetime(2026, 11, 30, 12, 1, tzinfo=UTC)
ENTRY = AlertEntry(
    News.NEW,
    "configuration",
    "failing",
    ("hubspot",),
    "the token is refused <!channel> & \x1b[31m",
    "put a new service key into SYNCD_HUBSPOT_TOKEN",
    "syncd runs 12",
    SINCE,
    1,
)
OVER = ENTRY._replace(news=News.OVER, where=("hubspot.contacts", "hubspot.deals"), number=3)
MESSAGE = Message("msg_0123", SINCE, "production", (ENTRY, OVER))
TO = ("ops@bank.example", "revops@bank.example")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def served(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    yield str(path)


def undelivered(channel: Channel) -> Undelivered:
    with pytest.raises(Undelivered) as caught:
        channel.send(MESSAGE)
    assert caught.value.mend
    return caught.value


def test_a_webhook_is_signed_as_its_receivers_library_verifies() -> None:
    with hook() as receiver:
        Webhook(receiver.url, key_of(SECRET)).send(MESSAGE)
    headers, body = receiver.got[0]
    payload = Verifier(SECRET).verify(body.decode(), {name.lower(): value for name, value in headers.items()})
    assert headers["webhook-id"] == "msg_0123"
    assert (payload["type"], payload["data"]["installation"]) == ("syncd.alert", "production")
    new, over = payload["data"]["alerts"]
    assert (new["news"], new["where"], new["mend"], new["look"]) == ("new", ["hubspot"], ENTRY.mend, "syncd runs 12")
    assert new["since"] == "2026-11-30T12:01:00+00:00"
    assert (over["news"], over["number"]) == ("over", 3)
    with pytest.raises(WebhookVerificationError):
        Verifier(f"whsec_{base64.b64encode(bytes(32)).decode()}").verify(body.decode(), headers)


@pytest.mark.parametrize(
    ("answer", "what", "broken"),
    [
        ((307, {"Location": "http://127.0.0.1:1/"}), "elsewhere", True),
        ((404, {}), "404", True),
        ((410, {}), "410", True),
        ((400, {}), "400", True),
        ((429, {"Retry-After": "77"}), "429", False),
        ((503, {"Retry-After": "Mon, 30 Nov 2026 12:00:00 GMT"}), "503", False),
        ((500, {"Retry-After": "nan"}), "500", False),
    ],
    ids=["redirect", "not there", "gone", "not to its taste", "too many", "away", "broken"],
)
def test_an_answer_that_is_not_yes_is_told(answer: tuple[int, dict[str, str]], what: str, broken: bool) -> None:
    with hook(answer) as receiver:
        error = undelivered(Slack(receiver.url))
        assert len(receiver.got) == 1, "no redirect is followed"
    assert what in error.what
    assert error.broken is broken
    assert error.refused is (what == "400"), "of the message, and not of whatever is sent there"
    assert error.wait == (77 if what == "429" else 0)
    assert "secret-of-this-hook" not in f"{error.what}{error.mend}"


def test_who_is_not_there_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    for channel in (
        Slack(f"http://127.0.0.1:{port}/x"),
        Mail(Relay("127.0.0.1", port, False), "syncd@bank.example", TO),
    ):
        error = undelivered(channel)
        assert error.what == "it cannot be reached"
        assert channel.setting in error.mend


def test_no_password_of_a_netrc_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password of-another-program\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with hook() as receiver:
        Slack(receiver.url).send(MESSAGE)
    assert "Authorization" not in receiver.got[0][0]


def test_slack_reads_foreign_text_as_text() -> None:
    with hook() as receiver:
        Slack(receiver.url).send(MESSAGE)
    content = orjson.loads(receiver.got[0][1])
    assert "&lt;!channel&gt; &amp;" in content["blocks"][0]["text"]["text"]
    assert "<!channel>" not in receiver.got[0][1].decode()
    assert "\x1b" not in content["blocks"][0]["text"]["text"]
    assert "1 new, 1 over" in content["text"]
    assert "hubspot.contacts, hubspot.deals and 1 more" in content["blocks"][1]["text"]["text"]
    assert "mend" not in content["blocks"][1]["text"]["text"], "what is over needs nothing"


def test_slack_takes_what_it_is_sent_however_much_that_is() -> None:
    """A section takes 3,000 characters, a message 50 blocks: https://docs.slack.dev/reference/block-kit/blocks"""
    long = ENTRY._replace(
        what="<&" * 4_000, mend="&" * 9_000, where=tuple("&" * 900 for _ in range(10)), look="<" * 999
    )
    content = slack_content(MESSAGE._replace(entries=(long,) * 70))
    assert len(content["blocks"]) <= 50
    assert max(len(block["text"]["text"]) for block in content["blocks"][:-1]) <= 3_000
    assert "and 30 more" in content["blocks"][-1]["elements"][0]["text"]
    torn = [
        part for part in content["blocks"][0]["text"]["text"].split("&")[1:] if not part.startswith(("lt;", "amp;"))
    ]
    assert torn == []


@pytest.mark.parametrize("tls", ["starttls", "tls", "in the open"])
def test_mail_goes_to_everybody(tls: str, served: ssl.SSLContext, ca_file: str) -> None:
    starttls, whole = (served if tls == "starttls" else None), (served if tls == "tls" else None)
    password = "p@ss/word" if starttls else ""
    with relay(password=password, starttls=starttls, tls=whole) as box:
        secret = "ann:p%40ss%2Fword@" if password else ""
        address = Relay.read(f"smtp{'s' if whole else ''}://{secret}127.0.0.1:{box.port}")
        assert Mail(address, "syncd@bank.example", TO, ca_file).send(MESSAGE) is None
    letter = box.letters[0]
    assert box.to == [list(TO)]
    assert box.was_secure == [tls != "in the open"]
    assert letter["Message-ID"] == "<msg_0123@bank.example>"
    assert letter["Subject"].startswith("[syncd production] 1 new, 1 over: hubspot: the token is refused")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content()
    for line in ("since: 2026-11-30 12:01 UTC", f"mend: {ENTRY.mend}", "look: syncd runs 12", "\\u001b[31m"):
        assert line in text


def test_a_certificate_that_nobody_vouches_for_is_none(served: ssl.SSLContext) -> None:
    with relay(starttls=served) as box:
        error = undelivered(Mail(Relay("127.0.0.1", box.port, False), "syncd@bank.example", TO))
    assert "certificate" in error.what
    assert box.letters == []


def test_a_wrong_password_is_named_and_not_shown(served: ssl.SSLContext, ca_file: str) -> None:
    with relay(password="right", starttls=served) as box:
        address = Relay("127.0.0.1", box.port, False, "ann", "not-this-one")
        error = undelivered(Mail(address, "syncd@bank.example", TO, ca_file))
    assert error.broken
    assert "535" in error.what
    assert "SYNCD_SMTP_URL" in error.mend
    assert "not-this-one" not in f"{error.what}{error.mend}"


def test_one_address_that_is_refused_costs_the_others_nothing() -> None:
    with relay(refused=(TO[0],)) as box:
        shortfall = Mail(Relay("127.0.0.1", box.port, False), "syncd@bank.example", TO).send(MESSAGE)
    assert box.to == [[TO[1]]]
    assert shortfall is not None
    assert shortfall[0] == "it refuses 1 of 2 addresses"
    with relay(refused=TO) as box:
        assert undelivered(Mail(Relay("127.0.0.1", box.port, False), "syncd@bank.example", TO)).broken


HOOK = {"SYNCD_ALERT_WEBHOOK_URL": "https://alerts.bank.example/in", "SYNCD_ALERT_WEBHOOK_SECRET": SECRET}
MAIL = {"SYNCD_ALERT_MAIL_TO": "ops@bank.example, revops@bank.example", "SYNCD_SMTP_URL": "smtp://mail.bank.example"}
SLACK = {"SYNCD_ALERT_SLACK_URL": "https://hooks.slack.example/services/T0/B0/XXXXXXXX"}


def configured(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> tuple[Channel, ...]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return channels(read())


def test_the_channels_are_those_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configured(monkeypatch, {}) == ()
    assert [one.name for one in configured(monkeypatch, HOOK | MAIL | SLACK)] == ["webhook", "slack", "mail"]
    mail = configured(monkeypatch, MAIL)[-1]
    assert isinstance(mail, Mail)
    assert (mail.relay.host, mail.relay.port, mail.to) == ("mail.bank.example", 587, TO)


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"SYNCD_ALERT_WEBHOOK_URL": "https://alerts.bank.example/in"}, "SYNCD_ALERT_WEBHOOK_SECRET"),
        ({"SYNCD_ALERT_MAIL_TO": "ops@bank.example"}, "SYNCD_SMTP_URL"),
        ({"SYNCD_SMTP_URL": "smtp://mail.bank.example"}, "SYNCD_ALERT_MAIL_TO"),
        (MAIL | {"SYNCD_ALERT_MAIL_TO": "ops"}, "SYNCD_ALERT_MAIL_TO_0"),
        (MAIL | {"SYNCD_SMTP_URL": "https://ann:of-ann@mail.bank.example"}, "SYNCD_SMTP_URL: "),
        (HOOK | {"SYNCD_ALERT_WEBHOOK_URL": "http://alerts.bank.example"}, "SYNCD_ALERT_WEBHOOK_URL: http"),
        (HOOK | {"SYNCD_ALERT_WEBHOOK_SECRET": "whsec_c2hvcnQ="}, "SYNCD_ALERT_WEBHOOK_SECRET"),
        (HOOK | {"SYNCD_ALERT_WEBHOOK_SECRET": "short"}, "SYNCD_ALERT_WEBHOOK_SECRET"),
        ({"SYNCD_ALERT_SLACK_URL": "hooks.slack.example/x"}, "SYNCD_ALERT_SLACK_URL"),
    ],
)
def test_half_a_channel_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], named: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(monkeypatch, environment)
    assert named.rstrip("_0") in str(caught.value)
    for secret in ("of-ann", "c2hvcnQ"):
        assert secret not in str(caught.value)


def test_a_receiver_that_drips_its_headers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("syncd.alerts.http.ANSWER", 0.5)
    over = threading.Event()

    def drip(server: socket.socket) -> None:
        line, _ = server.accept()
        with line, suppress(OSError):
            line.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            while not over.wait(0.05):
                line.sendall(b"a")

    with socket.create_server(("127.0.0.1", 0)) as server:
        dripping = threading.Thread(target=drip, args=(server,), daemon=True)
        dripping.start()
        began = monotonic()
        with pytest.raises(Undelivered, match="did not answer within"):
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"x", {}, setting="X", ca_file=None)
        assert monotonic() - began < 5
        over.set()
        dripping.join(5)
